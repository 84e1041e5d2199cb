#include "actors/executor/executor_engine.hpp"

#include "chain/crypto/keccak.hpp"

#include <map>

namespace troupe::actors {
namespace {

using chain::Account;
using chain::Address;

class OverlayView final : public chain::state::StateView {
  public:
    explicit OverlayView(const Views& views) noexcept : views_(views) {}

    [[nodiscard]] std::optional<Account> account(const Address& address) const noexcept override {
        const Account account = read(address);
        if (account.is_empty()) return std::nullopt;
        return account;
    }
    // Transfers read neither slots nor code.
    [[nodiscard]] chain::Uint256 storage(
        const Address&, const chain::Hash32&) const noexcept override {
        return {};
    }
    [[nodiscard]] chain::ByteView code(const chain::Hash32&) const noexcept override { return {}; }
    [[nodiscard]] chain::Hash32 block_hash(std::uint64_t) const noexcept override { return {}; }

    [[nodiscard]] std::uint32_t partition_of_address(const Address& address) const noexcept {
        return partition_of(
            chain::crypto::keccak256(address)[0], static_cast<std::uint32_t>(views_.size()));
    }
    void apply(const chain::state::Effect& effect) {
        auto [slot, fresh] = changed_.try_emplace(effect.address);
        if (fresh) slot->second = read_base(effect.address);
        chain::execution::apply_effect(slot->second, effect);
    }

  private:
    [[nodiscard]] Account read(const Address& address) const noexcept {
        const auto found = changed_.find(address);
        return found != changed_.end() ? found->second : read_base(address);
    }
    [[nodiscard]] Account read_base(const Address& address) const noexcept {
        const AccountTable& table = *views_[partition_of_address(address)];
        const AccountRecord* record = table.find(table.hash(address), address);
        return record != nullptr ? table.account(*record) : Account{};
    }

    const Views& views_;
    std::map<Address, Account> changed_;
};

}  // namespace

void ExecutorEngine::run(Round& round) const {
    using chain::state::EffectKind;
    OverlayView view{views_};
    round.serial.assign(round.txs.size(), {});
    round.effects.assign(views_.size(), {});
    for (std::size_t i = 0; i < round.txs.size(); ++i) {
        SerialResult& result = round.serial[i];
        const auto tx = chain::decode_transaction(round.record->transactions[i]);
        TROUPE_ASSERT(tx.ok());  // admission read the same bytes
        auto outcome = chain::execution::execute_transaction(
            view, round.record->env, *tx, round.record->senders[i]);
        if (!outcome) {
            result.refusal = outcome.error();
            continue;
        }
        result.valid = true;
        result.gas_used = outcome->gas_used;
        result.success = outcome->success;
        result.logs = std::move(outcome->logs);
        for (chain::state::Effect& effect : outcome->effects) {
            if (effect.kind != EffectKind::kWrite && effect.kind != EffectKind::kDelta) continue;
            view.apply(effect);
            const std::uint32_t partition = view.partition_of_address(effect.address);
            const std::uint64_t hash = views_[partition]->hash(effect.address);
            round.effects[partition].push_back({hash, std::move(effect)});
        }
    }
}

}  // namespace troupe::actors
