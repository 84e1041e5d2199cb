#include "actors/partition/partition_engine.hpp"

#include "chain/crypto/keccak.hpp"

#include <algorithm>

namespace troupe::actors {
namespace {

constexpr std::size_t kPrefetchAhead = 8;  // halves: hides one memory access

}  // namespace

PartitionEngine::PartitionEngine(std::uint32_t index, std::uint32_t partitions, TableSeed seed)
    : index_(index), table_(seed) {
    for (std::uint32_t first = 0; first < chain::trie::kSubTries; ++first) {
        if (partition_of(static_cast<std::uint8_t>(first), partitions) != index) continue;
        first_sub_trie_ = std::min(first_sub_trie_, first);
        sub_tries_.emplace_back();
    }
}

void PartitionEngine::load(
    const chain::Address& address, const chain::Hash32& key, const chain::Account& account) {
    if (account.is_empty()) return;
    load_flat(address, account);
    loading_.push_back({key[0], {key, chain::encode_account(account)}});
}

void PartitionEngine::load_flat(const chain::Address& address, const chain::Account& account) {
    table_.reserve(1);
    AccountRecord& record = table_.find_or_insert(table_.hash(address), address);
    record.nonce = account.nonce;
    record.balance = account.balance;
    if (account.has_code() || account.storage_root != chain::kEmptyTrieRoot)
        table_.set_contract(record, account.storage_root, account.code_hash);
}

void PartitionEngine::finish_loading(std::uint64_t head) {
    std::stable_sort(loading_.begin(), loading_.end(), [](const auto& a, const auto& b) {
        return a.first < b.first;
    });
    std::vector<chain::trie::TrieUpdate> updates;
    for (std::size_t i = 0; i < loading_.size();) {
        const std::uint8_t first = loading_[i].first;
        updates.clear();
        for (; i < loading_.size() && loading_[i].first == first; ++i)
            updates.push_back(std::move(loading_[i].second));
        sub_trie(first).apply(updates);
    }
    loading_ = {};
    std::vector<chain::trie::SubTrie*> all;
    for (chain::trie::SubTrie& trie : sub_tries_)
        all.push_back(&trie);
    chain::trie::SubTrie::rehash(all);
    sealed_number_ = head;
}

std::vector<std::pair<std::uint8_t, chain::trie::SubTrieRoot>> PartitionEngine::all_roots() const {
    std::vector<std::pair<std::uint8_t, chain::trie::SubTrieRoot>> roots;
    for (std::size_t i = 0; i < sub_tries_.size(); ++i)
        roots.emplace_back(static_cast<std::uint8_t>(first_sub_trie_ + i), sub_tries_[i].root());
    return roots;
}

void PartitionEngine::touch(AccountRecord& record, std::uint64_t hash) {
    if (record.epoch() == epoch_) return;
    record.set_epoch(epoch_);
    touched_.push_back({hash, record.address, record.nonce, record.balance});
}

bool PartitionEngine::debit(const Half& half) noexcept {
    AccountRecord* record = table_.find(half.hash, half.address);
    if (record == nullptr || record->nonce != half.nonce || record->has_code() ||
        record->balance < half.minimum)
        return false;
    touch(*record, half.hash);
    record->nonce += 1;
    record->balance -= half.amount;
    return true;
}

bool PartitionEngine::credit(const Half& half) noexcept {
    if (half.amount.is_zero()) {  // EIP-161: what would stay empty stays absent
        const AccountRecord* record = table_.find(half.hash, half.address);
        return record == nullptr || !record->has_code();
    }
    AccountRecord& record = table_.find_or_insert(half.hash, half.address);
    if (record.has_code()) return false;
    touch(record, half.hash);
    record.balance += half.amount;
    return true;
}

void PartitionEngine::make_room(std::size_t inserts) {
    table_.reserve(inserts);
    if (epoch_ < AccountRecord::kEpochMax) return;
    // Once in half a billion blocks. What this block touched already is marked again.
    table_.clear_epochs();
    epoch_ = 1;
    for (const Touched& touched : touched_)
        table_.find(touched.hash, touched.address)->set_epoch(epoch_);
}

bool PartitionEngine::run(std::span<const Half> halves) {
    make_room(halves.size());
    executed_ = 0;
    for (std::size_t i = 0; i < std::min(kPrefetchAhead, halves.size()); ++i)
        table_.prefetch(halves[i].hash);
    for (std::size_t i = 0; i < halves.size(); ++i) {
        if (i + kPrefetchAhead < halves.size()) table_.prefetch(halves[i + kPrefetchAhead].hash);
        const Half& half = halves[i];
        if (!(half.is_credit() ? credit(half) : debit(half))) return false;
        ++executed_;
    }
    return true;
}

void PartitionEngine::roll_back(std::span<const Half> halves) noexcept {
    // Additions and subtractions commute, so taking each back restores the state in any order.
    for (const Half& half : halves.first(executed_)) {
        AccountRecord* record = table_.find(half.hash, half.address);
        if (half.is_credit()) {
            if (!half.amount.is_zero()) record->balance -= half.amount;
        } else {
            record->nonce -= 1;
            record->balance += half.amount;
        }
    }
    executed_ = 0;
}

void PartitionEngine::apply(std::span<const PlacedEffect> effects) {
    make_room(effects.size());
    for (const PlacedEffect& placed : effects) {
        AccountRecord& record = table_.find_or_insert(placed.hash, placed.effect.address);
        touch(record, placed.hash);
        chain::Account account;
        account.nonce = record.nonce;
        account.balance = record.balance;
        chain::execution::apply_effect(account, placed.effect);
        record.nonce = account.nonce;
        record.balance = account.balance;
    }
}

void PartitionEngine::begin_seal(std::uint64_t block_number) {
    SealJob& job = jobs_.emplace_back();
    job.block_number = block_number;
    job.changes.reserve(touched_.size());
    for (std::size_t i = 0; i < touched_.size(); ++i) {
        if (i + kPrefetchAhead < touched_.size())
            table_.prefetch(touched_[i + kPrefetchAhead].hash);
        const Touched& touched = touched_[i];
        const AccountRecord& record = *table_.find(touched.hash, touched.address);
        if (record.nonce == touched.nonce && record.balance == touched.balance) continue;
        chain::execution::AccountChange& change = job.changes.emplace_back();
        change.address = touched.address;
        change.after = table_.account(record);
        change.before = change.after;
        change.before.nonce = touched.nonce;
        change.before.balance = touched.balance;
    }
    touched_.clear();
    ++epoch_;

    std::sort(job.changes.begin(), job.changes.end(), [](const auto& a, const auto& b) {
        return a.address < b.address;
    });
    std::vector<chain::ByteView> addresses(job.changes.size());
    for (std::size_t i = 0; i < addresses.size(); ++i)
        addresses[i] = job.changes[i].address;
    job.keys.resize(addresses.size());
    chain::crypto::keccak256_batch(addresses, job.keys);
    job.by_key.resize(addresses.size());
    for (std::uint32_t i = 0; i < job.by_key.size(); ++i)
        job.by_key[i] = i;
    std::sort(job.by_key.begin(), job.by_key.end(), [&job](std::uint32_t a, std::uint32_t b) {
        return job.keys[a] < job.keys[b];
    });
}

std::optional<PartitionSeal> PartitionEngine::seal_step() {
    SealJob& job = jobs_.front();
    std::vector<chain::trie::SubTrie*> tries;
    std::size_t count = 0;
    while (job.done < job.by_key.size() && count < kSliceUpdates) {
        const std::uint8_t first = job.keys[job.by_key[job.done]][0];
        std::vector<chain::trie::TrieUpdate> updates;
        for (; job.done < job.by_key.size(); ++job.done) {
            const std::uint32_t i = job.by_key[job.done];
            if (job.keys[i][0] != first) break;
            const chain::Account& after = job.changes[i].after;
            updates.push_back(
                {job.keys[i], after.is_empty() ? chain::Bytes{} : chain::encode_account(after)});
        }
        count += updates.size();
        sub_trie(first).apply(updates);
        tries.push_back(&sub_trie(first));
        job.dirty.push_back(first);
    }
    chain::trie::SubTrie::rehash(tries);
    if (job.done < job.by_key.size()) return std::nullopt;
    SealJob finished = std::move(job);
    jobs_.pop_front();
    return finish(std::move(finished));
}

PartitionSeal PartitionEngine::finish(SealJob job) {
    PartitionSeal seal;
    seal.block_number = job.block_number;
    for (const std::uint8_t first : job.dirty)
        seal.roots.emplace_back(first, sub_trie(first).root());
    seal.changes = std::move(job.changes);
    sealed_number_ = job.block_number;
    return seal;
}

PartitionProof PartitionEngine::prove(const chain::Hash32& key) const {
    TROUPE_ASSERT(!sealing());
    return {sealed_number_, key, sub_tries_[key[0] - first_sub_trie_].prove(key)};
}

PartitionStats PartitionEngine::stats() const {
    PartitionStats stats;
    stats.partition = index_;
    stats.accounts = table_.size();
    stats.memory_bytes = table_.memory_bytes();
    for (const chain::trie::SubTrie& trie : sub_tries_)
        stats.memory_bytes += trie.memory_bytes();
    return stats;
}

}  // namespace troupe::actors
