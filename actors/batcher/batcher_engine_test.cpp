#include "actors/batcher/batcher_engine.hpp"

#include "chain/batch/channel.hpp"
#include "chain/batch/span_batch.hpp"
#include "tests/support/small_world.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <random>

namespace troupe::actors::test {
namespace {

namespace data = boost::unit_test::data;

chain::ChainConfig test_chain() {
    chain::ChainConfig chain;
    chain.chain_id = kChainId;
    chain.gas_limit = 30'000'000;
    return chain;
}

SealedBlockPtr make_block(std::uint64_t number) {
    auto block = std::make_shared<SealedBlock>();
    block->block.header.number = number;
    block->block.header.timestamp = kGenesisTime + number;
    block->block.header.state_root.bytes[0] = static_cast<std::uint8_t>(number);
    block->block.header.parent_hash.bytes[0] = static_cast<std::uint8_t>(number - 1);
    block->hash.bytes[0] = static_cast<std::uint8_t>(number);
    block->block.l1_origin.number = 100 + number / 10;
    static const chain::Bytes raw = signed_transfer({.from = 0, .to = wallet(1).address});
    block->block.transactions.push_back(raw);
    return block;
}

/// Records what the engine asks for; a store that has every block up to `stored`.
struct Recorder final : BatcherPort {
    void read_blocks(std::uint64_t first, std::uint64_t last) override {
        BOOST_TEST(last <= stored);
        reads.emplace_back(first, last);
    }
    void post(ChannelToPost channel) override { posts.push_back(std::move(channel)); }
    void claim(std::uint64_t number, const chain::Hash32&) override { claims.push_back(number); }
    void batched(std::uint64_t first, std::uint64_t last) override {
        batches.emplace_back(first, last);
    }
    void posted(std::uint64_t, std::uint64_t, std::uint64_t) override {}
    void heads(const Heads& heads) override { last_heads = heads; }
    void fatal(const std::string& message) override { fatals.push_back(message); }
    void throttle(Throttle throttle) override { throttles.push_back(throttle); }

    std::uint64_t stored = 0;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> reads;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> batches;
    std::vector<ChannelToPost> posts;
    std::vector<std::uint64_t> claims;
    std::vector<std::string> fatals;
    std::vector<Throttle> throttles;
    Heads last_heads;
};

struct Fixture {
    EngineConfig config;
    Recorder port;
    std::optional<BatcherEngine> engine;
    std::uint64_t now_ms = 1'000;

    Fixture() { config.channel_age_max_ms = 1'000; }
    void start(std::uint64_t safe, std::uint64_t unsafe) {
        port.stored = unsafe;
        engine.emplace(config, test_chain(), safe, unsafe, port);
        engine->start(now_ms);
    }
    void seal(std::uint64_t count) {
        for (std::uint64_t i = 0; i < count; ++i)
            engine->on_block(make_block(++port.stored), now_ms);
    }
    void tick(std::uint64_t ms) { engine->on_tick(now_ms += ms); }
    void answer_read() {
        const auto [first, last] = port.reads.front();
        std::vector<SealedBlockPtr> blocks;
        for (std::uint64_t number = first; number <= last; ++number)
            blocks.push_back(make_block(number));
        engine->on_blocks_read(first, std::move(blocks), now_ms);
    }
};

/// An L1 that mines, loses and re-orders at random, and a batcher that is killed at random.
struct RandomL1 {
    explicit RandomL1(std::uint64_t seed) : random(seed) { fixture.start(0, 0); }

