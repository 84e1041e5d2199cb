#include "tests/support/small_contracts.hpp"

#include "chain/execution/system_calls.hpp"

#include <algorithm>

namespace troupe::actors::test {
namespace {

constexpr const char* kBeaconRootsCode =
    "3373fffffffffffffffffffffffffffffffffffffffe14604d57602036146024575f5ffd5b5f35801560"
    "495762001fff810690815414603c575f5ffd5b62001fff01545f5260205ff35b5f5ffd5b62001fff4206"
    "4281555f359062001fff015500";
constexpr const char* kHistoryCode =
    "3373fffffffffffffffffffffffffffffffffffffffe14604657602036036042575f3560014303811160"
    "4257611fff81430311604257611fff9006545f5260205ff35b5f5ffd5b5f35611fff60014303065500";

}  // namespace

void add_small_contracts(World& world, bool system) {
    auto& alloc = world.genesis.alloc;
    const auto add = [&alloc](const chain::Address& address, const char* code) {
        chain::GenesisAccount account;
        account.address = address;
        account.nonce = 1;
        account.code = chain::from_hex(code).value();
        alloc.push_back(account);
    };
    for (std::size_t i = 0; i < kSmallContracts.size(); ++i)
        add(small_contract(i), kSmallContracts[i].code);
    chain::GenesisSlot slot;
    slot.value = 41;
    alloc[alloc.size() - kSmallContracts.size()].storage = {slot};  // the counter has counted
    if (system) {
        add(chain::execution::kBeaconRootsAddress, kBeaconRootsCode);
        add(chain::execution::kHistoryAddress, kHistoryCode);
    }
    std::sort(alloc.begin(), alloc.end(), [](const auto& a, const auto& b) {
        return a.address < b.address;
    });
}

}  // namespace troupe::actors::test
