#pragma once

#include "chain/base/hex.hpp"
#include "tests/support/small_world.hpp"

#include <array>

/// Contracts of a few bytes, each for one thing that the engine could get wrong. Bytecode by hand:
/// the opcodes stand beside it.
namespace troupe::actors::test {

struct SmallContract {
    const char* what;
    const char* code;
};

inline constexpr std::array<SmallContract, 11> kSmallContracts{{
    // slot 0 += 1. PUSH0 SLOAD PUSH1 1 ADD PUSH0 SSTORE, and an empty LOG0
    {"counter",
     "5f54600101"
     "5f55"
     "5f5fa0"
     "00"},
    // Sends its value on to the address in its data. CALL(gas, data[0..32], value, nothing)
    {"forwarder",
     "5f5f5f5f345f355af1"
     "00"},
    // CREATE with its data as init code; the address into slot 0
    {"creator",
     "365f5f37"
     "365f34f0"
     "5f55"
     "00"},
    // CREATE2 with salt 0, likewise: the second time the address is taken and slot 0 becomes 0
    {"creator2",
     "365f5f37"
     "5f365f34f5"
     "5f55"
     "00"},
    // Gives all it has to the caller: CALLER SELFDESTRUCT (EIP-6780: the contract stays)
    {"giver", "33ff"},
    // Writes a slot, then takes it back: SSTORE(0, 1) REVERT(0, 32 bytes of the caller)
    {"reverter",
     "60015f55"
     "335f52"
     "60205ffd"},
    // What it sees of the block: the vault's balance, two block hashes, number, randomness, L1 root
    {"reader",
     "41315f55"
     "600143034060"
     "0155"
     "600243034060"
     "0255"
     "43600355"
     "44600455"
     "00"},
    // Uses all its gas: JUMPDEST PUSH0 JUMP
    {"burner", "5b5f56"},
    // A token: takes data[32..64] mod 8 from slot CALLER and adds it to slot data[0..32]. Whose
    // slot
    // is zero has 20; whoever has less than it pays reverts
    {"payer",
     "600760203516"
     "335480600f575060145b"
     "818110602757"
     "8190033355"
     "5f35805482019055"
     "5f5fa000"
     "5b5f5ffd"},
    // Slot 0 += 3 in a call to itself that reverts when the sum is odd; then slot 1 += 1
    {"flipper",
     "333014601957"
     "5f5f5f5f5f305af150"
     "60015460010160015500"
     "5b5f546003015f55"
     "5f54600116602a5700"
     "5b5f5ffd"},
    // Keys that depend on values: slot[8 + slot 2] += 1, then slot 2 = (5 × slot 2 + 1) mod 8
    {"walker",
     "600254"
     "806008018054600101"
     "9055"
     "60050260010160071660025500"},
}};

inline constexpr std::size_t kPayer = 8;

[[nodiscard]] inline chain::Address small_contract(std::size_t index) {
    chain::Address address;
    address.bytes[0] = 0xc0;
    address.bytes[19] = static_cast<std::uint8_t>(index);
    return address;
}

/// Puts all of them, and with `system` those of EIP-2935 and EIP-4788, into the genesis.
void add_small_contracts(World& world, bool system);

}  // namespace troupe::actors::test
