#pragma once

#include "chain/batch/columns.hpp"
#include "chain/batch/transaction_fields.hpp"

#include <vector>

namespace troupe::chain::batch {

/// One byte at least in each of: type, nonce, gas limit, fee (exponent, length), recipient, value
/// (exponent, length), data length; and 64 of signature.
inline constexpr std::size_t kTransactionColumnsBytesMin = 9 + 64;

/// docs/formats/batch.md, "Transactions", from the types to the signatures.
void write_transactions(ColumnWriter& writer, const std::vector<TransactionFields>& transactions);

/// Reads `count` transactions; their views point into what `reader` reads.
/// @pre   count * kTransactionColumnsBytesMin <= reader.remaining()
/// @error kBatchTruncated, kBatchNonCanonical; kBatchTransactionInvalid: a type that has no columns
/// @note  That a recipient is not repeated as a new one is left to the comparison of the whole.
[[nodiscard]] Result<std::vector<TransactionFields>> read_transactions(
    ColumnReader& reader, std::size_t count);

}  // namespace troupe::chain::batch
