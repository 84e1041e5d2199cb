// Which slots published contracts touch, learnt from what ran: two calls that conflict share a
// predicted key, two that do not share none.
#include "actors/sequencer/slot_templates.hpp"

#include "actors/admission/admission_engine.hpp"
#include "chain/base/hex.hpp"
#include "chain/execution/transaction.hpp"
#include "sequencer/evm_tools/world.hpp"
#include "sequencer/workload/exchange.hpp"

#include <boost/test/unit_test.hpp>

#include <deque>
#include <map>
#include <random>
#include <set>

namespace troupe::node {
namespace {

using namespace chain;
using actors::AdmittedTx;
using actors::Prediction;
using actors::Round;
using actors::SlotTemplates;
using state::Field;

constexpr actors::TableSeed kSeed{3, 4};
constexpr std::uint64_t kGas = 5'000'000;

Address user(std::uint64_t number) {
    Address address;
    store_be(address.data() + 2, (number + 1) * 0x9e37'79b9'7f4a'7c15);
    store_be(address.data() + 12, ~number);
    return address;
}

/// A chain in one thread on which templates learn from every round. Also node::Exchange's host.
class Desk {
  public:
    using Account = Address;

    Desk() {
        env_.number = 1;
        env_.timestamp = 1'000;
        env_.gas_limit = 1'000'000'000;
        env_.chain_id = 1;
        env_.base_fee_per_gas = 1;
        env_.coinbase = Address{{0xfe}};
        world_.put(owner_, 0, Uint256{1} << 90, {}, {});
        for (std::uint64_t i = 0; i < 200; ++i)
            world_.put(user(i), 0, Uint256{1} << 90, {}, {});
    }
    [[nodiscard]] const Address& owner() const noexcept { return owner_; }
    [[nodiscard]] static const Address& address_of(const Address& who) noexcept { return who; }
    [[nodiscard]] static bool good() noexcept { return true; }
    Address deploy(Bytes code) {
        return execute(owner_, std::nullopt, std::move(code)).created.value();
    }
    void run(const Address& from, const Address& to, Bytes data) {
        const auto outcome = execute(from, to, std::move(data));
        BOOST_TEST_REQUIRE(outcome.success);
    }
    Bytes ask(const Address& to, Bytes data) { return execute(owner_, to, std::move(data)).output; }

    /// A round of one call. @return its predicted keys; nothing where the call is not known
    std::optional<std::vector<Prediction::Key>> predict(
        const Address& from, const Address& to, const Bytes& data) {
        make_round(from, to, data);
        if (!round_.prediction.has(0, Prediction::kKnown)) return std::nullopt;
        const auto keys = round_.prediction.keys_of(0);
        return std::vector<Prediction::Key>{keys.begin(), keys.end()};
    }
    /// Runs the call, and has the templates learn from it if they ask.
    void teach(const Address& from, const Address& to, const Bytes& data) {
        make_round(from, to, data);
        const bool asked = round_.prediction.has(0, Prediction::kObserve);
        evm::HashRecord hashes;
        machine_.record_hashes(asked ? &hashes : nullptr);
        const auto outcome = execute(from, to, data);
        machine_.record_hashes(nullptr);
        BOOST_TEST_REQUIRE(outcome.success);
        if (asked) {
            actors::Observation& seen = round_.observed.emplace_back();
            for (const state::Effect& effect : outcome.effects)
                if (effect.field == Field::kStorage) seen.effects.push_back(effect);
            seen.hashes = hashes.entries();
            ++asked_;
        }
        templates_.learn(round_);
    }
    [[nodiscard]] unsigned asked() const noexcept { return asked_; }
    [[nodiscard]] const SlotTemplates& templates() const noexcept { return templates_; }
    /// What admission would read of a call ahead.
    [[nodiscard]] std::set<actors::SlotKey> known_slots(
        const Address& from, const Address& to, const Bytes& data) {
        make_round(from, to, data);
        std::set<actors::SlotKey> slots;
        const auto functions = known_->get();
        const auto known = functions->find(tx_.hints[0]);
        if (known == functions->end()) return slots;
        for (const actors::SlotFormula& formula : *known->second)
            if (const auto slot = find_slot(formula, actors::words_of_call(from, to, data)))
                slots.insert(*slot);
        return slots;
    }
    /// What the call touches, which it does.
    std::set<actors::SlotKey> touched_slots(
        const Address& from, const Address& to, const Bytes& data) {
        const auto outcome = execute(from, to, data);
        BOOST_TEST_REQUIRE(outcome.success);
        std::set<actors::SlotKey> slots;
        for (const state::Effect& effect : outcome.effects)
            if (effect.field == Field::kStorage) slots.insert({effect.address, effect.slot});
        return slots;
    }

  private:
    Transaction transaction(const Address& from, const std::optional<Address>& to, Bytes data) {
        Transaction tx;
        tx.type = TxType::kDynamicFee;
        tx.chain_id = 1;
        tx.nonce = world_.account(from)->nonce;
        tx.max_fee_per_gas = 1;
        tx.gas_limit = to ? kGas : 10 * kGas;
        tx.to = to;
        tx.data = std::move(data);
        tx.signature.r = 1;
        tx.signature.s = 1;
        return tx;
    }
    execution::Outcome execute(const Address& from, const std::optional<Address>& to, Bytes data) {
        const Transaction tx = transaction(from, to, std::move(data));
        auto outcome = execution::execute_transaction(machine_, world_, env_, tx, from);
        BOOST_TEST_REQUIRE(outcome.ok());
        world_.apply(*outcome);
        return std::move(*outcome);
    }
    void make_round(const Address& from, const Address& to, const Bytes& data) {
        round_.clear();
        const actors::AdmissionEngine admission{1, 1'000'000'000, {}, kSeed};
        const Bytes raw = encode_transaction(transaction(from, to, data));
        tx_ = admission.readmit(raw, from).value();
        round_.txs = {&tx_};
        round_.record = std::make_shared<actors::MicroBlockRecord>();
        round_.record->transactions = {raw};
        templates_.predict(round_);
    }

    World world_;
    evm::Machine machine_;
    execution::BlockEnv env_;
    Address owner_ = user(1'000'000);
    actors::KnownSlotsPtr known_ = std::make_shared<actors::KnownSlots>();
    SlotTemplates templates_{kSeed, known_};
    AdmittedTx tx_;
    Round round_;
    unsigned asked_ = 0;
};

using Keys = std::optional<std::vector<Prediction::Key>>;

std::set<std::uint64_t> written(const Keys& keys) {
    BOOST_TEST_REQUIRE(keys.has_value());
    std::set<std::uint64_t> names;
    for (const Prediction::Key& key : *keys)
        if (key.writes) names.insert(key.name);
    return names;
}

std::size_t shared(const std::set<std::uint64_t>& a, const std::set<std::uint64_t>& b) {
    return static_cast<std::size_t>(
        std::count_if(a.begin(), a.end(), [&b](std::uint64_t name) { return b.contains(name); }));
}

/// transferFrom(address,address,uint256)
Bytes transfer_from(const Address& from, const Address& to, std::uint64_t amount) {
    Bytes data{0x23, 0xb8, 0x72, 0xdd};
    data.resize(4 + 96);
    std::copy(from.begin(), from.end(), data.begin() + 4 + 12);
    std::copy(to.begin(), to.end(), data.begin() + 4 + 32 + 12);
    store_be(data.data() + 4 + 88, amount);
    return data;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(slot_templates)

BOOST_FIXTURE_TEST_CASE(transfers_of_a_token_share_the_balances_that_they_share, Desk) {
    const Address token = deploy(contracts::token_init_code());
    for (std::uint64_t i = 0; i < 50; ++i)
        run(owner(), token, contracts::transfer(user(i), 1'000'000));
    BOOST_TEST(!predict(user(0), token, contracts::transfer(user(1), 5)).has_value());
    for (std::uint64_t i = 0; i < 10; ++i) {
        teach(user(i), token, contracts::transfer(user(20 + i), 5 + i));
        teach(user(i), token, contracts::approve(user(30 + i), 1'000 + i));
        teach(user(30 + i), token, transfer_from(user(i), user(60 + i), 7 + i));
    }
    const auto a_to_b = written(predict(user(1), token, contracts::transfer(user(2), 9)));
    BOOST_TEST(a_to_b.size() == 2u);
    const auto c_to_b = written(predict(user(3), token, contracts::transfer(user(2), 9)));
    const auto b_to_d = written(predict(user(2), token, contracts::transfer(user(4), 9)));
    const auto e_to_f = written(predict(user(5), token, contracts::transfer(user(6), 9)));
    BOOST_TEST(shared(a_to_b, c_to_b) == 1u);
    BOOST_TEST(shared(a_to_b, b_to_d) == 1u);
    BOOST_TEST(shared(a_to_b, e_to_f) == 0u);
    BOOST_TEST(shared(c_to_b, b_to_d) == 1u);

    // An allowance is of two accounts, in this order.
    const auto a_lets_b = written(predict(user(1), token, contracts::approve(user(2), 9)));
    const auto b_lets_a = written(predict(user(2), token, contracts::approve(user(1), 9)));
    BOOST_TEST(a_lets_b.size() == 1u);
    BOOST_TEST(shared(a_lets_b, b_lets_a) == 0u);
    BOOST_TEST(shared(a_lets_b, a_to_b) == 0u);

    // Another function of the same contract has the same slots: b takes of a's to d.
    const auto b_takes = written(predict(user(2), token, transfer_from(user(1), user(4), 9)));
    BOOST_TEST(b_takes.size() == 3u);
    BOOST_TEST(shared(b_takes, a_lets_b) == 1u);
    BOOST_TEST(shared(b_takes, a_to_b) == 1u);  // a's balance
    BOOST_TEST(shared(b_takes, b_to_d) == 1u);  // d's
    BOOST_TEST(shared(b_takes, b_lets_a) == 0u);
}

BOOST_FIXTURE_TEST_CASE(slots_of_a_token_are_known_before_the_call_runs, Desk) {
    const Address token = deploy(contracts::token_init_code());
    for (std::uint64_t i = 0; i < 10; ++i)
        run(owner(), token, contracts::transfer(user(i), 1'000'000));
    const auto is_known = [&](std::uint64_t from, const Bytes& data, std::size_t count) {
        const auto known = known_slots(user(from), token, data);
        BOOST_TEST(known.size() == count);
        BOOST_TEST((known == touched_slots(user(from), token, data)));
    };
    BOOST_TEST(known_slots(user(1), token, contracts::transfer(user(2), 9)).empty());
    for (std::uint64_t i = 0; i < 4; ++i) {
        teach(user(i), token, contracts::transfer(user(20 + i), 5 + i));
        teach(user(i), token, contracts::approve(user(30 + i), 1'000 + i));
        teach(user(30 + i), token, transfer_from(user(i), user(60 + i), 7 + i));
    }
    is_known(5, contracts::transfer(user(100), 9), 2);
    is_known(5, contracts::approve(user(101), 50), 1);
    is_known(101, transfer_from(user(5), user(102), 9), 3);
    // What is not called any more is forgotten.
    for (int round = 0; round < 6'000; ++round)
        static_cast<void>(predict(user(1), user(2), contracts::transfer(user(3), 1)));
    teach(user(6), token, contracts::approve(user(7), 1));
    BOOST_TEST(known_slots(user(1), token, contracts::transfer(user(2), 9)).empty());
    BOOST_TEST(known_slots(user(1), token, contracts::approve(user(2), 9)).size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(swaps_share_slots_with_those_in_the_same_pool, Desk) {
    constexpr std::uint64_t kPools = 4;
    Exchange<Desk> exchange{*this};
    if (!exchange.open(kPools)) {
        BOOST_TEST_MESSAGE("the npm packages of Uniswap are not installed");
        return;
    }
    for (std::uint64_t i = 0; i < 40; ++i)
        exchange.equip(user(i), i % kPools);
    std::mt19937_64 random{1};
    const auto swap = [&](std::uint64_t trader) {
        return exchange.swap(trader % kPools, user(trader), random);
    };
    for (std::uint64_t i = 0; i < 32; ++i)
        teach(user(i), exchange.router(), swap(i));
    const auto first = written(predict(user(32), exchange.router(), swap(32)));
    for (std::uint64_t i = 33; i < 40; ++i) {  // to and fro, as drawn
        const auto other = written(predict(user(i), exchange.router(), swap(i)));
        BOOST_TEST((shared(first, other) > 0) == (i % kPools == 0), "trader " << i);
    }
}

BOOST_FIXTURE_TEST_CASE(what_is_known_is_hardly_observed_any_more, Desk) {
    const Address token = deploy(contracts::token_init_code());
    for (std::uint64_t i = 0; i < 100; ++i)
        run(owner(), token, contracts::transfer(user(i), 1'000'000));
    for (std::uint64_t i = 0; i < 1'000; ++i)
        teach(user(i % 100), token, contracts::transfer(user((i * 7 + 3) % 100), 5));
    BOOST_TEST(asked() >= 12u);
    BOOST_TEST(asked() < 30u);
    BOOST_TEST(templates().stats().templates == 1u);
}

BOOST_FIXTURE_TEST_CASE(slots_that_follow_from_nothing_are_not_foretold, Desk) {
    // Slot keccak(gas left) = 1. GAS PUSH0 MSTORE PUSH1 1 PUSH1 32 PUSH0 KECCAK256 SSTORE STOP
    const Address chance = deploy(from_hex("6a"
                                           "5a5f52600160205f205500"
                                           "5f52600b6015f3")
                                      .value());
    Bytes data{1, 2, 3, 4};
    for (std::uint64_t i = 0; i < 60; ++i) {
        data.resize(4 + i);
        teach(user(i), chance, data);
        BOOST_TEST_REQUIRE(!predict(user(i), chance, data).has_value());
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::node
