#include "chain/execution/serial_chain.hpp"

#include "chain/crypto/keccak.hpp"
#include "chain/execution/seal.hpp"
#include "chain/execution/system_calls.hpp"
#include "chain/trie/trie.hpp"

#include <algorithm>
#include <map>

namespace troupe::chain::execution {
namespace {

using Accounts = std::map<Address, Account>;
using Slots = std::map<Hash32, Uint256>;

/// The storage of one account: what its slots hold, and their trie.
struct Storage {
    Slots slots;  // none is zero
    trie::Trie trie;

    void set(const Hash32& slot, const Uint256& value) {
        const Hash32 key = crypto::keccak256(slot);
        if (value.is_zero()) {
            slots.erase(slot);
            trie.erase(key);
        } else {
            slots[slot] = value;
            trie.put(key, encode_slot(value));
        }
    }
};

/// The state after the head.
struct HeadState {
    Accounts accounts;
    std::map<Address, Storage> storages;
    std::map<Hash32, Bytes> codes;
    std::map<std::uint64_t, Hash32> hashes;  // of the last kBlockHashes blocks, by number

    [[nodiscard]] Account account(const Address& address) const {
        const auto found = accounts.find(address);
        return found == accounts.end() ? Account{} : found->second;
    }
    [[nodiscard]] Uint256 storage(const Address& address, const Hash32& slot) const {
        const auto of_account = storages.find(address);
        if (of_account == storages.end()) return {};
        const auto found = of_account->second.slots.find(slot);
        return found == of_account->second.slots.end() ? Uint256{} : found->second;
    }
    [[nodiscard]] ByteView code(const Hash32& code_hash) const {
        const auto found = codes.find(code_hash);
        return found == codes.end() ? ByteView{} : ByteView{found->second};
    }
    void note_hash(std::uint64_t number, const Hash32& hash) {
        hashes[number] = hash;
        if (hashes.size() > kBlockHashes) hashes.erase(hashes.begin());
    }
};

/// The head, with what the block has changed so far in front of it.
class BlockView final : public state::StateView {
  public:
    explicit BlockView(const HeadState& head) noexcept : head_(head) {}

    [[nodiscard]] std::optional<Account> account(const Address& address) const noexcept override {
        const auto found = changed_.find(address);
        const Account account = found == changed_.end() ? head_.account(address) : found->second;
        if (account.is_empty()) return std::nullopt;
        return account;
    }
    [[nodiscard]] Uint256 storage(
        const Address& address, const Hash32& slot) const noexcept override {
        if (const auto of_account = slots_.find(address); of_account != slots_.end()) {
            if (const auto found = of_account->second.find(slot); found != of_account->second.end())
                return found->second;
        }
        return head_.storage(address, slot);
    }
    [[nodiscard]] ByteView code(const Hash32& code_hash) const noexcept override {
        const auto found = codes_.find(code_hash);
        return found == codes_.end() ? head_.code(code_hash) : ByteView{found->second};
    }
    [[nodiscard]] Hash32 block_hash(std::uint64_t number) const noexcept override {
        const auto found = head_.hashes.find(number);
        return found == head_.hashes.end() ? Hash32{} : found->second;
    }
    void apply(const Outcome& outcome) {
        for (const state::Effect& effect : outcome.effects) {
            if (effect.kind != state::EffectKind::kWrite &&
                effect.kind != state::EffectKind::kDelta)
                continue;
            const auto [entry, fresh] = changed_.try_emplace(effect.address);
            if (fresh) entry->second = head_.account(effect.address);
            if (effect.field == state::Field::kStorage)
                slots_[effect.address][effect.slot] = effect.value;
            else
                apply_effect(entry->second, effect);
        }
        for (const DeployedCode& code : outcome.codes)
            codes_.try_emplace(code.hash, code.code);
    }
    /// Accounts that differ from the head, by address; storage roots are the head's.
    [[nodiscard]] std::vector<AccountChange> changes() const {
        std::vector<AccountChange> result;
        for (const auto& [address, after] : changed_) {
            AccountChange change{address, head_.account(address), after, {}};
            if (const auto of_account = slots_.find(address); of_account != slots_.end()) {
                for (const auto& [slot, value] : of_account->second) {
                    const Uint256 before = head_.storage(address, slot);
                    if (before != value) change.slots.push_back({slot, before, value});
                }
            }
            if (change.before != change.after || !change.slots.empty())
                result.push_back(std::move(change));
        }
        return result;
    }
    [[nodiscard]] std::vector<DeployedCode> codes() const {
        std::vector<DeployedCode> result;
        for (const auto& [hash, code] : codes_)
            result.push_back({hash, code});
        return result;
    }

