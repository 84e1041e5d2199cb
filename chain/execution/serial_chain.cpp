#include "chain/execution/serial_chain.hpp"

#include "chain/crypto/keccak.hpp"
#include "chain/execution/seal.hpp"
#include "chain/trie/trie.hpp"

#include <map>

namespace troupe::chain::execution {
namespace {

using Accounts = std::map<Address, Account>;

/// The accounts of the head, with what the block has changed so far in front of them.
class BlockView final : public state::StateView {
  public:
    BlockView(const Accounts& head, const std::map<Hash32, Bytes>& codes) noexcept
        : head_(head), codes_(codes) {}

    [[nodiscard]] Account read(const Address& address) const noexcept {
        if (const auto found = changed_.find(address); found != changed_.end())
            return found->second;
        if (const auto found = head_.find(address); found != head_.end()) return found->second;
        return {};
    }
    [[nodiscard]] std::optional<Account> account(const Address& address) const noexcept override {
        const Account account = read(address);
        if (account.is_empty()) return std::nullopt;
        return account;
    }
    // No transaction runs code yet, so none reads a slot.
    [[nodiscard]] Uint256 storage(const Address&, const Hash32&) const noexcept override {
        return {};
    }
    [[nodiscard]] ByteView code(const Hash32& code_hash) const noexcept override {
        const auto found = codes_.find(code_hash);
        return found == codes_.end() ? ByteView{} : ByteView{found->second};
    }
    [[nodiscard]] Hash32 block_hash(std::uint64_t) const noexcept override { return {}; }
    void apply(const state::Effects& effects) {
        for (const state::Effect& effect : effects) {
            if (effect.kind != state::EffectKind::kWrite &&
                effect.kind != state::EffectKind::kDelta)
                continue;
            const auto [slot, fresh] = changed_.try_emplace(effect.address);
            if (fresh) {
                const auto found = head_.find(effect.address);
                if (found != head_.end()) slot->second = found->second;
            }
            apply_effect(slot->second, effect);
        }
    }
    /// Accounts that differ from the head, by address.
    [[nodiscard]] std::vector<AccountChange> changes() const {
        std::vector<AccountChange> result;
        for (const auto& [address, after] : changed_) {
            const auto found = head_.find(address);
            const Account before = found == head_.end() ? Account{} : found->second;
            if (before != after) result.push_back({address, before, after});
        }
        return result;
    }

  private:
    const Accounts& head_;
    const std::map<Hash32, Bytes>& codes_;
    Accounts changed_;
};

}  // namespace

struct SerialChain::Impl {
    ChainConfig config;
    Header head;
    Hash32 head_hash;
    Accounts accounts;
    std::map<Hash32, Bytes> codes;
    trie::Trie state;

    void set(const Address& address, const Account& account) {
        const Hash32 key = crypto::keccak256(address);
        if (account.is_empty()) {
            accounts.erase(address);
            state.erase(key);
        } else {
            accounts[address] = account;
            state.put(key, encode_account(account));
        }
    }

    Result<Executed> execute(
        std::uint64_t timestamp, const L1Origin& l1_origin,
        const std::vector<RecoveredTransaction>& transactions, bool lenient) {
        const BlockEnv env = next_block_env(head, head_hash, timestamp, l1_origin, config);
        BlockView view{accounts, codes};
        Executed executed;
        std::uint64_t gas_used = 0;
        for (const RecoveredTransaction& item : transactions) {
            // Yellow Paper, "Transaction Execution": gas_limit fits what is left of the block.
            if (item.tx.gas_limit > env.gas_limit - gas_used) {
                if (lenient) continue;
                return Error::kBlockGasExceeded;
            }
            auto outcome = execute_transaction(view, env, item.tx, item.sender);
            if (!outcome) {
                if (lenient) continue;
                return outcome.error().error;
            }
            view.apply(outcome->effects);
            gas_used += outcome->gas_used;
            executed.receipts.push_back(
                {item.tx.type, outcome->success, gas_used, std::move(outcome->logs)});
            executed.block.transactions.push_back(item.raw);
            executed.block.senders.push_back(item.sender);
        }
        executed.changes = view.changes();
        for (const AccountChange& change : executed.changes)
            set(change.address, change.after);
        executed.block.l1_origin = l1_origin;
        executed.block.header =
            seal_header(env, state.root(), executed.block.transactions, executed.receipts);
        executed.hash = hash_header(executed.block.header);
        head = executed.block.header;
        head_hash = executed.hash;
        return executed;
    }
};

SerialChain::SerialChain(const Genesis& genesis, ChainConfig config)
    : impl_(std::make_unique<Impl>()) {
    impl_->config = std::move(config);
    for (const GenesisAccount& entry : genesis.alloc) {
        const Account account = genesis_account(entry);
        if (!account.is_empty()) impl_->set(entry.address, account);
        if (!entry.code.empty()) impl_->codes[account.code_hash] = entry.code;
    }
    impl_->head = genesis_header(genesis, impl_->state.root(), impl_->config.l1_start);
    impl_->head_hash = hash_header(impl_->head);
}

SerialChain::~SerialChain() = default;
SerialChain::SerialChain(SerialChain&&) noexcept = default;
SerialChain& SerialChain::operator=(SerialChain&&) noexcept = default;

const Header& SerialChain::head() const noexcept {
    return impl_->head;
}
const Hash32& SerialChain::head_hash() const noexcept {
    return impl_->head_hash;
}

Account SerialChain::account(const Address& address) const {
    const auto found = impl_->accounts.find(address);
    return found == impl_->accounts.end() ? Account{} : found->second;
}

std::vector<Bytes> SerialChain::prove(const Address& address) const {
    return impl_->state.prove(crypto::keccak256(address));
}

Result<SerialChain::Executed> SerialChain::execute(
    std::uint64_t timestamp, const L1Origin& l1_origin,
    const std::vector<RecoveredTransaction>& transactions) {
    return impl_->execute(timestamp, l1_origin, transactions, false);
}

SerialChain::Executed SerialChain::execute_lenient(
    std::uint64_t timestamp, const L1Origin& l1_origin,
    const std::vector<RecoveredTransaction>& transactions) {
    return std::move(impl_->execute(timestamp, l1_origin, transactions, true)).value();
}

}  // namespace troupe::chain::execution
