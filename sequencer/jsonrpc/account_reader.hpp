#pragma once

#include "actors/engine.hpp"  // AccountAnswer
#include "sequencer/jsonrpc/door.hpp"

namespace troupe::node::jsonrpc {

/// What to know of an account.
struct AccountWanted {
    chain::Address address;
    BlockRef block;
    bool with_proof = false;  ///< of the newest sealed block only
    bool with_code = false;
    std::vector<chain::Hash32> slots;
};

using AccountReply = std::function<void(Answer<actors::AccountAnswer>)>;

/// The account as it was after a block. The newest state is asked of the engine; an older one
/// follows from the first change after it, because change sets keep what was before. Returns at
/// once; `reply` comes on the door's threads.
/// @error header_not_found, header_for_hash_not_found, tag_not_found, state_pruned (of proofs: any
///        block but the newest; of slots: beyond kChangesMax changes of the account; of code: one
///        that was replaced), internal_error
inline constexpr std::uint32_t kChangesMax = 1'000;
void read_account(Door& door, AccountWanted wanted, AccountReply reply);

}  // namespace troupe::node::jsonrpc
