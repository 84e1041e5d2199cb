#include "actors/admission/admission_engine.hpp"

#include "tests/support/small_world.hpp"

#include <boost/test/unit_test.hpp>

namespace troupe::actors::test {
namespace {

constexpr std::uint64_t kGasLimit = 1'000'000;

Chunk admitted(std::vector<chain::Bytes> raw, Throttle throttle = Throttle::kNone) {
    AdmissionEngine engine{kChainId, kGasLimit, chain::Rules{}, TableSeed{1, 2}};
    Chunk chunk;
    chunk.first_index = 10;
    chunk.raw = std::move(raw);
    engine.admit(chunk, throttle);
    return chunk;
}

/// Reason and message of the only transaction.
std::pair<Reason, std::string> refusal(chain::Bytes raw) {
    const Chunk chunk = admitted({std::move(raw)});
    BOOST_TEST_REQUIRE(chunk.refused.size() == 1u);
    BOOST_TEST(chunk.txs.empty());
    return {chunk.refused[0].outcome.reason, chunk.refused[0].outcome.message};
}

/// A transfer whose signature is nobody's: x^3 + 7 is no square for x = 5, so no curve point has it
/// (secp256k1's smallest such x).
chain::Bytes unrecoverable() {
    chain::Transaction tx;
    tx.type = chain::TxType::kDynamicFee;
    tx.chain_id = kChainId;
    tx.max_fee_per_gas = 10;
    tx.gas_limit = 21'000;
    tx.to = wallet(2).address;
    BOOST_TEST_REQUIRE(chain::sign_transaction(tx, wallet(1).key).ok());
    tx.signature.r = 5;
    return chain::encode_transaction(tx);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(admission_engine)

BOOST_AUTO_TEST_CASE(admitted_transactions_keep_their_order_and_carry_everything) {
    const chain::Bytes first =
        signed_transfer({.from = 3, .to = wallet(4).address, .nonce = 7, .value = 5});
    const chain::Bytes second = signed_transfer({.from = 5, .to = wallet(6).address, .value = {}});
    const Chunk chunk = admitted({first, {0x01}, second});
    BOOST_TEST_REQUIRE(chunk.txs.size() == 2u);
    const AdmittedTx& tx = chunk.txs[0];
    BOOST_TEST((tx.raw == first));
    BOOST_TEST((tx.hash == chain::transaction_hash(first)));
    BOOST_TEST((tx.sender == wallet(3).address));
    BOOST_TEST((tx.to == wallet(4).address));
    BOOST_TEST(tx.nonce == 7u);
    BOOST_TEST(tx.gas_used == 21'000u);
    BOOST_TEST(tx.max_cost.low_u64() == 21'000u * 1'000 + 5);
    BOOST_TEST(tx.index == 10u);
    BOOST_TEST((chunk.txs[1].sender == wallet(5).address));
    BOOST_TEST(chunk.txs[1].index == 12u);
    BOOST_TEST_REQUIRE(chunk.refused.size() == 1u);
    BOOST_TEST(chunk.refused[0].index == 11u);
    BOOST_TEST((chunk.refused[0].outcome.reason == Reason::kMalformed));
}

BOOST_AUTO_TEST_CASE(refusals_say_reason_and_numbers) {
    const TransferSpec plain{.from = 1, .to = wallet(2).address, .value = 1};
    const auto with = [&](auto change) {
        TransferSpec spec = plain;
        change(spec);
        return refusal(signed_transfer(spec));
    };
    const auto wrong_chain = with([](auto& spec) { spec.chain_id = 1; });
    BOOST_TEST((wrong_chain.first == Reason::kWrongChain));
    BOOST_TEST(wrong_chain.second == "signed for chain 1, this is 4242");
    const auto intrinsic = with([](auto& spec) { spec.gas_limit = 20'000; });
    BOOST_TEST((intrinsic.first == Reason::kIntrinsicGas));
    BOOST_TEST(intrinsic.second == "gas limit 20000, intrinsic gas is 21000");
    const auto over = with([](auto& spec) { spec.gas_limit = kGasLimit + 1; });
    BOOST_TEST((over.first == Reason::kGasLimitOverBlock));
    BOOST_TEST(over.second == "gas limit 1000001, a block has 1000000");
}

BOOST_AUTO_TEST_CASE(a_creation_is_admitted_for_the_evm) {
    chain::Transaction creation;
    creation.type = chain::TxType::kDynamicFee;
    creation.chain_id = kChainId;
    creation.max_fee_per_gas = 10;
    creation.gas_limit = 100'000;
    creation.data = {0x60, 0x00};
    BOOST_TEST_REQUIRE(chain::sign_transaction(creation, wallet(1).key).ok());
    const Chunk chunk = admitted({chain::encode_transaction(creation)});
    BOOST_TEST_REQUIRE(chunk.txs.size() == 1u);
    BOOST_TEST(chunk.txs[0].evm);
}

BOOST_AUTO_TEST_CASE(legacy_without_chain_id_is_refused) {
    chain::Transaction tx;
    tx.max_fee_per_gas = tx.max_priority_fee_per_gas = 10;
    tx.gas_limit = 21'000;
    tx.to = wallet(2).address;
    BOOST_TEST_REQUIRE(chain::sign_transaction(tx, wallet(1).key).ok());
    const auto [reason, message] = refusal(chain::encode_transaction(tx));
    BOOST_TEST((reason == Reason::kWrongChain));
    BOOST_TEST(message == "no chain id (EIP-155), sign for chain 4242");
}

BOOST_AUTO_TEST_CASE(signature_that_does_not_recover_is_refused_alone) {
    const chain::Bytes good = signed_transfer({.from = 1, .to = wallet(2).address});
    const Chunk chunk = admitted({unrecoverable(), good});
    BOOST_TEST_REQUIRE(chunk.refused.size() == 1u);
    BOOST_TEST((chunk.refused[0].outcome.reason == Reason::kBadSignature));
    BOOST_TEST_REQUIRE(chunk.txs.size() == 1u);
    BOOST_TEST((chunk.txs[0].raw == good));
}

BOOST_AUTO_TEST_CASE(chunks_admitted_together_keep_their_own_transactions) {
    const chain::Bytes bad = unrecoverable();

    // 0, 3, 6, .. transactions in a chunk, a bad one among them wherever it has two or more.
    std::vector<ChunkPtr> chunks;
    for (std::uint32_t c = 0; c < 20; ++c) {
        auto chunk = std::make_shared<Chunk>();
        for (std::uint32_t i = 0; i < 3 * c; ++i) {
            const bool is_bad = i == c;
            chunk->raw.push_back(
                is_bad ? bad
                       : signed_transfer(
                             {.from = c, .to = wallet(i).address, .nonce = i, .value = i}));
        }
        chunks.push_back(std::move(chunk));
    }
    AdmissionEngine engine{kChainId, kGasLimit, chain::Rules{}, TableSeed{1, 2}};
    engine.admit(chunks, Throttle::kNone);
    for (std::uint32_t c = 1; c < 20; ++c) {
        const Chunk& chunk = *chunks[c];
        BOOST_TEST_REQUIRE(chunk.txs.size() == 3 * c - 1);
        BOOST_TEST_REQUIRE(chunk.refused.size() == 1u);
        BOOST_TEST(chunk.refused[0].index == c);
        BOOST_TEST((chunk.refused[0].outcome.reason == Reason::kBadSignature));
        BOOST_TEST((chunk.refused[0].outcome.transaction_hash == chain::transaction_hash(bad)));
        for (std::uint32_t i = 0; i < chunk.txs.size(); ++i) {
            const std::uint32_t index = i < c ? i : i + 1;
            BOOST_TEST(chunk.txs[i].index == index);
            BOOST_TEST(chunk.txs[i].nonce == index);
            BOOST_TEST((chunk.txs[i].sender == wallet(c).address));
            BOOST_TEST((chunk.txs[i].to == wallet(index).address));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_transaction_that_comes_again_is_not_recovered_again) {
    const auto recent = std::make_shared<SenderCache>();
    AdmissionEngine first{kChainId, kGasLimit, chain::Rules{}, TableSeed{1, 2}, recent};
    AdmissionEngine second{kChainId, kGasLimit, chain::Rules{}, TableSeed{1, 2}, recent};
    const auto some = [&](std::uint32_t from, std::uint32_t to) {
        Chunk chunk;
        for (std::uint32_t i = from; i < to; ++i)
            chunk.raw.push_back(
                signed_transfer({.from = i, .to = wallet(i + 1).address, .nonce = i, .value = i}));
        chunk.raw.push_back(unrecoverable());
        return chunk;
    };
    const auto check = [](const Chunk& chunk, std::uint32_t from, std::uint32_t to) {
        BOOST_TEST_REQUIRE(chunk.txs.size() == to - from);
        for (std::uint32_t i = from; i < to; ++i)
            BOOST_TEST((chunk.txs[i - from].sender == wallet(i).address));
        BOOST_TEST_REQUIRE(chunk.refused.size() == 1u);
        BOOST_TEST((chunk.refused[0].outcome.reason == Reason::kBadSignature));
    };
    Chunk chunk = some(0, 10);
    first.admit(chunk, Throttle::kNone);
    check(chunk, 0, 10);
    BOOST_TEST(recent->hits() == 0u);
    BOOST_TEST(recent->misses() == 11u);
    // Known ones among new ones, and the bad one is bad again.
    Chunk again = some(5, 15);
    second.admit(again, Throttle::kNone);
    check(again, 5, 15);
    BOOST_TEST(recent->hits() == 5u);
    BOOST_TEST(recent->misses() == 11u + 6);
}

BOOST_AUTO_TEST_CASE(backlog_beyond_the_last_mark_refuses_everything) {
    const Chunk chunk = admitted(
        {signed_transfer({.from = 1, .to = wallet(2).address, .value = 1}), {0x01}},
        Throttle::kRefuse);
    BOOST_TEST(chunk.txs.empty());
    BOOST_TEST_REQUIRE(chunk.refused.size() == 2u);
    for (const SubmitSink::Item& item : chunk.refused)
        BOOST_TEST((item.outcome.reason == Reason::kOverCapacity));
}

BOOST_AUTO_TEST_CASE(replay_takes_the_sender_from_the_log) {
    const AdmissionEngine engine{kChainId, kGasLimit, chain::Rules{}, TableSeed{1, 2}};
    const chain::Bytes raw = signed_transfer({.from = 3, .to = wallet(4).address, .value = 5});
    const auto tx = engine.readmit(raw, wallet(9).address);
    BOOST_TEST_REQUIRE(tx.has_value());
    BOOST_TEST((tx->sender == wallet(9).address));
    BOOST_TEST((tx->hash == chain::transaction_hash(raw)));
    BOOST_TEST(!engine.readmit({0x01}, wallet(9).address).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::actors::test
