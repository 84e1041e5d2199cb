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
