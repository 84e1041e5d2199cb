#include "bench/contract_load.hpp"

#include "actors/admission/admission_engine.hpp"
#include "sequencer/workload/exchange.hpp"
#include "sequencer/workload/load_mix.hpp"

#include <algorithm>
#include <random>

namespace troupe::bench {

using namespace chain;
namespace contracts = node::contracts;

namespace {

constexpr std::uint64_t kBaseFee = 7;
constexpr std::uint64_t kTransferGas = 60'000;
constexpr std::uint64_t kTrader = 1'000;  // accounts that swap, of each load
constexpr std::uint64_t kChainId = 1;
const Uint256 kMillion = Uint256{1'000'000'000} * Uint256{1'000'000'000} * Uint256{1'000'000};

Address account(std::uint64_t number) {
    Address address;
    store_be(address.data() + 8, (number + 1) * 0x9e37'79b9'7f4a'7c15);
    store_be(address.data(), number + 1);
    return address;
}

/// A state under construction, and transactions for it.
class Builder {
  public:
    explicit Builder(const actors::TableSeed& seed)
        : admission_(kChainId, 1'000'000'000, {}, seed) {
        load_.env.number = 1;
        load_.env.timestamp = 1'000;
        load_.env.gas_limit = 1'000'000'000;
        load_.env.chain_id = kChainId;
        load_.env.base_fee_per_gas = kBaseFee;
        load_.env.coinbase = Address{{0xfe}};
        load_.state.put(load_.env.coinbase, 0, 1, {}, {});
        fund(owner_);
    }

    void fund(const Address& who) { load_.state.put(who, 0, kMillion, {}, {}); }

    // What node::Exchange asks of its host; accounts are their addresses, everybody may send.
    using Account = Address;
    [[nodiscard]] const Address& owner() const noexcept { return owner_; }
    [[nodiscard]] static const Address& address_of(const Account& account) noexcept {
        return account;
    }
    /// Executes a transaction that has to succeed. @return the contract of a creation
    std::optional<Address> run(
        const Address& from, const std::optional<Address>& to, Bytes data,
        std::uint64_t gas = 10'000'000) {
        const Transaction tx = transaction(from, to, std::move(data), {}, gas);
        auto outcome = execution::execute_transaction(machine_, load_.state, load_.env, tx, from);
        good_ = good_ && outcome.ok() && outcome->success;
        if (!good_) return std::nullopt;
        load_.state.apply(*outcome);
        return outcome->created;
    }
    Address deploy(Bytes init_code) {
        return run(owner_, std::nullopt, std::move(init_code)).value_or(Address{});
    }
    /// The output of a call.
    Bytes ask(const Address& to, Bytes data) {
        Transaction tx = transaction(owner_, to, std::move(data), {}, 1'000'000);
        --nonces_[owner_];
        const auto outcome =
            execution::execute_transaction(machine_, load_.state, load_.env, tx, owner_);
        return outcome ? outcome->output : Bytes{};
    }

    /// As admission hands it on; its signature is nobody's.
    void add(
        bool measured, const Address& from, const std::optional<Address>& to, Bytes data,
        const Uint256& value, std::uint64_t gas) {
        const Transaction tx = transaction(from, to, std::move(data), value, gas);
        auto admitted = admission_.readmit(encode_transaction(tx), from);
        good_ = good_ && admitted.has_value();
        if (admitted) (measured ? load_.measured : load_.warm_up).push_back(std::move(*admitted));
    }

    [[nodiscard]] bool good() const noexcept { return good_; }
    [[nodiscard]] ContractLoad take() { return std::move(load_); }

  private:
    Transaction transaction(
        const Address& from, const std::optional<Address>& to, Bytes data, const Uint256& value,
        std::uint64_t gas) {
        Transaction tx;
        tx.type = TxType::kDynamicFee;
        tx.chain_id = kChainId;
        tx.nonce = nonces_[from]++;
        tx.max_fee_per_gas = kBaseFee + 1;
        tx.max_priority_fee_per_gas = 1;
        tx.gas_limit = gas;
        tx.to = to;
        tx.value = value;
        tx.data = std::move(data);
        tx.signature.r = 1;
        tx.signature.s = 1;
        return tx;
    }

    ContractLoad load_;
    actors::AdmissionEngine admission_;
    evm::Machine machine_;
    Address owner_ = account(~0ull - 1);
    std::unordered_map<Address, std::uint64_t, node::FixedBytesHash> nonces_;
    bool good_ = true;
};

/// An exchange, and accounts that may trade in one of its pools each.
template <class Venue>
class Market {
  public:
    Market(Builder& builder, std::uint64_t pools, std::uint64_t first_trader)
        : builder_(builder), exchange_(builder), first_trader_(first_trader) {
        ready_ = exchange_.open(pools);
        for (std::uint64_t i = 0; ready_ && i < kTrader; ++i) {
            const Address trader = account(first_trader + i);
            builder.fund(trader);
            exchange_.equip(trader, i % pools);
        }
        ready_ = ready_ && builder.good();
    }
    [[nodiscard]] bool ready() const noexcept { return ready_; }

    /// A swap in `pool` by one of its traders, to and fro.
    void add_swap(bool measured, std::uint64_t pool, std::mt19937_64& random) {
        const std::uint64_t pools = exchange_.pools();
        const Address trader = account(first_trader_ + random() % (kTrader / pools) * pools + pool);
        builder_.add(
            measured, trader, exchange_.router(), exchange_.swap(pool, trader, random), {},
            Venue::kSwapGas);
    }

  private:
    Builder& builder_;
    node::Exchange<Builder, Venue> exchange_;
    std::uint64_t first_trader_;
    bool ready_ = false;
};

/// OpenZeppelin's token in the hands of `holders` accounts.
Address spread_token(Builder& builder, std::uint64_t holders) {
    const Address token = builder.deploy(contracts::token_init_code());
    for (std::uint64_t i = 0; i < holders; ++i) {
        builder.fund(account(i));
        builder.run(builder.owner(), token, contracts::transfer(account(i), 1'000'000'000));
    }
    return token;
}

}  // namespace

ContractLoad token_load(
    std::uint64_t holders, bool one_receiver, std::size_t txs, const actors::TableSeed& seed) {
    Builder builder{seed};
    const Address token = spread_token(builder, holders);
    std::mt19937_64 random{5};
    for (std::size_t i = 0; i < 2 * txs; ++i) {
        const Address from = account(random() % holders);
        const Address to = account(one_receiver ? 0 : random() % holders);
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
    Builder builder{seed};
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
    Builder builder{seed};
    for (std::uint64_t i = 0; i < kCreators; ++i)
        builder.fund(account(i));
    for (std::size_t i = 0; i < 2 * txs; ++i)
        builder.add(
            i >= txs, account(i % kCreators), std::nullopt, contracts::token_init_code(), {},
            kCreationGas);
    TROUPE_ASSERT(builder.good());
    return builder.take();
}

ContractLoad mixed_load(std::size_t txs, const actors::TableSeed& seed, std::string& failure) {
    constexpr std::uint64_t kHolders = 20'000;
    constexpr std::uint64_t kPools = 20;
    Builder builder{seed};
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
        const Address from = account(random() % kHolders);
        const Address to = account(hot ? 0 : random() % kHolders);
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
