#pragma once

#include "chain/base/hex.hpp"
#include "chain/evm/delegation.hpp"
#include "sequencer/evm_tools/world.hpp"

#include <fmt/format.h>

#include <string>

/// A world in the hands of partitions.
namespace troupe::node {

/// @param target  has load(), load_code(), load_delegation() and load_slot() as RoundRunner has
///                them, and seals nothing: storage roots only say whether there is storage
template <class Target>
void load(Target& target, const World& world) {
    for (const auto& [address, entry] : world.sorted()) {
        const chain::Account& account = entry->account;
        const chain::ByteView code = world.code(account.code_hash);
        if (account.has_code()) target.load_code(account.code_hash, {code.begin(), code.end()});
        target.load(address, account);
        if (chain::evm::delegate_of(code)) target.load_delegation(address);
        for (const auto& [slot, value] : entry->storage)
            target.load_slot(address, slot, value);
    }
}

/// Compares every account and slot of `world`, storage roots left out, with what `source` says by
/// account() and storage(), as RoundRunner has them.
/// @return the first difference in words; empty: none
template <class Source>
[[nodiscard]] std::string difference(const Source& source, const World& world) {
    for (const auto& [address, entry] : world.sorted()) {
        chain::Account account = source.account(address);
        account.storage_root = entry->account.storage_root;
        if (account != entry->account)
            return fmt::format(
                "account {} has nonce {}, balance {}, expected {}, {}, or another code",
                chain::to_hex(address), account.nonce, chain::to_decimal(account.balance),
                entry->account.nonce, chain::to_decimal(entry->account.balance));
        for (const auto& [slot, value] : entry->storage) {
            const chain::Uint256 held = source.storage(address, slot);
            if (held != value)
                return fmt::format(
                    "slot {} of {} is {}, expected {}", chain::to_hex(slot), chain::to_hex(address),
                    chain::to_decimal(held), chain::to_decimal(value));
        }
    }
    return {};
}

}  // namespace troupe::node
