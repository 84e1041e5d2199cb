#include "chain/batch/span_batch.hpp"

#include "chain/batch/columns.hpp"
#include "chain/batch/transaction_columns.hpp"
#include "chain/batch/transaction_fields.hpp"

#include <limits>
#include <numeric>

namespace troupe::chain::batch {
namespace {

constexpr std::size_t kBlockBytesMin = 3;  // one byte each: timestamp, origin, transaction count

// What both directions work on: the batch without its transactions, and these taken apart.
struct Parts {
    std::uint64_t first_block_number = 0;
    Hash32 parent_hash;
    Hash32 l1_origin_hash;
    std::vector<std::uint64_t> timestamps;
    std::vector<std::uint64_t> origins;
    std::vector<std::uint64_t> transaction_counts;
    std::vector<TransactionFields> transactions;
};

void put_ascending(ColumnWriter& writer, const std::vector<std::uint64_t>& values) {
    std::uint64_t previous = 0;
    for (const std::uint64_t value : values) {
        TROUPE_ASSERT(value >= previous);
        writer.varint(value - previous);
        previous = value;
    }
}

Bytes write(const Parts& parts) {
    constexpr std::size_t kTransferBytes = 112;  // of columns; more than any but a long one takes
    Bytes out;
    out.reserve(parts.transactions.size() * kTransferBytes);
    ColumnWriter writer{out};
    writer.byte(kSpanBatchVersion);
    writer.varint(parts.first_block_number);
    writer.bytes(parts.parent_hash);
    writer.bytes(parts.l1_origin_hash);
    writer.varint(parts.timestamps.size());
    put_ascending(writer, parts.timestamps);
    put_ascending(writer, parts.origins);
    for (const std::uint64_t count : parts.transaction_counts) {
        writer.varint(count);
    }
    write_transactions(writer, parts.transactions);
    return out;
}

Result<std::vector<std::uint64_t>> take_varints(ColumnReader& reader, std::size_t count) {
    std::vector<std::uint64_t> values;
    values.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        TROUPE_TRY(value, reader.varint());
        values.push_back(value);
    }
    return values;
}

Result<std::vector<std::uint64_t>> take_ascending(ColumnReader& reader, std::size_t count) {
    TROUPE_TRY(values, take_varints(reader, count));
    std::uint64_t previous = 0;
    for (std::uint64_t& value : values) {
        if (value > std::numeric_limits<std::uint64_t>::max() - previous) {
            return Error::kBatchNonCanonical;
        }
        value += previous;
        previous = value;
    }
    return std::move(values);
}

Result<std::size_t> take_transaction_counts(ColumnReader& reader, Parts& parts) {
    TROUPE_TRY(counts, take_varints(reader, parts.timestamps.size()));
    const std::size_t most = reader.remaining() / kTransactionColumnsBytesMin;
    std::size_t total = 0;
    for (const std::uint64_t count : counts) {
        if (count > most - total) return Error::kBatchCountTooLarge;
        total += static_cast<std::size_t>(count);
    }
    parts.transaction_counts = std::move(counts);
    return total;
}

Result<Parts> read(ByteView encoded, const ChainConfig& config) {
    ColumnReader reader{encoded};
    TROUPE_TRY(version, reader.bytes(1));
    if (version[0] != kSpanBatchVersion) return Error::kBatchVersionUnknown;
    Parts parts;
    TROUPE_TRY(first_block_number, reader.varint());
    parts.first_block_number = first_block_number;
    TROUPE_TRY(parent_hash, reader.fixed<Hash32>());
    parts.parent_hash = parent_hash;
    TROUPE_TRY(l1_origin_hash, reader.fixed<Hash32>());
    parts.l1_origin_hash = l1_origin_hash;
    TROUPE_TRY(block_count, reader.varint());
    if (block_count == 0) return Error::kBatchNonCanonical;
    if (block_count > config.batch_blocks_max ||
        block_count > reader.remaining() / kBlockBytesMin) {
        return Error::kBatchCountTooLarge;
    }
    TROUPE_TRY(timestamps, take_ascending(reader, static_cast<std::size_t>(block_count)));
    parts.timestamps = std::move(timestamps);
    TROUPE_TRY(origins, take_ascending(reader, static_cast<std::size_t>(block_count)));
    parts.origins = std::move(origins);
    TROUPE_TRY(transaction_count, take_transaction_counts(reader, parts));
    TROUPE_TRY(transactions, read_transactions(reader, transaction_count));
    parts.transactions = std::move(transactions);
    if (reader.remaining() != 0) return Error::kBatchTrailingBytes;
    return parts;
}

// Canonical columns can still hold a transaction that has no valid form: r beyond the group order,
// a malformed access list, a tip above the fee cap.
Result<Bytes> to_raw(const TransactionFields& fields, std::uint64_t chain_id) {
    Bytes raw = put_together(fields, chain_id);
    if (raw.size() > kTransactionBytesMax || !decode_transaction(raw)) {
        return Error::kBatchTransactionInvalid;
    }
    return raw;
}

}  // namespace