  private:
    const HeadState& head_;
    Accounts changed_;
    std::map<Address, Slots> slots_;
    std::map<Hash32, Bytes> codes_;
};

}  // namespace

void sort_codes(std::vector<DeployedCode>& codes) {
    std::sort(
        codes.begin(), codes.end(), [](const auto& a, const auto& b) { return a.hash < b.hash; });
    const auto same = [](const auto& a, const auto& b) { return a.hash == b.hash; };
    codes.erase(std::unique(codes.begin(), codes.end(), same), codes.end());
}

struct SerialChain::Impl {
    ChainConfig config;
    Header head;
    Hash32 head_hash;
    HeadState state;
    trie::Trie trie;
    evm::Machine machine;

    void set(const Address& address, const Account& account) {
        const Hash32 key = crypto::keccak256(address);
        if (account.is_empty()) {
            // EIP-6780: only an account created in the same transaction goes, before it has
            // storage.
            state.accounts.erase(address);
            state.storages.erase(address);
            trie.erase(key);
        } else {
            state.accounts[address] = account;
            trie.put(key, encode_account(account));
        }
    }

    void commit(std::vector<AccountChange>& changes) {
        for (AccountChange& change : changes) {
            if (!change.slots.empty()) {
                Storage& storage = state.storages[change.address];
                for (const SlotChange& slot : change.slots)
                    storage.set(slot.slot, slot.after);
                change.after.storage_root = storage.trie.root();
            }
            set(change.address, change.after);
        }
    }

    Result<Executed> execute(
        std::uint64_t timestamp, const L1Origin& l1_origin,
        const std::vector<RecoveredTransaction>& transactions, bool lenient) {
        const BlockEnv env = next_block_env(head, head_hash, timestamp, l1_origin, config);
        BlockView view{state};
        view.apply(begin_block(machine, view, env));
        Executed executed;
        std::uint64_t gas_used = 0;
        for (const RecoveredTransaction& item : transactions) {
            // Yellow Paper, "Transaction Execution": gas_limit fits what is left of the block.
            if (item.tx.gas_limit > env.gas_limit - gas_used) {
                if (lenient) continue;
                return Error::kBlockGasExceeded;
            }
            auto outcome = execute_transaction(machine, view, env, item.tx, item.sender);
            if (!outcome) {
                if (lenient) continue;
                return outcome.error().error;
            }
            view.apply(*outcome);
            gas_used += outcome->gas_used;
            executed.receipts.push_back(
                {item.tx.type, outcome->success, gas_used, std::move(outcome->logs)});
            executed.block.transactions.push_back(item.raw);
            executed.block.senders.push_back(item.sender);
        }
        executed.changes = view.changes();
        executed.codes = view.codes();
        commit(executed.changes);
        for (const DeployedCode& code : executed.codes)
            state.codes.try_emplace(code.hash, code.code);
        executed.block.l1_origin = l1_origin;
        executed.block.header =
            seal_header(env, trie.root(), executed.block.transactions, executed.receipts);
        executed.hash = hash_header(executed.block.header);
        head = executed.block.header;
        head_hash = executed.hash;
        state.note_hash(head.number, head_hash);
        return executed;
    }
};

SerialChain::SerialChain(const Genesis& genesis, ChainConfig config)
    : impl_(std::make_unique<Impl>()) {
    impl_->config = std::move(config);
    for (const GenesisAccount& entry : genesis.alloc) {
        const Account account = genesis_account(entry);
        if (account.is_empty()) continue;
        for (const GenesisSlot& slot : entry.storage) {
            if (!slot.value.is_zero())
                impl_->state.storages[entry.address].set(slot.key, slot.value);
        }
        impl_->set(entry.address, account);
        if (!entry.code.empty()) impl_->state.codes[account.code_hash] = entry.code;
    }
    impl_->head = genesis_header(genesis, impl_->trie.root(), impl_->config.l1_start);
    impl_->head_hash = hash_header(impl_->head);
    impl_->state.note_hash(impl_->head.number, impl_->head_hash);
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
    return impl_->state.account(address);
}

Uint256 SerialChain::storage(const Address& address, const Hash32& slot) const {
    return impl_->state.storage(address, slot);
}

ByteView SerialChain::code(const Hash32& code_hash) const {
    return impl_->state.code(code_hash);
}

std::vector<Bytes> SerialChain::prove(const Address& address) const {
    return impl_->trie.prove(crypto::keccak256(address));
}

std::vector<Bytes> SerialChain::prove(const Address& address, const Hash32& slot) const {
    const auto found = impl_->state.storages.find(address);
    if (found == impl_->state.storages.end()) return {};
    return found->second.trie.prove(crypto::keccak256(slot));
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
