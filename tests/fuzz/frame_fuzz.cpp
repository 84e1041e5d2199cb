// Any bytes as frames, as a channel, and as what the batcher sends to the inbox. The first byte
// says which; the rest is the input.
#include "chain/base/assert.hpp"
#include "chain/batch/testing/posted_l1.hpp"

namespace {

using namespace troupe::chain;
using namespace troupe::chain::batch;
using namespace troupe::chain::batch::testing;

constexpr std::size_t kPiecesMax = 16;  // L1 blocks made of one input

ChainConfig small_config() {
    ChainConfig config = test_config();
    config.channel_bytes_max = 20'000;
    config.batch_bytes_max = 50'000;
    config.channel_timeout_blocks = 3;
    return config;
}

void try_frames(ByteView input) {
    const auto frames = decode_frames(input);
    if (frames) TROUPE_ASSERT(equal(encode_frames(*frames), input));
}

void try_channel(ByteView input) {
    const ChainConfig config = small_config();
    const auto batch = decompress(input, config);
    if (batch) TROUPE_ASSERT(batch->size() <= config.batch_bytes_max);
}

// Checks of each block what docs/formats/derivation.md promises.
struct CheckingSink final : BlockSink {
    const DerivationPipeline* pipeline = nullptr;
    std::vector<Hash32> hashes;

    Result<Hash32> on_block(const DerivedBlock& block) override {
        const SafeHead& parent = pipeline->safe_head();
        TROUPE_ASSERT(block.number == parent.number + 1 && block.parent_hash == parent.hash);
        TROUPE_ASSERT(block.timestamp >= parent.timestamp);
        TROUPE_ASSERT(block.timestamp >= l1_time(block.l1_origin.number));
        TROUPE_ASSERT(block.l1_origin.number - parent.l1_origin.number <= 1);
        TROUPE_ASSERT(block.l1_origin.number < block.l1_inclusion_number);
        TROUPE_ASSERT(block.l1_origin.hash == l1_hash(block.l1_origin.number));
        hashes.push_back(l2_hash(block));
        return hashes.back();
    }
};

// Cuts the input at 0xff: a piece per L1 block.
std::vector<Bytes> pieces_of(ByteView input) {
    std::vector<Bytes> pieces(1);
    for (const std::uint8_t byte : input) {
        if (byte == 0xff && pieces.size() < kPiecesMax)
            pieces.emplace_back();
        else
            pieces.back().push_back(byte);
    }
    return pieces;
}

// The same piece as a channel with the right id: the fuzzer cannot guess hashes.
Bytes as_channel(const Bytes& piece) {
    return piece.empty() ? piece : encode_frames(split(piece, 100'000));
}

// The same piece as a batch that follows the safe head.
Bytes as_batch(const Bytes& piece, const SafeHead& head) {
    auto batch = decode_span_batch(piece, test_config());
    if (!batch) return piece;
    batch->first_block_number = head.number + 1;
    batch->parent_hash = head.hash;
    batch->l1_origin_hash = l1_hash(batch->blocks.back().l1_origin_number);
    return as_channel(compress(encode_span_batch(*batch, test_config()), Codec::kNone, 0));
}

void try_pipeline(ByteView input, unsigned kind) {
    DerivationPipeline pipeline = new_pipeline(small_config());
    CheckingSink sink;
    sink.pipeline = &pipeline;
    for (const Bytes& piece : pieces_of(input)) {
        const Bytes data = kind == 0   ? piece
                           : kind == 1 ? as_channel(piece)
                                       : as_batch(piece, pipeline.safe_head());
        const L1Block block = l1_block(pipeline.next_l1_block(), {data, piece});
        DerivationPipeline second = pipeline;
        CheckingSink second_sink;
        second_sink.pipeline = &second;
        const std::uint64_t before = pipeline.safe_head().number;
        pipeline.advance(block, sink);
        second.advance(block, second_sink);
        TROUPE_ASSERT(pipeline.safe_head() == second.safe_head());
        TROUPE_ASSERT(pipeline.safe_head().number == before + second_sink.hashes.size());
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const ByteView input{data + 1, size - 1};
    switch (data[0] % 5) {
        case 0:
            try_frames(input);
            break;
        case 1:
            try_channel(input);
            break;
        default:
            try_pipeline(input, data[0] % 5 - 2);
    }
    return 0;
}
