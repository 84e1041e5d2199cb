#pragma once

#include "actors/executor/overlay_table.hpp"
#include "actors/partition/placed_effect.hpp"
#include "actors/partition/state_tables.hpp"
#include "actors/sequencer/block_hashes.hpp"
#include "actors/sequencer/contended_keys.hpp"
#include "chain/state/effect.hpp"
#include "chain/state/state_view.hpp"

#include <array>
#include <map>
#include <vector>

namespace troupe::actors {

/// Where addresses live, remembered: a Keccak each. A direct mapped cache of fixed size, and those
/// of the transaction that runs.
class PlaceCache {
  public:
    explicit PlaceCache(TableSeed seed) : seed_(seed), entries_(kEntries) {}
    [[nodiscard]] Place find(const chain::Address& address) {
        for (const Entry& entry : running_)
            if (entry.used && entry.address == address) return entry.place;
        return look_up(address);
    }
    /// The places of a transaction's sender and recipient are known.
    void begin(
        const chain::Address& sender, const Place& sender_place, const chain::Address& to,
        const Place& to_place) noexcept {
        running_ = {Entry{sender, true, sender_place}, Entry{to, true, to_place}};
    }

    static constexpr std::size_t kEntries = 8'192;

  private:
    struct Entry {
        chain::Address address;
        bool used = false;
        Place place;
    };
    [[nodiscard]] Place look_up(const chain::Address& address);

    TableSeed seed_;
    std::array<Entry, 2> running_;
    std::vector<Entry> entries_;
};

/// The state of all partitions as it is. Lives while the tables are lent.
class TablesView : public chain::state::StateView {
  public:
    /// @param hashes  of the blocks before the open one
    TablesView(const Views& views, const BlockHashes& hashes, PlaceCache& places) noexcept
        : views_(views), hashes_(hashes), places_(places) {}

    [[nodiscard]] std::optional<chain::Account> account(
        const chain::Address& address) const noexcept override;
    [[nodiscard]] chain::Uint256 storage(
        const chain::Address& address, const chain::Hash32& slot) const noexcept override;
    [[nodiscard]] chain::ByteView code(const chain::Hash32& code_hash) const noexcept override;
    [[nodiscard]] chain::Hash32 block_hash(std::uint64_t number) const noexcept override {
        return hashes_.of(number);
    }

    [[nodiscard]] Place place(const chain::Address& address) const { return places_.find(address); }
    /// Where what an effect touches lives.
    [[nodiscard]] KeyPlace place_of(const chain::state::Effect& effect) const;
    [[nodiscard]] KeyPlace place_of_account(const chain::Address& address) const;

  protected:
    [[nodiscard]] chain::Account account_at(
        const KeyPlace& place, const chain::Address& address) const noexcept;
    [[nodiscard]] std::uint64_t hash_of_slot(
        const chain::Address& address, const chain::Hash32& slot) const noexcept {
        return views_.front()->slots.hash(address, slot);
    }
    [[nodiscard]] const Views& views() const noexcept { return views_; }

  private:
    const Views& views_;
    const BlockHashes& hashes_;
    PlaceCache& places_;
};

/// Changes that stand in front of the tables; memory that is used again.
struct Overlay {
    OverlayTable<chain::Address, chain::Account> accounts;
    OverlayTable<SlotKey, chain::Uint256> slots;
    std::map<chain::Hash32, chain::Bytes> codes;

    void clear() noexcept {
        accounts.clear();
        slots.clear();
        codes.clear();
    }
};

/// The same with changes of its own in front: what one executor has run already.
class SpeculativeView final : public TablesView {
  public:
    /// @param overlay    is cleared
    /// @param contended  see Round; null: none
    SpeculativeView(
        const Views& views, const BlockHashes& hashes, PlaceCache& places, Overlay& overlay,
        const ContendedKeys* contended)
        : TablesView(views, hashes, places), overlay_(overlay), contended_(contended) {
        overlay.clear();
    }
    [[nodiscard]] std::optional<chain::Account> account(
        const chain::Address& address) const noexcept override;
    [[nodiscard]] chain::Uint256 storage(
        const chain::Address& address, const chain::Hash32& slot) const noexcept override;
    [[nodiscard]] chain::ByteView code(const chain::Hash32& code_hash) const noexcept override;
    [[nodiscard]] bool is_contended(
        const chain::Address& address, const chain::Hash32& slot) const noexcept override {
        return contended_ != nullptr && contended_->contains(hash_of_slot(address, slot));
    }

    /// Puts a write or a delta in front, and what is joined to it. Codes come before the effects
    /// that name them.
    void apply(const PlacedEffect& placed);
    /// Puts what an account gets in front.
    void credit(
        const KeyPlace& place, const chain::Address& address, const chain::Uint256& amount) {
        account_to_change(place, address).balance += amount;
    }
    void add_code(const chain::Hash32& hash, const chain::Bytes& code) {
        overlay_.codes.try_emplace(hash, code);
    }

  private:
    [[nodiscard]] chain::Account& account_to_change(
        const KeyPlace& place, const chain::Address& address);

    Overlay& overlay_;
    const ContendedKeys* contended_;
};

}  // namespace troupe::actors
