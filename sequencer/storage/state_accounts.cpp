// The part of StateDatabase about accounts by the hash of their address.
#include "chain/base/endian.hpp"
#include "chain/base/hex.hpp"
#include "chain/crypto/keccak.hpp"
#include "chain/evm/delegation.hpp"
#include "chain/rlp/decode.hpp"
#include "chain/rlp/encode.hpp"
#include "sequencer/logging/log.hpp"
#include "sequencer/storage/state_database.hpp"
#include "sequencer/storage/stored_account.hpp"

#include <cstdlib>

namespace troupe::node {
namespace {

using chain::Bytes;
using chain::ByteView;
using chain::Hash32;
using chain::trie::Bucket;

// What one thread reads at a time: so much that handing it over costs little beside it.
constexpr std::size_t kAccountsTogether = 8;
constexpr std::size_t kBucketsTogether = 16;

/// Where a bucket's keys begin; one past the last bucket: where they end.
Bytes bucket_key(std::uint64_t bucket) {
    Bytes key;
    if (bucket >> 32 != 0) {
        key.push_back(kAccounts + 1);
        return key;
    }
    key.push_back(kAccounts);
    chain::append_be(key, static_cast<std::uint32_t>(bucket));
    return key;
}

std::uint64_t buckets_wide(std::size_t depth) {
    return std::uint64_t{1} << (32 - 4 * depth);
}

}  // namespace

Bytes encode_stored(const chain::Address& address, const chain::Account& account) {
    Bytes out;
    chain::rlp::put_string(out, address);
    put_account(out, account);
    return out;
}

chain::Result<StoredEntry> decode_stored(ByteView key, ByteView value) {
    if (key.size() != 1 + Hash32::kSize || value.size() < 1 + chain::Address::kSize)
        return chain::Error::kRlpWrongSize;
    chain::rlp::Reader in(value.first(1 + chain::Address::kSize));
    TROUPE_TRY(address, in.fixed<chain::Address>());
    TROUPE_TRY(account, decode_account_value(value.subspan(1 + chain::Address::kSize)));
    return StoredEntry{address, account};
}

std::string damaged_account(ByteView key) {
    return "state/: the account under " + chain::to_hex(key.subspan(1)) + " is damaged";
}

Failure StateDatabase::migrate_accounts() {
    return write_anew(
        {.format = 2, .what = "accounts", .prefix = kAccountsByAddress},
        [](ByteView key, ByteView value, WriteBatch& batch) -> Failure {
            const auto account = decode_account_value(value);
            if (key.size() != 1 + chain::Address::kSize || !account) return damaged_account(key);
            const auto address = chain::Address::from(key.subspan(1));
            batch.put(
                account_key(chain::crypto::keccak256(address)), encode_stored(address, *account));
            return std::nullopt;
        });
}

void StateDatabase::damaged(const std::string& what) const noexcept {
    log_error(
        Component::kStorage,
        "{}; nothing can be executed without it, so the node ends. What was acknowledged is in the "
        "order log and in blocks/",
        what);
    std::_Exit(EXIT_FAILURE);
}

actors::StoredAccount StateDatabase::read(const Hash32& key) const noexcept {
    const auto begun = ReadClock::Clock::now();
    const auto read = database_->get(account_key(key));
    read_clock_.observe(begun);
    if (read.failure) damaged(*read.failure);
    actors::StoredAccount found;
    if (!read.value) return found;
    const auto stored = decode_stored(account_key(key), *read.value);
    if (!stored) damaged(damaged_account(account_key(key)));
    found.account = stored->account;
    if (!found.account.has_code()) return found;
    const auto code = database_->get(Key().byte(kCode).part(found.account.code_hash));
    if (code.failure) damaged(*code.failure);
    if (!code.value)
        damaged("state/: code " + chain::to_hex(found.account.code_hash) + " is missing");
    found.delegated = chain::evm::delegate_of(*code.value).has_value();
    return found;
}

void StateDatabase::read_all(
    std::span<const Hash32> keys, std::span<actors::StoredAccount> accounts) const noexcept {
    const auto some = [&](std::size_t piece) {
        const std::size_t end = std::min(keys.size(), (piece + 1) * kAccountsTogether);
        for (std::size_t i = piece * kAccountsTogether; i < end; ++i)
            accounts[i] = read(keys[i]);
    };
    readers_.run((keys.size() + kAccountsTogether - 1) / kAccountsTogether, some);
}

void StateDatabase::read_buckets(
    std::span<const Bucket> buckets, std::size_t depth,
    std::vector<chain::trie::BucketLeaves>& leaves) const noexcept {
    leaves.clear();
    leaves.resize(buckets.size());
    const auto some = [&](std::size_t piece) {
        const std::size_t begin = piece * kBucketsTogether;
        const std::size_t count = std::min(kBucketsTogether, buckets.size() - begin);
        read_some_buckets(
            buckets.subspan(begin, count), depth, std::span(leaves).subspan(begin, count));
    };
    readers_.run((buckets.size() + kBucketsTogether - 1) / kBucketsTogether, some);
}

void StateDatabase::read_some_buckets(
    std::span<const Bucket> buckets, std::size_t depth,
    std::span<chain::trie::BucketLeaves> leaves) const noexcept {
    std::vector<Database::Range> ranges;
    for (std::size_t i = 0; i < buckets.size(); ++i) {
        const std::uint64_t end = buckets[i] + buckets_wide(depth);
        ranges.push_back({bucket_key(buckets[i]), bucket_key(end)});
        leaves[i].bucket = buckets[i];
    }
    const auto each = [&](std::size_t range, ByteView key, ByteView value) {
        const auto stored = decode_stored(key, value);
        if (!stored) damaged(damaged_account(key));
        leaves[range].leaves.push_back(
            {Hash32::from(key.subspan(1)), chain::encode_account(stored->account)});
        return true;
    };
    if (const Failure failure = database_->scan_ranges(ranges, each)) damaged(*failure);
}

void StateDatabase::scan(Bucket first, std::size_t depth, const Visit& visit) const noexcept {
    const auto each = [&](ByteView key, ByteView value) {
        const auto stored = decode_stored(key, value);
        if (!stored) damaged(damaged_account(key));
        visit(Hash32::from(key.subspan(1)), stored->account);
        return true;
    };
    if (const Failure failure =
            database_->scan(bucket_key(first), bucket_key(first + buckets_wide(depth)), each))
        damaged(*failure);
}

}  // namespace troupe::node
