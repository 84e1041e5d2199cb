#pragma once

#include "prover-bridge/claimed_chain.hpp"
#include "prover-bridge/verifier.hpp"

#include <optional>
#include <string>
#include <vector>

/// Where a claim is wrong: the first block that differs, in it the first transaction, and the
/// accounts.
namespace troupe::prover {

/// How the first wrong transaction of a block is known.
enum class WrongBy : std::uint8_t {
    kTransaction,  // another one stands in its place, or none
    kReceipt,      // its receipt differs
    kAccount,      // it is the first that touches an account which is wrong after the block
};

struct WrongTransaction {
    std::uint32_t index = 0;
    WrongBy by = WrongBy::kReceipt;
    chain::Hash32 hash;     ///< of the derived one; zero where the L1 has no such transaction
    chain::Address sender;  ///< likewise
    std::optional<chain::Receipt> derived;  ///< empty: the L1 has fewer transactions
    std::optional<chain::Receipt> claimed;  ///< empty: the node tells no such receipt
    friend bool operator==(const WrongTransaction&, const WrongTransaction&) noexcept = default;
};

/// A storage slot whose value after the block differs.
struct WrongSlot {
    chain::Hash32 slot;
    chain::Uint256 derived;
    chain::Uint256 claimed;
    friend bool operator==(const WrongSlot&, const WrongSlot&) noexcept = default;
};

/// An account that the block touches and whose value after it differs.
struct WrongAccount {
    chain::Address address;
    chain::Account derived;
    chain::Account claimed;
    std::vector<WrongSlot> slots;  ///< by slot; kWrongSlotsKept of the whole fault at most
    friend bool operator==(const WrongAccount&, const WrongAccount&) noexcept = default;
};

enum class FaultKind : std::uint8_t {
    kClaimOnly,   // the node's own chain is right up to the claimed block: only the claim is wrong
    kBlock,       // the node's chain is wrong, from `block` on
    kUnanswered,  // the node does not tell what is needed; `block` is the claimed one
};

struct Fault {
    FaultKind kind = FaultKind::kUnanswered;
    std::uint64_t block = 0;
    /// Header fields that differ, by their names in chain/types/header.hpp, in that order.
    std::vector<std::string> header_fields;
    std::optional<WrongTransaction> transaction;
    std::vector<WrongAccount> accounts;  ///< by address; kWrongAccountsKept at most
    /// Receipts or accounts were asked for that the node did not tell.
    bool incomplete = false;
    friend bool operator==(const Fault&, const Fault&) noexcept = default;

    static constexpr std::size_t kWrongAccountsKept = 100;
    static constexpr std::size_t kWrongSlotsKept = 1'000;
    static constexpr std::size_t kAccountsAskedMax = 100'000;
};

/// The first block up to `last` whose hash the node tells differently; blocks up to some number are
/// right and all after it are wrong, so about log2(last) headers are asked for.
/// @return kClaimOnly: block `last` is right; kBlock with `block`; kUnanswered
/// @pre    last <= verifier.safe_head().number
[[nodiscard]] Fault find_wrong_block(
    const Verifier& verifier, std::uint64_t last, ClaimedChain& claimed);

/// Fills in header fields, transaction and accounts.
/// @param derived  block fault.block, as derived
/// @pre   fault.kind is kBlock
void compare_block(const KeptBlock& derived, ClaimedChain& claimed, Fault& fault);

/// In a few lines for a terminal.
[[nodiscard]] std::string to_text(const Fault& fault);

}  // namespace troupe::prover
