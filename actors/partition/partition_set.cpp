#include "actors/partition/partition_set.hpp"

#include "chain/crypto/keccak.hpp"

namespace troupe::actors {

void load_slot(
    const PartitionSet& partitions, const chain::Address& address, const chain::Hash32& slot,
    const chain::Uint256& value, bool hashed) {
    const std::uint64_t hash = partitions.front()->tables().slots.hash(address, slot);
    owner_of_slot(partitions, hash).open_state().load_slot(address, slot, value);
    if (!hashed) return;
    const chain::Hash32 key = chain::crypto::keccak256(slot);
    if (partitions.front()->storage().is_wide(address)) {
        owner_of(partitions, key[0]).storage().load_wide(address, {key, chain::encode_slot(value)});
        return;
    }
    StorageTries& home = owner_of(partitions, chain::crypto::keccak256(address)[0]).storage();
    if (!home.load(address, key, value)) return;
    for (PartitionEngine* partition : partitions)
        partition->storage().make_wide(address);
    for (const chain::trie::TrieUpdate& leaf : home.take_leaves(address))
        owner_of(partitions, leaf.key[0]).storage().load_wide(address, leaf);
}

namespace {

/// The leaves of the first sub-trie of 256 tell how many there are: keys are hashes.
std::size_t bucket_depth_of(const SlotStore& slots, const chain::Address& address) {
    std::uint64_t in_first = 0;
    slots.scan_slots(
        address, 0, [&](const chain::Address& owner, const chain::Hash32& key, chain::ByteView) {
            const bool counts = owner == address && key[0] == 0;
            if (counts) ++in_first;
            return counts;
        });
    return bucket_depth_for(in_first * chain::trie::kSubTries);
}

/// The next address; all zero after the last one.
chain::Address after(chain::Address address) {
    for (std::size_t i = chain::Address::kSize; i-- > 0;)
        if (++address[i] != 0) break;
    return address;
}

}  // namespace

std::optional<chain::Address> load_storage(
    const PartitionSet& partitions, const AccountStore& accounts, const SlotStore& slots,
    std::vector<WideStorage>& wide) {
    const std::size_t leaves_max = partitions.front()->storage().wide_leaves();
    std::optional<chain::Address> wrong;
    chain::Address address;
    std::vector<chain::trie::TrieUpdate> leaves;
    const auto end_contract = [&] {
        if (leaves.empty()) return;
        const chain::Hash32 key = chain::crypto::keccak256(address);
        const chain::Hash32 root = accounts.read(key).account.storage_root;
        StorageTries& home = owner_of(partitions, key[0]).storage();
        if (leaves.size() > leaves_max) {
            for (PartitionEngine* partition : partitions)
                partition->storage().make_wide(address);
            home.load_root(address, root);
            wide.push_back({address, bucket_depth_of(slots, address)});
        } else if (!home.load_whole(address, root, leaves)) {
            wrong = address;
        }
        leaves.clear();
    };
    const auto each = [&](const chain::Address& owner, const chain::Hash32& key,
                          chain::ByteView leaf) {
        if (owner != address) end_contract();
        address = owner;
        leaves.push_back({key, chain::Bytes(leaf.begin(), leaf.end())});
        return !wrong && leaves.size() <= leaves_max;
    };
    // One scan, which begins again behind each large contract.
    for (chain::Address next; !wrong; next = after(address)) {
        slots.scan_slots(next, 0, each);
        const bool large = leaves.size() > leaves_max;
        end_contract();
        if (!large || after(address) == chain::Address{}) break;
    }
    return wrong;
}

std::optional<chain::Address> finish_loading(const PartitionSet& partitions, std::uint64_t head) {
    for (PartitionEngine* partition : partitions)
        partition->storage().rehash_all();
    for (PartitionEngine* partition : partitions)
        for (const SealBoard::WideRoot& root : partition->storage().all_wide_roots())
            owner_of(partitions, chain::crypto::keccak256(root.address)[0])
                .storage()
                .set_wide_root(root);
    for (PartitionEngine* partition : partitions)
        if (auto wrong = partition->finish_loading(head)) return wrong;
    return std::nullopt;
}

std::vector<PartitionSeal> seal_block(const PartitionSet& partitions, std::uint64_t number) {
    const auto board =
        std::make_shared<SealBoard>(number, static_cast<std::uint32_t>(partitions.size()));
    for (PartitionEngine* partition : partitions)
        partition->begin_seal(board);
    std::vector<PartitionSeal> seals;
    while (seals.size() < partitions.size())
        for (PartitionEngine* partition : partitions)
            if (partition->sealing())
                if (auto seal = partition->seal_step().seal) seals.push_back(std::move(*seal));
    return seals;
}

}  // namespace troupe::actors
