#pragma once

#include "actors/partition/placed_effect.hpp"
#include "actors/partition/seal_board.hpp"
#include "actors/partition/state_tables.hpp"
#include "chain/execution/serial_chain.hpp"
#include "chain/state/effect.hpp"

#include <optional>
#include <vector>

namespace troupe::actors {

/// The state of one partition as the open block has it: the tables, what the block has touched in
/// them, and how to take the round back that is running.
///
/// It belongs to its partition and is lent: between the partition's answer to one message of the
/// sequencer and the next message, the sequencer holds it. It executes transfers in it, lends it to
/// the executors to read, or to one of them to write. Whoever holds it is alone with it, or all who
/// hold it only read; messages hand it on, so nobody locks.
class OpenState {
  public:
    explicit OpenState(TableSeed seed) : tables_(seed) {}

    /// From now on the accounts of `store` that are not here are read when they are needed.
    /// @param kept  how many stay; more while the store has not taken what blocks changed
    void bound(const AccountStore& store, std::size_t kept) {
        tables_.accounts.bound(store);
        kept_ = kept;
    }
    /// The same of slots. @pre bound()
    void bound_slots(const SlotStore& store, std::size_t kept) {
        tables_.slots.bound(store);
        slots_kept_ = kept;
    }
    /// For readers while it is lent; a pointer to it stays valid.
    [[nodiscard]] const StateTables& tables() const noexcept { return tables_; }

    // Loading, before the first block. A code comes before the accounts that have it.
    void load(const chain::Address& address, const chain::Account& account);
    void load_code(const chain::Hash32& hash, const chain::Bytes& code);
    /// Says that an account's code is a delegation (EIP-7702).
    void load_delegation(const chain::Address& address);
    void load_slot(
        const chain::Address& address, const chain::Hash32& slot, const chain::Uint256& value);

    // A round ------------------------------------------------------------------------------------
    /// Begins a round: what was done before it stays. Makes room for `inserts` accounts.
    void begin_round(std::size_t inserts);
    /// Makes room for the accounts and slots that `effects` effects may insert; records may move.
    void reserve(std::size_t effects);
    /// Takes back every apply() of the round.
    void roll_back() noexcept;

    /// Whether what an effect says of the state is so: a read's value, a guard's bound. True for
    /// writes and deltas. @param hash  table_hash of the effect's address; of a slot its slot_hash
    [[nodiscard]] bool holds(std::uint64_t hash, const chain::state::Effect& effect) noexcept;
    /// Does a write or a delta; nothing for reads and guards. @pre reserve() has made room
    /// @param delegated  of a code that is written: it is a delegation (EIP-7702)
    void apply(std::uint64_t hash, const chain::state::Effect& effect, bool delegated);
    // The same for what is joined to an effect as well.
    /// Nothing if all holds; else which field of the key it is that does not.
    [[nodiscard]] std::optional<chain::state::Field> differs(const PlacedEffect& placed) noexcept;
    void apply(const PlacedEffect& placed);
    /// Both: applies it if it holds. @return whether it did @pre reserve() has made room
    [[nodiscard]] bool merge(const PlacedEffect& placed);
    /// Takes in code that was deployed. It stays if the round is taken back: nothing names it then.
    void add_code(const chain::execution::DeployedCode& code) {
        tables_.codes.add(code.hash, code.code);
    }
    /// Brings the record of an effect nearer.
    void prefetch(std::uint64_t hash, const chain::state::Effect& effect) const noexcept;

    // Transfers, without effects: the caller checks, and takes back what it did ------------------
    [[nodiscard]] AccountRecord* find(std::uint64_t hash, const chain::Address& address) noexcept {
        return tables_.accounts.fetch(hash, address);
    }
    /// See AccountTable::offer().
    void offer(
        std::uint64_t hash, const chain::Address& address, const StoredAccount& stored,
        std::uint32_t departed) noexcept;
    /// See SlotTable::offer().
    void offer(const SlotAhead& ahead);
    /// The record, made empty if there is none. @pre begin_round() has made room
    [[nodiscard]] AccountRecord& find_or_insert(
        std::uint64_t hash, const chain::Address& address) noexcept {
        return tables_.accounts.find_or_insert(hash, address);
    }
    /// To be called before a record changes.
    void touch(AccountRecord& record, std::uint64_t hash) {
        if (record.epoch() == epoch_) return;
        record.set_epoch(epoch_);
        touched_.push_back({hash, record.address, record.nonce, record.balance});
    }

