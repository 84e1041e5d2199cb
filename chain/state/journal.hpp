#pragma once

#include "chain/state/effect.hpp"
#include "chain/state/hash_index.hpp"
#include "chain/state/state_view.hpp"
#include "chain/types/receipt.hpp"

#include <utility>
#include <vector>

namespace troupe::chain::state {

/// The state as one transaction sees it: what it read from the view, what it changed since, and how
/// to take changes back to a checkpoint. Reused from transaction to transaction; its records keep
/// the order in which they were first asked for, and so do the effects that come out.
///
/// It also remembers what the result depends on, because others may run at the same time: a value
/// that was looked at (a Read), or only that a balance sufficed (a Guard). What was looked at stays
/// so when the call that looked is reverted: the revert depended on it.
///
/// A slot that the view calls contended is *linear* until something looks at it: its value, and
/// what the interpreter follows of it on the stack (evm/linear_words.hpp), is the value at the
/// transaction's start plus a constant modulo 2^256, and all went the way it would have gone for
/// any start in a range. It comes out as Guards and a Delta.
class Journal {
  public:
    using AccountId = std::uint32_t;  ///< position of a record; valid until begin()
    using SlotId = std::uint32_t;

    struct AccountRecord {
        Address address;
        bool warm = false;         ///< EIP-2929
        bool created = false;      ///< by this transaction (EIP-6780)
        bool destroyed = false;    ///< gone when the transaction ends
        bool has_storage = false;  ///< in the view: its storage trie is not empty (EIP-7610)
        bool nonce_seen = false;
        bool nonce_guarded = false;
        bool balance_seen = false;
        bool code_seen = false;
        bool code_loaded = false;
        std::uint64_t nonce = 0;
        std::uint64_t nonce_before = 0;
        Uint256 balance;
        Uint256 balance_before;
        Uint256 balance_least;  ///< what balance_before must have been at least
        Hash32 code_hash;
        Hash32 code_hash_before;
        ByteView code;
    };

    struct Checkpoint {
        std::size_t undo = 0;
        std::size_t logs = 0;
        std::int64_t refund = 0;
    };

    /// Starts a transaction on `view`, which must stay as it is until the last call.
    /// @param seed  of the hash tables; no result depends on it
    void begin(const StateView& view, std::uint64_t seed);

    [[nodiscard]] Checkpoint checkpoint() const noexcept {
        return {undo_.size(), logs_.size(), refund};
    }
    /// Takes back every change since, but not what was seen.
    void revert(const Checkpoint& checkpoint);

    // Accounts -----------------------------------------------------------------------------------
    /// The record of an account, read from the view when it is new.
    [[nodiscard]] AccountId account(const Address& address);
    [[nodiscard]] const AccountRecord& record(AccountId id) const noexcept { return accounts_[id]; }
    /// Makes the account warm. @return whether it was cold
    bool warm_account(AccountId id);

    [[nodiscard]] const Uint256& balance(AccountId id) noexcept {
        accounts_[id].balance_seen = true;
        return accounts_[id].balance;
    }
    /// Whether the balance is at least `amount`: a Guard when it is, a Read when it is not.
    [[nodiscard]] bool can_pay(AccountId id, const Uint256& amount) noexcept;
    void add_balance(AccountId id, const Uint256& amount);
    /// @pre can_pay, or the caller knows
    void take_balance(AccountId id, const Uint256& amount);

    [[nodiscard]] std::uint64_t nonce(AccountId id) noexcept {
        accounts_[id].nonce_seen = true;
        return accounts_[id].nonce;
    }
    /// The sender's nonce was compared with the transaction's.
    void guard_nonce(AccountId id) noexcept { accounts_[id].nonce_guarded = true; }
    void set_nonce(AccountId id, std::uint64_t nonce);

    [[nodiscard]] const Hash32& code_hash(AccountId id) noexcept {
        accounts_[id].code_seen = true;
        return accounts_[id].code_hash;
    }
    /// Valid until the transaction ends.
    [[nodiscard]] ByteView code(AccountId id);
    void set_code(AccountId id, ByteView code);

