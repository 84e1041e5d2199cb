#include "actors/sequencer/shares.hpp"

#include "actors/admission/admission_engine.hpp"
#include "actors/admission/hints.hpp"
#include "chain/crypto/keccak.hpp"
#include "tests/support/small_world.hpp"

#include <boost/test/unit_test.hpp>

namespace troupe::actors::test {
namespace {

constexpr TableSeed kSeed{7, 8};
constexpr std::uint32_t kToken = 90;  // the wallet number whose address plays a contract
constexpr std::uint64_t kGas = 100'000;

/// transfer(address,uint256) of ERC-20.
chain::Bytes token_transfer(const chain::Address& to, std::uint64_t amount) {
    chain::Bytes data{0xa9, 0x05, 0x9c, 0xbb};
    data.resize(4 + 64);
    std::copy(to.bytes.begin(), to.bytes.end(), data.begin() + 4 + 12);
    chain::store_be(data.data() + 4 + 56, amount);
    return data;
}

struct SharesFixture {
    Shares shares{{.executors = 2, .estimate_costs = false}};
    std::vector<AdmittedTx> txs;
    Round round;

    void pays(std::uint32_t from, std::uint32_t to, std::uint64_t nonce = 0) {
        add(
            {.from = from,
             .to = wallet(kToken).address,
             .nonce = nonce,
             .value = {},
             .gas_limit = kGas,
             .data = token_transfer(wallet(to).address, 5)});
    }
    void add(const TransferSpec& spec) {
        const AdmissionEngine admission{kChainId, 30'000'000, {}, kSeed};
        txs.push_back(*admission.readmit(signed_transfer(spec), wallet(spec.from).address));
    }
    RoundMode share_out(std::uint32_t native = 0, Shares* by = nullptr) {
        round.clear();
        for (AdmittedTx& tx : txs)
            round.txs.push_back(&tx);
        round.native = native;
        return (by != nullptr ? *by : shares).share_out(round);
    }
    /// Which executor runs a transaction; -1: none.
    int executor(std::uint32_t tx) const {
        for (std::size_t share = 0; share < round.speculations.size(); ++share) {
            const auto& own = round.speculations[share].txs;
            BOOST_TEST(std::is_sorted(own.begin(), own.end()));
            if (std::find(own.begin(), own.end(), tx) != own.end()) return static_cast<int>(share);
        }
        return -1;
    }
    /// Every transaction of the round changed `slot` of the token, as its executor found; and those
    /// in `conflicts` did not hold.
    void all_change(
        std::uint8_t slot, std::size_t conflicts,
        chain::state::EffectKind kind = chain::state::EffectKind::kWrite) {
        chain::state::Effect effect;
        effect.kind = kind;
        effect.field = chain::state::Field::kStorage;
        effect.address = wallet(kToken).address;
        effect.slot.bytes[31] = slot;
        const std::uint64_t hash = slot_hash(effect.address, effect.slot, kSeed);
        for (Speculation& speculation : round.speculations)
            for (const std::uint32_t tx : speculation.txs) {
                speculation.effects.push_back({.hash = hash, .tx = tx, .effect = effect});
                speculation.ends.push_back(static_cast<std::uint32_t>(speculation.effects.size()));
            }
        round.conflicts.assign(conflicts, key_of(hash, effect));
    }
    /// A call of a round that was shared did not find a slot as it had been.
    void one_conflicts() {
        Speculation& speculation = round.speculations[0];
        chain::state::Effect effect;
        effect.field = chain::state::Field::kStorage;
        effect.slot.bytes[31] = 77;
        const std::uint64_t hash = slot_hash(effect.address, effect.slot, kSeed);
        speculation.effects.push_back({.hash = hash, .tx = speculation.txs[0], .effect = effect});
        speculation.ends.assign(speculation.txs.size(), 1);
        round.speculations[1].ends.assign(round.speculations[1].txs.size(), 0);
        round.results.resize(round.txs.size());
        round.conflicts.assign(1, key_of(hash, effect));
        shares.learn(round);
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(shares)

BOOST_FIXTURE_TEST_CASE(a_sender_has_one_executor_and_gas_is_spread, SharesFixture) {
    for (std::uint64_t nonce = 0; nonce < 4; ++nonce)
        pays(1, static_cast<std::uint32_t>(10 + nonce), nonce);
    for (std::uint32_t from = 2; from < 6; ++from)
        pays(from, 20 + from);
    BOOST_TEST((share_out(1) == RoundMode::kParallel));
    BOOST_TEST(executor(0) == -1);  // the sequencer has run it
    BOOST_TEST(executor(1) == executor(2));
    BOOST_TEST(executor(1) == executor(3));
    BOOST_TEST(round.speculations[0].txs.size() + round.speculations[1].txs.size() == 7u);
    BOOST_TEST(round.speculations[0].txs.size() >= 3u);
    BOOST_TEST(round.speculations[1].txs.size() >= 3u);
}

BOOST_FIXTURE_TEST_CASE(who_names_the_same_account_is_kept_together, SharesFixture) {
    pays(1, 2);
    pays(2, 3);  // spends what it has just been paid
    for (std::uint32_t from = 10; from < 40; ++from)
        pays(from, 100 + from);
    BOOST_TEST((share_out() == RoundMode::kParallel));
    BOOST_TEST(executor(0) == executor(1));
}

BOOST_FIXTURE_TEST_CASE(what_everybody_names_keeps_nobody_together, SharesFixture) {
    for (std::uint32_t from = 0; from < 40; ++from)
        pays(from, 99);
    BOOST_TEST((share_out() == RoundMode::kParallel));
    BOOST_TEST(round.speculations[0].txs.size() == 20u);
}

// Each names the ones before it and the next one names it: a chain through the whole round.
BOOST_FIXTURE_TEST_CASE(nobody_ties_a_round_together_by_naming_others, SharesFixture) {
    for (std::uint32_t from = 0; from < 100; ++from) {
        pays(from, 200 + from);
        if (from % 9 != 8) continue;
        chain::Bytes names{0x12, 0x34, 0x56, 0x78};
        for (std::uint32_t i = 0; i < kHintWordsMax; ++i) {
            names.resize(names.size() + 12);
            chain::append(names, wallet(from - std::min(from, i)).address);
        }
        add(
            {.from = 400 + from,
             .to = wallet(kToken).address,
             .value = {},
             .gas_limit = kGas,
             .data = names});
    }
    BOOST_TEST((share_out() == RoundMode::kParallel));
    for (const Speculation& speculation : round.speculations)
        BOOST_TEST(speculation.txs.size() > txs.size() * 4 / 10);
}

BOOST_FIXTURE_TEST_CASE(what_conflicts_is_learnt_and_forgotten, SharesFixture) {
    for (std::uint32_t from = 0; from < 40; ++from)
        pays(from, 99);
    // The second time it is followed: it does not commute, and everybody writes it: nothing to
    // gain.
    for (const bool followed : {false, true}) {
        BOOST_TEST((share_out() == RoundMode::kParallel));
        BOOST_TEST((round.contended != nullptr) == followed);
        all_change(1, 20);
        shares.learn(round);
    }
    BOOST_TEST((share_out() == RoundMode::kConflicting));
    int rounds = 0;
    for (; share_out() == RoundMode::kConflicting && rounds < 10'000; ++rounds)
        shares.learn(round);
    BOOST_TEST(rounds > 30);
    BOOST_TEST(rounds < 1'000);
}

BOOST_FIXTURE_TEST_CASE(slots_that_commute_keep_nobody_together, SharesFixture) {
    using chain::state::EffectKind;
    for (std::uint32_t from = 0; from < 40; ++from)
        pays(from, 99);
    BOOST_TEST((share_out() == RoundMode::kParallel));
    all_change(1, 20);
    shares.learn(round);
    for (int rounds = 0; rounds < 500; ++rounds) {
        BOOST_TEST_REQUIRE((share_out() == RoundMode::kParallel));
        all_change(1, rounds % 3 == 0 ? 1 : 0, EffectKind::kDelta);  // some guards fail
        // Followed as long as it is hot: what several change does not cool down.
        BOOST_TEST_REQUIRE(round.contended != nullptr);
        shares.learn(round);
    }
    // Guards that fail round after round are worth no more than reads.
    for (int rounds = 0; rounds < 3; ++rounds) {
        BOOST_TEST((share_out() == RoundMode::kParallel));
        all_change(1, 20, EffectKind::kDelta);
        shares.learn(round);
    }
    BOOST_TEST((share_out() == RoundMode::kParallel));
    BOOST_TEST(round.contended == nullptr);
    all_change(1, 20);
    shares.learn(round);
    BOOST_TEST((share_out() == RoundMode::kConflicting));
}

BOOST_FIXTURE_TEST_CASE(a_hot_key_goes_to_one_executor_and_the_rest_to_the_other, SharesFixture) {
    // Half pay wallet 99, half each somebody else: only the former conflict.
    for (std::uint32_t from = 0; from < 40; ++from)
        pays(from, from % 2 == 0 ? 99 : 100 + from);
    for (int i = 0; i < 3; ++i) {
        BOOST_TEST((share_out() == RoundMode::kParallel));
        chain::state::Effect effect;
        effect.kind = chain::state::EffectKind::kWrite;
        effect.field = chain::state::Field::kStorage;
        for (Speculation& speculation : round.speculations)
            for (const std::uint32_t tx : speculation.txs) {
                effect.slot.bytes[31] = tx % 2 == 0 ? 1 : static_cast<std::uint8_t>(10 + tx);
                const std::uint64_t hash = slot_hash(effect.address, effect.slot, kSeed);
                speculation.effects.push_back({.hash = hash, .tx = tx, .effect = effect});
                speculation.ends.push_back(static_cast<std::uint32_t>(speculation.effects.size()));
            }
        effect.slot.bytes[31] = 1;
        const std::uint64_t hot = slot_hash(effect.address, effect.slot, kSeed);
        round.conflicts.assign(10, key_of(hot, effect));
        shares.learn(round);
    }
    BOOST_TEST((share_out() == RoundMode::kParallel));
    for (std::uint32_t tx = 0; tx < 40; tx += 2)
        BOOST_TEST(executor(tx) == executor(0));
    BOOST_TEST(round.speculations[0].txs.size() == 20u);
    BOOST_TEST(round.speculations[1].txs.size() == 20u);
}

BOOST_FIXTURE_TEST_CASE(predicted_slots_join_those_who_share_one_that_is_written, SharesFixture) {
    for (std::uint32_t from = 0; from < 40; ++from)
        pays(from, 100 + from);
    BOOST_TEST((share_out() == RoundMode::kParallel));
    BOOST_TEST(round.prediction.flags.empty());  // nobody needs it
    one_conflicts();
    // Every transfer of the contract writes a slot of its argument, reads one that all read, and
    // hashes as Solidity does.
    const auto observe = [&] {
        const auto parallel = share_out();
        BOOST_TEST_REQUIRE((parallel == RoundMode::kParallel));
        round.record = std::make_shared<MicroBlockRecord>();
        for (const AdmittedTx& tx : txs)
            round.record->transactions.push_back(tx.raw);
        for (std::uint32_t tx = 0; tx < txs.size(); ++tx) {
            if (!round.prediction.has(tx, Prediction::kObserve)) continue;
            Observation& seen = round.observed.emplace_back();
            seen.tx = tx;
            chain::Bytes preimage(64);
            const auto to = wallet(100 + tx % 40).address;
            std::copy(to.begin(), to.end(), preimage.begin() + 12);
            preimage[63] = 3;
            chain::evm::HashRecord record;
            record.add(preimage, chain::crypto::keccak256(preimage));
            seen.hashes = record.entries();
            chain::state::Effect effect;
            effect.field = chain::state::Field::kStorage;
            effect.address = wallet(kToken).address;
            effect.slot.bytes[31] = 9;
            seen.effects.push_back(effect);
            effect.kind = chain::state::EffectKind::kWrite;
            effect.slot = seen.hashes[0].hash;
            seen.effects.push_back(effect);
        }
        shares.learn(round);
    };
    for (int i = 0; i < 4; ++i)
        observe();
    BOOST_TEST((share_out() == RoundMode::kParallel));
    BOOST_TEST(round.prediction.has(0, Prediction::kKnown));
    const auto keys = round.prediction.keys_of(0);
    BOOST_TEST_REQUIRE(keys.size() == 2u);
    BOOST_TEST(keys[0].writes != keys[1].writes);
    // What all read joins nobody; who writes the same slot is joined.
    BOOST_TEST(round.speculations[0].txs.size() == 20u);
    for (std::uint32_t tx : {3, 4, 5}) {
        pays(50 + tx, 100 + tx);
        BOOST_TEST((share_out() == RoundMode::kParallel));
        BOOST_TEST(executor(static_cast<std::uint32_t>(txs.size()) - 1) == executor(tx));
    }
}

BOOST_FIXTURE_TEST_CASE(a_listed_slot_is_a_name_and_a_lie_only_moves_its_own, SharesFixture) {
    const auto list = [](std::uint8_t slot) {
        chain::AccessListEntry entry{wallet(kToken).address, {{}}};
        entry.storage_keys[0].bytes[31] = slot;
        return chain::AccessList{entry};
    };
    chain::Transaction tx;
    tx.to = wallet(kToken).address;
    tx.data = {1, 2, 3, 4};
    BOOST_TEST(hints_of(tx, kSeed).size() == 1u);
    tx.access_list = list(1);
    const auto honest = hints_of(tx, kSeed);
    BOOST_TEST_REQUIRE(honest.size() == 2u);
    tx.data[0] = 9;  // another function that says the same
    BOOST_TEST(hints_of(tx, kSeed)[1] == honest[1]);
    tx.access_list = list(2);
    BOOST_TEST(hints_of(tx, kSeed)[1] != honest[1]);
    tx.access_list[0].storage_keys.resize(5'000);
    BOOST_TEST(hints_of(tx, kSeed).size() == 1 + kListedSlotsMax);
    // 40 that are joined by nothing, and a liar who lists what one of them lists.
    for (std::uint32_t from = 0; from < 40; ++from)
        pays(from, 100 + from);
    for (const std::size_t lister : {0u, 1u})
        txs[lister].hints.push_back(honest[1]);
    BOOST_TEST((share_out() == RoundMode::kParallel));
    BOOST_TEST(executor(0) == executor(1));
    BOOST_TEST(round.speculations[0].txs.size() == 20u);
}

BOOST_FIXTURE_TEST_CASE(one_executor_runs_what_is_not_worth_sharing, SharesFixture) {
    pays(1, 2);
    pays(3, 4);
    Shares alone{{.executors = 1}};
    BOOST_TEST((share_out(0, &alone) == RoundMode::kSmall));
    BOOST_TEST(executor(0) == -1);
    Shares above{{.executors = 2, .gas_min = 2 * kGas + 1, .estimate_costs = false}};
    BOOST_TEST((share_out(0, &above) == RoundMode::kSmall));
    Shares enough{{.executors = 2, .gas_min = 2 * kGas, .estimate_costs = false}};
    BOOST_TEST((share_out(0, &enough) == RoundMode::kParallel));
    BOOST_TEST((share_out(1, &enough) == RoundMode::kSmall));  // a single one is left
}

BOOST_FIXTURE_TEST_CASE(what_is_prepared_is_what_would_be_shared_out, SharesFixture) {
    pays(1, 2);
    for (std::uint32_t from = 10; from < 40; ++from)
        pays(from, 100 + from / 2);
    BOOST_TEST((share_out(1) == RoundMode::kParallel));
    const std::vector<std::uint32_t> first = round.speculations[0].txs;
    const std::uint64_t estimated = shares.estimated_gas();
    std::vector<AdmittedTx*> rest;
    for (std::size_t tx = 1; tx < txs.size(); ++tx)
        rest.push_back(&txs[tx]);
    shares.prepare(rest);
    BOOST_TEST(shares.estimated_gas() == estimated);
    BOOST_TEST((share_out(1) == RoundMode::kParallel));
    BOOST_TEST(round.speculations[0].txs == first);
    BOOST_TEST(shares.estimated_gas() == 2 * estimated);
    // It comes otherwise.
    shares.prepare(rest);
    BOOST_TEST((share_out(2) == RoundMode::kParallel));
    std::size_t shared = 0;
    for (const Speculation& speculation : round.speculations)
        shared += speculation.txs.size();
    BOOST_TEST(shared == txs.size() - 2);
    BOOST_TEST(executor(1) == -1);
}

BOOST_FIXTURE_TEST_CASE(an_address_is_a_name_wherever_longer_data_says_it, SharesFixture) {
    const chain::Address named = wallet(7).address;
    const std::uint64_t name = table_hash(named, kSeed);
    chain::Transaction tx;
    tx.to = wallet(kToken).address;
    const auto names = [&](std::size_t at) {  // of data of 40 words with the address there
        tx.data.assign(4 + 40 * 32, 0);
        tx.data[0] = 1;
        std::copy(named.bytes.begin(), named.bytes.end(), tx.data.begin() + at);
        const auto hints = hints_of(tx, kSeed);
        return std::count(hints.begin(), hints.end(), name);
    };
    BOOST_TEST(names(4 + 3 * 32 + 12) == 1);       // one of the first words
    BOOST_TEST(names(4 + 30 * 32 + 12) == 1);      // a later one
    BOOST_TEST(names(4 + 30 * 32 + 4 + 12) == 1);  // an argument of a call inside
    BOOST_TEST(names(4 + 30 * 32 + 7) == 0);       // bytes of something else
    (void)names(4 + 30 * 32 + 12);
    std::copy(named.bytes.begin(), named.bytes.end(), tx.data.begin() + 4 + 35 * 32 + 12);
    BOOST_TEST(hints_of(tx, kSeed).size() == 2u);  // the function, and once the address
}

BOOST_FIXTURE_TEST_CASE(tokens_of_a_packed_path_are_names, SharesFixture) {
    chain::Transaction tx;
    tx.to = wallet(kToken).address;
    const auto with_path = [&](std::size_t word, std::uint8_t length) {
        tx.data.assign(4 + 32 * (word + 4), 0);
        tx.data[0] = 1;
        tx.data[4 + 32 * word + 31] = length;
        for (std::uint32_t token = 0; token < 3; ++token) {  // 20 bytes, and 3 of a fee between
            const chain::Address address = wallet(20 + token).address;
            std::copy(
                address.bytes.begin(), address.bytes.end(),
                tx.data.begin() + 4 + 32 * (word + 1) + 23 * token);
        }
        const auto hints = hints_of(tx, kSeed);
        std::size_t found = 0;
        for (std::uint32_t token = 0; token < 3; ++token)
            found += static_cast<std::size_t>(std::count(
                hints.begin(), hints.end(), table_hash(wallet(20 + token).address, kSeed)));
        return found;
    };
    BOOST_TEST(with_path(5, 66) == 3u);
    BOOST_TEST(with_path(30, 66) == 3u);
    BOOST_TEST(with_path(30, 43) == 2u);
    BOOST_TEST(with_path(30, 65) == 0u);   // no path is as long
    BOOST_TEST(with_path(30, 181) == 0u);  // it would end behind the data
}

BOOST_FIXTURE_TEST_CASE(names_in_data_are_as_many_as_is_said, SharesFixture) {
    chain::Transaction tx;
    tx.to = wallet(kToken).address;
    tx.data.assign(4, 1);
    for (std::uint32_t i = 0; i < 200; ++i) {
        tx.data.resize(tx.data.size() + 12);
        chain::append(tx.data, wallet(i).address);
    }
    BOOST_TEST(hints_of(tx, kSeed).size() == 1 + kHintWordsMax + kHintsDeepMax);
}

BOOST_FIXTURE_TEST_CASE(what_is_guessed_is_left_to_who_is_done_first, SharesFixture) {
    Shares unknown{{.executors = 2, .rests = 2}};
    for (std::uint32_t from = 0; from < 40; ++from)
        pays(from, 100 + from);
    BOOST_TEST((share_out(0, &unknown) == RoundMode::kParallel));
    BOOST_TEST(round.rests == 4u);
    BOOST_TEST(round.speculations.size() == 6u);
    BOOST_TEST(round.own_shares() == 2u);
    std::vector<int> runs(txs.size());
    for (std::uint32_t tx = 0; tx < txs.size(); ++tx)
        BOOST_TEST(executor(tx) >= 0);
    for (std::size_t share = 0; share < 6; ++share) {
        for (const std::uint32_t tx : round.speculations[share].txs)
            ++runs[tx];
        BOOST_TEST(round.speculations[share].txs.size() >= (share < 2 ? 10u : 3u));
    }
    BOOST_TEST((std::count(runs.begin(), runs.end(), 1) == 40));
    for (std::uint32_t rest = 2; rest < 6; ++rest)
        BOOST_TEST((round.take_rest() == rest));
    BOOST_TEST(!round.take_rest());
    // Once the function is known, each has all of its share.
    round.results.resize(txs.size());
    for (TxResult& result : round.results) {
        result.valid = true;
        result.gas_used = 50'000;
    }
    unknown.learn(round);
    BOOST_TEST((share_out(0, &unknown) == RoundMode::kParallel));
    BOOST_TEST(round.rests == 0u);
    BOOST_TEST(!round.take_rest());
    BOOST_TEST(round.speculations.size() == 2u);
}

BOOST_FIXTURE_TEST_CASE(
    what_costs_little_together_is_kept_together_where_costs_are_guessed, SharesFixture) {
    // A sixth of the transactions pays one account, with a hundredth of the gas.
    Shares unknown{{.executors = 2}};
    for (std::uint32_t from = 0; from < 60; ++from) {
        pays(from, from % 6 == 0 ? 99 : 100 + from);
        txs.back().gas_limit = from % 6 == 0 ? 60'000 : 900'000;
        txs.back().hints[0] = from;  // of a function nobody has called
        txs.back().to_place.hash = from;
    }
    BOOST_TEST((share_out(0, &unknown) == RoundMode::kParallel));
    for (std::uint32_t tx = 6; tx < 60; tx += 6)
        BOOST_TEST(executor(tx) == executor(0));
}

BOOST_FIXTURE_TEST_CASE(who_is_between_two_of_a_sender_is_kept_with_them, SharesFixture) {
    for (std::uint32_t from = 0; from < 40; ++from) {
        const bool second = from == 7 || from == 25;
        pays(second ? (from == 7 ? 3 : 20) : from, 100 + from, second ? 1 : 0);
    }
    const auto together = [this](std::uint32_t first, std::uint32_t last) {
        for (std::uint32_t tx = first; tx <= last; ++tx)
            if (executor(tx) != executor(first)) return false;
        return true;
    };
    Shares unknown{{.executors = 2}};
    BOOST_TEST((share_out(0, &unknown) == RoundMode::kParallel));
    BOOST_TEST(together(3, 7));
    BOOST_TEST(!together(20, 25));  // too many are between
    // Where costs are known there is more to go by.
    BOOST_TEST((share_out() == RoundMode::kParallel));
    BOOST_TEST(!together(3, 7));
}

BOOST_FIXTURE_TEST_CASE(senders_who_take_turns_are_not_tied_to_each_other, SharesFixture) {
    for (std::uint32_t i = 0; i < 40; ++i)
        pays(i % 2, 100 + i, i / 2);
    Shares unknown{{.executors = 2}};
    BOOST_TEST((share_out(0, &unknown) == RoundMode::kParallel));
    BOOST_TEST(executor(0) != executor(1));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::actors::test
