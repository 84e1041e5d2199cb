#include "bench/prediction_load.hpp"

#include "actors/admission/admission_engine.hpp"
#include "bench/generated_prediction.hpp"
#include "chain/base/hex.hpp"
#include "chain/evm/machine.hpp"
#include "chain/execution/transaction.hpp"
#include "sequencer/workload/contract_session.hpp"

#include <cmath>
#include <random>
#include <unordered_map>

namespace troupe::bench {
namespace {

using namespace chain;
namespace contracts = node::contracts;

constexpr std::uint64_t kUsers = 20'000;
constexpr std::uint64_t kGas = 120'000;  // limit: enough for any of these calls

Address user(std::uint64_t number) {
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

    void fund(const Address& who) { load_.state.put(who, 0, kPlenty, {}, {}); }

    [[nodiscard]] const Address& owner() const noexcept { return owner_; }
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

    static constexpr std::uint64_t kBaseFee = 7;
    static constexpr std::uint64_t kChainId = 1;

  private:
    inline static const Uint256 kPlenty =
        Uint256{1'000'000'000} * Uint256{1'000'000'000} * Uint256{1'000'000};
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
    Address owner_ = user(~0ull - 1);
    std::unordered_map<Address, std::uint64_t, node::FixedBytesHash> nonces_;
    bool good_ = true;
};

Bytes call(std::uint32_t selector, std::initializer_list<Uint256> arguments) {
    Bytes data(4);
    store_be(data.data(), selector);
    for (const Uint256& argument : arguments)
        append(data, to_be32(argument));
    return data;
}

Uint256 word(const Address& address) {
    return uint256_from_be(address);
}

Address deploy(Builder& builder, const char* init_code) {
    return builder.deploy(from_hex(init_code).value());
}

/// A number below `count`; low ones more often, as 1 / (n + 1).
std::uint64_t zipf(std::uint64_t count, std::mt19937_64& random) {
    const double share = static_cast<double>(random() >> 11) * 0x1p-53;
    const auto drawn =
        static_cast<std::uint64_t>(std::pow(static_cast<double>(count) + 1, share) - 1);
    return std::min(drawn, count - 1);
}

Builder with_users(const actors::TableSeed& seed) {
    Builder builder{seed};
    for (std::uint64_t i = 0; i < kUsers; ++i)
        builder.fund(user(i));
    return builder;
}

ContractLoad lots(std::size_t txs, const actors::TableSeed& seed) {
    constexpr std::uint64_t kLots = 200;
    Builder builder = with_users(seed);
    const Address auction = deploy(builder, artifacts::kAuction);
    std::mt19937_64 random{16};
    for (std::size_t i = 0; i < 2 * txs; ++i)
        builder.add(
            i >= txs, user(random() % kUsers), auction,
            call(artifacts::kAuction_bid, {1 + random() % kLots, 1 + random() % 1'000}), {}, kGas);
    TROUPE_ASSERT(builder.good());
    return builder.take();
}

ContractLoad cashier(std::size_t txs, const actors::TableSeed& seed) {
    constexpr std::uint64_t kTokens = 40;
    Builder builder = with_users(seed);
    const Address desk = deploy(builder, artifacts::kCashier);
    std::vector<Address> tokens;
    for (std::uint64_t i = 0; i < kTokens; ++i)
        tokens.push_back(builder.deploy(contracts::token_init_code()));
    for (std::uint64_t i = 0; i < kUsers; ++i) {
        const Address& token = tokens[i % kTokens];
        builder.run(builder.owner(), token, contracts::transfer(user(i), 1'000'000'000));
        builder.run(user(i), token, contracts::approve(desk, ~Uint256{}));
    }
    std::mt19937_64 random{17};
    for (std::size_t i = 0; i < 2 * txs; ++i) {
        const std::uint64_t from = random() % kUsers;
        builder.add(
            i >= txs, user(from), desk,
            call(
                artifacts::kCashier_pay,
                {word(tokens[from % kTokens]), word(user(zipf(kUsers, random))), 5}),
            {}, kGas);
    }
    TROUPE_ASSERT(builder.good());
    return builder.take();
}

ContractLoad ratings(std::size_t txs, const actors::TableSeed& seed) {
    Builder builder = with_users(seed);
    const Address book = deploy(builder, artifacts::kRatings);
    std::mt19937_64 random{18};
    for (std::size_t i = 0; i < 2 * txs; ++i)
        builder.add(
            i >= txs, user(random() % kUsers), book,
            call(
                artifacts::kRatings_rate,
                {word(user(100'000 + random() % 100)), word(user(200'000 + random() % 1'000)), 5}),
            {}, kGas);
    TROUPE_ASSERT(builder.good());
    return builder.take();
}

ContractLoad limits(std::size_t txs, const actors::TableSeed& seed) {
    Builder builder = with_users(seed);
    const Address token = builder.deploy(contracts::token_init_code());
    for (std::uint64_t i = 0; i < kUsers; ++i)
        builder.run(builder.owner(), token, contracts::transfer(user(i), 1'000'000'000));
    std::mt19937_64 random{19};
    for (std::size_t i = 0; i < 2 * txs; ++i)
        builder.add(
            i >= txs, user(random() % kUsers), token,
            contracts::transfer(user(random() % kUsers), 5), {},
            random() % 10 == 0 ? 15'000'000 : 60'000);
    TROUPE_ASSERT(builder.good());
    return builder.take();
}

}  // namespace

const std::vector<PredictionLoad>& prediction_loads() {
    static const std::vector<PredictionLoad> kLoads{
        {"lots", "bids on 200 lots: numbers that names do not show", lots},
        {"cashier", "payments in 40 tokens through one contract", cashier},
        {"ratings", "entries of the sender's own that name shop and item", ratings},
        {"limits", "token transfers, one of ten with a gas limit of 15 million", limits},
    };
    return kLoads;
}

}  // namespace troupe::bench
