#include "tests/support/random_run.hpp"

#include "chain/base/hex.hpp"
#include "chain/crypto/keccak.hpp"
#include "chain/trie/trie.hpp"

#include <boost/test/unit_test.hpp>

namespace troupe::actors::test {

using chain::execution::RecoveredTransaction;
using chain::execution::SerialChain;

Coverage coverage;

namespace {

constexpr std::array<std::uint32_t, 6> kPartitions{1, 2, 3, 8, 17, 64};

}  // namespace

Run::Run(std::uint64_t seed, Traffic kind, unsigned threads)
    : simulation(seed, threads),
      world(
          kFunded,
          chain::Uint256{
              (kind == Traffic::kTransfers ? 1 : 20) * (2'000'000 + simulation.random(3'000'000))},
          (kind == Traffic::kTransfers ? 21'000 : 200'000) * (3 + simulation.random(30)),
          simulation.chance(50)),
      traffic(kind),
      contracts(kind != Traffic::kTransfers),
      paging_(seed) {
    if (paging_() % 2 == 0) {  // a few accounts in memory, the others on a disk that lags
        config.state_cache_bytes = EngineConfig::kStateCacheMin;
        options.accounts_kept = paging_() % 4 == 0 ? 1 + paging_() % 4 : 0;
    }
    if (contracts) add_small_contracts(world, simulation.chance(60));
    config.micro_block_gas_max = 200'000 + simulation.random(2'000'000);
    if (simulation.chance(70)) config.parallel_gas_min = 0;
    config.worker_threads = std::max(1u, threads);
    config.partitions = kPartitions[simulation.random(kPartitions.size())];
    config.executors = 1 + static_cast<std::uint32_t>(simulation.random(8));
    config.admission_workers = 1 + static_cast<std::uint32_t>(simulation.random(3));
    config.chunk_txs = 1 + static_cast<std::uint32_t>(simulation.random(4));
    config.micro_block_txs_max = 1 + static_cast<std::uint32_t>(simulation.random(20));
    config.block_time_ms = 1'000;
    config.queue_txs_max = 256;
    options.exact_plan = simulation.chance(60);
    options.follow_all_slots = contracts && simulation.chance(60);
    if (contracts && seed % 3 != 0) options.wide_leaves = seed / 3 % 4;
    options.seed = {simulation.random(~0ull), simulation.random(~0ull)};
    simulation.now = {kGenesisTime * 1'000 + 500, 1'000'000'000};
    // Not drawn: kept seeds mean what they meant.
    const std::uint64_t switches = seed * 0x9e37'79b9'7f4a'7c15 >> 32;
    config.estimate_costs = (switches & 1) != 0;
    config.learn_slots = (switches & 6) != 0;
    config.forecast = (switches & 8) != 0;
    config.micro_block_ms_max = (switches & 16) != 0 ? 1 : 8;
    config.queue_ms_max = (switches & 32) != 0 ? 5 : 250;
    // With small batches admission actors overtake each other.
    config.admission_batch_txs = (switches & 64) != 0 ? 128 : (switches & 128) != 0 ? 8 : 1;
    config.admission_hold_us = (switches & 0x700) == 0 ? 1'000 : 0;
    const std::uint64_t slots = seed * 0xd6e8'feb8'6659'fd93 >> 32;
    slots_on_disk_ = slots % 4 != 0;  // with the accounts, if those are
    options.slots_kept = slots / 4 % 2 != 0 ? slots / 8 % 5 : 0;
    if (slots / 64 % 2 != 0) options.whole_leaves = slots / 128 % 4;
    if (traffic != Traffic::kContention) return;
    config.parallel_gas_min = 0;
    config.executors = 2 + static_cast<std::uint32_t>(simulation.random(7));
    config.micro_block_txs_max = 4 + static_cast<std::uint32_t>(simulation.random(40));
    config.chunk_txs = 4 + static_cast<std::uint32_t>(simulation.random(12));
}

void Run::start() {
    EngineStart start = world.start();
    accounts_.load(start);
    start.accounts = &accounts_;
    if (slots_on_disk_) start.slots = &accounts_;
    BOOST_TEST_REQUIRE(simulation.start(config, std::move(start), options) == "");
}

void Run::write_accounts(bool all) {
    const std::uint64_t some = accounts_.written + paging_() % 3;
    accounts_.catch_up(simulation.store, all ? UINT64_MAX : some);
}

chain::Bytes Run::random_transaction() {
    Simulation& sim = simulation;
    if (sim.chance(3)) return {0xde, 0xad};
    if (sim.chance(5) && !sent_.empty()) return sent_[sim.random(sent_.size())];
    TransferSpec spec;
    spec.from = static_cast<std::uint32_t>(sim.random(kFunded + 2));  // two are not funded
    spec.nonce = next_nonce_[spec.from];
    if (sim.chance(6)) spec.nonce += sim.random(3);
    if (sim.chance(4) && spec.nonce > 0) spec.nonce -= 1;
    spec.to = wallet(static_cast<std::uint32_t>(sim.random(kFunded + 3))).address;
    if (sim.chance(10)) spec.to = world.chain.fee_vault;
    if (sim.chance(10))
        spec.to = wallet(1'000 + static_cast<std::uint32_t>(sim.random(50))).address;
    spec.value = sim.random(400'000);
    if (sim.chance(15)) spec.value = 0;
    if (sim.chance(5)) spec.value = 50'000'000;
    spec.max_fee = 8 + sim.random(20);
    spec.tip = sim.chance(20) ? 0 : sim.random(8);
    if (sim.chance(20)) spec.gas_limit = 21'000 + sim.random(60'000);
    if (sim.chance(2)) spec.chain_id = 1;
    if (sim.chance(30)) spec.type = chain::TxType::kLegacy;
    if (sim.chance(20)) spec.type = chain::TxType::kAccessList;
    if (contracts && sim.chance(traffic == Traffic::kContention ? 92 : 60))
        make_contract_call(spec);
    if (spec.nonce == next_nonce_[spec.from]) ++next_nonce_[spec.from];
    return signed_transfer(spec);
}

chain::Bytes Run::random_init_code() {
    const std::array<const char*, 4> codes{
        "33ff",  // gone in the transaction that made it
        "60015f55"
        "5f5ff3",  // one slot, no code
        "6933ff0000000000000000"
        "5f52"
        "600a6016f3",  // code 33ff00...: gives to its caller
        "5f5ffd",      // reverts
    };
    return chain::from_hex(codes[simulation.random(codes.size())]).value();
}

void Run::make_contract_call(TransferSpec& spec) {
    Simulation& sim = simulation;
    spec.gas_limit = 22'000 + sim.random(200'000);
    if (sim.chance(15)) {
        spec.creates = true;
        spec.data = random_init_code();
        return;
    }
    if (sim.chance(10)) {
        spec.type = chain::TxType::kSetCode;
        spec.gas_limit += 60'000;
        const auto who = static_cast<std::uint32_t>(sim.random(kFunded + 2));
        const std::uint64_t nonce = next_nonce_[who] + (who == spec.from ? 1 : 0);
        const chain::Address delegate =
            sim.chance(25) ? chain::Address{} : small_contract(sim.random(kSmallContracts.size()));
        spec.authorizations = {signed_authorization(who, delegate, nonce)};
        return;
    }
    const std::size_t index = sim.chance(30) ? kPayer : sim.random(kSmallContracts.size());
    spec.to = small_contract(index);
    if (index == 1) {  // the forwarder: where to
        const chain::Address to =
            wallet(static_cast<std::uint32_t>(sim.random(kFunded + 3))).address;
        spec.data.assign(12, 0);
        chain::append(spec.data, to);
    } else if (index == 2 || index == 3) {
        spec.data = random_init_code();
    } else if (index == kPayer) {  // to whom, how much
        const auto to = static_cast<std::uint32_t>(sim.random(kFunded + 1));
        spec.data = chain::Bytes(12, 0);
        chain::append(spec.data, wallet(to).address);
        chain::append(spec.data, chain::to_be32(sim.random(8)));
    }
}

void Run::submit_some() {
    Submission submission;
    submission.sink = std::make_shared<FakeSink>();
    for (std::uint64_t i = 0, count = 1 + simulation.random(12); i < count; ++i) {
        submission.raw.push_back(random_transaction());
        sent_.push_back(submission.raw.back());
    }
    if (simulation.actors->submit(submission.raw, submission.sink))
        submissions_.push_back(std::move(submission));
}

void Run::act() {
    if (paging_() % 2 == 0) write_accounts(false);
    // Accounts go and come back between blocks only.
    if (config.state_cache_bytes != 0 && paging_() % 4 == 0)
        tell(simulation.actors->peers().sequencer, Flush{});
    if (simulation.chance(traffic == Traffic::kContention ? 40 : 12)) submit_some();
    if (simulation.chance(3)) simulation.advance_ms(simulation.random(700));
    if (simulation.chance(1)) tell(simulation.actors->peers().sequencer, Flush{});
    if (simulation.chance(1)) {
        chain::L1Origin origin{next_origin_++, {}};
        origin.hash.bytes[0] = static_cast<std::uint8_t>(origin.number);
        tell(
            simulation.actors->peers().sequencer,
            NewOrigin{origin, simulation.now.wall_ms / 1'000 + simulation.random(2)});
    }
    if (simulation.chance(4)) {
        auto query = std::make_shared<Query>();
        query->address = wallet(static_cast<std::uint32_t>(simulation.random(kFunded + 3))).address;
        if (contracts && simulation.chance(50))
            query->address = small_contract(simulation.random(kSmallContracts.size()));
        query->slots = {chain::Hash32{}, chain::to_be32(1)};
        query->with_proof = true;
        auto asked = std::make_shared<Asked>();
        asked->address = query->address;
        query->reply = [this, asked](AccountAnswer answer) {
            asked->answer = std::move(answer);
            const std::lock_guard lock{proofs_mutex_};
            proofs_.push_back(asked);
        };
        tell(simulation.actors->peers().sequencer, AskAccount{std::move(query)});
    }
    for (std::uint64_t i = 0, count = simulation.random(30); i < count; ++i)
        simulation.run_one();
}

void Run::crash_and_restart() {
    simulation.crash();
    for (Submission& submission : submissions_)
        submission.before_crash = true;
    const bool told_blocks = !simulation.events.blocks.empty();
    EngineStart start = world.restart(simulation.store, simulation.log);
    write_accounts(true);
    start.accounts = &accounts_;
    if (slots_on_disk_) start.slots = &accounts_;
    BOOST_TEST(told_blocks == !simulation.store.blocks.empty());
    config.partitions = kPartitions[simulation.random(kPartitions.size())];
    simulation.events.micro_blocks.clear();
    BOOST_TEST_REQUIRE(simulation.start(config, std::move(start), options) == "");
    next_origin_ = 101;
}

void Run::drain() {
    simulation.actors->gate().shutting_down = true;
    tell(simulation.actors->peers().sequencer, Drain{});
    for (int i = 0; i < 20'000 && !simulation.drained(); ++i) {
        simulation.run_all();
        simulation.advance_ms(100);
    }
    BOOST_TEST_REQUIRE(simulation.drained().has_value());
    BOOST_TEST(*simulation.drained());
    simulation.run_all();
}

void Run::check_blocks() {
    const std::scoped_lock lock{proofs_mutex_, simulation.metrics.mutex};
    SerialChain serial{world.genesis, world.chain};
    for (const SealedBlockPtr& block : simulation.events.blocks) {
        // What the sequencer ordered for this block, refused by the serial path or not.
        std::vector<RecoveredTransaction> ordered;
        for (const MicroBlockRecord& record : simulation.log.ever) {
            if (record.env.number != block->block.header.number) continue;
            for (std::size_t i = 0; i < record.transactions.size(); ++i)
                ordered.push_back(
                    {*chain::decode_transaction(record.transactions[i]), record.transactions[i],
                     record.senders[i]});
        }
        const auto expected =
            serial.execute_lenient(block->block.header.timestamp, block->block.l1_origin, ordered);
        for (std::size_t i = 0; i < std::min(expected.changes.size(), block->changes.size()); ++i)
            BOOST_TEST_REQUIRE(
                (expected.changes[i] == block->changes[i]),
                "block " << block->block.header.number << ", account "
                         << chain::to_hex(block->changes[i].address));
        BOOST_TEST_REQUIRE((expected.block.header == block->block.header));
        BOOST_TEST_REQUIRE((expected.hash == block->hash));
        BOOST_TEST((expected.block == block->block));
        BOOST_TEST((expected.receipts == block->receipts));
        BOOST_TEST((expected.changes == block->changes));
        BOOST_TEST((expected.codes == block->codes));
        for (const chain::Receipt& receipt : block->receipts) {
            coverage.failed += receipt.success ? 0 : 1;
            coverage.logs += receipt.logs.size();
        }
        coverage.codes += block->codes.size();
        for (const auto& change : block->changes)
            coverage.slots += change.slots.size();
        coverage.left_out += ordered.size() - block->block.transactions.size();
        for (const auto& asked : proofs_) {
            if (asked->answer.block_number == block->block.header.number)
                BOOST_TEST((asked->answer.account == serial.account(asked->address)));
            for (const AccountAnswer::Slot& slot : asked->answer.slots)
                if (asked->answer.block_number == block->block.header.number)
                    BOOST_TEST((slot.value == serial.storage(asked->address, slot.slot)));
        }
    }
    for (const auto& asked : proofs_)
        check_proof(asked->answer, asked->address);
    coverage.proofs += proofs_.size();
    coverage.blocks += simulation.events.blocks.size();
    const SequencerStats& stats = simulation.metrics.sequencer;
    for (std::size_t i = 0; i < kRoundModes; ++i)
        coverage.rounds[i] += stats.rounds[i];
    coverage.reexecuted += stats.reexecuted_txs;
    for (const auto& [index, partition] : simulation.metrics.partitions) {
        coverage.account_reads += partition.account_reads;
        coverage.accounts_read_ahead += partition.accounts_read_ahead;
        coverage.accounts_evicted += partition.accounts_evicted;
        coverage.bucket_reads += partition.bucket_reads;
        coverage.buckets_evicted += partition.buckets_evicted;
        coverage.slot_reads += partition.slot_reads;
        coverage.slots_read_ahead += partition.slots_read_ahead;
        coverage.slots_evicted += partition.slots_evicted;
        coverage.storage_reads += partition.storage_reads;
        coverage.storage_evicted += partition.storage_evicted;
    }
}

void Run::check_proof(const AccountAnswer& answer, const chain::Address& address) {
    const auto leaf = chain::trie::verify_proof(
        answer.state_root, chain::crypto::keccak256(address), answer.proof);
    BOOST_TEST_REQUIRE(leaf.ok());
    const bool absent = answer.account.is_empty();
    BOOST_TEST((*leaf == (absent ? chain::Bytes{} : chain::encode_account(answer.account))));
    for (const AccountAnswer::Slot& slot : answer.slots) {
        if (answer.account.storage_root == chain::kEmptyTrieRoot) {
            BOOST_TEST(slot.value.is_zero());
            continue;
        }
        const auto value = chain::trie::verify_proof(
            answer.account.storage_root, chain::crypto::keccak256(slot.slot), slot.proof);
        BOOST_TEST_REQUIRE(value.ok());
        BOOST_TEST(
            (*value == (slot.value.is_zero() ? chain::Bytes{} : chain::encode_slot(slot.value))));
    }
    if (answer.block_number > 0) {
        const SealedBlockPtr block = simulation.store.block(answer.block_number);
        BOOST_TEST_REQUIRE(block != nullptr);
        BOOST_TEST((block->block.header.state_root == answer.state_root));
    }
}

void Run::check_answers() {
    std::map<chain::Hash32, std::uint64_t> in_chain;
    for (const SealedBlockPtr& block : simulation.events.blocks) {
        for (const chain::Hash32& hash : block->transaction_hashes)
            BOOST_TEST(in_chain.emplace(hash, block->block.header.number).second);
    }
    std::size_t accepted = 0;
    std::uint64_t last_sequence = 0;
    for (const Submission& submission : submissions_) {
        if (!submission.before_crash)
            BOOST_TEST(submission.sink->outcomes.size() == submission.raw.size());
        for (const auto& [index, outcome] : submission.sink->outcomes) {
            BOOST_TEST(submission.sink->answers[index] == 1);
            ++coverage.reasons[static_cast<std::size_t>(outcome.reason)];
            const auto hash = chain::transaction_hash(submission.raw[index]);
            BOOST_TEST((outcome.transaction_hash == hash));
            if (outcome.reason != Reason::kNone) {
                BOOST_TEST(outcome.message != "");
                continue;
            }
            ++accepted;
            BOOST_TEST_REQUIRE(in_chain.contains(hash));
            BOOST_TEST(in_chain[hash] == outcome.block_number);
            BOOST_TEST(outcome.sequence >= last_sequence);  // one submitter: its order is kept
            last_sequence = outcome.sequence;
        }
    }
    const bool crashed = std::any_of(
        submissions_.begin(), submissions_.end(), [](const auto& s) { return s.before_crash; });
    if (!crashed) {
        BOOST_TEST(accepted == in_chain.size());
        BOOST_TEST(simulation.actors->gate().taken() == 0u);
    }
    // What was told softly is what the blocks say.
    for (const auto& micro_block : simulation.events.micro_blocks) {
        const SealedBlockPtr block = simulation.store.block(micro_block->block_number);
        BOOST_TEST_REQUIRE(block != nullptr);
        for (const SoftReceipt& soft : micro_block->receipts) {
            BOOST_TEST((block->receipts[soft.transaction_index] == soft.receipt));
            BOOST_TEST(
                (block->transaction_hashes[soft.transaction_index] == soft.transaction_hash));
        }
    }
}

}  // namespace troupe::actors::test
