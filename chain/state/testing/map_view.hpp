#pragma once

#include "chain/crypto/keccak.hpp"
#include "chain/state/effect.hpp"
#include "chain/state/state_view.hpp"

#include <map>
#include <set>

namespace troupe::chain::state::testing {

/// A state in maps, for tests.
struct MapView final : StateView {
    std::map<Address, Account> accounts;
    std::map<std::pair<Address, Hash32>, Uint256> slots;
    std::map<Hash32, Bytes> codes;
    std::map<std::uint64_t, Hash32> hashes;
    std::set<std::pair<Address, Hash32>> contended;

    void put(const Address& address, const Uint256& balance, std::uint64_t nonce, Bytes code) {
        Account& account = accounts[address];
        account.balance = balance;
        account.nonce = nonce;
        if (code.empty()) return;
        account.code_hash = crypto::keccak256(code);
        codes[account.code_hash] = std::move(code);
    }

    std::optional<Account> account(const Address& address) const noexcept override {
        const auto found = accounts.find(address);
        if (found == accounts.end()) return std::nullopt;
        return found->second;
    }
    Uint256 storage(const Address& address, const Hash32& slot) const noexcept override {
        const auto found = slots.find({address, slot});
        return found == slots.end() ? Uint256{} : found->second;
    }
    ByteView code(const Hash32& code_hash) const noexcept override {
        const auto found = codes.find(code_hash);
        return found == codes.end() ? ByteView{} : ByteView{found->second};
    }
    Hash32 block_hash(std::uint64_t number) const noexcept override {
        const auto found = hashes.find(number);
        return found == hashes.end() ? Hash32{} : found->second;
    }
    bool is_contended(const Address& address, const Hash32& slot) const noexcept override {
        return contended.contains({address, slot});
    }
};

/// The write of a field, or nothing.
[[nodiscard]] inline std::optional<Uint256> written(
    const Effects& effects, Field field, const Address& address, const Hash32& slot = {}) {
    std::optional<Uint256> value;
    for (const Effect& effect : effects) {
        if (effect.kind == EffectKind::kWrite && effect.field == field &&
            effect.address == address && effect.slot == slot)
            value = effect.value;
    }
    return value;
}

}  // namespace troupe::chain::state::testing
