#pragma once

#include "chain/types/block.hpp"
#include "chain/types/revision.hpp"

#include <vector>

namespace troupe::chain {

/// What every reader of the chain must agree on. Fixed when the rollup is deployed and written in
/// its config file (docs/formats/rollup-config.md).
struct ChainConfig {
    std::uint64_t chain_id = 0;  ///< of the L2: transactions are signed for it
    std::uint64_t l1_chain_id = 0;
    Address system_config;  ///< L1 contracts
    Address batch_inbox;
    Address output_registry;
    L1Origin l1_start;  ///< L1 block the rollup starts from: the genesis block's origin
    std::uint64_t l1_start_timestamp = 0;

    std::uint64_t gas_limit = 0;            ///< of every block
    Rules rules;                            ///< of the EVM, from block 0 on
    Address fee_vault;                      ///< coinbase of every block: receives the priority fees
    std::uint64_t base_fee_elasticity = 2;  ///< EIP-1559: target = gas_limit / elasticity
    std::uint64_t base_fee_denominator = 8;  ///< EIP-1559: change per block at most 1 / denominator

    std::uint64_t sequencer_drift_max_s = 3'600;  ///< a block's timestamp beyond its origin's
    std::uint64_t channel_timeout_blocks =
        300;  ///< L1 blocks from a channel's first frame to its last
    std::uint64_t channel_bytes_max = 16'777'216;  ///< compressed
    std::uint64_t batch_bytes_max = 67'108'864;    ///< decompressed
    std::uint64_t batch_blocks_max = 65'536;       ///< blocks in one batch

    friend bool operator==(const ChainConfig&, const ChainConfig&) noexcept = default;
};

struct GenesisSlot {
    Hash32 key;
    Uint256 value;
    friend bool operator==(const GenesisSlot&, const GenesisSlot&) noexcept = default;
};

struct GenesisAccount {
    Address address;
    std::uint64_t nonce = 0;
    Uint256 balance;
    Bytes code;
    std::vector<GenesisSlot> storage;
    friend bool operator==(const GenesisAccount&, const GenesisAccount&) noexcept = default;
};

/// Block 0: as geth's genesis.json has it, read by sequencer/config.
struct Genesis {
    std::uint64_t chain_id = 0;
    std::uint64_t timestamp = 0;
    std::uint64_t gas_limit = 0;
    Uint256 base_fee_per_gas;
    Address coinbase;
    Bytes extra_data;
    std::vector<GenesisAccount> alloc;  ///< sorted by address, no address twice
    friend bool operator==(const Genesis&, const Genesis&) noexcept = default;
};

}  // namespace troupe::chain
