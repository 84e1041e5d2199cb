#pragma once

#include "chain/execution/transaction.hpp"

#include <map>

namespace troupe::chain::execution {

/// A state with changes on top: what transactions that ran on it have left.
class Overlay final : public state::StateView {
  public:
    /// @param below  must live as long, and stay as it is
    explicit Overlay(const state::StateView& below) noexcept : below_(below) {}

    void apply(const Outcome& outcome);
    void set_account(const Address& address, const Account& account) {
        accounts_[address] = account;
    }
    void set_slot(const Address& address, const Hash32& slot, const Uint256& value) {
        slots_[address].values[slot] = value;
    }
    /// Slots that are not set from now on are zero.
    void clear_storage(const Address& address) { slots_[address] = {{}, true}; }
    /// @return its hash
    Hash32 add_code(Bytes code);
    void set_block_hash(std::uint64_t number, const Hash32& hash) { block_hashes_[number] = hash; }

    [[nodiscard]] std::optional<Account> account(const Address& address) const noexcept override;
    [[nodiscard]] Uint256 storage(
        const Address& address, const Hash32& slot) const noexcept override;
    [[nodiscard]] ByteView code(const Hash32& code_hash) const noexcept override;
    [[nodiscard]] Hash32 block_hash(std::uint64_t number) const noexcept override;

  private:
    struct Slots {
        std::map<Hash32, Uint256> values;
        bool others_are_zero = false;
    };
    const state::StateView& below_;
    std::map<Address, Account> accounts_;
    std::map<Address, Slots> slots_;
    std::map<Hash32, Bytes> codes_;
    std::map<std::uint64_t, Hash32> block_hashes_;
};

}  // namespace troupe::chain::execution
