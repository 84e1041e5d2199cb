#pragma once

#include "actors/engine.hpp"  // AccountQuery, AccountAnswer
#include "chain/state/state_view.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>

namespace troupe::node {

/// An account whose code is shared by those who read it.
struct KnownAccount {
    chain::Account account;
    std::shared_ptr<const chain::Bytes> code;  ///< empty: it has none
};

/// Whom to ask what an account holds.
class AccountSource {
  public:
    virtual ~AccountSource() = default;
    using Reply = std::function<void(std::optional<actors::AccountAnswer>)>;

    /// What can be told at once; nothing where it has to be asked for.
    [[nodiscard]] virtual std::optional<KnownAccount> known_account(const chain::Address& address);
    [[nodiscard]] virtual std::optional<chain::Uint256> known_slot(
        const chain::Address& address, const chain::Hash32& slot);

    /// Returns at once; `reply` comes at most once, from any thread, with nothing where it cannot
    /// be known. What it captures outlives this object's callers.
    virtual void ask(actors::AccountQuery query, Reply reply) = 0;
    /// Of a sealed block; zero where there is none.
    [[nodiscard]] virtual chain::Hash32 block_hash(std::uint64_t number) = 0;
    /// The node ends: nobody needs an answer any more.
    [[nodiscard]] virtual bool ends() const = 0;
};

/// What a caller wants an account to be for one call (geth's state overrides).
struct StateOverride {
    std::optional<std::uint64_t> nonce;
    std::optional<chain::Uint256> balance;
    std::optional<chain::Bytes> code;
    bool whole_storage = false;  ///< slots not named are zero
    std::map<chain::Hash32, chain::Uint256> slots;
};
using StateOverrides = std::map<chain::Address, StateOverride>;

/// The state for code that runs on a thread of its own: each value is asked for when it is read
/// first, and kept. It waits for the answers, so never on the threads that bring them. The order of
/// transactions never waits for it: one question is all that an actor sees. Used by one thread.
class StateReader : public chain::state::StateView {
  public:
    using Time = std::chrono::steady_clock::time_point;
    /// @param source  must live as long
    StateReader(AccountSource& source, StateOverrides overrides, Time until);

    /// Values that need not be asked for.
    void know(const chain::Address& address, const chain::Account& account);
    void know(
        const chain::Address& address, const chain::Hash32& slot, const chain::Uint256& value);

    [[nodiscard]] std::optional<chain::Account> account(
        const chain::Address& address) const noexcept override;
    [[nodiscard]] chain::Uint256 storage(
        const chain::Address& address, const chain::Hash32& slot) const noexcept override;
    [[nodiscard]] chain::ByteView code(const chain::Hash32& code_hash) const noexcept override;
    [[nodiscard]] chain::Hash32 block_hash(std::uint64_t number) const noexcept override;

    enum class Fault : std::uint8_t {
        kNone,
        kLate,     ///< `until` has come, or the node ends
        kUnknown,  ///< the source had no answer
    };
    /// Whether something could not be read: what the code came to means nothing then.
    [[nodiscard]] Fault fault() const noexcept { return fault_; }

  private:
    [[nodiscard]] std::optional<actors::AccountAnswer> ask(actors::AccountQuery query) const;
    [[nodiscard]] std::optional<KnownAccount> read_account(const chain::Address& address) const;

    AccountSource& source_;
    const StateOverrides overrides_;
    const Time until_;
    // Caches: reading changes no value, so the interface is const.
    mutable std::map<chain::Address, chain::Account> accounts_;
    mutable std::map<std::pair<chain::Address, chain::Hash32>, chain::Uint256> slots_;
    mutable std::map<chain::Hash32, std::shared_ptr<const chain::Bytes>> codes_;
    std::map<chain::Hash32, chain::Address> code_owners_;  // whom to ask for code that is not there
    mutable Fault fault_ = Fault::kNone;
};

}  // namespace troupe::node
