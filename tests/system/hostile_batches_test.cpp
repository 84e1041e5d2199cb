#include "chain/base/hex.hpp"
#include "chain/batch/channel.hpp"
#include "chain/batch/span_batch.hpp"
#include "tests/system/support/l1_writer.hpp"
#include "tests/system/support/ledger.hpp"
#include "tests/system/support/test_rollup.hpp"

#include <boost/test/unit_test.hpp>

#include <random>

namespace troupe::tests {
namespace {

using chain::Bytes;
namespace batch = chain::batch;

constexpr std::size_t kTransfersBetween = 60;

struct Hostile {
    std::string what;
    std::vector<Bytes> posts;  // one L1 transaction each, in this order
};

/// What `channel` looks like on the L1 in `count` transactions.
std::vector<Bytes> in_pieces(const Bytes& channel, std::size_t count) {
    std::vector<Bytes> posts;
    for (auto& frame : batch::split(channel, channel.size() / count + 1))
        posts.push_back(batch::encode_frames({std::move(frame)}));
    return posts;
}

Bytes channel_of(const Bytes& post) {
    const auto frames = batch::decode_frames(post);
    need(frames.ok(), "what the node posted is not frames");
    return (*frames)[0].data;
}

Bytes with_flipped_bit(Bytes bytes, std::size_t bit) {
    bytes[bit / 8 % bytes.size()] ^= static_cast<std::uint8_t>(1u << (bit % 8));
    return bytes;
}

/// The same batch for other blocks.
batch::SpanBatch moved_to(const batch::SpanBatch& real, std::uint64_t first) {
    batch::SpanBatch made = real;
    made.first_block_number = first;
    return made;
}

/// @param post  one that the node made, in one transaction and derived already
std::vector<Hostile> hostile_posts(
    const Bytes& post, const chain::ChainConfig& config, std::mt19937_64& rng) {
    const Bytes channel = channel_of(post);
    const auto decompressed = batch::decompress(channel, config);
    need(decompressed.ok(), "what the node posted does not decompress");
    const auto real = batch::decode_span_batch(*decompressed, config);
    need(real.ok(), "what the node posted is not a batch");
    const auto pieces = in_pieces(channel, 3);
    std::vector<Hostile> all;
    Bytes noise(10'000);
    for (auto& byte : noise)
        byte = static_cast<std::uint8_t>(rng());
    all.push_back({"one byte", {{0}}});
    all.push_back({"another version", {with_flipped_bit(post, 0)}});
    all.push_back({"noise", {noise}});
    noise[0] = batch::kFramesVersion;
    all.push_back({"noise after a right version", {noise}});
    all.push_back({"a duplicate", {post}});
    all.push_back({"truncated", {Bytes(post.begin(), post.end() - 7)}});
    all.push_back({"bytes after the last frame", {[&] {
                       Bytes longer = post;
                       longer.push_back(0);
                       return longer;
                   }()}});
    Hostile flipped{"flipped bits", {}};
    for (int i = 0; i < 4; ++i)
        flipped.posts.push_back(with_flipped_bit(post, 8 + rng() % (post.size() * 8 - 8)));
    all.push_back(flipped);
    all.push_back({"frames in another order", {pieces[1], pieces[0], pieces[2]}});
    all.push_back({"a frame left out", {pieces[0], pieces[2]}});
    all.push_back({"a frame twice", {pieces[0], pieces[1], pieces[1], pieces[2]}});
    all.push_back({"a channel that never ends", {pieces[0]}});
    all.push_back({"another channel's id", {[&] {
                       auto frames = batch::decode_frames(post);
                       (*frames)[0].channel = batch::channel_id(noise);
                       return batch::encode_frames(*frames);
                   }()}});
    const Bytes bomb(80'000'000, 0);  // beyond batch_bytes_max
    all.push_back({"a zstd bomb", in_pieces(batch::compress(bomb, batch::Codec::kZstd, 1), 1)});
    all.push_back({"a brotli bomb", in_pieces(batch::compress(bomb, batch::Codec::kBrotli, 1), 1)});
    all.push_back({"not a batch", in_pieces(batch::compress(noise, batch::Codec::kNone, 0), 1)});
    Bytes huge_counts(64, 0xff);
    all.push_back(
        {"counts beyond all bounds",
         in_pieces(batch::compress(huge_counts, batch::Codec::kNone, 0), 1)});
    for (const std::uint64_t first : {std::uint64_t{0}, std::uint64_t{1}, ~std::uint64_t{0} >> 2}) {
        all.push_back(
            {"a batch from block " + std::to_string(first),
             in_pieces(
                 batch::compress(
                     batch::encode_span_batch(moved_to(*real, first), config), batch::Codec::kZstd,
                     1),
                 1)});
    }
    Bytes big(120'000);
    for (auto& byte : big)
        byte = static_cast<std::uint8_t>(rng());
    batch::Frame frame;
    frame.channel = batch::channel_id(big);
    frame.last = true;
    frame.data = big;
    all.push_back({"a big channel of noise", {batch::encode_frames({frame})}});
    return all;
}

/// The block after the safe head as the batcher's key may post it, with a transaction that may not
/// be executed: its sender has nothing.
Bytes unexecutable_next_batch(TestRollup& rollup, const chain::ChainConfig& config) {
    const auto client = rollup.connect();
    const auto head = get(client->block(rollup.heads().safe));
    chain::crypto::PrivateKey key;
    key[31] = 77;
    chain::Transaction tx;
    tx.type = chain::TxType::kDynamicFee;
    tx.chain_id = TestRollup::kChainId;
    tx.max_fee_per_gas = 10 * TestRollup::kBaseFee;
    tx.gas_limit = 21'000;
    tx.to = rollup.wallets()[0].address;
    need(chain::sign_transaction(tx, key).ok(), "cannot sign");
    batch::SpanBatch made;
    made.first_block_number = head.header.number + 1;
    made.parent_hash = head.hash;
    made.l1_origin_hash = head.header.prev_randao;
    batch::BatchBlock block;
    block.timestamp = head.header.timestamp;
    block.l1_origin_number = head.l1_origin_number;
    block.transactions.push_back(chain::encode_transaction(tx));
    made.blocks.push_back(std::move(block));
    const Bytes channel =
        batch::compress(batch::encode_span_batch(made, config), batch::Codec::kZstd, 1);
    return in_pieces(channel, 1)[0];
}

/// The node and the verifier derive the same, and that is what the node sealed.
void check_agreement(TestRollup& rollup, const std::string& what) {
    const auto client = rollup.connect();
    Verdict verdict;
    // The L1 grows while they read: they have to be at the same block once.
    const bool equal = eventually(std::chrono::seconds(20), [&] {
        const std::uint64_t before = rollup.heads().safe;
        verdict = verify(rollup);
        return verdict.blocks == before;
    });
    BOOST_TEST(
        equal, what << ": the verifier derives to block " << verdict.blocks
                    << ", the node's safe head is " << rollup.heads().safe);
    BOOST_TEST(verdict.verified, what);
    const auto block = get(client->block(verdict.blocks));
    BOOST_TEST(chain::to_hex(block.hash) == verdict.head_hash, what);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hostile_batches)

// R7. Sent with the batcher's own key, between what the node posts with it.
BOOST_AUTO_TEST_CASE(wrong_batches_are_dropped_by_the_node_and_the_verifier_alike) {
    std::mt19937_64 rng{7};
    TestRollup rollup;
    rollup.start_node();
    const auto client = rollup.connect();
    std::vector<StreamRecord> records;
    const auto go_on = [&] {
        records.push_back(submit_all(*client, rollup.next_transfers(kTransfersBetween)));
        BOOST_TEST(records.back().accepted.size() == kTransfersBetween);
        rollup.wait_until_safe(last_block({records.back()}), std::chrono::seconds(40));
    };
    go_on();
    L1Writer writer(rollup);
    const auto hostile = hostile_posts(writer.posted().back(), writer.config(), rng);
    std::size_t count = 0;
    for (const Hostile& attack : hostile) {
        BOOST_TEST_CONTEXT(attack.what) {
            for (const Bytes& post : attack.posts)
                writer.post(post);
            if (++count % 4 != 0) continue;
            go_on();
            check_agreement(rollup, attack.what);
        }
    }
    go_on();
    check_agreement(rollup, "at the end");
    BOOST_TEST(rollup->node_running());
    BOOST_TEST(
        broken_promises(*client, records) == std::vector<std::string>{},
        boost::test_tools::per_element());
    BOOST_TEST(verify(rollup).dropped >= hostile.size());
}

// In the right form and next in order, but not to be executed: nobody takes it, and the node goes
// on.
BOOST_AUTO_TEST_CASE(a_next_block_that_may_not_be_executed_stops_nobody) {
    RollupShape shape;
    shape.node_options["batcher.channel-age-ms"] = "60000";
    TestRollup rollup(shape);
    rollup.start_node();
    const auto client = rollup.connect();
    L1Writer writer(rollup);
    const auto first = submit_all(*client, rollup.next_transfers(100));
    rollup.wait_until_safe(last_block({first}));
    const auto unposted = submit_all(*client, rollup.next_transfers(100));
    writer.post(unexecutable_next_batch(rollup, writer.config()));
    rollup.wait_until_safe(last_block({unposted}));
    check_agreement(rollup, "after a block that may not be executed");
    BOOST_TEST(verify(rollup).dropped == 1u);
    BOOST_TEST(rollup->node_running());
    BOOST_TEST(
        broken_promises(*client, {first, unposted}) == std::vector<std::string>{},
        boost::test_tools::per_element());
}

// The node's own channel takes several transactions; somebody posts between them.
BOOST_AUTO_TEST_CASE(a_channel_that_was_broken_into_is_posted_again) {
    RollupShape shape;
    shape.node_options["batcher.channel-age-ms"] = "60000";
    shape.node_options["batcher.channel-bytes"] = "16000000";
    TestRollup rollup(shape);
    rollup.start_node();
    const auto client = rollup.connect();
    L1Writer writer(rollup);
    const auto first = submit_all(*client, rollup.next_transfers(200));
    rollup.wait_until_safe(last_block({first}));
    const Bytes opener = writer.posted().back();
    // About 90 bytes each: more transactions of 130,000 bytes than are under way at once.
    const auto record = submit_all(*client, rollup.next_transfers(9'000));
    rollup.l1_request("evm_setIntervalMining", "[0]");
    const std::uint64_t mined = writer.nonce_mined();
    get(rollup->connect_admin()->flush());
    BOOST_TEST_REQUIRE(
        eventually(std::chrono::seconds(20), [&] { return writer.nonce_pending() >= mined + 4; }));
    BOOST_TEST(writer.send(opener).has_value());  // it takes the nonce of the next frame
    rollup.l1_request("evm_setIntervalMining", "[1]");
    rollup.wait_until_safe(last_block({record}));
    check_agreement(rollup, "a channel with a stranger's frames");
    BOOST_TEST(verify(rollup).dropped > 0u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::tests
