#include "chain/batch/channel.hpp"
#include "chain/batch/span_batch.hpp"
#include "chain/execution/serial_chain.hpp"
#include "l1-client/inbox.hpp"
#include "l1-client/output_claims.hpp"
#include "sequencer/l1/l1_poster.hpp"
#include "sequencer/l1/l1_watcher.hpp"
#include "sequencer/runtime/l1_recovery.hpp"
#include "sequencer/storage/genesis_state.hpp"
#include "sequencer/testing/temp_directory.hpp"
#include "tests/support/deployed_l1.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <thread>

namespace troupe::node {

using tests::Anvil;
using tests::DeployedL1;

constexpr std::chrono::seconds kPatience{30};  // for a loaded machine; nothing waits without need

/// Keeps what the L1 side says, and waits for it.
class Recorder final : public actors::L1Events {
  public:
    struct Seen {
        std::vector<chain::L1Origin> origins;
        std::uint64_t safe = 0;
        std::uint64_t finalized = 0;
        std::uint64_t posted_last = 0;
        std::vector<std::string> post_failures;
        std::string divergence;
    };
    void on_origin(const chain::L1Origin& origin, std::uint64_t) override {
        change([&](Seen& seen) { seen.origins.push_back(origin); });
    }
    void on_posted(std::uint64_t, std::uint64_t last, std::uint64_t) override {
        change([&](Seen& seen) { seen.posted_last = last; });
    }
    void on_post_failed(std::uint64_t, std::uint64_t, const std::string& reason) override {
        change([&](Seen& seen) { seen.post_failures.push_back(reason); });
    }
    void on_derived(std::uint64_t safe, std::uint64_t finalized, std::uint64_t) override {
        change([&](Seen& seen) {
            seen.safe = safe;
            seen.finalized = finalized;
        });
    }
    void on_divergence(const std::string& message) override {
        change([&](Seen& seen) { seen.divergence = message; });
    }
    bool wait(const std::function<bool(const Seen&)>& condition) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, kPatience, [&] { return condition(seen_); });
    }
    Seen seen() {
        const std::lock_guard lock(mutex_);
        return seen_;
    }

  private:
    template <class Change>
    void change(Change apply) {
        const std::lock_guard lock(mutex_);
        apply(seen_);
        changed_.notify_all();
    }
    std::mutex mutex_;
    std::condition_variable changed_;
    Seen seen_;
};

chain::Hash32 wrong_hash() {
    chain::Hash32 hash;
    hash[0] = 1;
    return hash;
}

/// A deployed rollup, a store with its genesis, and a serial chain that makes blocks for it.
struct SmallRollup {
    SmallRollup() {
        rollup.chain = l1.config;
        rollup.chain.gas_limit = 30'000'000;
        rollup.genesis.chain_id = rollup.chain.chain_id;
        rollup.genesis.gas_limit = rollup.chain.gas_limit;
        rollup.genesis.base_fee_per_gas = 7;
        rollup.genesis.timestamp = rollup.chain.l1_start_timestamp;
        chain::GenesisAccount account;
        account.address = Anvil::address(0);
        account.balance = 1'000'000'000'000'000;
        rollup.genesis.alloc.push_back(account);
        rollup.genesis_hash = genesis_hash_of(rollup.genesis, rollup.chain);
        source = std::make_unique<chain::execution::SerialChain>(rollup.genesis, rollup.chain);
        store = open_store(directory.path());
    }

    std::unique_ptr<ChainStore> open_store(const std::filesystem::path& path) const {
        std::string failure;
        auto opened = ChainStore::open(path, failure);
        if (!opened) throw std::runtime_error(failure);
        if (opened->empty() && opened->initialise(make_genesis_state(rollup.genesis, rollup.chain)))
            throw std::runtime_error("cannot initialise the store");
        return opened;
    }

