#include "actors/partition/partition_engine.hpp"

#include "actors/mutation.hpp"
#include "chain/base/prefetch.hpp"
#include "chain/crypto/keccak.hpp"

#include <algorithm>

namespace troupe::actors {
namespace {

constexpr std::size_t kPrefetchAhead = 8;  // effects: hides one memory access

/// What a share says once for many, for partition `index` one by one: where it matters in which
/// order these came.
std::vector<PlacedEffect> repeats_in_full(const Speculation& share, std::uint32_t index) {
    std::vector<PlacedEffect> reads;
    for (std::size_t i = 0; i < share.txs.size(); ++i)
        for (const std::uint32_t repeat : share.repeats_of(i)) {
            if (share.effects[repeat].partition != index) continue;
            reads.push_back(share.effects[repeat]);
            reads.back().tx = share.txs[i];
        }
    return reads;
}
PlacedEffect tip_of(
    const Speculation& share, const chain::Address& vault, const chain::Uint256& amount) {
    PlacedEffect tip;
    tip.tx = ~std::uint32_t{0};  // of all: behind the others
    tip.hash = share.vault.hash;
    tip.partition = static_cast<std::uint16_t>(share.vault.partition);
    tip.effect.kind = chain::state::EffectKind::kDelta;
    tip.effect.address = vault;
    tip.effect.value = amount;
    return tip;
}
std::vector<PlacedEffect> tips_in_full(const Speculation& share, const chain::Address& vault) {
    std::vector<PlacedEffect> tips;
    for (std::size_t i = 0; i < share.txs.size(); ++i) {
        if (share.tips[i].is_zero()) continue;
        tips.push_back(tip_of(share, vault, share.tips[i]));
        tips.back().tx = share.txs[i];
    }
    return tips;
}

/// Goes through what a partition has to do of a share, in order.
class Cursor {
  public:
    explicit Cursor(const Speculation& share, std::uint32_t index)
        : effects_(share.effects.data()), work_(&share.by_partition[index]), size_(work_->size()) {}
    explicit Cursor(std::vector<PlacedEffect> effects)
        : own_(std::move(effects)), effects_(own_.data()), size_(own_.size()) {}

    [[nodiscard]] bool ended() const noexcept { return next_ == size_; }
    [[nodiscard]] const PlacedEffect& effect() const noexcept { return at(next_); }
    void advance() noexcept { ++next_; }
    // An executor wrote the effect on another core; the record is the next access behind it. Those
    // that come first are prefetched before anything is done: first the effects, then the records.
    void prefetch_first_effects() const noexcept {
        for (std::size_t i = 0; i < std::min(size_, 2 * kPrefetchAhead); ++i)
            chain::prefetch_lines(&at(i), sizeof(PlacedEffect));
    }
    void prefetch_first_records(const OpenState& state) const noexcept {
        for (std::size_t i = 0; i < std::min(size_, kPrefetchAhead); ++i)
            state.prefetch(at(i).hash, at(i).effect);
    }
    void prefetch(const OpenState& state) const noexcept {
        if (next_ + 2 * kPrefetchAhead < size_)
            chain::prefetch_lines(&at(next_ + 2 * kPrefetchAhead), sizeof(PlacedEffect));
        if (next_ + kPrefetchAhead >= size_) return;
        const PlacedEffect& later = at(next_ + kPrefetchAhead);
        state.prefetch(later.hash, later.effect);
    }

  private:
    [[nodiscard]] const PlacedEffect& at(std::size_t i) const noexcept {
        return effects_[work_ != nullptr ? (*work_)[i] : i];
    }

    std::vector<PlacedEffect> own_;
    const PlacedEffect* effects_;
    const std::vector<std::uint32_t>* work_ = nullptr;  // null: all of effects_
    std::size_t size_;
    std::size_t next_ = 0;
};

/// For a test of the test: reads of codes that are the same as an earlier one.
class CodeReads {
  public:
    [[nodiscard]] bool compared(const PlacedEffect& placed) {
        if (placed.effect.field != chain::state::Field::kCode ||
            placed.effect.kind != chain::state::EffectKind::kRead)
            return false;
        const auto same = [&](const PlacedEffect& read) { return read.effect == placed.effect; };
        if (std::any_of(reads_.begin(), reads_.end(), same)) return true;
        reads_.push_back(placed);
        return false;
    }

