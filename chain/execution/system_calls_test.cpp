#include "chain/execution/system_calls.hpp"

#include "chain/base/hex.hpp"
#include "chain/state/testing/map_view.hpp"

#include <boost/test/unit_test.hpp>

namespace troupe::chain::execution {
namespace {

using state::Field;
using state::testing::MapView;
using state::testing::written;

/// The code that EIP-2935 and EIP-4788 give for their contracts.
constexpr const char* kHistoryCode =
    "0x3373fffffffffffffffffffffffffffffffffffffffe14604657602036036042575f35600143038111604257611f"
    "ff"
    "81430311604257611fff9006545f5260205ff35b5f5ffd5b5f35611fff60014303065500";
constexpr const char* kBeaconRootsCode =
    "0x3373fffffffffffffffffffffffffffffffffffffffe14604d57602036146024575f5ffd5b5f3580156049576200"
    "1f"
    "ff810690815414603c575f5ffd5b62001fff01545f5260205ff35b5f5ffd5b62001fff42064281555f359062001fff"
    "01"
    "5500";

Hash32 slot(std::uint64_t number) {
    return to_be32(Uint256{number});
}

BlockEnv test_env(Revision revision) {
    BlockEnv env;
    env.number = 10'000;
    env.timestamp = 20'000;
    env.parent_hash = to_be32(Uint256{0x1234});
    env.parent_beacon_block_root = to_be32(Uint256{0x5678});
    env.rules.revision = revision;
    return env;
}

MapView with_contracts() {
    MapView view;
    view.put(kHistoryAddress, 0, 1, *from_hex(kHistoryCode));
    view.put(kBeaconRootsAddress, 0, 1, *from_hex(kBeaconRootsCode));
    return view;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(system_calls)

BOOST_AUTO_TEST_CASE(prague_stores_the_parents_hash_and_the_beacon_root) {
    const Outcome outcome = begin_block(with_contracts(), test_env(Revision::kPrague));
    // EIP-2935: slot (number - 1) % 8191 = 9,999 - 8,191
    BOOST_TEST(
        (written(outcome.effects, Field::kStorage, kHistoryAddress, slot(1'808)) ==
         Uint256{0x1234}));
    // EIP-4788: slot timestamp % 8191 = 20,000 - 2 * 8,191, and the root 8,191 slots further
    BOOST_TEST(
        (written(outcome.effects, Field::kStorage, kBeaconRootsAddress, slot(3'618)) ==
         Uint256{20'000}));
    BOOST_TEST(
        (written(outcome.effects, Field::kStorage, kBeaconRootsAddress, slot(11'809)) ==
         Uint256{0x5678}));
}

BOOST_AUTO_TEST_CASE(cancun_stores_the_beacon_root_only) {
    const Outcome outcome = begin_block(with_contracts(), test_env(Revision::kCancun));
    for (const state::Effect& effect : outcome.effects)
        BOOST_TEST((effect.address == kBeaconRootsAddress));
    BOOST_TEST(!outcome.effects.empty());
}

BOOST_AUTO_TEST_CASE(nothing_happens_without_the_contracts) {
    BOOST_TEST(begin_block(MapView{}, test_env(Revision::kPrague)).effects.empty());
}

BOOST_AUTO_TEST_CASE(nobody_but_the_contracts_changes) {
    const Outcome outcome = begin_block(with_contracts(), test_env(Revision::kPrague));
    for (const state::Effect& effect : outcome.effects)
        BOOST_TEST((effect.kind == state::EffectKind::kRead || effect.field == Field::kStorage));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::chain::execution