    /// The next blocks, one second apart, each with a transfer.
    std::vector<actors::SealedBlockPtr> make_blocks(std::size_t count) {
        std::vector<actors::SealedBlockPtr> made;
        for (std::size_t i = 0; i < count; ++i) {
            chain::execution::RecoveredTransaction transfer;
            transfer.tx.type = chain::TxType::kDynamicFee;
            transfer.tx.chain_id = rollup.chain.chain_id;
            transfer.tx.nonce = nonce++;
            transfer.tx.max_fee_per_gas = 100;
            transfer.tx.gas_limit = 21'000;
            transfer.tx.to = Anvil::address(1);
            transfer.tx.value = 1;
            BOOST_REQUIRE(chain::sign_transaction(transfer.tx, Anvil::key(0)).ok());
            transfer.raw = chain::encode_transaction(transfer.tx);
            transfer.sender = Anvil::address(0);
            auto executed =
                source->execute(source->head().timestamp + 1, rollup.chain.l1_start, {transfer});
            BOOST_REQUIRE(executed.ok());
            auto sealed = std::make_shared<actors::SealedBlock>();
            sealed->block = executed->block;
            sealed->hash = executed->hash;
            sealed->receipts = executed->receipts;
            sealed->changes = executed->changes;
            sealed->transaction_hashes = {chain::transaction_hash(transfer.raw)};
            made.push_back(std::move(sealed));
        }
        return made;
    }

    actors::ChannelToPost channel(const std::vector<actors::SealedBlockPtr>& blocks) const {
        chain::batch::SpanBatch batch;
        batch.first_block_number = blocks.front()->block.header.number;
        batch.parent_hash = blocks.front()->block.header.parent_hash;
        batch.l1_origin_hash = blocks.back()->block.l1_origin.hash;
        for (const auto& sealed : blocks)
            batch.blocks.push_back(
                {.timestamp = sealed->block.header.timestamp,
                 .l1_origin_number = sealed->block.l1_origin.number,
                 .transactions = sealed->block.transactions});
        actors::ChannelToPost post;
        post.first_block = batch.first_block_number;
        post.last_block = blocks.back()->block.header.number;
        post.channel = chain::batch::compress(
            chain::batch::encode_span_batch(batch, rollup.chain), chain::batch::Codec::kZstd, 0);
        return post;
    }

    std::unique_ptr<l1::EthClient> client() const {
        return std::move(*l1::EthClient::open(l1.anvil.url()));
    }

    std::unique_ptr<L1Watcher> watch(
        Recorder& events, ChainStore& from, L1WatcherConfig::Check check = {}) {
        return std::make_unique<L1Watcher>(
            client(), rollup,
            L1WatcherConfig{.poll_ms = 20, .confirmations = 1, .check = std::move(check)}, from,
            events, stats, rollup.chain.l1_start);
    }

    std::unique_ptr<L1Poster> poster() {
        return std::make_unique<L1Poster>(
            client(), rollup.chain, L1PosterConfig{.poll_ms = 20, .max_fee_gwei = 500}, batcher,
            &proposer, stats);
    }

    DeployedL1 l1;
    RollupFile rollup;
    TempDirectory directory;
    std::unique_ptr<chain::execution::SerialChain> source;
    std::unique_ptr<ChainStore> store;
    std::uint64_t nonce = 0;
    L1StatsBoard stats;
    UnlockedKey batcher{Anvil::key(DeployedL1::kBatcher)};
    UnlockedKey proposer{Anvil::key(DeployedL1::kProposer)};
};

BOOST_AUTO_TEST_SUITE(l1_adapter)

