#include "bench/contract_load.hpp"

#include "bench/load_builder.hpp"
#include "bench/transfer_pattern.hpp"
#include "sequencer/workload/exchange.hpp"
#include "sequencer/workload/load_mix.hpp"

#include <algorithm>
#include <random>

namespace troupe::bench {

using namespace chain;
namespace contracts = node::contracts;

namespace {

constexpr std::uint64_t kTransferGas = 60'000;
constexpr std::uint64_t kTrader = 1'000;  // accounts that swap, of each load

/// An exchange, and accounts that may trade in one of its pools each.
template <class Venue>
class Market {
  public:
    Market(LoadBuilder& builder, std::uint64_t pools, std::uint64_t first_trader)
        : builder_(builder), exchange_(builder), first_trader_(first_trader) {
        ready_ = exchange_.open(pools);
        for (std::uint64_t i = 0; ready_ && i < kTrader; ++i) {
            exchange_.equip(builder.account(first_trader + i), i % pools);
        }
        ready_ = ready_ && builder.good();
    }
    [[nodiscard]] bool ready() const noexcept { return ready_; }

    /// A swap in `pool` by one of its traders, to and fro.
    void add_swap(bool measured, std::uint64_t pool, std::mt19937_64& random) {
        const std::uint64_t pools = exchange_.pools();
        const Address& trader =
            builder_.account(first_trader_ + random() % (kTrader / pools) * pools + pool);
        builder_.add(
            measured, trader, exchange_.router(), exchange_.swap(pool, trader, random), {},
            Venue::kSwapGas);
    }

  private:
    LoadBuilder& builder_;
    node::Exchange<LoadBuilder, Venue> exchange_;
    std::uint64_t first_trader_;
    bool ready_ = false;
};

/// OpenZeppelin's token in the hands of `holders` accounts.
Address spread_token(LoadBuilder& builder, std::uint64_t holders) {
    const Address token = builder.deploy(contracts::token_init_code());
    for (std::uint64_t i = 0; i < holders; ++i) {
        builder.run(builder.owner(), token, contracts::transfer(builder.account(i), 1'000'000'000));
    }
    return token;
}

}  // namespace

Genesis ContractLoad::genesis() const {
    Genesis genesis;
    genesis.chain_id = env.chain_id;
    genesis.timestamp = env.timestamp;
    genesis.gas_limit = env.gas_limit;
    genesis.base_fee_per_gas = env.base_fee_per_gas;
    for (const auto& [address, entry] : state.sorted()) {
        GenesisAccount& account = genesis.alloc.emplace_back();
        account.address = address;
        account.nonce = entry->account.nonce;
        account.balance = entry->account.balance;
        const ByteView code = state.code(entry->account.code_hash);
        account.code.assign(code.begin(), code.end());
        for (const auto& [slot, value] : entry->storage)
            account.storage.push_back({slot, value});
        std::sort(
            account.storage.begin(), account.storage.end(),
            [](const GenesisSlot& a, const GenesisSlot& b) { return a.key < b.key; });
    }
    return genesis;
}

ContractLoad transfer_load(
    const std::string& workload, std::uint64_t accounts, std::size_t txs,
    const actors::TableSeed& seed) {
    LoadBuilder builder{accounts, seed};
    std::mt19937_64 random{1};
    for (std::size_t i = 0; i < 2 * txs; ++i) {
        const auto [from, to] = draw_transfer(workload, i, accounts, random);
        builder.add(
            i >= txs, builder.account(from), builder.account(to), {}, 1 + i % 1'000, 21'000);
    }
    return builder.take();
}

ContractLoad token_load(
    std::uint64_t holders, bool one_receiver, std::size_t txs, const actors::TableSeed& seed) {
    LoadBuilder builder{holders, seed};
    const Address token = spread_token(builder, holders);
    std::mt19937_64 random{5};
    for (std::size_t i = 0; i < 2 * txs; ++i) {
        const Address& from = builder.account(random() % holders);
        const Address& to = builder.account(one_receiver ? 0 : random() % holders);
        builder.add(
            i >= txs, from, token, contracts::transfer(to, 1 + random() % 100), {}, kTransferGas);
    }
    TROUPE_ASSERT(builder.good());
    return builder.take();
}

namespace {

template <class Venue>
ContractLoad swap_load(
    std::uint64_t pools, std::size_t txs, const actors::TableSeed& seed, std::string& failure) {
    LoadBuilder builder{kTrader, seed};
    Market<Venue> exchange{builder, pools, 0};
    if (!exchange.ready()) {
        failure = "W7, W8: the npm packages of Uniswap do not work (./dev setup)";
        return {};
    }
    std::mt19937_64 random{7};
    for (std::size_t i = 0; i < 2 * txs; ++i)
        exchange.add_swap(i >= txs, random() % pools, random);
    return builder.take();
}

}  // namespace

ContractLoad swap_v2_load(
    std::uint64_t pools, std::size_t txs, const actors::TableSeed& seed, std::string& failure) {
    return swap_load<node::UniswapV2>(pools, txs, seed, failure);
}

ContractLoad swap_v3_load(
    std::uint64_t pools, std::size_t txs, const actors::TableSeed& seed, std::string& failure) {
    return swap_load<node::UniswapV3>(pools, txs, seed, failure);
}

ContractLoad creation_load(std::size_t txs, const actors::TableSeed& seed) {
    constexpr std::uint64_t kCreators = 1'000;
    constexpr std::uint64_t kCreationGas = 1'000'000;
    LoadBuilder builder{kCreators, seed};
    for (std::size_t i = 0; i < 2 * txs; ++i)
        builder.add(
            i >= txs, builder.account(i % kCreators), std::nullopt, contracts::token_init_code(),
            {}, kCreationGas);
    TROUPE_ASSERT(builder.good());
    return builder.take();
}

ContractLoad mixed_load(std::size_t txs, const actors::TableSeed& seed, std::string& failure) {
    constexpr std::uint64_t kHolders = 20'000;
    constexpr std::uint64_t kPools = 20;
    LoadBuilder builder{kHolders + kTrader, seed};
    const Address token = spread_token(builder, kHolders);
    Market<node::UniswapV2> exchange{builder, kPools, kHolders};
    if (!exchange.ready()) {
        failure = "W9: the npm packages @uniswap/v2-core and @uniswap/v2-periphery do not work";
        return {};
    }
    std::mt19937_64 random{9};
    for (std::size_t i = 0; i < 2 * txs; ++i) {
        const bool measured = i >= txs;
        const node::LoadKind kind = node::kMixedLoad.draw_kind(random);
        const bool hot = node::kMixedLoad.draw_hot(random);
        const Address& from = builder.account(random() % kHolders);
        const Address& to = builder.account(hot ? 0 : random() % kHolders);
        if (kind == node::LoadKind::kTransfer)
            builder.add(measured, from, to, {}, 1 + random() % 100, 21'000);
        else if (kind == node::LoadKind::kErc20)
            builder.add(
                measured, from, token, contracts::transfer(to, 1 + random() % 100), {},
                kTransferGas);
        else
            exchange.add_swap(measured, hot ? 0 : random() % kPools, random);
    }
    TROUPE_ASSERT(builder.good());
    return builder.take();
}

}  // namespace troupe::bench
