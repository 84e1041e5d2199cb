#pragma once

#include "chain/base/bytes.hpp"
#include "chain/base/result.hpp"
#include "chain/base/uint256.hpp"

namespace troupe::chain {

/// keccak256(RLP("")): the root of an empty trie. Yellow Paper, Appendix D.
inline constexpr Hash32 kEmptyTrieRoot{{0x56, 0xe8, 0x1f, 0x17, 0x1b, 0xcc, 0x55, 0xa6,
                                        0xff, 0x83, 0x45, 0xe6, 0x92, 0xc0, 0xf8, 0x6e,
                                        0x5b, 0x48, 0xe0, 0x1b, 0x99, 0x6c, 0xad, 0xc0,
                                        0x01, 0x62, 0x2f, 0xb5, 0xe3, 0x63, 0xb4, 0x21}};
/// keccak256(""): the code hash of an account without code.
inline constexpr Hash32 kEmptyCodeHash{{0xc5, 0xd2, 0x46, 0x01, 0x86, 0xf7, 0x23, 0x3c,
                                        0x92, 0x7e, 0x7d, 0xb2, 0xdc, 0xc7, 0x03, 0xc0,
                                        0xe5, 0x00, 0xb6, 0x53, 0xca, 0x82, 0x27, 0x3b,
                                        0x7b, 0xfa, 0xd8, 0x04, 0x5d, 0x85, 0xa4, 0x70}};

/// The world state's value at an address. Yellow Paper, "World State".
struct Account {
    std::uint64_t nonce = 0;
    Uint256 balance;  ///< wei
    Hash32 storage_root = kEmptyTrieRoot;
    Hash32 code_hash = kEmptyCodeHash;

    [[nodiscard]] bool has_code() const noexcept { return code_hash != kEmptyCodeHash; }
    /// EIP-161: an empty account is not in the trie.
    [[nodiscard]] bool is_empty() const noexcept {
        return nonce == 0 && balance.is_zero() && !has_code();
    }
    friend bool operator==(const Account&, const Account&) noexcept = default;
};

/// RLP [nonce, balance, storage_root, code_hash]: the trie's leaf value.
[[nodiscard]] Bytes encode_account(const Account& account);
/// @error any RLP error: strict, canonical
[[nodiscard]] Result<Account> decode_account(ByteView rlp);

/// RLP(value): the leaf value at keccak256(slot) in an account's storage trie. @pre value != 0
[[nodiscard]] Bytes encode_slot(const Uint256& value);
/// @error any RLP error: strict, canonical
[[nodiscard]] Result<Uint256> decode_slot(ByteView rlp);

}  // namespace troupe::chain
