// The part of StateDatabase about slots, by account and the hash of their number.
#include "chain/base/hex.hpp"
#include "chain/crypto/keccak.hpp"
#include "chain/rlp/encode.hpp"
#include "sequencer/storage/state_database.hpp"
#include "sequencer/storage/stored_slot.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace troupe::node {
namespace {

using chain::Address;
using chain::Bytes;
using chain::ByteView;
using chain::Hash32;
using chain::trie::Bucket;

constexpr std::size_t kBucketsTogether = 16;          // that one thread reads
constexpr std::size_t kSlotsTogether = 8;             // likewise
constexpr std::size_t kSlotItem = 1 + Hash32::kSize;  // RLP of the slot's number

/// Where the keys of a bucket begin; one past the last one: where those of its contract end.
Key bucket_key(const Address& address, std::uint64_t bucket) {
    Key key = key_of(kSlots).part(address);
    if (bucket >> 32 == 0) return key.index(static_cast<std::uint32_t>(bucket));
    for (std::size_t i = 0; i < Hash32::kSize; ++i)
        key.byte(0xff);
    return key.byte(0);  // follows the last key that there can be
}

Bytes bytes_of(ByteView view) {
    return {view.begin(), view.end()};
}

}  // namespace

Key slot_key(const Address& address, const Hash32& key) {
    return key_of(kSlots).part(address).part(key);
}

Bytes encode_stored_slot(const Hash32& slot, const chain::Uint256& value) {
    Bytes out;
    chain::rlp::put_string(out, slot);
    chain::append(out, chain::encode_slot(value));
    return out;
}

chain::Result<StoredSlot> decode_stored_slot(ByteView key, ByteView value) {
    if (key.size() != 1 + Address::kSize + Hash32::kSize || value.size() <= kSlotItem ||
        value[0] != 0x80 + Hash32::kSize)
        return chain::Error::kRlpWrongSize;
    StoredSlot stored;
    stored.address = Address::from(key.subspan(1));
    stored.key = Hash32::from(key.subspan(1 + Address::kSize));
    stored.slot = Hash32::from(value.subspan(1));
    stored.leaf = value.subspan(kSlotItem);
    TROUPE_TRY(number, chain::decode_slot(stored.leaf));
    stored.value = number;
    return stored;
}

std::string damaged_slot(ByteView key) {
    return "state/: the slot under " + chain::to_hex(key.subspan(1)) + " is damaged";
}

Failure StateDatabase::migrate_slots() {
    return write_anew(
        {.format = 3, .what = "slots", .prefix = kSlotsByNumber},
        [](ByteView key, ByteView value, WriteBatch& batch) -> Failure {
            const auto number = chain::decode_slot(value);
            if (key.size() != 1 + Address::kSize + Hash32::kSize || !number)
                return damaged_slot(key);
            const Hash32 slot = Hash32::from(key.subspan(1 + Address::kSize));
            batch.put(
                slot_key(Address::from(key.subspan(1)), chain::crypto::keccak256(slot)),
                encode_stored_slot(slot, *number));
            return std::nullopt;
        });
}

Failure StateDatabase::load_slots(
    const std::function<void(const Address&, const Hash32&, const chain::Uint256&)>& visit) {
    if (Failure failure = flush()) return failure;
    Failure damage;
    const auto each = [&](ByteView key, ByteView value) {
        const auto stored = decode_stored_slot(key, value);
        if (!stored) {
            damage = damaged_slot(key);
            return false;
        }
        visit(stored->address, stored->slot, stored->value);
        return true;
    };
    if (Failure failure = database_->scan(key_of(kSlots), key_of(kSlots + 1), each)) return failure;
    return damage;
}

chain::Uint256 StateDatabase::read_slot(const Address& address, const Hash32& slot) const noexcept {
    return read_slot_at(address, slot, chain::crypto::keccak256(slot));
}

chain::Uint256 StateDatabase::read_slot_at(
    const Address& address, const Hash32& slot, const Hash32& hash) const noexcept {
    const auto begun = ReadClock::Clock::now();
    const Key key = slot_key(address, hash);
    const auto read = database_->get(key);
    read_clock_.observe(begun);
    if (read.failure) damaged(*read.failure);
    if (!read.value) return {};
    const auto stored = decode_stored_slot(key, *read.value);
    if (!stored || stored->slot != slot) damaged(damaged_slot(key));
    return stored->value;
}

// In the order of the disk: those of one block come one after the other.
void StateDatabase::read_slots(
    std::span<const actors::SlotKey> slots, std::span<chain::Uint256> values) const noexcept {
    std::vector<ByteView> numbers;
    for (const actors::SlotKey& slot : slots)
        numbers.push_back(slot.slot);
    std::vector<Hash32> keys(slots.size());
    chain::crypto::keccak256_batch(numbers, keys);
    std::vector<std::size_t> order(slots.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return std::tie(slots[a].address, keys[a]) < std::tie(slots[b].address, keys[b]);
    });
    const auto some = [&](std::size_t piece) {
        const std::size_t end = std::min(order.size(), (piece + 1) * kSlotsTogether);
        for (std::size_t i = piece * kSlotsTogether; i < end; ++i) {
            const std::size_t at = order[i];
            values[at] = read_slot_at(slots[at].address, slots[at].slot, keys[at]);
        }
    };
    readers_.run((order.size() + kSlotsTogether - 1) / kSlotsTogether, some);
}

void StateDatabase::read_slot_buckets(
    std::span<const actors::SlotBucket> buckets,
    std::vector<chain::trie::BucketLeaves>& leaves) const noexcept {
    leaves.clear();
    leaves.resize(buckets.size());
    const auto some = [&](std::size_t piece) {
        const std::size_t begin = piece * kBucketsTogether;
        const std::size_t end = std::min(buckets.size(), begin + kBucketsTogether);
        std::vector<Database::Range> ranges;
        for (std::size_t i = begin; i < end; ++i) {
            const actors::SlotBucket& bucket = buckets[i];
            const std::uint64_t wide = std::uint64_t{1} << (32 - 4 * bucket.depth);
            ranges.push_back(
                {bytes_of(bucket_key(bucket.address, bucket.bucket)),
                 bytes_of(bucket_key(bucket.address, bucket.bucket + wide))});
            leaves[i].bucket = bucket.bucket;
        }
        const auto each = [&](std::size_t range, ByteView key, ByteView value) {
            const auto stored = decode_stored_slot(key, value);
            if (!stored) damaged(damaged_slot(key));
            leaves[begin + range].leaves.push_back({stored->key, bytes_of(stored->leaf)});
            return true;
        };
        if (const Failure failure = database_->scan_ranges(ranges, each)) damaged(*failure);
    };
    readers_.run((buckets.size() + kBucketsTogether - 1) / kBucketsTogether, some);
}

void StateDatabase::scan_slots(
    const Address& address, Bucket first, const SlotVisit& visit) const noexcept {
    const auto each = [&](ByteView key, ByteView value) {
        const auto stored = decode_stored_slot(key, value);
        if (!stored) damaged(damaged_slot(key));
        return visit(stored->address, stored->key, stored->leaf);
    };
    if (const Failure failure =
            database_->scan(bucket_key(address, first), key_of(kSlots + 1), each))
        damaged(*failure);
}

}  // namespace troupe::node