    bool chance(unsigned percent) { return random() % 100 < percent; }
    /// What derivation makes of the channels on the L1.
    std::uint64_t derived() const {
        std::uint64_t safe = 0;
        for (const ChannelToPost& channel : mined) {
            if (channel.first_block == safe + 1) safe = channel.last_block;
        }
        return safe;
    }
    void end_a_post(bool faults) {
        const ChannelToPost channel = fixture.port.posts[taken++];
        if (faults && chance(20)) {
            fixture.engine->on_post_failed(channel.first_block, channel.last_block, fixture.now_ms);
            return;
        }
        mined.push_back(channel);
        fixture.engine->on_posted(
            channel.first_block, channel.last_block, l1_block, fixture.now_ms);
    }
    void kill_and_restart() {
        for (; taken < fixture.port.posts.size(); ++taken) {  // under way: mined or not
            if (chance(50)) mined.push_back(fixture.port.posts[taken]);
        }
        fixture.port.reads.clear();
        fixture.start(derived(), fixture.port.stored);
    }
    void act(bool faults) {
        ++l1_block;
        if (faults && chance(30)) fixture.seal(1 + random() % 3);
        if (!fixture.port.reads.empty() && chance(80)) {
            fixture.answer_read();
            fixture.port.reads.erase(fixture.port.reads.begin());
        }
        if (taken < fixture.port.posts.size() && chance(60)) end_a_post(faults);
        if (faults && chance(5) && !mined.empty()) mined.pop_back();  // an L1 re-org
        if (chance(40)) fixture.engine->on_derived(derived(), 0, l1_block, fixture.now_ms);
        if (chance(20)) fixture.engine->on_origin(l1_block, fixture.now_ms);
        if (faults && chance(3)) kill_and_restart();
        fixture.tick(random() % 1'500);
    }

    std::mt19937_64 random;
    Fixture fixture;
    std::vector<ChannelToPost> mined;  // the L1, in order
    std::size_t taken = 0;             // of port.posts: those the L1 side has dealt with
    std::uint64_t l1_block = 200;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(batcher_engine)

BOOST_FIXTURE_TEST_CASE(channel_closes_by_age_with_all_blocks_that_wait, Fixture) {
    start(0, 0);
    seal(3);
    tick(999);
    BOOST_TEST(port.posts.empty());
    tick(1);
    BOOST_TEST_REQUIRE(port.posts.size() == 1u);
    BOOST_TEST(port.posts[0].first_block == 1u);
    BOOST_TEST(port.posts[0].last_block == 3u);
    BOOST_TEST(port.batches.size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(posted_channel_decodes_to_the_blocks, Fixture) {
    start(0, 0);
    seal(2);
    tick(1'000);
    const auto batch = chain::batch::decompress(port.posts.at(0).channel, test_chain());
    BOOST_TEST_REQUIRE(batch.ok());
    const auto decoded = chain::batch::decode_span_batch(*batch, test_chain());
    BOOST_TEST_REQUIRE(decoded.ok());
    BOOST_TEST(decoded->first_block_number == 1u);
    BOOST_TEST_REQUIRE(decoded->blocks.size() == 2u);
    BOOST_TEST((decoded->blocks[1].transactions == make_block(2)->block.transactions));
    BOOST_TEST(decoded->blocks[1].timestamp == kGenesisTime + 2);
}

BOOST_FIXTURE_TEST_CASE(a_full_channel_takes_the_fast_codec_and_decodes_all_the_same, Fixture) {
    start(0, 0);
    std::mt19937_64 random{1};
    auto block = std::make_shared<SealedBlock>(*make_block(1));
    std::size_t bytes = 0;
    for (std::uint64_t nonce = 1; bytes < BatcherEngine::kFastCodecBytes; ++nonce) {
        chain::Transaction tx;
        tx.type = chain::TxType::kDynamicFee;
        tx.chain_id = kChainId;
        tx.nonce = nonce;
        tx.gas_limit = 20'000'000;
        tx.to = wallet(1).address;
        tx.data.resize(100'000);
        for (std::uint8_t& byte : tx.data)
            byte = static_cast<std::uint8_t>(random());
        BOOST_TEST_REQUIRE(chain::sign_transaction(tx, wallet(0).key).ok());
        block->block.transactions.push_back(chain::encode_transaction(tx));
        bytes += 100'000;
    }
    port.stored = 1;
    engine->on_block(block, now_ms);
    tick(1'000);
    engine->on_posted(1, 1, 200, now_ms);
    engine->on_derived(1, 0, 200, now_ms);
    seal(1);
    tick(1'000);
    BOOST_TEST(port.fatals.empty());
    BOOST_TEST_REQUIRE(port.posts.size() == 2u);
    const auto codec = [&](std::size_t i) {
        return static_cast<chain::batch::Codec>(port.posts[i].channel[0]);
    };
    BOOST_TEST((codec(0) == chain::batch::Codec::kZstd));
    BOOST_TEST((codec(1) == chain::batch::Codec::kBrotli));
    const auto batch = chain::batch::decompress(port.posts[0].channel, test_chain());
    BOOST_TEST_REQUIRE(batch.ok());
    const auto decoded = chain::batch::decode_span_batch(*batch, test_chain());
    BOOST_TEST_REQUIRE(decoded.ok());
    BOOST_TEST((decoded->blocks.at(0).transactions == block->block.transactions));
}

BOOST_FIXTURE_TEST_CASE(channel_closes_by_size, Fixture) {
    config.channel_bytes_target = 300;  // a transfer is estimated at 110 * 6 / 7 + 4 or so
    start(0, 0);
    seal(2);
    BOOST_TEST(port.posts.empty());
    seal(2);
    BOOST_TEST(port.posts.size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(channel_closes_on_command, Fixture) {
    start(0, 0);
    seal(1);
    engine->on_close_channel(now_ms);
    BOOST_TEST(port.posts.size() == 1u);
    seal(1);  // sealed after the command: waits for its age
    engine->on_posted(1, 1, 200, now_ms);
    engine->on_derived(1, 0, 200, now_ms);
    BOOST_TEST(port.posts.size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(
    one_channel_is_on_its_way_at_a_time_and_the_root_is_claimed_when_safe, Fixture) {
    start(0, 0);
    seal(2);
    tick(1'000);
    seal(5);
    tick(2'000);
    BOOST_TEST(port.posts.size() == 1u);
    engine->on_posted(1, 2, 200, now_ms);
    BOOST_TEST(port.posts.size() == 1u);  // mined is not derived
    BOOST_TEST(port.claims.empty());
    now_ms += 1'500;
    engine->on_derived(2, 0, 200, now_ms);
    BOOST_TEST(engine->stats(now_ms).posting.sum_seconds == 2.0);
    BOOST_TEST(engine->stats(now_ms).derivation.sum_seconds == 1.5);
    BOOST_TEST((port.claims == std::vector<std::uint64_t>{2}));
    BOOST_TEST_REQUIRE(port.posts.size() == 2u);
    BOOST_TEST(port.posts[1].first_block == 3u);
    BOOST_TEST(port.posts[1].last_block == 7u);
}

BOOST_FIXTURE_TEST_CASE(derived_before_mined_is_told_is_fine, Fixture) {
    start(0, 0);
    seal(2);
    tick(1'000);
    engine->on_derived(2, 0, 200, now_ms);
    BOOST_TEST(port.claims.empty());
    engine->on_posted(1, 2, 200, now_ms);
    BOOST_TEST(port.claims.size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(failed_post_is_made_anew_after_a_while_from_the_store, Fixture) {
    start(0, 0);
    seal(2);
    tick(1'000);
    engine->on_post_failed(1, 2, now_ms);
    BOOST_TEST_REQUIRE(port.reads.size() == 1u);  // the blocks were let go of
    BOOST_TEST(port.reads[0].first == 1u);
    answer_read();
    tick(BatcherEngine::kRetryMs - 1);
    BOOST_TEST(port.posts.size() == 1u);
    tick(1);
    BOOST_TEST_REQUIRE(port.posts.size() == 2u);
    BOOST_TEST(port.posts[1].first_block == 1u);
}

BOOST_FIXTURE_TEST_CASE(safe_head_that_falls_and_stays_down_is_posted_again, Fixture) {
    start(0, 0);
    seal(2);
    tick(1'000);
    engine->on_posted(1, 2, 200, now_ms);
    engine->on_derived(2, 0, 200, now_ms);
    engine->on_derived(0, 0, 200, now_ms);  // an L1 re-org
    BOOST_TEST(port.last_heads.safe == 0u);
    BOOST_TEST(port.last_heads.unsafe == 2u);
    tick(BatcherEngine::kSettleMs - 1);
    BOOST_TEST(port.reads.empty());
    tick(1);
    BOOST_TEST_REQUIRE(port.reads.size() == 1u);
    answer_read();
    tick(1'000);
    BOOST_TEST_REQUIRE(port.posts.size() == 2u);
    BOOST_TEST(port.posts[1].first_block == 1u);
}

BOOST_FIXTURE_TEST_CASE(safe_head_that_recovers_by_itself_is_not_posted_again, Fixture) {
    start(0, 0);
    seal(2);
    tick(1'000);
    engine->on_posted(1, 2, 200, now_ms);
    engine->on_derived(2, 0, 200, now_ms);
    engine->on_derived(0, 0, 200, now_ms);
    tick(1'000);
    engine->on_derived(2, 0, 200, now_ms);  // mined again in the new branch
    tick(2 * BatcherEngine::kSettleMs);
    BOOST_TEST(port.posts.size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(restart_waits_for_what_the_last_run_posted, Fixture) {
    start(5, 9);
    answer_read();
    tick(2'000);
    engine->on_derived(8, 0, 200, now_ms);  // the L1 had more than the last run knew
    tick(BatcherEngine::kSettleMs - 1);
    BOOST_TEST(port.posts.empty());
    tick(1);
    BOOST_TEST_REQUIRE(port.posts.size() == 1u);
    BOOST_TEST(port.posts[0].first_block == 9u);
}

BOOST_FIXTURE_TEST_CASE(mined_channel_that_never_becomes_safe_is_posted_again, Fixture) {
    start(0, 0);
    seal(2);
    tick(1'000);
    engine->on_posted(1, 2, 200, now_ms);
    engine->on_origin(200 + BatcherEngine::kDerivedWithin, now_ms);
    BOOST_TEST(port.reads.empty());
    engine->on_origin(201 + BatcherEngine::kDerivedWithin, now_ms);
    BOOST_TEST_REQUIRE(port.reads.size() == 1u);
    answer_read();
    tick(1'000);
    BOOST_TEST(port.posts.size() == 2u);
}

// A crash came between a post and its note, and the post of the last run was mined first.
BOOST_FIXTURE_TEST_CASE(channel_that_the_l1_derives_past_is_posted_again_at_once, Fixture) {
    start(0, 0);
    seal(3);
    tick(1'000);
    engine->on_posted(1, 3, 200, now_ms);
    engine->on_derived(2, 0, 199, now_ms);
    BOOST_TEST(port.reads.empty());
    engine->on_derived(2, 0, 200, now_ms);
    BOOST_TEST_REQUIRE(port.reads.size() == 1u);
    answer_read();
    tick(1'000);
    BOOST_TEST_REQUIRE(port.posts.size() == 2u);
    BOOST_TEST(port.posts[1].first_block == 3u);
    BOOST_TEST(port.posts[1].last_block == 3u);
}

BOOST_FIXTURE_TEST_CASE(divergence_stops_posting_and_is_said_once, Fixture) {
    start(0, 0);
    seal(2);
    engine->on_divergence("block 1 differs");
    engine->on_divergence("block 1 differs");
    tick(5'000);
    BOOST_TEST(port.posts.empty());
    BOOST_TEST(port.fatals.size() == 1u);
    BOOST_TEST(engine->stats(now_ms).diverged);
}

BOOST_FIXTURE_TEST_CASE(backlog_marks_raise_and_lower_the_throttle, Fixture) {
    config.backlog_blocks_compress = 2;
    config.backlog_blocks_slow = 4;
    config.backlog_blocks_refuse = 6;
    config.channel_age_max_ms = 1'000'000;
    start(0, 0);
    seal(7);
    using enum Throttle;
    BOOST_TEST((port.throttles == std::vector{kCompress, kSlow, kRefuse}));
    engine->on_derived(5, 0, 200, now_ms);  // backlog 2
    BOOST_TEST((port.throttles.back() == kCompress));
    engine->on_derived(7, 0, 200, now_ms);
    BOOST_TEST((port.throttles.back() == kNone));
}

BOOST_DATA_TEST_CASE(every_interleaving_ends_with_all_blocks_safe, data::xrange(500u), seed) {
    RandomL1 run{seed};
    for (int i = 0; i < 150; ++i)
        run.act(true);
    for (int i = 0; i < 400; ++i)
        run.act(false);
    BOOST_TEST(run.fixture.port.fatals.empty());
    BOOST_TEST(run.derived() == run.fixture.port.stored);
    BOOST_TEST(run.fixture.port.last_heads.safe == run.fixture.port.stored);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::actors::test