  private:
    std::vector<PlacedEffect> reads_;
};

/// What partition `index` has to go through. Of a transaction, what a cursor has comes before what
/// later ones have: reads, effects, its tip.
std::vector<Cursor> cursors_of(const Round& round, std::uint32_t index) {
    const auto any = [&round](bool Speculation::*what) {
        return std::any_of(
            round.speculations.begin(), round.speculations.end(),
            [what](const Speculation& share) { return share.*what; });
    };
    std::vector<Cursor> cursors;
    cursors.reserve(3 * round.speculations.size());
    if (any(&Speculation::codes_written) && !mutated(Mutation::kCodeReadsKept))
        for (const Speculation& share : round.speculations)
            cursors.emplace_back(repeats_in_full(share, index));
    for (const Speculation& share : round.speculations)
        cursors.emplace_back(share, index);
    const bool one_by_one = any(&Speculation::vault_seen) && !mutated(Mutation::kTipsSummed);
    for (const Speculation& share : round.speculations) {
        if (share.vault.partition != index || share.tips_sum.is_zero()) continue;
        if (one_by_one) {
            cursors.emplace_back(tips_in_full(share, round.env.coinbase));
        } else {
            cursors.emplace_back(std::vector{tip_of(share, round.env.coinbase, share.tips_sum)});
        }
    }
    return cursors;
}

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

void PartitionEngine::page_slots(const SlotStore& store, const Paging& paging) {
    open_.bound_slots(store, paging.slots_kept);
    storage_.bound(store, paging.storage, tries_);
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
    std::vector<Cursor> cursors = cursors_of(round, index_);
    for (const Cursor& cursor : cursors)
        cursor.prefetch_first_effects();
    std::size_t effects = 0;
    for (const Speculation& speculation : round.speculations) {
        effects += speculation.by_partition[index_].size() + 1;  // the vault
        for (const std::uint32_t tx : speculation.deployers)
            for (const chain::execution::DeployedCode& code : round.results[tx].codes)
                if (partition_of(code.hash[0], partitions_) == index_) open_.add_code(code);
    }
    open_.reserve(effects);
    for (const Cursor& cursor : cursors)
        cursor.prefetch_first_records(open_);
    CodeReads code_reads;
    while (!round.broken.load(std::memory_order_relaxed)) {
        Cursor* first = nullptr;
        for (Cursor& cursor : cursors)
            if (!cursor.ended() && (first == nullptr || (cursor.effect().tx < first->effect().tx &&
                                                         !mutated(Mutation::kMergedByShare))))
                first = &cursor;
        if (first == nullptr) return true;
        for (const std::uint32_t tx = first->effect().tx;
             !first->ended() && first->effect().tx == tx; first->advance()) {
            first->prefetch(open_);
            if (mutated(Mutation::kCodeReadsKept) && code_reads.compared(first->effect())) continue;
            if (!open_.merge(first->effect())) {
                round.broken.store(true, std::memory_order_relaxed);
                return false;
            }
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
        change.before.storage_root = change.after.storage_root = storage_.root(change.address);
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
    trim();
    return seal;
}

void PartitionEngine::trim() {
    tries_.trim();
    storage_.trim();
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
    const StorageTries::Storage* const storage =
        slots.empty() ? nullptr : storage_.find(address, key);
    for (const chain::Hash32& slot : slots) {
        SlotProof& one = proof.slots.emplace_back();
        one.slot = slot;
        if (storage == nullptr) continue;
        const chain::Hash32 slot_key = chain::crypto::keccak256(slot);
        if (storage->wide) {
            one.rest = {slot_key, chain::trie::prove_top(*storage->wide, slot_key)};
            continue;
        }
        const chain::trie::SubTrie& trie = storage_.trie(*storage, slot_key);
        one.nodes = trie.prove(slot_key);
        one.value = value_in(trie, slot_key);
    }
    trim();
    return proof;
}

std::optional<std::uint32_t> PartitionEngine::next_to_prove(const PartitionProof& proof) const {
    for (const SlotProof& slot : proof.slots)
        if (slot.rest) return partition_of(slot.rest->key[0], partitions_);
    return std::nullopt;
}

bool PartitionEngine::prove_rest(PartitionProof& proof) {
    TROUPE_ASSERT(!sealing());
    if (proof.block_number != sealed_number_) return false;
    for (SlotProof& slot : proof.slots) {
        if (!slot.rest || partition_of(slot.rest->key[0], partitions_) != index_) continue;
        auto [key, top] = *std::exchange(slot.rest, std::nullopt);
        const chain::trie::SubTrie& trie = storage_.part(proof.address, key);
        slot.nodes = joined(std::move(top), trie.prove(key));
        slot.value = value_in(trie, key);
    }
    trim();
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
    stats_.slot_reads = tables.slots.counts().reads;
    stats_.slots_read_ahead = tables.slots.counts().offered;
    stats_.slots_evicted = tables.slots.counts().evicted;
    stats_.memory_bytes =
        tables.accounts.memory_bytes() + tables.slots.memory_bytes() + tables.codes.memory_bytes();
}

PartitionStats PartitionEngine::stats() const {
    PartitionStats stats = stats_;
    stats.memory_bytes += tries_.memory_bytes() + storage_.memory_bytes();
    stats.bucket_reads = tries_.counts().reads;
    stats.buckets_evicted = tries_.counts().evicted;
    stats.storage_reads = storage_.page_counts().reads;
    stats.storage_evicted = storage_.page_counts().evicted;
    return stats;
}

}  // namespace troupe::actors