BOOST_AUTO_TEST_CASE(what_is_posted_is_derived_and_its_output_root_claimed) {
    SmallRollup small;
    const auto blocks = small.make_blocks(3);
    BOOST_REQUIRE(!small.store->commit(blocks));
    Recorder events;
    const auto watcher = small.watch(events, *small.store);
    const auto poster = small.poster();
    poster->start(events, [&] { return watcher->derived_l1(); });
    // The poster waits until what an earlier run may have posted is derived: offer it until then.
    while (events.seen().posted_last == 0) {
        const std::size_t failures = events.seen().post_failures.size();
        poster->post(small.channel(blocks));
        BOOST_REQUIRE(events.wait([&](const auto& seen) {
            return seen.posted_last == 3 || seen.post_failures.size() > failures;
        }));
    }
    BOOST_TEST(events.wait([](const auto& seen) { return seen.safe == 3; }));
    const chain::Hash32 root =
        chain::output_root(blocks.back()->block.header.state_root, {}, blocks.back()->hash);
    poster->claim(3, root);
    l1::EthClient& l1 = small.l1.anvil.client();
    const auto give_up = std::chrono::steady_clock::now() + kPatience;
    while (*l1::latest_claimed_block(l1, small.rollup.chain) != 3 &&
           std::chrono::steady_clock::now() < give_up) {
        small.l1.anvil.mine(1);  // a claim waits until its L1 block has another one on it
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    const auto claims = l1::read_claims(l1, small.rollup.chain);
    BOOST_REQUIRE((claims.ok() && claims->size() == 1u));
    BOOST_TEST((claims->front().output_root == root));
    BOOST_TEST(events.seen().divergence == "");
}

BOOST_AUTO_TEST_CASE(stopping_in_the_middle_of_a_channel_hands_the_rest_of_it_to_the_l1) {
    SmallRollup small;
    Recorder events;
    const auto poster = small.poster();
    small.l1.anvil.mine(1);
    small.l1.anvil.set_automine(false);
    l1::EthClient& l1 = small.l1.anvil.client();
    const chain::Address from = Anvil::address(DeployedL1::kBatcher);
    const std::uint64_t before = *l1.nonce(from, l1::BlockTag::kLatest);
    const auto pending = [&] { return *l1.nonce(from, l1::BlockTag::kPending) - before; };
    poster->start(events, [&] { return chain::L1Origin{1'000, {}}; });
    constexpr std::size_t kTransactions = 7;
    const std::size_t frame = l1::kInboxDataBytesMax - chain::batch::kFrameOverhead - 1;
    const chain::Bytes channel(frame * (kTransactions - 1) + 1, 0xab);
    poster->post({1, 1, channel});
    const auto give_up = std::chrono::steady_clock::now() + kPatience;
    while (pending() == 0 && std::chrono::steady_clock::now() < give_up)
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    BOOST_TEST(pending() < kTransactions);  // the rest waits for these to be mined
    poster->stop();
    BOOST_TEST(pending() == kTransactions);
    // They do not fit in one block; the short last one would, before its turn.
    small.l1.anvil.mine(2);
    BOOST_TEST(*l1.nonce(from, l1::BlockTag::kLatest) - before == kTransactions);
}

BOOST_AUTO_TEST_CASE(every_l1_block_that_is_deep_enough_is_told_once_and_in_order) {
    SmallRollup small;
    Recorder events;
    const auto watcher = small.watch(events, *small.store);
    small.l1.anvil.mine(5);
    const std::uint64_t head = *small.l1.anvil.client().block_number();
    BOOST_REQUIRE(events.wait([&](const auto& seen) {
        return !seen.origins.empty() && seen.origins.back().number == head - 1;
    }));
    std::uint64_t expected = small.rollup.chain.l1_start.number;
    for (const auto& origin : events.seen().origins)
        BOOST_TEST(origin.number == ++expected);
}

BOOST_AUTO_TEST_CASE(a_block_that_differs_from_what_was_sealed_here_is_a_divergence) {
    SmallRollup small;
    auto blocks = small.make_blocks(2);
    auto other = std::make_shared<actors::SealedBlock>(*blocks[1]);
    other->block.header.timestamp += 1;  // sealed here, but not what will be posted
    BOOST_REQUIRE(!small.store->commit(std::vector<actors::SealedBlockPtr>{blocks[0], other}));
    small.l1.send(
        DeployedL1::kBatcher, small.rollup.chain.batch_inbox,
        chain::batch::encode_frames(chain::batch::split(small.channel(blocks).channel, 100'000)));
    Recorder events;
    const auto watcher = small.watch(events, *small.store);
    BOOST_REQUIRE(events.wait([](const auto& seen) { return !seen.divergence.empty(); }));
    BOOST_TEST(events.seen().divergence.find("block 2") != std::string::npos);
    BOOST_TEST(events.seen().divergence.find("timestamp") != std::string::npos);
    BOOST_TEST(small.stats.snapshot().diverged);
}

BOOST_AUTO_TEST_CASE(blocks_of_another_sequencer_are_a_divergence) {
    SmallRollup small;
    const auto blocks = small.make_blocks(1);
    small.l1.send(
        DeployedL1::kBatcher, small.rollup.chain.batch_inbox,
        chain::batch::encode_frames(chain::batch::split(small.channel(blocks).channel, 100'000)));
    Recorder events;
    const auto watcher = small.watch(events, *small.store);
    BOOST_REQUIRE(events.wait([](const auto& seen) { return !seen.divergence.empty(); }));
    BOOST_TEST(events.seen().divergence.find("never sealed it") != std::string::npos);
}

// R7: whoever has the batcher's key can post the next blocks, in the right form. Those that may not
// be executed are dropped by everybody, and the node's own come after them.
BOOST_AUTO_TEST_CASE(a_next_block_that_may_not_be_executed_is_dropped_and_no_divergence) {
    SmallRollup small;
    const auto blocks = small.make_blocks(3);
    BOOST_REQUIRE(!small.store->commit(blocks));
    const auto post = [&](const std::vector<actors::SealedBlockPtr>& which) {
        small.l1.send(
            DeployedL1::kBatcher, small.rollup.chain.batch_inbox,
            chain::batch::encode_frames(
                chain::batch::split(small.channel(which).channel, 100'000)));
    };
    const auto unexecutable = [&](const actors::SealedBlockPtr& real) {
        auto bad = std::make_shared<actors::SealedBlock>(*real);
        bad->block.transactions.push_back(real->block.transactions[0]);  // its nonce is used
        return actors::SealedBlockPtr(bad);
    };
    post({unexecutable(blocks[0])});
    post({blocks[0]});
    post({blocks[1], unexecutable(blocks[2])});  // the good one before it stays
    post({blocks[2]});
    Recorder events;
    const auto watcher = small.watch(events, *small.store);
    BOOST_TEST(events.wait([](const auto& seen) { return seen.safe == 3; }));
    BOOST_TEST(events.seen().divergence == "");
    BOOST_TEST(small.stats.snapshot().dropped == 2u);
    // One that nobody sealed here, and that may be executed, is another sequencer's.
    post(small.make_blocks(1));
    BOOST_TEST(events.wait([](const auto& seen) { return !seen.divergence.empty(); }));
}

// R5: the L1 block with the batch goes away, and another one without it comes.
BOOST_AUTO_TEST_CASE(a_reorganisation_takes_the_safe_head_back_and_posting_again_restores_it) {
    SmallRollup small;
    const auto blocks = small.make_blocks(2);
    BOOST_REQUIRE(!small.store->commit(blocks));
    small.l1.anvil.mine(3);
    Recorder events;
    const auto watcher = small.watch(events, *small.store);
    const std::string before = small.l1.anvil.snapshot();
    const chain::Bytes data =
        chain::batch::encode_frames(chain::batch::split(small.channel(blocks).channel, 100'000));
    small.l1.send(DeployedL1::kBatcher, small.rollup.chain.batch_inbox, data);
    BOOST_REQUIRE(events.wait([](const auto& seen) { return seen.safe == 2; }));
    small.l1.anvil.revert(before);
    small.l1.anvil.mine(2);
    BOOST_REQUIRE(events.wait([](const auto& seen) { return seen.safe == 0; }));
    small.l1.send(DeployedL1::kBatcher, small.rollup.chain.batch_inbox, data);
    BOOST_TEST(events.wait([](const auto& seen) { return seen.safe == 2; }));
    BOOST_TEST(events.seen().divergence == "");
    BOOST_TEST(small.stats.snapshot().reorganisations > 0u);
}

BOOST_AUTO_TEST_CASE(derivation_goes_on_from_a_checkpoint_after_a_restart) {
    SmallRollup small;
    const auto blocks = small.make_blocks(2);
    BOOST_REQUIRE(!small.store->commit(blocks));
    small.l1.send(
        DeployedL1::kBatcher, small.rollup.chain.batch_inbox,
        chain::batch::encode_frames(chain::batch::split(small.channel(blocks).channel, 100'000)));
    {
        Recorder events;
        const auto watcher = small.watch(events, *small.store);
        BOOST_REQUIRE(events.wait([](const auto& seen) { return seen.safe == 2; }));
    }
    std::vector<DerivationCheckpoint> checkpoints;
    BOOST_REQUIRE(!small.store->read_checkpoints(checkpoints));
    BOOST_REQUIRE(!checkpoints.empty());
    BOOST_TEST(checkpoints.front().safe.number == 2u);
    BOOST_TEST((checkpoints.front().safe.hash == blocks.back()->hash));

    const auto more = small.make_blocks(1);
    BOOST_REQUIRE(!small.store->commit(more));
    small.l1.send(
        DeployedL1::kBatcher, small.rollup.chain.batch_inbox,
        chain::batch::encode_frames(chain::batch::split(small.channel(more).channel, 100'000)));
    Recorder events;
    const auto watcher = small.watch(events, *small.store);
    BOOST_TEST(events.wait([](const auto& seen) { return seen.safe == 3; }));
    BOOST_TEST(events.seen().divergence == "");
}

BOOST_AUTO_TEST_CASE(without_the_l1_blocks_may_name_what_it_told_before) {
    SmallRollup small;
    small.l1.anvil.mine(5);
    Recorder before;
    {
        const auto watcher = small.watch(before, *small.store);
        BOOST_REQUIRE(before.wait([](const auto& seen) { return seen.origins.size() >= 4; }));
    }
    const std::vector<chain::L1Origin> told = before.seen().origins;  // nobody tells any more now
    std::atomic<bool> away = true;
    const auto check = [&](l1::EthClient&) -> l1::Status {
        if (!away) return {};
        return l1::Error{l1::ErrorKind::kUnreachable, 0, "away", {}};
    };
    Recorder events;
    const auto watcher = small.watch(events, *small.store, check);
    BOOST_TEST(events.wait([&](const auto& seen) { return seen.origins.size() >= told.size(); }));
    BOOST_TEST((events.seen().origins == told));
    away = false;
    small.l1.anvil.mine(1);
    BOOST_TEST(events.wait([&](const auto& seen) { return seen.origins.size() > told.size(); }));
    BOOST_TEST(events.seen().origins.back().number == told.back().number + 1);
    BOOST_TEST(events.seen().divergence == "");
}

BOOST_AUTO_TEST_CASE(an_l1_that_turns_out_to_be_another_one_is_not_read) {
    SmallRollup small;
    small.l1.anvil.mine(5);
    Recorder events;
    const auto watcher = small.watch(events, *small.store, [](l1::EthClient&) -> l1::Status {
        return l1::Error{l1::ErrorKind::kWrongChain, 0, "another chain", {}};
    });
    BOOST_TEST(events.wait([](const auto& seen) { return seen.divergence == "another chain"; }));
    BOOST_TEST(small.stats.snapshot().diverged);
    BOOST_TEST(events.seen().origins.empty());
}

BOOST_AUTO_TEST_CASE(an_empty_data_directory_is_filled_from_the_l1) {
    SmallRollup small;
    const auto blocks = small.make_blocks(3);
    small.l1.send(
        DeployedL1::kBatcher, small.rollup.chain.batch_inbox,
        chain::batch::encode_frames(chain::batch::split(small.channel(blocks).channel, 100'000)));
    const Failure failure = recover_from_l1(small.l1.anvil.client(), small.rollup, *small.store);
    BOOST_REQUIRE_MESSAGE(!failure, failure.value_or(""));
    BOOST_TEST((small.store->head().hash == blocks.back()->hash));
    const auto read = std::as_const(*small.store).block(2);
    BOOST_REQUIRE(read.ok());
    BOOST_TEST(((*read)->block == blocks[1]->block));
    BOOST_TEST(((*read)->receipts == blocks[1]->receipts));
    BOOST_TEST(((*read)->changes == blocks[1]->changes));
    std::uint64_t nonce = 0;
    BOOST_REQUIRE(!small.store->load_accounts([&](const auto& address, const auto& account) {
        if (address == Anvil::address(0)) nonce = account.nonce;
    }));
    BOOST_TEST(nonce == 3u);
}

BOOST_AUTO_TEST_CASE(recovery_refuses_a_data_directory_of_another_history) {
    SmallRollup small;
    const auto blocks = small.make_blocks(2);
    auto other = std::make_shared<actors::SealedBlock>(*blocks[0]);
    other->hash = wrong_hash();
    BOOST_REQUIRE(!small.store->commit(std::vector<actors::SealedBlockPtr>{other}));
    small.l1.send(
        DeployedL1::kBatcher, small.rollup.chain.batch_inbox,
        chain::batch::encode_frames(chain::batch::split(small.channel(blocks).channel, 100'000)));
    const Failure failure = recover_from_l1(small.l1.anvil.client(), small.rollup, *small.store);
    BOOST_REQUIRE(failure.has_value());
    BOOST_TEST(failure->find("block 1") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::node
