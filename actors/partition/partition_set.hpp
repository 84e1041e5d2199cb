#pragma once

#include "actors/partition/partition_engine.hpp"

/// What concerns all partitions at once and needs no messages: loading, before there are actors,
/// and sealing where there are none.
namespace troupe::actors {

/// By partition.
using PartitionSet = std::vector<PartitionEngine*>;

/// Points to what `partitions` holds by any kind of pointer.
template <class Pointers>
[[nodiscard]] PartitionSet set_of(const Pointers& partitions) {
    PartitionSet set;
    for (const auto& partition : partitions)
        set.push_back(&*partition);
    return set;
}

/// Loads a slot, after its account, into the tables; into the tries as well if `hashed`.
void load_slot(
    const PartitionSet& partitions, const chain::Address& address, const chain::Hash32& slot,
    const chain::Uint256& value, bool hashed);

/// Instead of loading slots, where partitions page them: hashes the storage of all contracts of
/// `slots` that are not large, and makes the others wide.
/// @param accounts  has their storage roots
/// @param wide      to be hashed yet: all partitions' load_parts(), on any threads, then
///                  finish_loading()
/// @return a contract whose slots do not give its root, if any
struct WideStorage {
    chain::Address address;
    std::size_t bucket_depth = 0;
};
[[nodiscard]] std::optional<chain::Address> load_storage(
    const PartitionSet& partitions, const AccountStore& accounts, const SlotStore& slots,
    std::vector<WideStorage>& wide);

/// Hashes what was loaded. @param head  the block whose state it is
/// @return an account whose slots do not give the storage root that it was loaded with, if any
[[nodiscard]] std::optional<chain::Address> finish_loading(
    const PartitionSet& partitions, std::uint64_t head);

/// Ends a block, one partition after the other. @return what each tells the sealer
std::vector<PartitionSeal> seal_block(const PartitionSet& partitions, std::uint64_t number);

}  // namespace troupe::actors
