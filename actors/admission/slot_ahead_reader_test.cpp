#include "actors/admission/slot_ahead_reader.hpp"

#include "actors/admission/admission_engine.hpp"
#include "chain/crypto/keccak.hpp"
#include "tests/support/fake_accounts.hpp"
#include "tests/support/small_world.hpp"

#include <boost/test/unit_test.hpp>

namespace troupe::actors::test {
namespace {

constexpr TableSeed kSeed{3, 4};

chain::Hash32 padded(const chain::Address& address) {
    return chain::to_be32(chain::uint256_from_be(address));
}

/// balances[key], where balances is slot 0.
chain::Hash32 balance_of(const chain::Address& address) {
    chain::Bytes input(64);
    std::copy_n(padded(address).data(), 32, input.begin());
    return chain::crypto::keccak256(input);
}

/// What `transfer(address,uint256)` touches: the balances of its sender and of its first argument.
KnownSlots::Formulas balances(const chain::Address& token) {
    using Kind = FormulaStep::Kind;
    KnownSlots::Formulas formulas;
    for (const FormulaStep& who : {FormulaStep{Kind::kSender}, FormulaStep{Kind::kArgument, 0}}) {
        SlotFormula& formula = formulas.emplace_back();
        formula.steps = {{Kind::kConstant}, who, {Kind::kConstant}, {Kind::kPair}, {Kind::kSlot}};
        formula.constants = {padded(token), chain::Hash32{}};
    }
    return formulas;
}

struct Fixture {
    Fixture() {
        token[19] = 7;
        chain::Transaction tx;
        tx.type = chain::TxType::kDynamicFee;
        tx.chain_id = 1;
        tx.gas_limit = 100'000;
        tx.to = token;
        tx.data = {0xa9, 0x05, 0x9c, 0xbb};
        chain::append(tx.data, padded(to));
        chain::append(tx.data, chain::to_be32(5));
        tx.signature.r = tx.signature.s = 1;
        const AdmissionEngine admission{1, 30'000'000, {}, kSeed};
        chunk->txs.push_back(admission.prepare(tx, chain::encode_transaction(tx), from));
        departures = {departed, departed};
    }

    FakeAccounts store;
    chain::Address token;
    chain::Address from = wallet(1).address;
    chain::Address to = wallet(2).address;
    ChunkPtr chunk = std::make_shared<Chunk>();
    KnownSlotsPtr known = std::make_shared<KnownSlots>();
    std::shared_ptr<Departures> departed = std::make_shared<Departures>();
    std::vector<DeparturesPtr> departures;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(slot_ahead_reader)

BOOST_FIXTURE_TEST_CASE(reads_what_formulas_say_once, Fixture) {
    store.put_slot(token, balance_of(from), 100);
    store.put_slot(token, balance_of(to), 200);
    departed->note(slot_hash(token, balance_of(to), kSeed));
    SlotAheadReader reader{store, departures, known, kSeed, 1'000};
    reader.read(std::span(&chunk, 1));
    BOOST_TEST(chunk->slots_ahead.empty());  // nothing is known yet

    known->set(
        {{chunk->txs[0].hints[0], std::make_shared<const KnownSlots::Formulas>(balances(token))}});
    reader.read(std::span(&chunk, 1));
    BOOST_TEST_REQUIRE(chunk->slots_ahead.size() == 2u);
    const auto is = [&](const SlotAhead& ahead, const chain::Address& who, std::uint64_t value,
                        std::uint32_t gone) {
        BOOST_TEST((ahead.key == SlotKey{token, balance_of(who)}));
        BOOST_TEST(ahead.hash == slot_hash(token, balance_of(who), kSeed));
        BOOST_TEST((ahead.value == chain::Uint256{value}));
        BOOST_TEST(ahead.departed == gone);
    };
    is(chunk->slots_ahead[0], from, 100, 0);
    is(chunk->slots_ahead[1], to, 200, 1);

    chunk->slots_ahead.clear();
    reader.read(std::span(&chunk, 1));
    BOOST_TEST(chunk->slots_ahead.empty());  // they are in memory now
}

BOOST_FIXTURE_TEST_CASE(a_call_without_the_argument_is_not_read_for, Fixture) {
    AdmittedTx& tx = chunk->txs[0];
    chain::Transaction call = chain::decode_transaction(tx.raw).value();
    call.data.resize(4);
    tx.raw = chain::encode_transaction(call);
    known->set({{tx.hints[0], std::make_shared<const KnownSlots::Formulas>(balances(token))}});
    SlotAheadReader reader{store, departures, known, kSeed, 1'000};
    reader.read(std::span(&chunk, 1));
    BOOST_TEST_REQUIRE(chunk->slots_ahead.size() == 1u);
    BOOST_TEST((chunk->slots_ahead[0].key.slot == balance_of(from)));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::actors::test
