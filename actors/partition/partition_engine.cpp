#include "actors/partition/partition_engine.hpp"

#include "actors/mutation.hpp"
#include "chain/base/prefetch.hpp"
#include "chain/crypto/keccak.hpp"

#include <algorithm>
#include <array>

namespace troupe::actors {
namespace {

constexpr std::size_t kPrefetchAhead = 8;  // effects: hides one memory access

/// Reads of codes that held, while no code changes: all who call a contract read the same, and need
/// only be compared with each other.
class CodeReads {
  public:
    [[nodiscard]] bool held(const PlacedEffect& read) const noexcept {
        const PlacedEffect* const other = reads_[read.hash % kReads];
        return other != nullptr && other->effect == read.effect;
    }
    /// After it was found to hold and was applied.
    void add(const PlacedEffect& placed) noexcept {
        if (placed.effect.field != chain::state::Field::kCode) return;
        if (placed.effect.kind == chain::state::EffectKind::kRead)
            reads_[placed.hash % kReads] = &placed;
        else if (!mutated(Mutation::kCodeReadsKept))
            reads_ = {};
    }

  private:
    static constexpr std::size_t kReads = 16;
    std::array<const PlacedEffect*, kReads> reads_{};
};

chain::Uint256 value_in(const chain::trie::SubTrie& trie, const chain::Hash32& key) {
    const chain::Bytes leaf = trie.get(key);
    return leaf.empty() ? chain::Uint256{} : chain::decode_slot(leaf).value();
}

/// The sub-tries of a partition, a range.
PagedTries tries_of(std::uint32_t index, std::uint32_t partitions) {
    std::uint32_t begin = chain::trie::kSubTries;
    std::uint32_t count = 0;
    for (std::uint32_t first = 0; first < chain::trie::kSubTries; ++first) {
        if (partition_of(static_cast<std::uint8_t>(first), partitions) != index) continue;
        begin = std::min(begin, first);
        ++count;
    }
    return PagedTries(begin, count);
}

}  // namespace

PartitionEngine::PartitionEngine(
    std::uint32_t index, std::uint32_t partitions, TableSeed seed, std::size_t wide_leaves)
    : index_(index),
      partitions_(partitions),
      open_(seed),
      storage_(index, partitions, seed, wide_leaves),
      tries_(tries_of(index, partitions)) {}

void PartitionEngine::page(const AccountStore& store, const Paging& paging) {
    store_ = &store;
    open_.bound(store, paging.accounts_kept);
    tries_.bound(store, paging.tries);
}

void PartitionEngine::load(
    const chain::Address& address, const chain::Hash32& key, const chain::Account& account) {
    if (account.is_empty()) return;
    open_.load(address, account);
    if (account.storage_root != chain::kEmptyTrieRoot)
        storage_.load_root(address, account.storage_root);
    loading_.push_back({key[0], {key, chain::encode_account(account)}});
}

std::optional<chain::Address> PartitionEngine::finish_loading(std::uint64_t head) {
    storage_.rehash_all();
    if (const auto wrong = storage_.wrong_root()) return wrong;
    std::stable_sort(loading_.begin(), loading_.end(), [](const auto& a, const auto& b) {
        return a.first < b.first;
    });
    std::vector<chain::trie::TrieUpdate> updates;
    for (std::size_t i = 0; i < loading_.size();) {
        const std::uint8_t first = loading_[i].first;
        updates.clear();
        for (; i < loading_.size() && loading_[i].first == first; ++i)
            updates.push_back(std::move(loading_[i].second));
        tries_.at(first).apply(updates);
    }
    loading_ = {};
    chain::trie::SubTrie::rehash(tries_.all());
    sealed_number_ = head;
    count_open_state();
    return std::nullopt;
}

std::vector<std::pair<std::uint8_t, chain::trie::SubTrieRoot>> PartitionEngine::all_roots() {
    std::vector<std::pair<std::uint8_t, chain::trie::SubTrieRoot>> roots;
    auto first = static_cast<std::uint8_t>(tries_.first());
    for (const chain::trie::SubTrie* trie : tries_.all())
        roots.emplace_back(first++, trie->root());
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
        // An executor wrote the effect on another core; the record is the next access behind it.
        void prefetch(const OpenState& state) const noexcept {
            if (next + 2 * kPrefetchAhead < work->size())
                chain::prefetch(&from->effects[(*work)[next + 2 * kPrefetchAhead]]);
            if (next + kPrefetchAhead >= work->size()) return;
            const PlacedEffect& later = from->effects[(*work)[next + kPrefetchAhead]];
            state.prefetch(later.hash, later.effect);
        }
    };
    std::vector<Cursor> cursors;
    CodeReads code_reads;
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
            if (!cursor.ended() && (first == nullptr || (cursor.effect().tx < first->effect().tx &&
                                                         !mutated(Mutation::kMergedByShare))))
                first = &cursor;
        if (first == nullptr) return true;
        for (const std::uint32_t tx = first->effect().tx;
             !first->ended() && first->effect().tx == tx; ++first->next) {
            first->prefetch(open_);
            const PlacedEffect& placed = first->effect();
            if (code_reads.held(placed)) continue;
            if (!open_.holds(placed.hash, placed.effect)) {
                round.broken.store(true, std::memory_order_relaxed);
                return false;
            }
            open_.apply(placed.hash, placed.effect, placed.delegated);
            code_reads.add(placed);
        }
    }
    return false;
}

