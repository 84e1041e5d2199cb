// The part of StateDatabase about the L1: what a node has to know of it to begin without it.
#include "chain/base/endian.hpp"
#include "chain/rlp/decode.hpp"
#include "chain/rlp/encode.hpp"
#include "sequencer/storage/state_database.hpp"
#include "sequencer/storage/state_keys.hpp"

namespace troupe::node {
namespace {

using chain::Bytes;
using chain::ByteView;
using chain::Hash32;

constexpr std::string_view kL1Name = "l1";

bool is_numbered(ByteView key) {
    return key.size() == 1 + sizeof(std::uint64_t);
}
std::uint64_t number_in(ByteView key) {
    return chain::load_be<std::uint64_t>(key.data() + 1);
}

Bytes encode_checkpoint(const DerivationCheckpoint& checkpoint) {
    Bytes out;
    chain::rlp::put_string(out, checkpoint.l1.hash);
    chain::rlp::put_integer(out, checkpoint.l1_timestamp);
    chain::rlp::put_integer(out, checkpoint.safe.number);
    chain::rlp::put_string(out, checkpoint.safe.hash);
    chain::rlp::put_integer(out, checkpoint.safe.timestamp);
    chain::rlp::put_integer(out, checkpoint.safe.l1_origin.number);
    chain::rlp::put_string(out, checkpoint.safe.l1_origin.hash);
    return out;
}

chain::Result<DerivationCheckpoint> decode_checkpoint(std::uint64_t l1_number, ByteView value) {
    chain::rlp::Reader in(value);
    TROUPE_TRY(l1_hash, in.fixed<Hash32>());
    TROUPE_TRY(l1_timestamp, in.u64());
    TROUPE_TRY(number, in.u64());
    TROUPE_TRY(hash, in.fixed<Hash32>());
    TROUPE_TRY(timestamp, in.u64());
    TROUPE_TRY(origin_number, in.u64());
    TROUPE_TRY(origin_hash, in.fixed<Hash32>());
    TROUPE_CHECK(in.finish());
    DerivationCheckpoint checkpoint;
    checkpoint.l1 = {l1_number, l1_hash};
    checkpoint.l1_timestamp = l1_timestamp;
    checkpoint.safe = {number, hash, timestamp, {origin_number, origin_hash}};
    return checkpoint;
}

chain::Result<L1OriginRecord> decode_origin(std::uint64_t number, ByteView value) {
    chain::rlp::Reader in(value);
    TROUPE_TRY(hash, in.fixed<Hash32>());
    TROUPE_TRY(timestamp, in.u64());
    TROUPE_CHECK(in.finish());
    return L1OriginRecord{{number, hash}, timestamp};
}

}  // namespace

Failure StateDatabase::put_checkpoint(const DerivationCheckpoint& checkpoint) {
    WriteBatch batch;
    batch.put(key_of(kCheckpoints).number(checkpoint.l1.number), encode_checkpoint(checkpoint));
    std::size_t kept = 1;
    const auto each = [&](ByteView key, ByteView) {
        if (++kept > kCheckpointsMax) batch.erase(key);
        return true;
    };
    if (Failure failure = database_->scan_back(
            key_of(kCheckpoints), key_of(kCheckpoints).number(checkpoint.l1.number), each))
        return failure;
    return database_->write(batch, Database::Sync::kNo);
}

Failure StateDatabase::read_checkpoints(std::vector<DerivationCheckpoint>& checkpoints) const {
    checkpoints.clear();
    Failure damage;
    const auto each = [&](ByteView key, ByteView value) {
        const auto checkpoint =
            is_numbered(key) ? decode_checkpoint(number_in(key), value)
                             : chain::Result<DerivationCheckpoint>(chain::Error::kRlpWrongSize);
        if (!checkpoint) {
            damage = "state/: a derivation checkpoint is damaged";
            return false;
        }
        checkpoints.push_back(*checkpoint);
        return true;
    };
    if (Failure failure =
            database_->scan_back(key_of(kCheckpoints), key_of(kCheckpoints + 1), each))
        return failure;
    return damage;
}

Failure StateDatabase::drop_checkpoints_above(std::uint64_t number) {
    WriteBatch batch;
    const auto each = [&](ByteView key, ByteView) {
        batch.erase(key);
        return true;
    };
    if (Failure failure = database_->scan(
            key_of(kCheckpoints).number(number + 1), key_of(kCheckpoints + 1), each))
        return failure;
    return database_->write(batch, Database::Sync::kNo);
}

Failure StateDatabase::put_l1_genesis(const Hash32& hash) {
    WriteBatch batch;
    batch.put(meta_key(kL1Name), hash);
    return database_->write(batch, Database::Sync::kYes);
}

Failure StateDatabase::read_l1_genesis(std::optional<Hash32>& hash) const {
    const Database::Read read = database_->get(meta_key(kL1Name));
    hash.reset();
    if (read.failure || !read.value) return read.failure;
    if (read.value->size() != Hash32::kSize) return "state/: the name of the L1 is damaged";
    hash = Hash32::from(*read.value);
    return std::nullopt;
}

Failure StateDatabase::put_origin(const L1OriginRecord& record) {
    Bytes value;
    chain::rlp::put_string(value, record.origin.hash);
    chain::rlp::put_integer(value, record.timestamp);
    WriteBatch batch;
    batch.put(key_of(kOrigins).number(record.origin.number), value);
    if (record.origin.number >= kOriginsMax)
        batch.erase(key_of(kOrigins).number(record.origin.number - kOriginsMax));
    return database_->write(batch, Database::Sync::kNo);
}

Failure StateDatabase::read_origins(
    std::uint64_t first, std::vector<L1OriginRecord>& records) const {
    records.clear();
    Failure damage;
    const auto each = [&](ByteView key, ByteView value) {
        const auto record = is_numbered(key)
                                ? decode_origin(number_in(key), value)
                                : chain::Result<L1OriginRecord>(chain::Error::kRlpWrongSize);
        if (!record) {
            damage = "state/: an L1 origin is damaged";
            return false;
        }
        records.push_back(*record);
        return true;
    };
    if (Failure failure =
            database_->scan(key_of(kOrigins).number(first), key_of(kOrigins + 1), each))
        return failure;
    return damage;
}

}  // namespace troupe::node
