#pragma once

#include "bench/report.hpp"

namespace troupe::bench {

/// W12 for slots: the end of blocks in which a token of a million holders is paid around, 10,000
/// transfers a block, from what the block touched to the account's storage root. Its trie wide and
/// in one partition, on one core and on two, and beside it a plain trie hashed node after node.
/// Then the tries of transactions and receipts of such a block. Aborts when a root is wrong.
[[nodiscard]] std::vector<Result> storage_bench();

}  // namespace troupe::bench
