#pragma once

#include "chain/types/header.hpp"
#include "chain/types/receipt.hpp"
#include "chain/types/transaction.hpp"

#include <vector>

namespace troupe::chain {

/// The L1 block that an L2 block builds on.
struct L1Origin {
    std::uint64_t number = 0;
    Hash32 hash;
    friend bool operator==(const L1Origin&, const L1Origin&) noexcept = default;
};

/// An L2 block as it is stored and derived: the header, the L1 origin, and the raw signed
/// transactions with their recovered senders, in block order.
struct Block {
    Header header;
    L1Origin l1_origin;
    std::vector<Bytes> transactions;  ///< raw, as in the transactions trie
    std::vector<Address> senders;     ///< one per transaction

    friend bool operator==(const Block&, const Block&) noexcept = default;
};

/// keccak256(version ‖ state_root ‖ message_root ‖ block_hash), version 32 zero bytes: what is
/// claimed on the L1. `message_root` is zero until the chain has a message queue.
[[nodiscard]] Hash32 output_root(
    const Hash32& state_root, const Hash32& message_root, const Hash32& block_hash) noexcept;

}  // namespace troupe::chain
