#include "sequencer/evm_tools/world.hpp"

#include "chain/crypto/keccak.hpp"
#include "chain/rlp/encode.hpp"
#include "chain/trie/trie.hpp"

#include <set>

namespace troupe::node {

using namespace chain;

namespace {

/// Stands for "some storage" until root() computes the real one: any hash but the empty trie's.
constexpr Hash32 kSomeStorage{};

Hash32 storage_root(const World::Entry& entry) {
    trie::Trie trie;
    for (const auto& [slot, value] : entry.storage) {
        Bytes leaf;
        rlp::put_integer(leaf, value);
        trie.put(crypto::keccak256(slot), leaf);
    }
    return trie.root();
}

}  // namespace

void World::put(
    const Address& address, std::uint64_t nonce, const Uint256& balance, Bytes code,
    const std::map<Hash32, Uint256>& storage) {
    Entry& entry = accounts_[address] = {};
    entry.account.nonce = nonce;
    entry.account.balance = balance;
    entry.account.code_hash = crypto::keccak256(code);
    add_code(entry.account.code_hash, std::move(code));
    for (const auto& [slot, value] : storage)
        set_slot(entry, slot, value);
}

void World::add_balance(const Address& address, const Uint256& amount) {
    accounts_[address].account.balance += amount;
}

void World::set_block_hash(std::uint64_t number, const Hash32& hash) {
    block_hashes_[number] = hash;
}

void World::apply(const execution::Outcome& outcome) {
    using state::EffectKind;
    for (const auto& [hash, code] : outcome.codes)
        add_code(hash, code);
    std::set<Address> touched;
    for (const state::Effect& effect : outcome.effects) {
        if (effect.kind != EffectKind::kWrite && effect.kind != EffectKind::kDelta) continue;
        Entry& entry = accounts_[effect.address];
        if (effect.field == state::Field::kStorage) {
            set_slot(entry, effect.slot, effect.value);
        } else {
            execution::apply_effect(entry.account, effect);
        }
        touched.insert(effect.address);
    }
    for (const Address& address : touched)
        if (const auto found = accounts_.find(address); found->second.account.is_empty())
            accounts_.erase(found);
}

Hash32 World::root() {
    trie::Trie trie;
    for (auto& [address, entry] : accounts_) {
        if (entry.storage_changed) {
            entry.account.storage_root = storage_root(entry);
            entry.storage_changed = false;
        }
        trie.put(crypto::keccak256(address), encode_account(entry.account));
    }
    return trie.root();
}

const World::Entry* World::find(const Address& address) const noexcept {
    const auto found = accounts_.find(address);
    return found == accounts_.end() ? nullptr : &found->second;
}

std::map<Address, const World::Entry*> World::sorted() const {
    std::map<Address, const Entry*> sorted;
    for (const auto& [address, entry] : accounts_)
        sorted.emplace(address, &entry);
    return sorted;
}

std::optional<Account> World::account(const Address& address) const noexcept {
    const Entry* entry = find(address);
    if (entry == nullptr) return std::nullopt;
    // Absent and empty are the same, but for a creation that meets storage.
    if (entry->account.is_empty() && entry->storage.empty()) return std::nullopt;
    return entry->account;
}

Uint256 World::storage(const Address& address, const Hash32& slot) const noexcept {
    const Entry* entry = find(address);
    if (entry == nullptr) return {};
    const auto found = entry->storage.find(slot);
    return found == entry->storage.end() ? Uint256() : found->second;
}

ByteView World::code(const Hash32& code_hash) const noexcept {
    const auto found = codes_.find(code_hash);
    return found == codes_.end() ? ByteView() : ByteView(*found->second);
}

Hash32 World::block_hash(std::uint64_t number) const noexcept {
    const auto found = block_hashes_.find(number);
    return found == block_hashes_.end() ? Hash32() : found->second;
}

void World::add_code(const Hash32& hash, Bytes code) {
    if (hash == kEmptyCodeHash) return;
    codes_.try_emplace(hash, std::make_shared<const Bytes>(std::move(code)));
}

void World::set_slot(Entry& entry, const Hash32& slot, const Uint256& value) {
    if (value.is_zero()) {
        entry.storage.erase(slot);
    } else {
        entry.storage[slot] = value;
    }
    entry.storage_changed = true;
    entry.account.storage_root = entry.storage.empty() ? kEmptyTrieRoot : kSomeStorage;
}

}  // namespace troupe::node
