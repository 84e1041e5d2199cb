#pragma once

#include "sequencer/jsonrpc/door.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace troupe::node::jsonrpc {

/// What came of one raw transaction.
struct Submitted {
    chain::Hash32 hash;
    bool held = false;               ///< beyond a nonce gap: it waits for the ones before it
    std::uint64_t next_nonce = 0;    ///< held: the sender's
    std::uint64_t nonce = 0;         ///< held: its own
    std::uint64_t block_number = 0;  ///< not held: where it was ordered
};

/// Hands `raw` to the node. One that is known already gives the same answer again. One beyond a
/// nonce gap is held and handed over when the ones before it are accepted; what it was answered
/// then is not told to anybody. Returns at once; `reply` comes once, on any thread.
/// @error error.hpp's refusal(), and those of HeldTransactions::add
void submit(Door& door, chain::Bytes raw, std::function<void(Answer<Submitted>)> reply);

class Submission;

/// The transactions of one batch of calls, handed to the node together: signatures are recovered by
/// the hundred, and a batch is one message on its way there and one on its way back.
class SubmissionGroup {
  public:
    explicit SubmissionGroup(Door& door) : door_(door) {}

    /// As submit(), but nothing happens before start().
    void add(chain::Bytes raw, std::function<void(Answer<Submitted>)> reply);
    /// Hands over what was added, in order.
    void start();

  private:
    Door& door_;
    std::vector<std::shared_ptr<Submission>> submissions_;
};

}  // namespace troupe::node::jsonrpc
