#pragma once

#include "actors/reason.hpp"
#include "chain/execution/transaction.hpp"

#include <string>

namespace troupe::actors {

/// A refusal in the words of the API: the reason, and a message with the numbers.
struct WordedRefusal {
    Reason reason = Reason::kNone;
    std::string message;
};

/// "nonce 7, next is 9"; "balance 5 wei, cost 8 wei".
[[nodiscard]] WordedRefusal in_words(const chain::execution::Refusal& refusal);

}  // namespace troupe::actors