// Rounds wait for it: the rest is done in slices.
void PartitionEngine::begin_seal(SealBoardPtr board) {
    SealJob& job = jobs_.emplace_back();
    job.board = std::move(board);
    OpenState::Changes changes = open_.take_changes();
    job.changes = std::move(changes.accounts);
    job.storage.slots = std::move(changes.slots);
    if (store_ != nullptr) open_.evict(store_->written_block(), job.board->block_number());
    count_open_state();
}

bool PartitionEngine::waiting() const noexcept {
    if (jobs_.empty()) return false;
    const SealJob& job = jobs_.front();
    if (job.stage == SealJob::Stage::kAwaitRows)
        return !job.board->finished(SealBoard::Stage::kSorted);
    return job.stage == SealJob::Stage::kAwaitRoots && job.board->is_wide() &&
           !job.board->finished(SealBoard::Stage::kHashed);
}

PartitionEngine::SealStep PartitionEngine::seal_step() {
    using Stage = SealJob::Stage;
    SealStep step;
    if (waiting()) return step;
    SealJob& job = jobs_.front();
    SealBoard& board = *job.board;
    if (job.stage == Stage::kSort) {
        if (!storage_.sort_step(job.storage, board, kSliceUpdates)) return step;
        job.stage = Stage::kAwaitRows;
        step.wakes = board.finish(SealBoard::Stage::kSorted);
        return step;
    }
    if (job.stage == Stage::kAwaitRows) {
        storage_.collect(job.storage, board);
        job.stage = Stage::kStorage;
    }
    if (job.stage == Stage::kStorage) {
        if (!storage_.hash_step(job.storage, board, kSliceUpdates)) return step;
        job.stage = Stage::kAwaitRoots;
        if (board.is_wide()) step.wakes = board.finish(SealBoard::Stage::kHashed);
        return step;
    }
    if (job.stage == Stage::kAwaitRoots) {
        storage_.finish(job.storage, board);
        begin_accounts(job);
        job.stage = Stage::kAccounts;
    }
    hash_accounts(job);
    if (job.done < job.by_key.size()) return step;
    SealJob finished = std::move(job);
    jobs_.pop_front();
    step.seal = finish(std::move(finished));
    return step;
}

void PartitionEngine::begin_accounts(SealJob& job) {
    std::sort(job.changes.begin(), job.changes.end(), [](const auto& a, const auto& b) {
        return a.address < b.address;
    });
    fill_storage_roots(job);
    std::vector<chain::ByteView> addresses;
    addresses.reserve(job.changes.size());
    for (const chain::execution::AccountChange& change : job.changes)
        addresses.push_back(change.address);
    job.keys.resize(addresses.size());
    chain::crypto::keccak256_batch(addresses, job.keys);
    job.by_key.resize(addresses.size());
    for (std::uint32_t i = 0; i < job.by_key.size(); ++i)
        job.by_key[i] = i;
    std::sort(job.by_key.begin(), job.by_key.end(), [&job](std::uint32_t a, std::uint32_t b) {
        return job.keys[a] < job.keys[b];
    });
}

// Merges what changed of accounts with what changed of their storage.
void PartitionEngine::fill_storage_roots(SealJob& job) {
    const std::size_t touched = job.changes.size();
    std::size_t next = 0;
    for (StorageTries::Contract& contract : job.storage.contracts) {
        while (next < touched && job.changes[next].address < contract.address)
            ++next;
        if (next < touched && job.changes[next].address == contract.address) {
            add_storage(job.changes[next], contract);
            continue;
        }
        // Nothing else of it changed: its leaf, which stands at the block before, says the rest.
        chain::execution::AccountChange& change = job.changes.emplace_back();
        change.address = contract.address;
        const chain::Bytes leaf = tries_.get(contract.account_key);
        if (!leaf.empty()) change.after = chain::decode_account(leaf).value();
        change.before = change.after;
        add_storage(change, contract);
    }
    for (std::size_t i = 0; i < touched; ++i) {
        chain::execution::AccountChange& change = job.changes[i];
        const bool has_storage = change.after.storage_root == chain::Hash32{} ||
                                 (!bare_.empty() && bare_.contains(change.address));
        if (!has_storage || !change.slots.empty()) continue;
        const StorageTries::Storage* const storage = storage_.find(change.address);
        change.before.storage_root = change.after.storage_root =
            storage != nullptr ? storage->root : chain::kEmptyTrieRoot;
    }
    std::inplace_merge(
        job.changes.begin(), job.changes.begin() + static_cast<std::ptrdiff_t>(touched),
        job.changes.end(), [](const auto& a, const auto& b) { return a.address < b.address; });
}

