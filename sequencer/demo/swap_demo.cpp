#include "sequencer/demo/swap_demo.hpp"

#include "sequencer/workload/contract_session.hpp"
#include "sequencer/workload/published_code.hpp"

#include <algorithm>
#include <utility>

namespace troupe::node {
namespace {

constexpr std::uint64_t kEther = 1'000'000'000'000'000'000;

/// The steps, in order; each false leaves its reason in session.failure() or `failure`.
class Swaps {
  public:
    Swaps(client::Client& node, const chain::Bytes& factory, const WorkloadWallet& wallet)
        : factory_(factory), session_(node, wallet) {}

    [[nodiscard]] bool deploy() {
        const auto first = session_.deploy(contracts::token_init_code());
        if (!first) return false;
        const auto second = session_.deploy(contracts::token_init_code());
        if (!second) return false;
        const auto factory =
            session_.deploy(contracts::factory_init_code(factory_, session_.address()));
        if (!factory) return false;
        // A pair's token0 is the one with the smaller address.
        tokens_[0] = std::min(*first, *second);
        tokens_[1] = std::max(*first, *second);
        if (!session_.run(*factory, contracts::create_pair(tokens_[0], tokens_[1]))) return false;
        const auto pair = session_.call(*factory, contracts::get_pair(tokens_[0], tokens_[1]));
        if (!pair || pair->size() != 32) return false;
        figures.pair = chain::Address::from(chain::ByteView{*pair}.subspan(12));
        figures.token = tokens_[0];
        figures.transactions += 4;
        return true;
    }

    [[nodiscard]] bool add_liquidity() {
        const chain::Uint256 first = chain::Uint256{10'000} * chain::Uint256{kEther};
        const chain::Uint256 second = chain::Uint256{40'000} * chain::Uint256{kEther};
        figures.transactions += 3;
        return session_.run(tokens_[0], contracts::transfer(figures.pair, first)) &&
               session_.run(tokens_[1], contracts::transfer(figures.pair, second)) &&
               session_.run(figures.pair, contracts::mint(session_.address())) && read_reserves() &&
               expect(figures.reserve0 == first && figures.reserve1 == second, "liquidity");
    }

    [[nodiscard]] bool swap(bool first_for_second) {
        const chain::Uint256 in = chain::Uint256{100} * chain::Uint256{kEther};
        const chain::Uint256 reserve_in = first_for_second ? figures.reserve0 : figures.reserve1;
        const chain::Uint256 reserve_out = first_for_second ? figures.reserve1 : figures.reserve0;
        const chain::Uint256 out = contracts::amount_out(in, reserve_in, reserve_out);
        if (!session_.run(tokens_[first_for_second ? 0 : 1], contracts::transfer(figures.pair, in)))
            return false;
        const chain::Uint256 none;
        const auto receipt = session_.send(
            figures.pair,
            contracts::swap(
                first_for_second ? none : out, first_for_second ? out : none, session_.address()));
        if (!receipt || !expect(receipt->success, "swap")) return false;
        figures.transactions += 2;
        figures.swap_gas = receipt->gas_used;
        figures.last_block = receipt->block_number;
        ++figures.swaps;
        if (!read_reserves()) return false;
        const auto& now_in = first_for_second ? figures.reserve0 : figures.reserve1;
        const auto& now_out = first_for_second ? figures.reserve1 : figures.reserve0;
        return expect(now_in == reserve_in + in && now_out == reserve_out - out, "reserves");
    }

    [[nodiscard]] const std::string& failure() const noexcept {
        return failure_.empty() ? session_.failure() : failure_;
    }

    SwapFigures figures;

  private:
    [[nodiscard]] bool read_reserves() {
        const auto output = session_.call(figures.pair, contracts::get_reserves());
        if (!output) return false;
        figures.reserve0 = contracts::word_of(*output, 0);
        figures.reserve1 = contracts::word_of(*output, 1);
        return true;
    }
    [[nodiscard]] bool expect(bool holds, const char* what) {
        if (!holds) failure_ = std::string("the pair is not as Uniswap's formula says: ") + what;
        return holds;
    }

    const chain::Bytes& factory_;
    ContractSession session_;
    chain::Address tokens_[2];
    std::string failure_;
};

}  // namespace

std::optional<chain::Bytes> published_factory() {
    return published_code("@uniswap/v2-core/build/UniswapV2Factory.json");
}

std::optional<SwapFigures> run_swaps(
    client::Client& node, const chain::Bytes& factory, const WorkloadWallet& wallet,
    std::uint64_t swaps, std::string& failure) {
    Swaps steps(node, factory, wallet);
    bool good = steps.deploy() && steps.add_liquidity();
    for (std::uint64_t i = 0; good && i < swaps; ++i)
        good = steps.swap(i % 2 == 0);
    if (good) return steps.figures;
    failure = "contracts: " + steps.failure();
    return std::nullopt;
}

}  // namespace troupe::node
