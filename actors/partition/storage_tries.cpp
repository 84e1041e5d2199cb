#include "actors/partition/storage_tries.hpp"

#include "actors/mutation.hpp"
#include "actors/partition/bucket_loader.hpp"
#include "chain/crypto/keccak.hpp"

#include <numeric>

namespace troupe::actors {

using chain::Address;
using chain::Hash32;
using chain::trie::SubTrieRoot;
using chain::trie::TrieUpdate;

namespace {

// Combining the roots of 256 sub-tries takes what some hundred slots take (docs/benchmarks.md): a
// contract gets wide by a block that changes so many, an eighth of `wide_leaves`; and when it is
// loaded, which tells nothing of its use, only if it is large.
constexpr std::size_t kWideShare = 8;
constexpr std::size_t kWideLoaded = 16;

constexpr std::size_t kSubTrieDepth = 2;  // nibbles

TrieUpdate update_of(const SlotUpdate& slot) {
    const chain::Uint256& value = slot.change.after;
    return {slot.key, value.is_zero() ? chain::Bytes{} : chain::encode_slot(value)};
}

bool by_address_and_slot(const SlotUpdate& a, const SlotUpdate& b) noexcept {
    return a.address != b.address ? a.address < b.address : a.change.slot < b.change.slot;
}

bool by_slot(const SlotUpdate* a, const SlotUpdate* b) noexcept {
    return a->change.slot < b->change.slot;
}

/// Merges sorted pieces of `all`; `ends` says where each ends.
void merge_pieces(std::vector<const SlotUpdate*>& all, std::vector<std::size_t> ends) {
    const auto at = [&all](std::size_t index) {
        return all.begin() + static_cast<std::ptrdiff_t>(index);
    };
    while (ends.size() > 1) {  // neighbours, so that each moves log(pieces) times
        std::vector<std::size_t> merged;
        for (std::size_t i = 0; i < ends.size(); i += 2) {
            const std::size_t last = std::min(i + 1, ends.size() - 1);
            const std::size_t begin = i == 0 ? 0 : ends[i - 1];
            if (last > i) std::inplace_merge(at(begin), at(ends[i]), at(ends[last]), by_slot);
            merged.push_back(ends[last]);
        }
        ends = std::move(merged);
    }
}

}  // namespace

StorageTries::StorageTries(
    std::uint32_t index, std::uint32_t partitions, TableSeed seed, std::size_t wide_leaves)
    : index_(index),
      partitions_(partitions),
      wide_leaves_(wide_leaves),
      memory_(Trie::make_memory()),
      storages_(0, AddressHash{seed}) {
    for (std::uint32_t first = chain::trie::kSubTries; first-- > 0;) {
        if (partition_of(static_cast<std::uint8_t>(first), partitions) != index) continue;
        first_ = first;
        ++count_;
    }
}

StorageTries::Storage& StorageTries::at(const Address& address) {
    const auto [entry, fresh] = storages_.try_emplace(address, memory_);
    Storage& storage = entry->second;
    if (fresh && pages_)
        storage.pages = std::make_unique<TriePages>(TriePages{address, &storage.trie, 0, 0, {}});
    return storage;
}

// The leaf stands at the block before the one that is being hashed, as all storage here.
Hash32 StorageTries::root_of_leaf(const Hash32& account_key) {
    const chain::Bytes leaf = accounts_->get(account_key);
    return leaf.empty() ? chain::kEmptyTrieRoot : chain::decode_account(leaf).value().storage_root;
}

Hash32 StorageTries::root(const Address& address) {
    if (const auto found = storages_.find(address); found != storages_.end())
        return found->second.root;
    return pages_ ? root_of_leaf(chain::crypto::keccak256(address)) : chain::kEmptyTrieRoot;
}

const StorageTries::Storage* StorageTries::find(const Address& address, const Hash32& account_key) {
    if (const auto found = storages_.find(address); found != storages_.end()) return &found->second;
    if (!pages_) return nullptr;
    const Hash32 root = root_of_leaf(account_key);
    if (root == chain::kEmptyTrieRoot) return nullptr;
    Storage& storage = at(address);
    storage.root = root;
    const StoragePages::Whole whole{storage.pages.get(), root};
    pages_->bring_whole({&whole, 1});
    return &storage;
}

const StorageTries::Trie& StorageTries::trie(const Storage& storage, const Hash32& key) {
    if (pages_) pages_->bring(*storage.pages, key);
    return storage.trie;
}

const StorageTries::Trie& StorageTries::part(const Address& address, const Hash32& key) {
    Part& part = parts_.at(address);
    const auto index = static_cast<std::size_t>(key[0] - first_);
    if (pages_) pages_->bring(part.pages[index], key);
    return part.tries[index];
}

void StorageTries::trim() {
    if (!pages_) return;
    pages_->trim([this](const TriePages& pages) {
        const Address address = pages.address;  // goes with what is erased
        storages_.erase(address);
    });
}

std::size_t StorageTries::memory_bytes() const {
    constexpr std::size_t kStorageBytes = sizeof(Storage) + 256;  // with its map node and trie head
    constexpr std::size_t kPartBytes = sizeof(Trie) + 128;
    return Trie::memory_bytes(memory_) + storages_.size() * kStorageBytes +
           parts_.size() * count_ * (kPartBytes + (pages_ ? sizeof(TriePages) : 0)) +
           (pages_ ? pages_->memory_bytes() : 0);
}

// Loading ----------------------------------------------------------------------------------------

bool StorageTries::load(const Address& address, const Hash32& key, const chain::Uint256& value) {
    Trie& trie = at(address).trie;
    const TrieUpdate leaf{key, chain::encode_slot(value)};
    trie.apply({&leaf, 1});
    return trie.size() > kWideLoaded * wide_leaves_;
}

void StorageTries::load_wide(const Address& address, const TrieUpdate& leaf) {
    parts_.at(address).tries[leaf.key[0] - first_].apply({&leaf, 1});
}

void StorageTries::make_wide(const Address& address) {
    Part& part = parts_[address];
    part.home = home_of(chain::crypto::keccak256(address));
    for (std::uint32_t i = 0; i < count_; ++i)
        part.tries.emplace_back(Trie::Depth::kSubTrie, memory_);
    for (std::uint32_t i = 0; pages_ && i < count_; ++i)
        part.pages.push_back({address, &part.tries[i], kSubTrieDepth, 0, {}});
    if (part.home == index_) at(address).wide = std::make_unique<WideRoots>();
}

std::vector<TrieUpdate> StorageTries::take_leaves(const Address& address) {
    Storage& storage = at(address);
    if (pages_) pages_->bring_all(*storage.pages);
    std::vector<TrieUpdate> leaves = storage.trie.leaves();
    storage.trie = Trie(Trie::Depth::kWhole, memory_);
    if (pages_) pages_->forget(*storage.pages);
    return leaves;
}

bool StorageTries::load_whole(
    const Address& address, const Hash32& root, std::span<const TrieUpdate> leaves) {
    if (leaves.size() > pages_->bounds().whole_leaves) {
        Storage& storage = at(address);
        storage.root = root;
        storage.pages->depth = StoragePages::kNarrowDepth;
        BucketLoader loader(storage.trie, storage.pages->depth);
        for (const TrieUpdate& leaf : leaves)
            loader.add(leaf);
        loader.finish();
        return storage.trie.root_hash() == root;
    }
    Trie trie(Trie::Depth::kWhole, memory_);
    trie.apply(leaves);
    Trie* const pointer = &trie;
    Trie::rehash({&pointer, 1});
    return trie.root_hash() == root;
}

void StorageTries::load_parts(const Address& address, std::size_t bucket_depth) {
    Part& part = parts_.at(address);
    std::vector<std::optional<BucketLoader>> loaders(count_);
    for (std::uint32_t i = 0; i < count_; ++i) {
        part.pages[i].depth = bucket_depth;
        loaders[i].emplace(part.tries[i], bucket_depth);
    }
    std::size_t last = 0;
    pages_->store().scan_slots(
        address, chain::trie::Bucket{first_} << 24,
        [&](const Address& owner, const Hash32& key, chain::ByteView leaf) {
            const std::size_t at = key[0] - first_;
            if (owner != address || at >= count_) return false;
            if (at != last) loaders[std::exchange(last, at)]->finish();
            loaders[at]->add({key, chain::Bytes(leaf.begin(), leaf.end())});
            return true;
        });
    loaders[last]->finish();
}

void StorageTries::rehash_all() {
    std::vector<Trie*> all;
    for (auto& [address, storage] : storages_)
        all.push_back(&storage.trie);
    for (auto& [address, part] : parts_)
        for (Trie& trie : part.tries)
            all.push_back(&trie);
    Trie::rehash(all);
}

std::vector<SealBoard::WideRoot> StorageTries::all_wide_roots() const {
    std::vector<SealBoard::WideRoot> roots;
    for (const auto& [address, part] : parts_)
        for (std::uint32_t i = 0; i < count_; ++i)
            roots.push_back({address, static_cast<std::uint8_t>(first_ + i), part.tries[i].root()});
    return roots;
}

void StorageTries::set_wide_root(const SealBoard::WideRoot& root) {
    (*storages_.at(root.address).wide)[root.first] = root.root;
}

std::optional<Address> StorageTries::wrong_root() const {
    for (const auto& [address, storage] : storages_) {
        const Hash32 root =
            storage.wide ? chain::trie::combine_roots(*storage.wide) : storage.trie.root_hash();
        if (root != storage.root) return address;
    }
    return std::nullopt;
}

// Sorting ----------------------------------------------------------------------------------------

bool StorageTries::sort_step(Job& job, SealBoard& board, std::size_t updates_max) {
    const std::size_t end = std::min(job.slots.size(), job.keys + updates_max);
    std::vector<chain::ByteView> slots;
    for (std::size_t i = job.keys; i < end; ++i)
        slots.push_back(job.slots[i].change.slot);
    std::vector<Hash32> keys(slots.size());
    chain::crypto::keccak256_batch(slots, keys);
    for (const Hash32& key : keys)
        job.slots[job.keys++].key = key;
    if (job.keys < job.slots.size()) return false;
    sort_slots(job);
    fill_row(job, board.row(index_));
    return true;
}

// By their numbers first: a record is as long as two cache lines.
void StorageTries::sort_slots(Job& job) const {
    std::vector<std::uint32_t> order(job.slots.size());
    std::iota(order.begin(), order.end(), 0u);
    std::sort(order.begin(), order.end(), [&job](std::uint32_t a, std::uint32_t b) {
        return by_address_and_slot(job.slots[a], job.slots[b]);
    });
    std::vector<SlotUpdate> sorted;
    sorted.reserve(order.size());
    for (const std::uint32_t i : order)
        sorted.push_back(job.slots[i]);
    job.slots = std::move(sorted);
}

void StorageTries::fill_row(Job& job, SealBoard::Row& row) {
    row.slots = std::move(job.slots);
    std::vector<chain::ByteView> addresses;
    for (std::uint32_t i = 0; i < row.slots.size(); ++i) {
        if (i == 0 || row.slots[i].address != row.slots[i - 1].address) {
            if (!row.runs.empty()) row.runs.back().end = i;
            row.runs.push_back({i, 0, {}});
            addresses.push_back(row.slots[i].address);
        }
    }
    if (!row.runs.empty()) row.runs.back().end = static_cast<std::uint32_t>(row.slots.size());
    std::vector<Hash32> keys(addresses.size());
    chain::crypto::keccak256_batch(addresses, keys);
    for (std::uint32_t r = 0; r < row.runs.size(); ++r) {
        SealBoard::Run& run = row.runs[r];
        run.account_key = keys[r];
        row.home[home_of(run.account_key)].push_back(r);
        if (!is_wide(row.slots[run.begin].address)) continue;
        row.is_wide = true;
        const std::uint32_t lost = mutated(Mutation::kWideSlotLost) ? 1 : 0;
        for (std::uint32_t i = run.begin + lost; i < run.end; ++i)
            row.wide[partition_of(row.slots[i].key[0], partitions_)].push_back(i);
    }
    for (const Address& address : to_widen_)
        row.widened.push_back({address, {}});
    row.is_wide = row.is_wide || !to_widen_.empty();
    to_widen_.clear();
}

// Hashing ----------------------------------------------------------------------------------------

void StorageTries::collect(Job& job, const SealBoard& board) {
    for (const SealBoard::Row& row : board.rows()) {
        for (const std::uint32_t run : row.home[index_])
            job.runs.push_back({&row, &row.runs[run]});
        for (const std::uint32_t slot : row.wide[index_])
            job.wide.push_back(&row.slots[slot]);
    }
    const auto address = [](const Job::RunRef& run) -> const Address& {
        return run.row->slots[run.run->begin].address;
    };
    std::sort(job.runs.begin(), job.runs.end(), [&](const auto& a, const auto& b) {
        return address(a) < address(b);
    });
    std::sort(job.wide.begin(), job.wide.end(), [](const SlotUpdate* a, const SlotUpdate* b) {
        return a->address != b->address ? a->address < b->address : a->key < b->key;
    });
}

bool StorageTries::hash_step(Job& job, SealBoard& board, std::size_t updates_max) {
    Slice slice;
    while (slice.updates < updates_max && job.runs_done < job.runs.size())
        add_contract(job, slice);
    SealBoard::Row& row = board.row(index_);
    while (slice.updates < updates_max && job.runs_done == job.runs.size() &&
           job.wide_done < job.wide.size())
        add_part(job, row, slice);
    apply(slice, board.block_number());
    if (job.runs_done < job.runs.size() || job.wide_done < job.wide.size()) return false;
    for (Contract& contract : job.contracts) {
        Storage& storage = at(contract.address);
        if (!storage.wide) storage.root = contract.root_after = storage.trie.root_hash();
    }
    for (std::vector<SealBoard::WideRoot>& home : row.roots)
        for (SealBoard::WideRoot& root : home)
            root.root = parts_.at(root.address).tries[root.first - first_].root();
    for (SealBoard::Widened& widened : row.widened)
        give_leaves(widened);
    for (const Contract& contract : job.contracts)
        if ((pages_ || contract.slots.size() * kWideShare > wide_leaves_) &&
            at(contract.address).trie.size() > wide_leaves_)
            to_widen_.push_back(contract.address);
    return true;
}

void StorageTries::apply(const Slice& slice, std::uint64_t number) {
    if (pages_) {
        pages_->bring_whole(slice.whole);
        pages_->apply(slice.changes, number);
    }
    std::vector<Trie*> changed;
    for (const StoragePages::Change& change : slice.changes) {
        if (!pages_) change.trie->apply(change.updates);
        changed.push_back(change.trie);
    }
    Trie::rehash(changed);
}

// The next contract of the job.
void StorageTries::add_contract(Job& job, Slice& slice) {
    std::vector<const SlotUpdate*> slots;
    std::vector<std::size_t> ends;
    const Job::RunRef& first = job.runs[job.runs_done];
    Contract& contract = job.contracts.emplace_back();
    contract.address = first.row->slots[first.run->begin].address;
    contract.account_key = first.run->account_key;
    for (; job.runs_done < job.runs.size(); ++job.runs_done) {
        const auto& [row, run] = job.runs[job.runs_done];
        if (row->slots[run->begin].address != contract.address) break;
        for (std::uint32_t i = run->begin; i < run->end; ++i)
            slots.push_back(&row->slots[i]);
        ends.push_back(slots.size());
    }
    merge_pieces(slots, std::move(ends));
    contract.slots.reserve(slots.size());
    for (const SlotUpdate* slot : slots)
        contract.slots.push_back(slot->change);
    slice.updates += slots.size();
    const bool absent = pages_ && !storages_.contains(contract.address);
    Storage& storage = at(contract.address);
    if (absent) {
        storage.root = root_of_leaf(contract.account_key);
        if (storage.root != chain::kEmptyTrieRoot)
            slice.whole.push_back({storage.pages.get(), storage.root});
    }
    contract.root_before = storage.root;
    if (storage.wide) return;
    StoragePages::Change& change = slice.changes.emplace_back();
    change.trie = &storage.trie;
    change.pages = storage.pages.get();
    change.updates.reserve(slots.size());
    for (const SlotUpdate* slot : slots)
        change.updates.push_back(update_of(*slot));
}

// The next sub-trie of the job.
void StorageTries::add_part(Job& job, SealBoard::Row& row, Slice& slice) {
    const SlotUpdate& head = *job.wide[job.wide_done];
    const std::uint8_t first = head.key[0];
    Part& part = parts_.at(head.address);
    const auto index = static_cast<std::size_t>(first - first_);
    StoragePages::Change& change = slice.changes.emplace_back();
    change.trie = &part.tries[index];
    if (pages_) change.pages = &part.pages[index];
    for (; job.wide_done < job.wide.size(); ++job.wide_done) {
        const SlotUpdate& slot = *job.wide[job.wide_done];
        if (slot.address != head.address || slot.key[0] != first) break;
        change.updates.push_back(update_of(slot));
    }
    row.roots[part.home].push_back({head.address, first, {}});
    slice.updates += change.updates.size();
}

void StorageTries::give_leaves(SealBoard::Widened& widened) {
    widened.leaves.resize(partitions_);
    // It may have gone since the block that made it wide.
    static_cast<void>(find(widened.address, chain::crypto::keccak256(widened.address)));
    for (TrieUpdate& leaf : take_leaves(widened.address))
        widened.leaves[partition_of(leaf.key[0], partitions_)].push_back(std::move(leaf));
}

// The roots that wide contracts have after the block --------------------------------------------

void StorageTries::finish(Job& job, SealBoard& board) {
    for (const SealBoard::Row& row : board.rows())
        for (const SealBoard::WideRoot& root : row.roots[index_])
            set_wide_root(root);
    for (Contract& contract : job.contracts) {
        Storage& storage = at(contract.address);
        if (storage.wide)
            storage.root = contract.root_after = chain::trie::combine_roots(*storage.wide);
    }
    for (const SealBoard::Row& row : board.rows())
        for (const SealBoard::Widened& widened : row.widened)
            adopt(widened, board.block_number());
}

void StorageTries::adopt(const SealBoard::Widened& widened, std::uint64_t number) {
    make_wide(widened.address);
    Part& part = parts_.at(widened.address);
    const auto add = [](std::vector<Trie>& tries, std::uint32_t first, const auto& leaves) {
        for (const TrieUpdate& leaf : leaves)
            tries[leaf.key[0] - first].apply({&leaf, 1});
    };
    const auto hash = [](std::vector<Trie>& tries) {
        std::vector<Trie*> all;
        for (Trie& trie : tries)
            all.push_back(&trie);
        Trie::rehash(all);
    };
    add(part.tries, first_, widened.leaves[index_]);
    hash(part.tries);
    for (TriePages& pages : part.pages)
        pages_->divide(pages, chain::trie::kBucketDepthMin, number);
    if (part.home != index_) return;
    // Once: from now on the others say what changes.
    std::vector<Trie> all;
    for (std::size_t i = 0; i < chain::trie::kSubTries; ++i)
        all.emplace_back(Trie::Depth::kSubTrie, memory_);
    for (const std::vector<TrieUpdate>& leaves : widened.leaves)
        add(all, 0, leaves);
    hash(all);
    for (std::size_t i = 0; i < chain::trie::kSubTries; ++i)
        (*at(widened.address).wide)[i] = all[i].root();
}

}  // namespace troupe::actors
