#include "actors/partition/partition_engine.hpp"

#include "chain/crypto/keccak.hpp"

#include <algorithm>

namespace troupe::actors {
namespace {

constexpr std::size_t kPrefetchAhead = 8;  // effects: hides one memory access

}  // namespace

PartitionEngine::PartitionEngine(std::uint32_t index, std::uint32_t partitions, TableSeed seed)
    : index_(index), partitions_(partitions), open_(seed) {
    for (std::uint32_t first = 0; first < chain::trie::kSubTries; ++first) {
        if (partition_of(static_cast<std::uint8_t>(first), partitions) != index) continue;
        first_sub_trie_ = std::min(first_sub_trie_, first);
        sub_tries_.emplace_back();
    }
}

void PartitionEngine::load(
    const chain::Address& address, const chain::Hash32& key, const chain::Account& account) {
    if (account.is_empty()) return;
    open_.load(address, account);
    if (account.storage_root != chain::kEmptyTrieRoot)
        storages_[address].root = account.storage_root;
    loading_.push_back({key[0], {key, chain::encode_account(account)}});
}

void PartitionEngine::load_slot(
    const chain::Address& address, const chain::Hash32& slot, const chain::Uint256& value) {
    open_.load_slot(address, slot, value);
    storages_[address].trie.put(chain::crypto::keccak256(slot), chain::encode_slot(value));
}

std::optional<chain::Address> PartitionEngine::finish_loading(std::uint64_t head) {
    for (auto& [address, storage] : storages_)
        if (storage.trie.root() != storage.root) return address;
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
    count_open_state();
    return std::nullopt;
}

std::vector<std::pair<std::uint8_t, chain::trie::SubTrieRoot>> PartitionEngine::all_roots() const {
    std::vector<std::pair<std::uint8_t, chain::trie::SubTrieRoot>> roots;
    for (std::size_t i = 0; i < sub_tries_.size(); ++i)
        roots.emplace_back(static_cast<std::uint8_t>(first_sub_trie_ + i), sub_tries_[i].root());
    return roots;
}

bool PartitionEngine::validate(Round& round) {
    struct Cursor {
        const Speculation* from;
        const std::vector<std::uint32_t>* work;
        std::size_t next = 0;
        [[nodiscard]] bool ended() const noexcept { return next == work->size(); }
        [[nodiscard]] const PlacedEffect& effect() const noexcept {
            return from->effects[(*work)[next]];
        }
    };
    std::vector<Cursor> cursors;
    std::size_t effects = 0;
    for (const Speculation& speculation : round.speculations) {
        effects += speculation.by_partition[index_].size();
        if (!speculation.by_partition[index_].empty())
            cursors.push_back({&speculation, &speculation.by_partition[index_]});
        for (const std::uint32_t tx : speculation.deployers)
            for (const chain::execution::DeployedCode& code : round.results[tx].codes)
                if (partition_of(code.hash[0], partitions_) == index_) open_.add_code(code);
    }
    open_.reserve(effects);
    while (!round.broken.load(std::memory_order_relaxed)) {
        Cursor* first = nullptr;
        for (Cursor& cursor : cursors)
            if (!cursor.ended() && (first == nullptr || cursor.effect().tx < first->effect().tx))
                first = &cursor;
        if (first == nullptr) return true;
        for (const std::uint32_t tx = first->effect().tx;
             !first->ended() && first->effect().tx == tx; ++first->next) {
            const std::size_t ahead = first->next + kPrefetchAhead;
            if (ahead < first->work->size()) {
                const PlacedEffect& later = first->from->effects[(*first->work)[ahead]];
                open_.prefetch(later.hash, later.effect);
            }
            const PlacedEffect& placed = first->effect();
            if (!open_.holds(placed.hash, placed.effect)) {
                round.broken.store(true, std::memory_order_relaxed);
                return false;
            }
            open_.apply(placed.hash, placed.effect, placed.delegated);
        }
    }
    return false;
}

void PartitionEngine::begin_seal(std::uint64_t block_number) {
    SealJob& job = jobs_.emplace_back();
    job.block_number = block_number;
    job.changes = open_.take_changes();
    count_open_state();

    std::vector<chain::ByteView> addresses(job.changes.size());
    for (std::uint32_t i = 0; i < addresses.size(); ++i) {
        addresses[i] = job.changes[i].address;
        if (job.changes[i].after.storage_root == chain::Hash32{}) job.contracts.push_back(i);
    }
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
    std::size_t count = 0;
    while (job.storage_done < job.contracts.size() && count < kSliceUpdates) {
        chain::execution::AccountChange& change = job.changes[job.contracts[job.storage_done++]];
        update_storage(change);
        count += change.slots.size();
    }
    if (job.storage_done < job.contracts.size()) return std::nullopt;
    std::vector<chain::trie::SubTrie*> tries;
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

void PartitionEngine::update_storage(chain::execution::AccountChange& change) {
    const auto found = storages_.find(change.address);
    if (found == storages_.end() && change.slots.empty()) {
        change.before.storage_root = change.after.storage_root = chain::kEmptyTrieRoot;
        return;
    }
    Storage& storage = found == storages_.end() ? storages_[change.address] : found->second;
    change.before.storage_root = storage.root;
    for (const chain::execution::SlotChange& slot : change.slots) {
        const chain::Hash32 key = chain::crypto::keccak256(slot.slot);
        if (slot.after.is_zero())
            storage.trie.erase(key);
        else
            storage.trie.put(key, chain::encode_slot(slot.after));
    }
    storage.root = storage.trie.root();
    change.after.storage_root = storage.root;
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

PartitionProof PartitionEngine::prove(
    const chain::Address& address, std::span<const chain::Hash32> slots) const {
    TROUPE_ASSERT(!sealing());
    const chain::Hash32 key = chain::crypto::keccak256(address);
    PartitionProof proof{sealed_number_, key, sub_tries_[key[0] - first_sub_trie_].prove(key), {}};
    const auto storage = storages_.find(address);
    for (const chain::Hash32& slot : slots) {
        SlotProof& one = proof.slots.emplace_back();
        one.slot = slot;
        if (storage == storages_.end()) continue;
        const chain::Hash32 slot_key = chain::crypto::keccak256(slot);
        one.nodes = storage->second.trie.prove(slot_key);
        if (const chain::ByteView leaf = storage->second.trie.get(slot_key); !leaf.empty())
            one.value = chain::decode_slot(leaf).value();
    }
    return proof;
}

void PartitionEngine::count_open_state() {
    const StateTables& tables = open_.tables();
    stats_.partition = index_;
    stats_.accounts = tables.accounts.size();
    stats_.slots = tables.slots.size();
    stats_.memory_bytes =
        tables.accounts.memory_bytes() + tables.slots.memory_bytes() + tables.codes.memory_bytes();
}

PartitionStats PartitionEngine::stats() const {
    PartitionStats stats = stats_;
    for (const chain::trie::SubTrie& trie : sub_tries_)
        stats.memory_bytes += trie.memory_bytes();
    return stats;
}

}  // namespace troupe::actors
