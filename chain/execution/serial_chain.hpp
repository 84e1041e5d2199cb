#pragma once

#include "chain/execution/transaction.hpp"
#include "chain/types/chain_config.hpp"

#include <memory>
#include <vector>

namespace troupe::chain::execution {

/// A transaction with its sender, recovered by whoever read it.
struct RecoveredTransaction {
    Transaction tx;
    Bytes raw;
    Address sender;
};

/// A change of one storage slot within a block; zero is an absent slot.
struct SlotChange {
    Hash32 slot;
    Uint256 before;
    Uint256 after;
    friend bool operator==(const SlotChange&, const SlotChange&) noexcept = default;
};

/// A change of one account within a block; absent is a default (empty) account. A change of its
/// storage shows in the storage root, and slot by slot.
struct AccountChange {
    Address address;
    Account before;
    Account after;
    std::vector<SlotChange> slots;  ///< sorted by slot; before != after in each
    friend bool operator==(const AccountChange&, const AccountChange&) noexcept = default;
};

/// Sorts by hash and keeps one of each.
void sort_codes(std::vector<DeployedCode>& codes);

/// The whole chain, executed by one plain loop on a map of accounts, a trie for each contract and
/// one for the state: too simple to be wrong. The verifier runs on it, and it is the judge of the
/// partitioned engine.
class SerialChain {
  public:
    SerialChain(const Genesis& genesis, ChainConfig config);
    ~SerialChain();
    SerialChain(SerialChain&&) noexcept;
    SerialChain& operator=(SerialChain&&) noexcept;

    [[nodiscard]] const Header& head() const noexcept;
    [[nodiscard]] const Hash32& head_hash() const noexcept;
    [[nodiscard]] Account account(const Address& address) const;
    [[nodiscard]] Uint256 storage(const Address& address, const Hash32& slot) const;
    /// The code with this hash; empty where there is none. Valid until the next block.
    [[nodiscard]] ByteView code(const Hash32& code_hash) const;
    /// Proof of the account in the head's state root (see trie::verify_proof).
    [[nodiscard]] std::vector<Bytes> prove(const Address& address) const;
    /// Proof of the slot in the account's storage root; empty where it has no storage.
    [[nodiscard]] std::vector<Bytes> prove(const Address& address, const Hash32& slot) const;

    struct Executed {
        Block block;
        Hash32 hash;
        std::vector<Receipt> receipts;
        std::vector<AccountChange> changes;  ///< sorted by address
        std::vector<DeployedCode> codes;     ///< that its transactions deployed; by hash, each once
    };
    /// Executes the next block. Strict (derivation): one bad transaction refuses the whole block
    /// and nothing has changed then.
    /// @error kBlockTransactionInvalid or the rule that a transaction broke
    [[nodiscard]] Result<Executed> execute(
        std::uint64_t timestamp, const L1Origin& l1_origin,
        const std::vector<RecoveredTransaction>& transactions);
    /// The same, but leaves out the transactions that may not run, as the sequencer does.
    [[nodiscard]] Executed execute_lenient(
        std::uint64_t timestamp, const L1Origin& l1_origin,
        const std::vector<RecoveredTransaction>& transactions);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace troupe::chain::execution