    /// EIP-161: no code, nonce zero, balance zero.
    [[nodiscard]] bool is_empty(AccountId id) noexcept;
    /// EIP-684 and EIP-7610: nonce, code or storage keep a contract from being created here.
    [[nodiscard]] bool is_taken(AccountId id) noexcept;
    void mark_created(AccountId id);
    /// The account is gone when the transaction ends (EIP-6780: it must be of this transaction).
    void mark_destroyed(AccountId id);

    // Storage ------------------------------------------------------------------------------------
    struct SlotRecord {
        Uint256 key;
        Uint256 before;  ///< when the transaction began
        Uint256 now;
        AccountId account = 0;
        std::uint32_t range = kNoRange;  ///< of a linear slot
        bool warm = false;
        bool loaded = false;
        [[nodiscard]] bool is_linear() const noexcept { return range != kNoRange; }
    };
    static constexpr std::uint32_t kNoRange = ~std::uint32_t{0};
    /// The record of a slot; its values are there after load_slot.
    [[nodiscard]] SlotId slot(AccountId account, const Uint256& key);
    bool warm_slot(SlotId id);
    [[nodiscard]] const SlotRecord& load_slot(SlotId id);
    void set_slot(SlotId id, const Uint256& value);

    [[nodiscard]] bool is_linear(SlotId id) const noexcept { return slots_[id].is_linear(); }
    /// The way that was taken depends on a linear slot's value at the start having been at most
    /// `down` lower and at most `up` higher than it was.
    void restrict_slot(SlotId id, const Uint256& down, const Uint256& up) noexcept;
    /// The value itself was looked at: the slot is not linear any more.
    void see_slot(SlotId id) noexcept { slots_[id].range = kNoRange; }

    [[nodiscard]] Uint256 transient(AccountId account, const Uint256& key) const noexcept;
    void set_transient(AccountId account, const Uint256& key, const Uint256& value);

    // Logs and refunds ---------------------------------------------------------------------------
    void add_log(Log&& log) { logs_.push_back(std::move(log)); }
    [[nodiscard]] std::vector<Log>& logs() noexcept { return logs_; }
    std::int64_t refund = 0;  ///< EIP-3529; restored by revert

    [[nodiscard]] const StateView& view() const noexcept { return *view_; }

    /// Appends what the transaction did, and the code it deployed that is still there.
    void collect(Effects& effects, std::vector<DeployedCode>& codes) const;
    /// Gives back effects that nobody needs any more, for the memory: what a transaction needs is
    /// more than the allocator hands out quickly.
    void recycle(Effects&& effects) noexcept;
    /// Empty, with the memory of what was given back.
    [[nodiscard]] Effects recycled() noexcept { return std::exchange(spare_, {}); }

  private:
    enum class Change : std::uint8_t {
        kWarmAccount,
        kWarmSlot,
        kBalance,
        kNonce,
        kCode,
        kCreated,
        kDestroyed,
        kSlot,
        kTransient,
    };
    struct Undo {
        Change change;
        std::uint32_t index = 0;
        Uint256 value;
    };
    /// Between which values, both included, a linear slot may have started.
    struct Range {
        Uint256 least;
        Uint256 most = ~Uint256{};
    };
    struct TransientRecord {
        Uint256 key;
        Uint256 value;
        AccountId account = 0;
    };

    void collect_slot(const SlotRecord& slot, Effects& effects) const;
    void remember(Change change, std::uint32_t index, const Uint256& value = {}) {
        undo_.push_back({change, index, value});
    }
    [[nodiscard]] std::uint32_t find_transient(
        std::uint64_t hash, AccountId account, const Uint256& key) const noexcept;

    const StateView* view_ = nullptr;
    std::uint64_t seed_ = 0;
    std::vector<AccountRecord> accounts_;
    std::vector<SlotRecord> slots_;
    std::vector<Range> ranges_;
    std::vector<TransientRecord> transients_;
    HashIndex account_index_;
    HashIndex slot_index_;
    HashIndex transient_index_;
    std::vector<Undo> undo_;
    std::vector<Log> logs_;
    std::vector<DeployedCode> codes_;
    Effects spare_;  // empty
};

}  // namespace troupe::chain::state
