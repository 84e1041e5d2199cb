#include "chain/execution/overlay.hpp"

#include "chain/crypto/keccak.hpp"

namespace troupe::chain::execution {

void Overlay::apply(const Outcome& outcome) {
    using state::EffectKind;
    for (const state::Effect& effect : outcome.effects) {
        if (effect.kind != EffectKind::kWrite && effect.kind != EffectKind::kDelta) continue;
        if (effect.field == state::Field::kStorage) {
            set_slot(effect.address, effect.slot, effect.value);
            continue;
        }
        auto known = accounts_.find(effect.address);
        if (known == accounts_.end())
            known = accounts_
                        .emplace(effect.address, below_.account(effect.address).value_or(Account{}))
                        .first;
        apply_effect(known->second, effect);
    }
    for (const DeployedCode& code : outcome.codes)
        codes_.try_emplace(code.hash, code.code);
}

Hash32 Overlay::add_code(Bytes code) {
    const Hash32 hash = crypto::keccak256(code);
    codes_.try_emplace(hash, std::move(code));
    return hash;
}

std::optional<Account> Overlay::account(const Address& address) const noexcept {
    const auto known = accounts_.find(address);
    if (known == accounts_.end()) return below_.account(address);
    if (known->second.is_empty()) return std::nullopt;
    return known->second;
}

Uint256 Overlay::storage(const Address& address, const Hash32& slot) const noexcept {
    if (const auto known = slots_.find(address); known != slots_.end()) {
        const auto value = known->second.values.find(slot);
        if (value != known->second.values.end()) return value->second;
        if (known->second.others_are_zero) return {};
    }
    return below_.storage(address, slot);
}

ByteView Overlay::code(const Hash32& code_hash) const noexcept {
    const auto known = codes_.find(code_hash);
    return known == codes_.end() ? below_.code(code_hash) : ByteView{known->second};
}

Hash32 Overlay::block_hash(std::uint64_t number) const noexcept {
    const auto known = block_hashes_.find(number);
    return known == block_hashes_.end() ? below_.block_hash(number) : known->second;
}

}  // namespace troupe::chain::execution
