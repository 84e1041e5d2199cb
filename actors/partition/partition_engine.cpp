#include "actors/partition/partition_engine.hpp"

#include "chain/crypto/keccak.hpp"

#include <algorithm>

namespace troupe::actors {
namespace {

constexpr std::size_t kPrefetchAhead = 8;  // halves: hides one memory access

}  // namespace

PartitionEngine::PartitionEngine(std::uint32_t index, std::uint32_t partitions, TableSeed seed)
    : index_(index), tables_(seed) {
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
    tables_.accounts.reserve(1);
    AccountRecord& record =
        tables_.accounts.find_or_insert(tables_.accounts.hash(address), address);
    record.nonce = account.nonce;
    record.balance = account.balance;
    if (account.storage_root != chain::kEmptyTrieRoot) {
        tables_.accounts.set_storage_root(record, account.storage_root);
        storages_[address].root = account.storage_root;
    }
    if (account.has_code()) tables_.accounts.set_code(record, account.code_hash, false);
}

void PartitionEngine::load_code(const chain::Hash32& hash, const chain::Bytes& code) {
    tables_.codes.add(hash, code);
}

void PartitionEngine::load_delegation(const chain::Address& address) {
    AccountRecord& record = *tables_.accounts.find(tables_.accounts.hash(address), address);
    tables_.accounts.set_code(record, tables_.accounts.account(record).code_hash, true);
}

void PartitionEngine::load_slot(
    const chain::Address& address, const chain::Hash32& slot, const chain::Uint256& value) {
    SlotTable& slots = tables_.slots;
    slots.reserve(1, epoch_);
    slots.find_or_insert(slots.hash(address, slot), address, slot).value = value;
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
    return std::nullopt;
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
    AccountRecord* record = tables_.accounts.find(half.hash, half.address);
    if (record == nullptr || record->nonce != half.nonce || !record->may_send() ||
        record->balance < half.minimum)
        return false;
    touch(*record, half.hash);
    record->nonce += 1;
    record->balance -= half.amount;
    return true;
}

bool PartitionEngine::credit(const Half& half) noexcept {
    if (half.amount.is_zero()) {  // EIP-161: what would stay empty stays absent
        const AccountRecord* record = tables_.accounts.find(half.hash, half.address);
        return record == nullptr || !record->has_code();
    }
    AccountRecord& record = tables_.accounts.find_or_insert(half.hash, half.address);
    if (record.has_code() && !half.is_fee()) return false;
    touch(record, half.hash);
    record.balance += half.amount;
    return true;
}

void PartitionEngine::make_room(std::size_t inserts) {
    tables_.accounts.reserve(inserts);
    if (epoch_ < AccountRecord::kEpochMax) return;
    // Once in 268 million blocks. What this block touched already is marked again.
    tables_.accounts.clear_epochs();
    tables_.slots.clear_epochs();
    epoch_ = 1;
    for (const Touched& touched : touched_)
        tables_.accounts.find(touched.hash, touched.address)->set_epoch(epoch_);
    for (const TouchedSlot& touched : touched_slots_)
        tables_.slots.find(touched.hash, touched.address, touched.slot)->set_epoch(epoch_);
}

bool PartitionEngine::run(std::span<const Half> halves) {
    make_room(halves.size());
    executed_ = 0;
    for (std::size_t i = 0; i < std::min(kPrefetchAhead, halves.size()); ++i)
        tables_.accounts.prefetch(halves[i].hash);
    for (std::size_t i = 0; i < halves.size(); ++i) {
        if (i + kPrefetchAhead < halves.size())
            tables_.accounts.prefetch(halves[i + kPrefetchAhead].hash);
        const Half& half = halves[i];
        if (!(half.is_credit() ? credit(half) : debit(half))) return false;
        ++executed_;
    }
    return true;
}

void PartitionEngine::roll_back(std::span<const Half> halves) noexcept {
    // Additions and subtractions commute, so taking each back restores the state in any order.
    for (const Half& half : halves.first(executed_)) {
        AccountRecord* record = tables_.accounts.find(half.hash, half.address);
        if (half.is_credit()) {
            if (!half.amount.is_zero()) record->balance -= half.amount;
        } else {
            record->nonce -= 1;
            record->balance += half.amount;
        }
    }
    executed_ = 0;
}

void PartitionEngine::apply(
    std::span<const PlacedEffect> effects, std::span<const chain::execution::DeployedCode> codes) {
    make_room(effects.size());
    tables_.slots.reserve(effects.size(), epoch_);
    for (const chain::execution::DeployedCode& code : codes)
        tables_.codes.add(code.hash, code.code);
    for (const PlacedEffect& placed : effects) {
        AccountRecord& record = tables_.accounts.find_or_insert(placed.hash, placed.effect.address);
        touch(record, placed.hash);
        if (placed.effect.field == chain::state::Field::kStorage) {
            // A contract may have slots and no code.
            if (!record.has_extra())
                tables_.accounts.set_storage_root(record, chain::kEmptyTrieRoot);
            apply_storage(placed.effect);
        } else if (placed.effect.field == chain::state::Field::kCode) {
            apply_code(record, placed);
        } else {
            chain::Account account;
            account.nonce = record.nonce;
            account.balance = record.balance;
            chain::execution::apply_effect(account, placed.effect);
            record.nonce = account.nonce;
            record.balance = account.balance;
        }
    }
}

void PartitionEngine::apply_storage(const chain::state::Effect& effect) {
    SlotTable& slots = tables_.slots;
    const std::uint64_t hash = slots.hash(effect.address, effect.slot);
    SlotRecord& record = slots.find_or_insert(hash, effect.address, effect.slot);
    if (record.epoch() != epoch_) {
        record.set_epoch(epoch_);
        touched_slots_.push_back({hash, record.address, record.slot, record.value});
    }
    record.value = effect.value;
}

void PartitionEngine::apply_code(AccountRecord& record, const PlacedEffect& placed) {
    touched_codes_.emplace_back(record.address, tables_.accounts.account(record).code_hash);
    tables_.accounts.set_code(record, chain::to_be32(placed.effect.value), placed.delegated);
}

// By account: its slots that differ from before the block, and its code before the first change.
std::map<chain::Address, PartitionEngine::ContractTouch> PartitionEngine::take_contract_touches() {
    std::map<chain::Address, ContractTouch> touches;
    for (const TouchedSlot& touched : touched_slots_) {
        const SlotRecord& record = *tables_.slots.find(touched.hash, touched.address, touched.slot);
        if (record.value != touched.value)
            touches[touched.address].slots.push_back({touched.slot, touched.value, record.value});
    }
    for (const auto& [address, before] : touched_codes_) {
        std::optional<chain::Hash32>& first = touches[address].code_before;
        if (!first) first = before;
    }
    for (auto& [address, touch] : touches)
        std::sort(touch.slots.begin(), touch.slots.end(), [](const auto& a, const auto& b) {
            return a.slot < b.slot;
        });
    touched_slots_.clear();
    touched_codes_.clear();
    return touches;
}

void PartitionEngine::begin_seal(std::uint64_t block_number) {
    SealJob& job = jobs_.emplace_back();
    job.block_number = block_number;
    job.changes.reserve(touched_.size());
    auto contract_touches = take_contract_touches();
    for (std::size_t i = 0; i < touched_.size(); ++i) {
        if (i + kPrefetchAhead < touched_.size())
            tables_.accounts.prefetch(touched_[i + kPrefetchAhead].hash);
        const Touched& touched = touched_[i];
        const AccountRecord& record = *tables_.accounts.find(touched.hash, touched.address);
        const auto contract = contract_touches.empty() ? contract_touches.end()
                                                       : contract_touches.find(touched.address);
        const bool same = record.nonce == touched.nonce && record.balance == touched.balance;
        if (same && contract == contract_touches.end()) continue;
        chain::execution::AccountChange change;
        change.address = touched.address;
        change.after = tables_.accounts.account(record);
        change.before = change.after;
        change.before.nonce = touched.nonce;
        change.before.balance = touched.balance;
        if (contract != contract_touches.end()) {
            if (contract->second.code_before)
                change.before.code_hash = *contract->second.code_before;
            change.slots = std::move(contract->second.slots);
        }
        if (change.before == change.after && change.slots.empty()) continue;
        // The storage trie may still stand at an earlier block: seal_step() fills the root in.
        if (record.has_extra()) change.after.storage_root = chain::Hash32{};
        job.changes.push_back(std::move(change));
    }
    touched_.clear();
    ++epoch_;

    std::sort(job.changes.begin(), job.changes.end(), [](const auto& a, const auto& b) {
        return a.address < b.address;
    });
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

PartitionStats PartitionEngine::stats() const {
    PartitionStats stats;
    stats.partition = index_;
    stats.accounts = tables_.accounts.size();
    stats.memory_bytes = tables_.accounts.memory_bytes() + tables_.slots.memory_bytes() +
                         tables_.codes.memory_bytes();
    stats.slots = tables_.slots.size();
    for (const chain::trie::SubTrie& trie : sub_tries_)
        stats.memory_bytes += trie.memory_bytes();
    return stats;
}

}  // namespace troupe::actors