    // The end of a block -------------------------------------------------------------------------
    struct Changes {
        /// In any order and without slots. The storage root after the block of an account that has
        /// or had code, or was loaded with storage, is zero: whoever keeps the tries fills it in.
        std::vector<chain::execution::AccountChange> accounts;
        std::vector<SlotUpdate> slots;  ///< in any order, without keys
    };
    /// What the open block changed, and begins the next one. Slots and the accounts they belong to
    /// may be different partitions'.
    [[nodiscard]] Changes take_changes();

    /// Lets accounts and slots go, where there are too many and the tables are bounded. After
    /// take_changes().
    /// @param written  the block whose changes, and all before, the store has
    /// @param closed   the last block of take_changes()
    void evict(std::uint64_t written, std::uint64_t closed) noexcept;

  private:
    /// An account as it was when the open block touched it first.
    struct Touched {
        std::uint64_t hash = 0;
        chain::Address address;
        std::uint64_t nonce = 0;
        chain::Uint256 balance;
    };
    /// A slot as it was when the open block touched it first.
    struct TouchedSlot {
        std::uint64_t hash = 0;
        chain::Address address;
        chain::Hash32 slot;
        chain::Uint256 value;
    };
    /// A value as it was before an apply().
    struct Undo {
        std::uint64_t hash = 0;
        chain::state::Field field = chain::state::Field::kBalance;
        bool delegated = false;  // of a code
        bool payment = false;    // of a balance, and the nonce is `nonce` again
        chain::Address address;
        std::uint64_t nonce = 0;
        chain::Hash32 slot;
        chain::Uint256 value;  // of a nonce, a balance, a slot; a code hash
    };

    [[nodiscard]] std::optional<chain::state::Field> payment_differs(
        const PlacedEffect& placed, const AccountRecord* record) const noexcept;
    [[nodiscard]] static bool was_read(
        const PlacedEffect& placed, const chain::Uint256& value) noexcept;
    [[nodiscard]] static bool in_range(
        const PlacedEffect& placed, const chain::Uint256& value) noexcept;
    [[nodiscard]] bool has_code(
        const PlacedEffect& placed, const AccountRecord* record) const noexcept;
    // Of effects that are joined.
    [[nodiscard]] static bool slot_holds(
        const PlacedEffect& placed, const chain::Uint256& value) noexcept;
    [[nodiscard]] std::optional<chain::state::Field> account_differs(
        const PlacedEffect& placed, const AccountRecord* record) const noexcept;
    /// The hash of its code as a number; null: there is no such account.
    [[nodiscard]] chain::Uint256 code_of(const AccountRecord* record) const noexcept;
    void pay(AccountRecord& record, const PlacedEffect& placed);
    [[nodiscard]] std::optional<std::uint32_t> written_epoch(
        std::uint64_t written, std::uint64_t closed) const noexcept;
    void apply_storage(std::uint64_t hash, const chain::state::Effect& effect);
    void change_slot(SlotRecord& record, std::uint64_t hash, const chain::state::Effect& effect);
    void apply_account(
        AccountRecord& record, std::uint64_t hash, const chain::state::Effect& effect,
        bool delegated);
    [[nodiscard]] std::vector<SlotUpdate> take_slots();
    [[nodiscard]] std::map<chain::Address, chain::Hash32> take_codes();

    StateTables tables_;
    std::size_t kept_ = 0;
    std::size_t slots_kept_ = 0;
    bool epochs_cleared_ = false;
    std::uint32_t epoch_ = 1;  // of the open block; records touched in it carry it
    std::vector<Touched> touched_;
    std::vector<TouchedSlot> touched_slots_;
    std::vector<std::pair<chain::Address, chain::Hash32>> touched_codes_;  // the hash before
    std::vector<Undo> undo_;
};

/// The open states of all partitions, by partition, for whoever holds them.
using Loans = std::vector<OpenState*>;

/// The same for readers.
[[nodiscard]] inline Views views_of(const Loans& loans) {
    Views views;
    for (const OpenState* state : loans)
        views.push_back(&state->tables());
    return views;
}

}  // namespace troupe::actors