Status check_batchable(ByteView raw, const ChainConfig& config) {
    if (auto fields = take_apart(raw, config.chain_id); !fields) return fields.error();
    return {};
}

SpanBatchView view_of(const SpanBatch& batch) {
    SpanBatchView view{batch.first_block_number, batch.parent_hash, batch.l1_origin_hash, {}};
    view.blocks.reserve(batch.blocks.size());
    for (const BatchBlock& block : batch.blocks)
        view.blocks.push_back({block.timestamp, block.l1_origin_number, block.transactions});
    return view;
}

Bytes encode_span_batch(const SpanBatchView& batch, const ChainConfig& config) {
    TROUPE_ASSERT(!batch.blocks.empty());
    Parts parts;
    parts.first_block_number = batch.first_block_number;
    parts.parent_hash = batch.parent_hash;
    parts.l1_origin_hash = batch.l1_origin_hash;
    std::size_t count = 0;
    for (const BatchBlockView& block : batch.blocks)
        count += block.transactions.size();
    parts.transactions.reserve(count);
    for (const BatchBlockView& block : batch.blocks) {
        parts.timestamps.push_back(block.timestamp);
        parts.origins.push_back(block.l1_origin_number);
        parts.transaction_counts.push_back(block.transactions.size());
        for (const Bytes& raw : block.transactions) {
            auto fields = take_apart(raw, config.chain_id);
            TROUPE_ASSERT(fields.ok());
            parts.transactions.push_back(*fields);
        }
    }
    return write(parts);
}

Status check_reads_back(ByteView encoded, const SpanBatchView& batch, const ChainConfig& config) {
    TROUPE_TRY(parts, read(encoded, config));
    if (parts.first_block_number != batch.first_block_number ||
        parts.parent_hash != batch.parent_hash || parts.l1_origin_hash != batch.l1_origin_hash ||
        parts.timestamps.size() != batch.blocks.size())
        return Error::kBatchNonCanonical;
    Bytes raw;
    Bytes scratch;
    auto fields = parts.transactions.cbegin();
    for (std::size_t i = 0; i < batch.blocks.size(); ++i) {
        const BatchBlockView& block = batch.blocks[i];
        if (parts.timestamps[i] != block.timestamp || parts.origins[i] != block.l1_origin_number ||
            parts.transaction_counts[i] != block.transactions.size())
            return Error::kBatchNonCanonical;
        for (const Bytes& expected : block.transactions) {
            put_together(*fields++, config.chain_id, raw, scratch);
            if (raw.size() > kTransactionBytesMax) return Error::kBatchTransactionInvalid;
            if (raw != expected) return Error::kBatchNonCanonical;
        }
    }
    return {};
}

Result<SpanBatch> decode_span_batch(ByteView encoded, const ChainConfig& config) {
    TROUPE_TRY(parts, read(encoded, config));
    SpanBatch batch;
    batch.first_block_number = parts.first_block_number;
    batch.parent_hash = parts.parent_hash;
    batch.l1_origin_hash = parts.l1_origin_hash;
    batch.blocks.resize(parts.timestamps.size());
    auto fields = parts.transactions.cbegin();
    for (std::size_t i = 0; i < batch.blocks.size(); ++i) {
        BatchBlock& block = batch.blocks[i];
        block.timestamp = parts.timestamps[i];
        block.l1_origin_number = parts.origins[i];
        block.transactions.reserve(static_cast<std::size_t>(parts.transaction_counts[i]));
        for (std::uint64_t n = 0; n < parts.transaction_counts[i]; ++n, ++fields) {
            TROUPE_TRY(raw, to_raw(*fields, config.chain_id));
            block.transactions.push_back(std::move(raw));
        }
    }
    // The rule itself, whatever the single columns already refused.
    if (!equal(write(parts), encoded)) return Error::kBatchNonCanonical;
    return batch;
}

}  // namespace troupe::chain::batch
