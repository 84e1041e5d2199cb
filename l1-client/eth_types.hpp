#pragma once

#include "chain/types/block.hpp"

#include <optional>
#include <vector>

/// What the L1 tells, as far as Troupe reads it.
namespace troupe::l1 {

struct L1Header {
    std::uint64_t number = 0;
    chain::Hash32 hash;
    chain::Hash32 parent_hash;
    std::uint64_t timestamp = 0;      ///< seconds
    chain::Uint256 base_fee_per_gas;  ///< zero before EIP-1559
    friend bool operator==(const L1Header&, const L1Header&) noexcept = default;
};

struct L1Log {
    chain::Address address;
    std::vector<chain::Hash32> topics;
    chain::Bytes data;
    std::uint64_t block_number = 0;
    chain::Hash32 block_hash;
    chain::Hash32 transaction_hash;
    std::uint64_t log_index = 0;  ///< within the block
};

struct L1Transaction {
    chain::Hash32 hash;
    chain::Address from;
    std::optional<chain::Address> to;
    chain::Bytes input;
    std::optional<chain::Hash32> block_hash;  ///< empty while pending
};

struct L1Receipt {
    chain::Hash32 transaction_hash;
    std::uint64_t block_number = 0;
    chain::Hash32 block_hash;
    bool success = false;
    std::uint64_t gas_used = 0;
    chain::Uint256 effective_gas_price;  ///< wei
    std::optional<chain::Address> contract_address;
};

enum class BlockTag : std::uint8_t {
    kLatest,
    kSafe,
    kFinalized,
    kPending,
};

/// Which logs: of one contract, with one first topic, in blocks first..last or in one block by
/// hash.
struct LogFilter {
    chain::Address address;
    chain::Hash32 topic;
    std::uint64_t first_block = 0;
    std::uint64_t last_block = 0;
    std::optional<chain::Hash32> block_hash;  ///< instead of the range
};

/// A transaction as estimate_gas and call take it.
struct L1Call {
    chain::Address from;
    std::optional<chain::Address> to;  ///< empty: contract creation
    chain::Bytes data;
};

}  // namespace troupe::l1
