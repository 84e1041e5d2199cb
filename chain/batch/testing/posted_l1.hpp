#pragma once

#include "chain/base/endian.hpp"
#include "chain/batch/derivation.hpp"
#include "chain/batch/testing/random_batch.hpp"
#include "chain/crypto/keccak.hpp"

#include <optional>
#include <string>

/// For tests: an L1, an honest poster, and readers of what was posted.
namespace troupe::chain::batch::testing {

inline constexpr std::uint64_t kL1Start = 100;
inline constexpr std::uint64_t kL1StartTime = 1'000'000;
inline constexpr std::uint64_t kL1BlockTime = 12;
inline const Address kBatcher = Address::from(Bytes(20, 0xba));
inline const Address kStranger = Address::from(Bytes(20, 0x57));

inline ChainConfig test_config() {
    ChainConfig config;
    config.chain_id = 42'069;
    config.channel_timeout_blocks = 5;
    config.sequencer_drift_max_s = 60;
    config.channel_bytes_max = 100'000;
    config.batch_bytes_max = 300'000;
    return config;
}

inline Hash32 l1_hash(std::uint64_t number) {
    Bytes preimage{'L', '1'};
    append_be(preimage, number);
    return crypto::keccak256(preimage);
}
inline std::uint64_t l1_time(std::uint64_t number) {
    return kL1StartTime + kL1BlockTime * (number - kL1Start);
}

// Stands in for execution: a block's hash is the hash of everything it says.
inline Hash32 l2_hash(const DerivedBlock& block) {
    Bytes preimage;
    append_be(preimage, block.number);
    append(preimage, block.parent_hash);
    append_be(preimage, block.timestamp);
    append_be(preimage, block.l1_origin.number);
    append(preimage, block.l1_origin.hash);
    for (const Bytes& raw : block.transactions) {
        append_be(preimage, std::uint64_t{raw.size()});
        append(preimage, raw);
    }
    return crypto::keccak256(preimage);
}

struct RecordingSink final : BlockSink {
    std::vector<Hash32> hashes;
    std::vector<DerivedBlock> blocks;
    std::optional<std::uint64_t> refuse_number;

    Result<Hash32> on_block(const DerivedBlock& block) override {
        if (refuse_number == block.number) return Error::kBlockTransactionInvalid;
        blocks.push_back(block);
        hashes.push_back(l2_hash(block));
        return hashes.back();
    }
};

inline SafeHead genesis() {
    return {0, l1_hash(0), kL1StartTime, {kL1Start, l1_hash(kL1Start)}};
}

inline DerivationPipeline new_pipeline(const ChainConfig& config = test_config()) {
    DerivationPipeline pipeline{config, genesis(), kL1Start + 1};
    pipeline.add_origin({kL1Start, l1_hash(kL1Start), kL1StartTime});
    return pipeline;
}

inline L1Block l1_block(std::uint64_t number, std::vector<Bytes> inbox = {}) {
    L1Block block{number, l1_hash(number), l1_hash(number - 1), l1_time(number), kBatcher, {}};
    for (Bytes& bytes : inbox) {
        block.inbox.push_back({kBatcher, std::move(bytes)});
    }
    return block;
}

// What an honest sequencer would post: knows the hash of what it posted last.
struct Poster {
    SafeHead head = genesis();
    Rng rng{1};
    std::vector<Hash32> posted;  // hashes of all blocks posted, in order

    BatchBlock next_block(const SafeHead& parent, std::uint64_t origin) {
        BatchBlock block;
        block.l1_origin_number = origin;
        block.timestamp = std::max(parent.timestamp + rng.below(3), l1_time(origin));
        for (auto count = rng.below(4); count > 0; --count) {
            block.transactions.push_back(random_transaction(rng, test_config().chain_id));
        }
        return block;
    }

    SafeHead after(const SafeHead& parent, const BatchBlock& block) {
        DerivedBlock derived{
            parent.number + 1,
            parent.hash,
            block.timestamp,
            {block.l1_origin_number, l1_hash(block.l1_origin_number)},
            0,
            block.transactions};
        return {derived.number, l2_hash(derived), derived.timestamp, derived.l1_origin};
    }

    // `count` blocks after the head, the last of them with the origin `origin`.
    SpanBatch batch(std::size_t count, std::uint64_t origin) {
        SpanBatch made{head.number + 1, head.hash, {}, {}};
        SafeHead parent = head;
        for (std::size_t i = 0; i < count; ++i) {
            const auto next_origin = std::min(parent.l1_origin.number + (i == 0 ? 0 : 1), origin);
            made.blocks.push_back(next_block(parent, next_origin));
            parent = after(parent, made.blocks.back());
        }
        made.l1_origin_hash = l1_hash(made.blocks.back().l1_origin_number);
        return made;
    }

    void note(const SpanBatch& batch) {
        for (const BatchBlock& block : batch.blocks) {
            head = after(head, block);
            posted.push_back(head.hash);
        }
    }
};

inline Bytes channel_of(const SpanBatch& batch, Codec codec = Codec::kZstd) {
    return compress(encode_span_batch(batch, test_config()), codec, 0);
}
// The whole channel in one L1 transaction.
inline Bytes data_of(const SpanBatch& batch, std::size_t frame_bytes_max = 100'000) {
    return encode_frames(split(channel_of(batch), frame_bytes_max));
}

// A pipeline with its sink, fed block by block.
struct Reader {
    DerivationPipeline pipeline = new_pipeline();
    RecordingSink sink;

    Reader() = default;
    explicit Reader(const ChainConfig& config) : pipeline(new_pipeline(config)) {}

    void feed(std::vector<Bytes> inbox = {}) {
        pipeline.advance(l1_block(pipeline.next_l1_block(), std::move(inbox)), sink);
    }
    // What was dropped since the last call, as "what reason".
    std::vector<std::string> dropped() {
        std::vector<std::string> words;
        for (const Dropped& dropped : pipeline.take_dropped()) {
            words.push_back(
                std::string(dropped.what) + " " + std::string(to_string(dropped.reason)));
        }
        return words;
    }
    std::uint64_t safe() const { return pipeline.safe_head().number; }
};

}  // namespace troupe::chain::batch::testing
