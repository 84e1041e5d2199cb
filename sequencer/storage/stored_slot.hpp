#pragma once

#include "chain/types/account.hpp"
#include "sequencer/storage/leveldb.hpp"
#include "sequencer/storage/state_keys.hpp"

namespace troupe::node {

/// A slot as `state/` has it under its account and the hash of its number:
/// docs/formats/storage.md.
struct StoredSlot {
    chain::Address address;
    chain::Hash32 key;  ///< keccak256(slot)
    chain::Hash32 slot;
    chain::Uint256 value;  ///< not zero
    chain::ByteView leaf;  ///< the same as the storage trie has it; a part of what was decoded
};

[[nodiscard]] Key slot_key(const chain::Address& address, const chain::Hash32& key);
[[nodiscard]] chain::Bytes encode_stored_slot(
    const chain::Hash32& slot, const chain::Uint256& value);
/// @error any RLP error; kRlpWrongSize where the key is not one of a slot
[[nodiscard]] chain::Result<StoredSlot> decode_stored_slot(
    chain::ByteView key, chain::ByteView value);
/// Says so in words.
[[nodiscard]] std::string damaged_slot(chain::ByteView key);

}  // namespace troupe::node
