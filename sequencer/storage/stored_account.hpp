#pragma once

#include "chain/types/account.hpp"
#include "sequencer/storage/leveldb.hpp"
#include "sequencer/storage/state_keys.hpp"

namespace troupe::node {

/// An account as `state/` has it under the hash of its address: docs/formats/storage.md.
struct StoredEntry {
    chain::Address address;
    chain::Account account;
};

[[nodiscard]] inline Key account_key(const chain::Hash32& hash) {
    return key_of(kAccounts).part(hash);
}
[[nodiscard]] chain::Bytes encode_stored(
    const chain::Address& address, const chain::Account& account);
/// @error any RLP error; kRlpWrongSize where the key is not one of an account
[[nodiscard]] chain::Result<StoredEntry> decode_stored(chain::ByteView key, chain::ByteView value);
/// Says so in words.
[[nodiscard]] std::string damaged_account(chain::ByteView key);

}  // namespace troupe::node
