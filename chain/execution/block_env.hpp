#pragma once

#include "chain/types/block.hpp"
#include "chain/types/chain_config.hpp"
#include "chain/types/revision.hpp"

namespace troupe::chain::execution {

inline constexpr std::uint64_t kBlockHashes = 256;  ///< how far back BLOCKHASH reaches

/// What a block's transactions can see of it, known before the first one runs.
struct BlockEnv {
    std::uint64_t number = 0;
    std::uint64_t timestamp = 0;  ///< seconds
    std::uint64_t gas_limit = 0;
    std::uint64_t chain_id = 0;
    Uint256 base_fee_per_gas;
    Address coinbase;
    Hash32 prev_randao;
    Hash32 parent_beacon_block_root;
    Uint256 blob_base_fee{1};  ///< EIP-4844's minimum: this chain has no blobs
    Rules rules;
    L1Origin l1_origin;
    Hash32 parent_hash;
    friend bool operator==(const BlockEnv&, const BlockEnv&) noexcept = default;
};

/// Sets the origin, and the two fields of a header that a rollup fills with its hash.
void set_l1_origin(BlockEnv& env, const L1Origin& l1_origin) noexcept;

/// EIP-1559: the base fee of the block after `parent`.
[[nodiscard]] Uint256 next_base_fee(const Header& parent, const ChainConfig& config) noexcept;

/// The environment of the block after `parent`.
[[nodiscard]] BlockEnv next_block_env(
    const Header& parent, const Hash32& parent_hash, std::uint64_t timestamp,
    const L1Origin& l1_origin, const ChainConfig& config) noexcept;

}  // namespace troupe::chain::execution
