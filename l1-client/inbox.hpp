#pragma once

#include "chain/types/chain_config.hpp"
#include "l1-client/eth_client.hpp"

/// Posting to BatchInbox: docs/formats/l1-contracts.md.
namespace troupe::l1 {

/// Bytes of data in one transaction: nodes take transactions of 128 KiB, envelope and signature
/// included.
inline constexpr std::size_t kInboxDataBytesMax = 130'000;

/// Enough gas for a transaction whose calldata is `data`: intrinsic gas by EIP-2028 and the floor
/// of EIP-7623, plus what BatchInbox does with it.
[[nodiscard]] std::uint64_t inbox_gas_limit(chain::ByteView data) noexcept;

/// Whether `account` could post to the inbox now; otherwise the reason in words ("the batcher is
/// 0x…", "postings are paused"). Asked before money is spent on data that the contract would
/// refuse.
struct PostingRight {
    bool allowed = false;
    std::string reason;
};
[[nodiscard]] Result<PostingRight> posting_right(
    EthClient& l1, const chain::ChainConfig& config, const chain::Address& account);

}  // namespace troupe::l1
