#pragma once

#include "chain/types/transaction.hpp"

#include <span>
#include <vector>

namespace troupe::chain {

struct Log {
    Address address;
    std::vector<Hash32> topics;  ///< 4 at most
    Bytes data;
    friend bool operator==(const Log&, const Log&) noexcept = default;
};

/// Yellow Paper, "Transaction Receipt"; EIP-658 for the status; EIP-2718 for the type.
struct Receipt {
    TxType type = TxType::kLegacy;
    bool success = false;
    std::uint64_t cumulative_gas_used = 0;  ///< by this and all earlier transactions of the block
    std::vector<Log> logs;
    friend bool operator==(const Receipt&, const Receipt&) noexcept = default;
};

/// Sets the three bits of an address or topic. Yellow Paper, "Transaction Receipt": M3:2048.
void add_to_bloom(Bloom& bloom, ByteView entry) noexcept;
/// The 2048-bit filter of the logs' addresses and topics.
[[nodiscard]] Bloom logs_bloom(const std::vector<Log>& logs) noexcept;
/// That of each receipt. Hashes the entries of many receipts together, in the lanes of the batched
/// Keccak.
[[nodiscard]] std::vector<Bloom> logs_blooms(std::span<const Receipt> receipts);
/// Whether every bit of `part` is set: if not, what add_to_bloom made it of is not behind `bloom`.
[[nodiscard]] bool covers(const Bloom& bloom, const Bloom& part) noexcept;
void merge_into(Bloom& into, const Bloom& from) noexcept;

/// RLP of the list of logs, as it stands in a receipt. State tests compare its Keccak-256.
[[nodiscard]] Bytes encode_logs(const std::vector<Log>& logs);

/// As it enters the receipts trie: RLP [status, cumulative_gas_used, bloom, logs], with the type
/// byte in front unless legacy.
[[nodiscard]] Bytes encode_receipt(const Receipt& receipt);
/// The same with the bloom of its logs, where it is known.
[[nodiscard]] Bytes encode_receipt(const Receipt& receipt, const Bloom& bloom);
/// @error any RLP error, kTxTypeUnknown; also kRlpNonCanonical where the bloom is not that of the
/// logs
[[nodiscard]] Result<Receipt> decode_receipt(ByteView raw);

}  // namespace troupe::chain
