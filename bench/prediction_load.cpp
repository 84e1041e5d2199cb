#include "bench/prediction_load.hpp"

#include "bench/generated_prediction.hpp"
#include "bench/load_builder.hpp"
#include "bench/transfer_pattern.hpp"
#include "chain/base/hex.hpp"
#include "sequencer/workload/contract_session.hpp"

#include <random>

namespace troupe::bench {
namespace {

using namespace chain;
namespace contracts = node::contracts;

constexpr std::uint64_t kUsers = 20'000;
constexpr std::uint64_t kGas = 120'000;  // limit: enough for any of these calls

/// Named, and nobody's.
Address stranger(std::uint64_t number) {
    Address address;
    store_be(address.data() + 8, (number + 1) * 0x9e37'79b9'7f4a'7c15);
    store_be(address.data(), number + 1);
    return address;
}

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

Address deploy(LoadBuilder& builder, const char* init_code) {
    return builder.deploy(from_hex(init_code).value());
}

ContractLoad lots(std::size_t txs, const actors::TableSeed& seed) {
    constexpr std::uint64_t kLots = 200;
    LoadBuilder builder{kUsers, seed};
    const Address auction = deploy(builder, artifacts::kAuction);
    std::mt19937_64 random{16};
    for (std::size_t i = 0; i < 2 * txs; ++i)
        builder.add(
            i >= txs, builder.account(random() % kUsers), auction,
            call(artifacts::kAuction_bid, {1 + random() % kLots, 1 + random() % 1'000}), {}, kGas);
    TROUPE_ASSERT(builder.good());
    return builder.take();
}

ContractLoad cashier(std::size_t txs, const actors::TableSeed& seed) {
    constexpr std::uint64_t kTokens = 40;
    LoadBuilder builder{kUsers, seed};
    const Address desk = deploy(builder, artifacts::kCashier);
    std::vector<Address> tokens;
    for (std::uint64_t i = 0; i < kTokens; ++i)
        tokens.push_back(builder.deploy(contracts::token_init_code()));
    for (std::uint64_t i = 0; i < kUsers; ++i) {
        const Address& token = tokens[i % kTokens];
        builder.run(builder.owner(), token, contracts::transfer(builder.account(i), 1'000'000'000));
        builder.run(builder.account(i), token, contracts::approve(desk, ~Uint256{}));
    }
    std::mt19937_64 random{17};
    for (std::size_t i = 0; i < 2 * txs; ++i) {
        const std::uint64_t from = random() % kUsers;
        builder.add(
            i >= txs, builder.account(from), desk,
            call(
                artifacts::kCashier_pay,
                {word(tokens[from % kTokens]), word(builder.account(zipf(random, kUsers))), 5}),
            {}, kGas);
    }
    TROUPE_ASSERT(builder.good());
    return builder.take();
}

ContractLoad ratings(std::size_t txs, const actors::TableSeed& seed) {
    LoadBuilder builder{kUsers, seed};
    const Address book = deploy(builder, artifacts::kRatings);
    std::mt19937_64 random{18};
    for (std::size_t i = 0; i < 2 * txs; ++i)
        builder.add(
            i >= txs, builder.account(random() % kUsers), book,
            call(
                artifacts::kRatings_rate,
                {word(stranger(random() % 100)), word(stranger(100'000 + random() % 1'000)), 5}),
            {}, kGas);
    TROUPE_ASSERT(builder.good());
    return builder.take();
}

ContractLoad limits(std::size_t txs, const actors::TableSeed& seed) {
    LoadBuilder builder{kUsers, seed};
    const Address token = builder.deploy(contracts::token_init_code());
    for (std::uint64_t i = 0; i < kUsers; ++i)
        builder.run(builder.owner(), token, contracts::transfer(builder.account(i), 1'000'000'000));
    std::mt19937_64 random{19};
    for (std::size_t i = 0; i < 2 * txs; ++i)
        builder.add(
            i >= txs, builder.account(random() % kUsers), token,
            contracts::transfer(builder.account(random() % kUsers), 5), {},
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
