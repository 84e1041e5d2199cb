#include "actors/sequencer/sequencer_engine.hpp"

#include "actors/executor/executor_engine.hpp"
#include "actors/partition/partition_engine.hpp"
#include "chain/crypto/keccak.hpp"
#include "chain/execution/seal.hpp"
#include "chain/execution/system_calls.hpp"
#include "tests/support/fake_outside.hpp"
#include "tests/support/small_world.hpp"

#include <boost/test/unit_test.hpp>

namespace troupe::actors::test {
namespace {

constexpr TableSeed kSeed{5, 6};
constexpr std::uint64_t kMs = 1'000'000;  // in ns
const auto kTolerance = boost::test_tools::tolerance(1e-9);

/// The engine with the partitions played by hand: what it asks for waits until the test answers.
struct Desk : SequencerPort {
    World world{4, chain::Uint256{1'000'000'000}, 30'000'000, false};
    EngineConfig config;
    GatePtr gate;
    PartitionEngine partition{0, 1, kSeed};
    std::optional<SequencerEngine> engine;
    Now now{kGenesisTime * 1'000 + 5'000, 1'000 * kMs};
    std::uint64_t next_ticket = 0;

    std::vector<std::shared_ptr<const MicroBlockRecord>> appended;
    std::vector<std::shared_ptr<const SealRecord>> seals;
    std::vector<RoundPtr> speculated, validated, settled;
    std::uint32_t seals_to_begin = 0;
    std::vector<std::shared_ptr<BlockContent>> closed;
    std::vector<std::shared_ptr<SealedBlock>> stored;
    std::vector<std::shared_ptr<const CommittedMicroBlock>> published;
    std::vector<std::string> fatals;
    std::optional<std::string> is_ready;
    std::optional<bool> is_drained;

    void append(std::shared_ptr<const MicroBlockRecord> record) override {
        appended.push_back(std::move(record));
    }
    void append(std::shared_ptr<const SealRecord> record) override {
        seals.push_back(std::move(record));
    }
    void speculate(std::uint32_t, const RoundPtr& round) override { speculated.push_back(round); }
    void validate(std::uint32_t, const RoundPtr& round) override { validated.push_back(round); }
    void settle(const RoundPtr& round) override { settled.push_back(round); }
    void grow(std::shared_ptr<BlockPiece>) override {}
    void close(std::shared_ptr<BlockContent> block) override {
        closed.push_back(std::move(block));
        ++seals_to_begin;
    }
    void store(std::shared_ptr<SealedBlock> block, bool) override {
        stored.push_back(std::move(block));
    }
    void prove(std::uint32_t, QueryPtr) override {}
    void publish(std::shared_ptr<const CommittedMicroBlock> micro_block) override {
        published.push_back(std::move(micro_block));
    }
    void fatal(const std::string& message) override { fatals.push_back(message); }
    void ready(const std::string& failure) override { is_ready = failure; }
    void drained(bool complete) override { is_drained = complete; }

    void start(bool exact_plan = true, ReplayLog replay = {}) {
        gate = std::make_shared<Gate>(config.queue_txs_max);
        world.start().load_accounts([&](const chain::Address& address, const auto& account) {
            partition.load(address, chain::crypto::keccak256(address), account);
        });
        BOOST_TEST(!partition.finish_loading(0).has_value());
        const EngineStart start = world.start();
        SequencerEngine::Setup setup;
        setup.config = config.resolved();
        setup.chain = world.chain;
        setup.head = start.head;
        setup.head_hash = start.head_hash;
        setup.origin = {start.origin, start.origin_timestamp};
        setup.seed = kSeed;
        setup.exact_plan = exact_plan;
        setup.replay = std::move(replay);
        engine.emplace(std::move(setup), Loans{&partition.open_state()}, gate, *this);
        engine->start(now);
    }
    ChunkPtr chunk(std::vector<chain::Bytes> raw, const std::shared_ptr<FakeSink>& sink) {
        BOOST_TEST_REQUIRE(gate->take(static_cast<std::uint32_t>(raw.size())));
        auto chunk = std::make_shared<Chunk>();
        chunk->ticket = next_ticket++;
        chunk->sink = sink;
        chunk->raw = std::move(raw);
        chunk->taken_ns = now.steady_ns;
        AdmissionEngine{kChainId, world.chain.gas_limit, {}, kSeed}.admit(*chunk, gate->throttle());
        return chunk;
    }
    std::shared_ptr<FakeSink> submit(std::vector<chain::Bytes> raw) {
        auto sink = std::make_shared<FakeSink>();
        engine->on_chunk(chunk(std::move(raw), sink), now);
        return sink;
    }
    /// The partition gives back what it lends.
    void begin_seals() {
        for (; seals_to_begin > 0; --seals_to_begin)
            engine->on_seal_begun(now);
    }
    void pass(std::uint64_t ns) { now.steady_ns += ns; }
    StageHistogram stage(RoundStage stage) const {
        return engine->stats().stages[static_cast<std::size_t>(stage)];
    }
    void log() {
        engine->on_logged(std::nullopt, now);
        begin_seals();
    }
    void tick(std::uint64_t ms) {
        now.wall_ms += ms;
        now.steady_ns += ms * kMs;
        engine->on_tick(now);
        begin_seals();
    }
    /// Seals and stores the oldest closed block as the sealer and the store would.
    void seal_and_store() {
        const BlockContent content = *closed.front();
        closed.erase(closed.begin());
        auto sealed = std::make_shared<SealedBlock>();
        sealed->block.header.number = content.env.number;
        sealed->hash.bytes[0] = static_cast<std::uint8_t>(content.env.number);
        engine->on_hashed(std::move(sealed), now);
        engine->on_seal_logged(std::nullopt, now);
        engine->on_stored(content.env.number, std::nullopt, now);
    }
    chain::Account account(std::uint32_t number) const {
        return partition.tables().account(wallet(number).address);
    }
};

chain::Bytes transfer(std::uint64_t nonce, std::uint64_t gas_limit = 21'000) {
    return signed_transfer(
        {.from = 1, .to = wallet(2).address, .nonce = nonce, .value = 5, .gas_limit = gas_limit});
}

/// Needs the EVM: 0x04 copies its input.
chain::Bytes to_precompile(
    std::uint32_t from, std::uint64_t nonce, std::uint64_t gas_limit = 30'000) {
    chain::Address identity;
    identity.bytes[19] = 4;
    return signed_transfer(
        {.from = from,
         .to = identity,
         .nonce = nonce,
         .value = 5,
         .gas_limit = gas_limit,
         .data = {1, 2, 3, 4}});
}

Reason reason(const std::shared_ptr<FakeSink>& sink, std::uint32_t index) {
    BOOST_TEST_REQUIRE(sink->outcomes.contains(index));
    return sink->outcomes[index].reason;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sequencer_engine)

BOOST_FIXTURE_TEST_CASE(accepted_only_when_it_is_durable, Desk) {
    start();
    BOOST_TEST(is_ready.value() == "");
    const auto sink = submit({transfer(0), transfer(1)});
    BOOST_TEST_REQUIRE(appended.size() == 1u);
    BOOST_TEST(appended[0]->transactions.size() == 2u);
    BOOST_TEST(sink->outcomes.empty());
    BOOST_TEST(published.empty());
    log();
    BOOST_TEST((reason(sink, 0) == Reason::kNone));
    BOOST_TEST((reason(sink, 1) == Reason::kNone));
    BOOST_TEST(sink->outcomes[0].block_number == 1u);
    BOOST_TEST(sink->outcomes[0].sequence == appended[0]->sequence);
    BOOST_TEST_REQUIRE(published.size() == 1u);
    BOOST_TEST(published[0]->receipts[1].receipt.cumulative_gas_used == 42'000u);
    BOOST_TEST(gate->taken() == 0u);
}

BOOST_FIXTURE_TEST_CASE(what_arrives_during_a_round_makes_the_next_one, Desk) {
    start();
    const auto first = submit({transfer(0)});
    const auto second = submit({transfer(1)});
    const auto third = submit({transfer(2)});
    BOOST_TEST(appended.size() == 1u);
    log();
    BOOST_TEST_REQUIRE(appended.size() == 2u);
    BOOST_TEST(appended[1]->transactions.size() == 2u);
    BOOST_TEST(appended[1]->index_in_block == 1u);
}

BOOST_FIXTURE_TEST_CASE(chunks_are_taken_in_the_order_of_their_tickets, Desk) {
    start();
    const auto sink = std::make_shared<FakeSink>();
    const ChunkPtr first = chunk({transfer(0)}, sink);
    const ChunkPtr second = chunk({transfer(1)}, sink);
    engine->on_chunk(second, now);
    BOOST_TEST(appended.empty());
    engine->on_chunk(first, now);
    log();  // the first alone was there when the round was planned
    if (appended.size() > 1) log();
    BOOST_TEST(account(1).nonce == 2u);
}

BOOST_FIXTURE_TEST_CASE(refusals_carry_the_numbers, Desk) {
    start();
    const auto sink = submit({transfer(3)});
    BOOST_TEST((reason(sink, 0) == Reason::kNonceTooHigh));
    BOOST_TEST(sink->outcomes[0].message == "nonce 3, next is 0");
    const auto poor =
        submit({signed_transfer({.from = 1, .to = wallet(2).address, .value = 979'000'001})});
    // 1,000,000,000 - 21,000 * 1,000 = 979,000,000 can be sent
    BOOST_TEST(poor->outcomes[0].message == "balance 1000000000 wei, cost 1000000001 wei");
    const auto cheap =
        submit({signed_transfer({.from = 1, .to = wallet(2).address, .value = 1, .max_fee = 6})});
    BOOST_TEST((reason(cheap, 0) == Reason::kFeeTooLow));
    BOOST_TEST(cheap->outcomes[0].message == "max fee 6 wei, base fee is 7 wei");
    BOOST_TEST(appended.empty());
    BOOST_TEST(gate->taken() == 0u);
}

BOOST_FIXTURE_TEST_CASE(duplicates_are_already_known, Desk) {
    start();
    const auto sink = submit({transfer(0), transfer(0)});
    log();
    BOOST_TEST((reason(sink, 0) == Reason::kNone));
    BOOST_TEST((reason(sink, 1) == Reason::kAlreadyKnown));
    BOOST_TEST((reason(submit({transfer(0)}), 0) == Reason::kAlreadyKnown));
}

BOOST_FIXTURE_TEST_CASE(a_failed_log_refuses_everything_and_takes_the_round_back, Desk) {
    start();
    const auto sink = submit({transfer(0)});
    const auto waiting = submit({transfer(1)});
    BOOST_TEST(account(1).nonce == 1u);
    engine->on_logged(IoFailure{"no space left on device"}, now);
    BOOST_TEST(account(1).nonce == 0u);
    BOOST_TEST((account(1).balance == chain::Uint256{1'000'000'000}));
    BOOST_TEST((reason(sink, 0) == Reason::kStorageFailure));
    BOOST_TEST((reason(waiting, 0) == Reason::kStorageFailure));
    BOOST_TEST((fatals == std::vector<std::string>{"order log: no space left on device"}));
    BOOST_TEST((reason(submit({transfer(0)}), 0) == Reason::kStorageFailure));
    BOOST_TEST(published.empty());
    BOOST_TEST(gate->taken() == 0u);
    tick(2'000);
    BOOST_TEST(closed.empty());  // nothing is sealed any more
    BOOST_TEST(fatals.size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(what_executors_refuse_is_answered_and_left_out, Desk) {
    start(false);  // planned unchecked: the executor decides
    const auto sink =
        submit({transfer(0), to_precompile(1, 1), to_precompile(1, 5), to_precompile(1, 2)});
    BOOST_TEST_REQUIRE(settled.size() == 1u);  // little gas: one executor
    BOOST_TEST(settled[0]->native == 1u);
    BOOST_TEST(account(1).nonce == 1u);
    ExecutorEngine{Loans{&partition.open_state()}, kSeed}.settle(*settled[0]);
    engine->on_settled(now);
    BOOST_TEST(sink->outcomes.empty());
    log();
    BOOST_TEST((reason(sink, 0) == Reason::kNone));
    BOOST_TEST((reason(sink, 1) == Reason::kNone));
    BOOST_TEST((reason(sink, 2) == Reason::kNonceTooHigh));
    BOOST_TEST(sink->outcomes[2].message == "nonce 5, next is 2");
    BOOST_TEST((reason(sink, 3) == Reason::kNone));
    BOOST_TEST(account(1).nonce == 3u);
    BOOST_TEST(published.at(0)->receipts.size() == 3u);
    BOOST_TEST(engine->stats().rounds[static_cast<std::size_t>(RoundMode::kSmall)] == 1u);
}

BOOST_FIXTURE_TEST_CASE(executors_share_a_round_and_one_settles_what_does_not_hold, Desk) {
    config.executors = 2;
    config.parallel_gas_min = 0;
    start();
    // The second sender's is speculated by the other executor, and holds; a third reads what the
    // first wrote: nothing here does, so the test says that it does not hold.
    const auto sink = submit({to_precompile(1, 0, 200'000), to_precompile(3, 0, 200'000)});
    BOOST_TEST_REQUIRE(speculated.size() == 2u);
    ExecutorEngine executor{Loans{&partition.open_state()}, kSeed};
    executor.speculate(*speculated[0], 0);
    pass(1 * kMs);
    engine->on_speculated(now);
    BOOST_TEST(validated.empty());
    executor.speculate(*speculated[0], 1);
    pass(2 * kMs);
    engine->on_speculated(now);
    BOOST_TEST_REQUIRE(validated.size() == 1u);
    BOOST_TEST(account(1).nonce == 0u);
    BOOST_TEST(partition.validate(*validated[0]));
    BOOST_TEST(account(1).nonce == 1u);
    validated[0]->broken = true;
    pass(4 * kMs);
    engine->on_validated(false, now);
    BOOST_TEST_REQUIRE(settled.size() == 1u);
    executor.settle(*settled[0]);
    pass(8 * kMs);
    engine->on_settled(now);
    BOOST_TEST(stage(RoundStage::kSpeculate).sum_seconds == 0.003, kTolerance);
    BOOST_TEST(stage(RoundStage::kValidate).sum_seconds == 0.004, kTolerance);
    BOOST_TEST(stage(RoundStage::kSettle).sum_seconds == 0.008, kTolerance);
    BOOST_TEST(account(1).nonce == 1u);  // once, not twice
    BOOST_TEST(account(3).nonce == 1u);
    // The log fails: all of it goes back.
    engine->on_logged(IoFailure{"no space left on device"}, now);
    BOOST_TEST((reason(sink, 0) == Reason::kStorageFailure));
    BOOST_TEST(account(1).nonce == 0u);
    BOOST_TEST((account(3).balance == chain::Uint256{1'000'000'000}));
}

BOOST_FIXTURE_TEST_CASE(what_contracts_and_the_next_block_wait_for_is_measured, Desk) {
    start();
    submit({transfer(0)});
    engine->on_logged(std::nullopt, now);
    engine->on_flush(now);
    BOOST_TEST_REQUIRE(closed.size() == 1u);
    pass(2 * kMs);
    begin_seals();
    submit({to_precompile(1, 1)});
    BOOST_TEST(settled.empty());
    BOOST_TEST(engine->stats().blocks_in_flight == 1u);
    pass(16 * kMs);
    seal_and_store();
    BOOST_TEST(settled.size() == 1u);
    BOOST_TEST(engine->stats().blocks_in_flight == 0u);
    BOOST_TEST(stage(RoundStage::kNote).sum_seconds == 0.002, kTolerance);
    BOOST_TEST(stage(RoundStage::kParent).sum_seconds == 0.016, kTolerance);
}

// Else a chain that hashes for longer than a block lasts would begin one block after the other.
BOOST_FIXTURE_TEST_CASE(a_block_that_was_begun_late_takes_what_it_was_begun_for, Desk) {
    world.genesis.alloc.push_back({chain::execution::kHistoryAddress, 1, 0, {0x00}, {}});
    start();
    submit({to_precompile(1, 0)});
    BOOST_TEST_REQUIRE(settled.size() == 1u);
    BOOST_TEST(settled[0]->begin_block);
    pass(2 * config.block_time_ms * kMs);
    engine->on_settled(now);
    BOOST_TEST(closed.empty());
    BOOST_TEST_REQUIRE(settled.size() == 2u);
    BOOST_TEST(settled[1]->txs.size() == 1u);
    ExecutorEngine{Loans{&partition.open_state()}, kSeed}.settle(*settled[1]);
    engine->on_settled(now);
    log();
    BOOST_TEST(closed.size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(a_full_block_closes_early, Desk) {
    world.chain.gas_limit = 100'000;
    start();
    const auto sink = submit({transfer(0), transfer(1), transfer(2, 80'000), transfer(3)});
    BOOST_TEST_REQUIRE(appended.size() == 1u);
    BOOST_TEST(appended[0]->transactions.size() == 2u);  // 80,000 don't fit the 58,000 left
    log();
    BOOST_TEST_REQUIRE(closed.size() == 1u);
    BOOST_TEST(closed[0]->gas_used == 42'000u);
    BOOST_TEST_REQUIRE(appended.size() == 2u);
    BOOST_TEST(appended[1]->env.number == 2u);
    BOOST_TEST(appended[1]->env.timestamp == appended[0]->env.timestamp);
    log();
    BOOST_TEST((reason(sink, 3) == Reason::kNone));
}

BOOST_FIXTURE_TEST_CASE(a_block_closes_before_its_batch_outgrows_a_channel, Desk) {
    // Transfers of 104 to 109 bytes: two fit 3/4 of 400 bytes.
    world.chain.channel_bytes_max = 400;
    start();
    const auto sink = submit({transfer(0), transfer(1), transfer(2)});
    BOOST_TEST_REQUIRE(appended.size() == 1u);
    BOOST_TEST(appended[0]->transactions.size() == 2u);
    log();
    BOOST_TEST(closed.size() == 1u);
    BOOST_TEST_REQUIRE(appended.size() == 2u);
    BOOST_TEST(appended[1]->env.number == 2u);
    BOOST_TEST(appended[1]->transactions.size() == 1u);
    log();
    BOOST_TEST((reason(sink, 2) == Reason::kNone));
    // What later micro-blocks of the block bring counts, too.
    submit({transfer(3), transfer(4)});
    log();
    BOOST_TEST(appended.at(2)->env.number == 2u);
    BOOST_TEST(appended.at(2)->transactions.size() == 1u);
    BOOST_TEST(closed.size() == 2u);
}

BOOST_FIXTURE_TEST_CASE(a_greedy_gas_limit_does_not_close_a_nearly_empty_block, Desk) {
    world.chain.gas_limit = 1'000'000;
    start();
    const auto sink = submit({transfer(0), transfer(1, 1'000'000)});
    BOOST_TEST((reason(sink, 1) == Reason::kOverCapacity));
    BOOST_TEST(sink->outcomes[1].message == "gas limit 1000000, the open block has 979000 left");
    BOOST_TEST(sink->outcomes[1].retry_after_ms == config.block_time_ms);
}

BOOST_FIXTURE_TEST_CASE(blocks_close_by_time_and_empty_ones_leave_an_entry, Desk) {
    start();
    tick(999);
    BOOST_TEST(appended.empty());
    tick(1);
    BOOST_TEST_REQUIRE(appended.size() == 1u);
    BOOST_TEST(appended[0]->transactions.empty());
    log();
    BOOST_TEST_REQUIRE(closed.size() == 1u);
    BOOST_TEST(published.empty());
    seal_and_store();
    BOOST_TEST(seals.size() == 1u);
    BOOST_TEST(stored.size() == 1u);
    BOOST_TEST(gate->open_block()->number == 2u);
}

BOOST_FIXTURE_TEST_CASE(base_fee_follows_the_gas_of_the_block_just_closed, Desk) {
    world.chain.gas_limit = 42'000;
    world.genesis.base_fee_per_gas = 80;
    start();
    BOOST_TEST(gate->open_block()->base_fee_per_gas.low_u64() == 70u);  // 80 - 80 / 8
    submit({transfer(0), transfer(1)});
    log();
    tick(1'000);
    // Full: 70 + 70 / 8 = 78
    BOOST_TEST(gate->open_block()->base_fee_per_gas.low_u64() == 78u);
}

BOOST_FIXTURE_TEST_CASE(a_clock_that_goes_back_is_counted_and_blocks_do_not_follow, Desk) {
    start();
    const std::uint64_t before = gate->open_block()->timestamp;
    now.wall_ms -= 100'000;
    tick(1'000);
    log();
    BOOST_TEST(gate->open_block()->number == 2u);
    BOOST_TEST(gate->open_block()->timestamp == before);
    BOOST_TEST(engine->stats().clock_jumps == 1u);
    now.wall_ms += 200'000;
    tick(10);
    BOOST_TEST(engine->stats().clock_jumps == 2u);
}

BOOST_FIXTURE_TEST_CASE(without_new_l1_blocks_no_block_opens_beyond_the_drift, Desk) {
    world.chain.sequencer_drift_max_s = 10;  // the first block opens 5 s after its origin
    start();
    tick(6'000);
    log();
    const auto sink = submit({transfer(0)});
    BOOST_TEST((reason(sink, 0) == Reason::kOverCapacity));
    BOOST_TEST(sink->outcomes[0].message == "no L1 block for 11 s, at most 10 s are allowed");
    chain::L1Origin next = world.chain.l1_start;
    next.number += 1;
    engine->on_origin(next, kGenesisTime + 9);
    const auto again = submit({transfer(0)});
    log();
    BOOST_TEST((reason(again, 0) == Reason::kNone));
    BOOST_TEST((appended.back()->env.l1_origin == next));
}

BOOST_FIXTURE_TEST_CASE(too_many_blocks_on_their_way_to_the_store_hold_ordering_back, Desk) {
    start();
    for (std::uint32_t i = 0; i < SequencerEngine::kBlocksInFlightMax; ++i) {
        tick(1'000);
        log();
    }
    const auto sink = submit({transfer(0)});
    BOOST_TEST(account(1).nonce == 0u);
    seal_and_store();
    BOOST_TEST(account(1).nonce == 1u);
    log();
    BOOST_TEST((reason(sink, 0) == Reason::kNone));
}

BOOST_FIXTURE_TEST_CASE(a_slowed_chain_orders_an_eighth_of_its_queue_per_block, Desk) {
    config.queue_txs_max = 16;
    start();
    std::vector<chain::Bytes> raw;
    for (std::uint64_t nonce = 0; nonce < 5; ++nonce)
        raw.push_back(transfer(nonce));
    const ChunkPtr all = chunk(raw, std::make_shared<FakeSink>());
    gate->set_throttle(Throttle::kSlow);
    BOOST_TEST(!gate->take(1));  // 11 are free, 14 are held back
    engine->on_chunk(all, now);
    log();
    BOOST_TEST(appended.size() == 1u);
    BOOST_TEST(appended[0]->transactions.size() == 2u);
    tick(1'000);
    BOOST_TEST_REQUIRE(appended.size() == 2u);
    BOOST_TEST(appended[1]->env.number == 2u);
    BOOST_TEST(appended[1]->transactions.size() == 2u);
}

BOOST_FIXTURE_TEST_CASE(readers_wait_for_the_end_of_the_round, Desk) {
    start();
    submit({transfer(0)});
    auto query = std::make_shared<Query>();
    query->address = wallet(1).address;
    std::optional<AccountAnswer> answer;
    query->reply = [&](AccountAnswer got) { answer = std::move(got); };
    engine->on_query(query, now);
    BOOST_TEST(!answer.has_value());  // executed, but not durable
    log();
    BOOST_TEST_REQUIRE(answer.has_value());
    BOOST_TEST(answer->pending_nonce == 1u);
    BOOST_TEST(answer->block_number == 1u);
}

BOOST_FIXTURE_TEST_CASE(draining_answers_seals_and_stores_what_was_taken, Desk) {
    start();
    const auto sink = submit({transfer(0)});
    engine->on_drain(now);
    BOOST_TEST(!is_drained.has_value());
    log();
    BOOST_TEST_REQUIRE(closed.size() == 1u);  // at once, not at its time
    BOOST_TEST(!is_drained.has_value());
    seal_and_store();
    BOOST_TEST(is_drained.value());
}

BOOST_FIXTURE_TEST_CASE(replay_stops_at_a_hash_that_was_told_otherwise, Desk) {
    ReplayLog replay;
    ReplayBlock block;
    block.env = chain::execution::next_block_env(
        world.start().head, {}, kGenesisTime + 1, world.chain.l1_start, world.chain);
    MicroBlockRecord record;
    record.sequence = 1;
    record.env = block.env;
    record.transactions = {transfer(0)};
    record.senders = {wallet(1).address};
    block.micro_blocks.push_back(record);
    SealRecord seal;
    seal.sequence = 2;
    seal.env = block.env;
    seal.block_hash.bytes[0] = 0xbb;
    block.seal = seal;
    replay.push_back(std::move(block));
    start(true, std::move(replay));
    BOOST_TEST(appended.empty());  // it is in the log
    BOOST_TEST(!is_ready.has_value());
    BOOST_TEST_REQUIRE(closed.size() == 1u);
    auto sealed = std::make_shared<SealedBlock>();
    sealed->block.header.number = 1;
    engine->on_hashed(std::move(sealed), now);
    BOOST_TEST_REQUIRE(is_ready.has_value());
    BOOST_TEST(is_ready->starts_with("replay of block 1 gives another hash"));
    BOOST_TEST(stored.empty());
}

BOOST_AUTO_TEST_CASE(order_log_that_contradicts_itself_is_refused) {
    const auto record = [](std::uint64_t sequence, std::uint64_t block, std::uint32_t index) {
        MicroBlockRecord result;
        result.sequence = sequence;
        result.env.number = block;
        result.index_in_block = index;
        return result;
    };
    std::string failure;
    BOOST_TEST(
        group_replay(4, {record(1, 4, 0), record(2, 5, 0), record(3, 5, 1)}, {}, failure).size() ==
        1u);  // block 4 is stored already
    BOOST_TEST(failure == "");
    static_cast<void>(group_replay(4, {record(2, 6, 0)}, {}, failure));
    BOOST_TEST(failure == "order log: entry 2 is micro-block 0 of block 6, but block 4 was open");
    failure.clear();
    static_cast<void>(group_replay(4, {record(2, 5, 0), record(3, 5, 2)}, {}, failure));
    BOOST_TEST(failure != "");
    failure.clear();
    static_cast<void>(group_replay(4, {record(2, 5, 0), record(2, 5, 1)}, {}, failure));
    BOOST_TEST(failure == "order log: entry 2 follows entry 2");
    failure.clear();
    SealRecord seal;
    seal.env.number = 9;
    static_cast<void>(group_replay(4, {}, {seal}, failure));
    BOOST_TEST(failure == "order log: block 9 is sealed but not there");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::actors::test
