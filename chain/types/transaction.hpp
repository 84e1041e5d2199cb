#pragma once

#include "chain/base/bytes.hpp"
#include "chain/base/result.hpp"
#include "chain/base/uint256.hpp"
#include "chain/crypto/secp256k1.hpp"

#include <optional>
#include <vector>

namespace troupe::chain {

/// EIP-2718 transaction types.
enum class TxType : std::uint8_t {
    kLegacy = 0,
    kAccessList = 1,  // EIP-2930
    kDynamicFee = 2,  // EIP-1559
    kBlob = 3,        // EIP-4844
    kSetCode = 4,     // EIP-7702
};

struct AccessListEntry {
    Address address;
    std::vector<Hash32> storage_keys;
    friend bool operator==(const AccessListEntry&, const AccessListEntry&) noexcept = default;
};
using AccessList = std::vector<AccessListEntry>;

/// EIP-7702. Its signature is judged when it is applied, not when the transaction is decoded.
struct Authorization {
    Uint256 chain_id;
    Address address;
    std::uint64_t nonce = 0;
    std::uint8_t y_parity = 0;
    Uint256 r;
    Uint256 s;
    friend bool operator==(const Authorization&, const Authorization&) noexcept = default;
};

/// A signed transaction of any type. Fields that a type does not have keep their defaults.
struct Transaction {
    TxType type = TxType::kLegacy;
    std::optional<std::uint64_t> chain_id;  ///< empty only for legacy without EIP-155
    std::uint64_t nonce = 0;
    Uint256 max_priority_fee_per_gas;  ///< types 0 and 1: the gas price
    Uint256 max_fee_per_gas;           ///< types 0 and 1: the gas price
    std::uint64_t gas_limit = 0;
    std::optional<Address> to;  ///< empty: contract creation
    Uint256 value;              ///< wei
    Bytes data;
    AccessList access_list;
    Uint256 max_fee_per_blob_gas;               // type 3
    std::vector<Hash32> blob_versioned_hashes;  // type 3
    std::vector<Authorization> authorizations;  // type 4
    crypto::EcdsaSignature signature;

    friend bool operator==(const Transaction&, const Transaction&) noexcept = default;
};

inline constexpr std::size_t kTransactionBytesMax = 131'072;  ///< as geth's pool: 128 KiB
inline constexpr std::size_t kInitCodeBytesMax = 49'152;      ///< EIP-3860

/// Reads one signed transaction: RLP for legacy, type byte ‖ RLP otherwise. Strict: canonical RLP,
/// every field within its width, r and s in range and s low, tip within the fee cap. Whether the
/// signature recovers is decided by recover_sender.
/// @error the RLP and kTx… errors of error.hpp
[[nodiscard]] Result<Transaction> decode_transaction(ByteView raw);

/// The inverse: decode_transaction(encode_transaction(tx)) == tx.
[[nodiscard]] Bytes encode_transaction(const Transaction& tx);

/// Keccak-256 of the encoded transaction.
[[nodiscard]] Hash32 transaction_hash(ByteView raw) noexcept;

/// Keccak-256 of the signing preimage (EIP-155 for legacy with chain_id, EIP-2718 for the others).
[[nodiscard]] Hash32 signing_hash(const Transaction& tx);
/// The preimage itself, for hashing many at once.
[[nodiscard]] Bytes signing_preimage(const Transaction& tx);
void append_signing_preimage(Bytes& out, const Transaction& tx);

/// @error kTxSignatureInvalid
[[nodiscard]] Result<Address> recover_sender(const Transaction& tx);

/// Signs in place. For legacy, `chain_id` set means EIP-155.
/// @error kTxSignatureInvalid: the key is not in [1, n)
[[nodiscard]] Status sign_transaction(Transaction& tx, const crypto::PrivateKey& key);

/// Yellow Paper, "Contract Creation": where a creation by `sender` with this nonce goes.
[[nodiscard]] Address contract_address(const Address& sender, std::uint64_t nonce);

/// EIP-1559: min(max_fee, base_fee + max_priority_fee). The caller has checked max_fee >= base_fee.
[[nodiscard]] Uint256 effective_gas_price(
    const Transaction& tx, const Uint256& base_fee_per_gas) noexcept;

}  // namespace troupe::chain
