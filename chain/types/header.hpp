#pragma once

#include "chain/base/bytes.hpp"
#include "chain/base/result.hpp"
#include "chain/base/uint256.hpp"
#include "chain/types/account.hpp"

namespace troupe::chain {

/// keccak256(RLP([])): the ommers hash of every block since the Merge.
inline constexpr Hash32 kEmptyOmmersHash{{0x1d, 0xcc, 0x4d, 0xe8, 0xde, 0xc7, 0x5d, 0x7a,
                                          0xab, 0x85, 0xb5, 0x67, 0xb6, 0xcc, 0xd4, 0x1a,
                                          0xd3, 0x12, 0x45, 0x1b, 0x94, 0x8a, 0x74, 0x13,
                                          0xf0, 0xa1, 0x42, 0xfd, 0x40, 0xd4, 0x93, 0x47}};
/// sha256(""): EIP-7685's requests hash of a block without requests.
inline constexpr Hash32 kEmptyRequestsHash{{0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14,
                                            0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24,
                                            0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c,
                                            0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55}};

/// A Prague block header. Fields that a rollup has no use for hold the values that Ethereum gives a
/// block without them: no ommers, no withdrawals, no blobs, no requests, difficulty 0.
struct Header {
    Hash32 parent_hash;
    Address coinbase;  ///< the fee vault
    Hash32 state_root = kEmptyTrieRoot;
    Hash32 transactions_root = kEmptyTrieRoot;
    Hash32 receipts_root = kEmptyTrieRoot;
    Bloom logs_bloom;
    std::uint64_t number = 0;
    std::uint64_t gas_limit = 0;
    std::uint64_t gas_used = 0;
    std::uint64_t timestamp = 0;  ///< seconds
    Bytes extra_data;             ///< 32 bytes at most
    Hash32 prev_randao;           ///< the L1 origin's hash (docs/formats/block.md)
    Uint256 base_fee_per_gas;
    Hash32 parent_beacon_block_root;  ///< the L1 origin's hash (docs/formats/block.md)

    friend bool operator==(const Header&, const Header&) noexcept = default;
};

/// RLP of the 21 fields of a Prague header, in the order of EIP-7685.
[[nodiscard]] Bytes encode_header(const Header& header);
/// @error any RLP error; kBlockTransactionInvalid where a field that must be constant is not
[[nodiscard]] Result<Header> decode_header(ByteView rlp);
/// The block hash: Keccak-256 of encode_header.
[[nodiscard]] Hash32 hash_header(const Header& header);

}  // namespace troupe::chain
