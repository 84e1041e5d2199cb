#pragma once

#include "chain/execution/transaction.hpp"
#include "chain/state/state_view.hpp"

#include <cstring>
#include <map>
#include <memory>
#include <unordered_map>

namespace troupe::node {

/// For tables of test data: whoever chose the keys gains nothing by collisions.
struct FixedBytesHash {
    template <std::size_t N, class Tag>
    std::size_t operator()(const chain::FixedBytes<N, Tag>& key) const noexcept {
        std::uint64_t head = 0;
        std::uint64_t tail = 0;  // the low end: slot numbers differ there
        std::memcpy(&head, key.data(), sizeof(head));
        std::memcpy(&tail, key.data() + N - sizeof(tail), sizeof(tail));
        const std::uint64_t mixed = (head ^ tail * 0x9e3779b97f4a7c15) * 0xbf58476d1ce4e5b9;
        return static_cast<std::size_t>(mixed ^ mixed >> 32);
    }
};

/// A whole state in memory: what a test or a block's file begins with, and what transactions make
/// of it. Simple, and fast enough to measure on. Copies share the codes.
class World : public chain::state::StateView {
  public:
    struct Entry {
        /// Its storage_root is right after root() only; until then it tells no more than whether
        /// there is storage (EIP-7610 asks that).
        chain::Account account;
        std::unordered_map<chain::Hash32, chain::Uint256, FixedBytesHash> storage;
        bool storage_changed = false;
    };

    /// Sets an account as a file has it. It may be empty: such an account stays in the trie until a
    /// transaction writes to it, as EIP-161 leaves those from before.
    /// @param storage  slots of value zero are left out
    void put(
        const chain::Address& address, std::uint64_t nonce, const chain::Uint256& balance,
        chain::Bytes code, const std::map<chain::Hash32, chain::Uint256>& storage);
    void add_balance(const chain::Address& address, const chain::Uint256& amount);
    void set_block_hash(std::uint64_t number, const chain::Hash32& hash);

    /// Applies what a transaction did. Accounts that it leaves empty vanish (EIP-161).
    void apply(const chain::execution::Outcome& outcome);

    /// The Merkle-Patricia root over all accounts and their storage.
    [[nodiscard]] chain::Hash32 root();

    /// Null where there is no such account.
    [[nodiscard]] const Entry* find(const chain::Address& address) const noexcept;
    [[nodiscard]] std::map<chain::Address, const Entry*> sorted() const;

    // StateView
    [[nodiscard]] std::optional<chain::Account> account(
        const chain::Address& address) const noexcept override;
    [[nodiscard]] chain::Uint256 storage(
        const chain::Address& address, const chain::Hash32& slot) const noexcept override;
    [[nodiscard]] chain::ByteView code(const chain::Hash32& code_hash) const noexcept override;
    [[nodiscard]] chain::Hash32 block_hash(std::uint64_t number) const noexcept override;

  private:
    void add_code(const chain::Hash32& hash, chain::Bytes code);
    void set_slot(Entry& entry, const chain::Hash32& slot, const chain::Uint256& value);

    std::unordered_map<chain::Address, Entry, FixedBytesHash> accounts_;
    std::unordered_map<chain::Hash32, std::shared_ptr<const chain::Bytes>, FixedBytesHash> codes_;
    std::unordered_map<std::uint64_t, chain::Hash32> block_hashes_;
};

}  // namespace troupe::node