void PartitionEngine::add_storage(
    chain::execution::AccountChange& change, StorageTries::Contract& contract) {
    change.slots = std::move(contract.slots);
    change.before.storage_root = contract.root_before;
    change.after.storage_root = contract.root_after;
    // Its record may not say that it has storage: nobody tells the tables.
    if (!change.after.has_code()) bare_.insert(change.address);
}

void PartitionEngine::hash_accounts(SealJob& job) {
    std::size_t count = 0;
    std::vector<PagedTries::Updates> all;
    while (job.done < job.by_key.size() && count < kSliceUpdates) {
        const std::uint8_t first = job.keys[job.by_key[job.done]][0];
        std::vector<chain::trie::TrieUpdate>& updates = all.emplace_back(first).of;
        for (; job.done < job.by_key.size(); ++job.done) {
            const std::uint32_t i = job.by_key[job.done];
            if (job.keys[i][0] != first) break;
            const chain::Account& after = job.changes[i].after;
            updates.push_back(
                {job.keys[i], after.is_empty() ? chain::Bytes{} : chain::encode_account(after)});
        }
        count += updates.size();
        job.dirty.push_back(first);
    }
    tries_.apply(all, job.board->block_number());
    std::vector<chain::trie::SubTrie*> tries;
    for (const PagedTries::Updates& updates : all)
        tries.push_back(&tries_.at(updates.first_byte));
    chain::trie::SubTrie::rehash(tries);
}

PartitionSeal PartitionEngine::finish(SealJob job) {
    PartitionSeal seal;
    seal.block_number = job.board->block_number();
    for (const std::uint8_t first : job.dirty)
        seal.roots.emplace_back(first, tries_.at(first).root());
    seal.changes = std::move(job.changes);
    sealed_number_ = seal.block_number;
    tries_.trim();
    return seal;
}

PartitionProof PartitionEngine::prove(
    const chain::Address& address, std::span<const chain::Hash32> slots) {
    TROUPE_ASSERT(!sealing());
    const chain::Hash32 key = chain::crypto::keccak256(address);
    PartitionProof proof;
    proof.block_number = sealed_number_;
    proof.address = address;
    proof.key = key;
    proof.nodes = tries_.prove(key);
    const StorageTries::Storage* const storage = storage_.find(address);
    for (const chain::Hash32& slot : slots) {
        SlotProof& one = proof.slots.emplace_back();
        one.slot = slot;
        if (storage == nullptr) continue;
        const chain::Hash32 slot_key = chain::crypto::keccak256(slot);
        if (storage->wide) {
            one.rest = {slot_key, chain::trie::prove_top(*storage->wide, slot_key)};
            continue;
        }
        one.nodes = storage->trie.prove(slot_key);
        one.value = value_in(storage->trie, slot_key);
    }
    return proof;
}

std::optional<std::uint32_t> PartitionEngine::next_to_prove(const PartitionProof& proof) const {
    for (const SlotProof& slot : proof.slots)
        if (slot.rest) return partition_of(slot.rest->key[0], partitions_);
    return std::nullopt;
}

bool PartitionEngine::prove_rest(PartitionProof& proof) const {
    TROUPE_ASSERT(!sealing());
    if (proof.block_number != sealed_number_) return false;
    for (SlotProof& slot : proof.slots) {
        if (!slot.rest || partition_of(slot.rest->key[0], partitions_) != index_) continue;
        auto [key, top] = *std::exchange(slot.rest, std::nullopt);
        const chain::trie::SubTrie& trie = storage_.part(proof.address, key);
        slot.nodes = joined(std::move(top), trie.prove(key));
        slot.value = value_in(trie, key);
    }
    return true;
}

void PartitionEngine::count_open_state() {
    const StateTables& tables = open_.tables();
    stats_.partition = index_;
    stats_.accounts = tables.accounts.size();
    stats_.slots = tables.slots.size();
    stats_.account_reads = tables.accounts.counts().reads;
    stats_.accounts_read_ahead = tables.accounts.counts().offered;
    stats_.accounts_evicted = tables.accounts.counts().evicted;
    stats_.memory_bytes =
        tables.accounts.memory_bytes() + tables.slots.memory_bytes() + tables.codes.memory_bytes();
}

PartitionStats PartitionEngine::stats() const {
    PartitionStats stats = stats_;
    stats.memory_bytes += tries_.memory_bytes() + storage_.memory_bytes();
    stats.bucket_reads = tries_.counts().reads;
    stats.buckets_evicted = tries_.counts().evicted;
    return stats;
}

}  // namespace troupe::actors
