#include "sequencer/config/predeploys.hpp"

#include "chain/base/hex.hpp"

#include <algorithm>
#include <array>

namespace troupe::node {
namespace {

struct Predeploy {
    const char* address;
    const char* code;
};

constexpr std::array<Predeploy, 3> kPredeploys{{
    // EIP-2935, "Deployment"
    {"0x0000f90827f1c53a10cb7a02335b175320002935",
     "0x3373fffffffffffffffffffffffffffffffffffffffe14604657602036036042575f3560014303811160"
     "4257611fff81430311604257611fff9006545f5260205ff35b5f5ffd5b5f35611fff60014303065500"},
    // EIP-4788, "Deployment"
    {"0x000f3df6d732807ef1319fb7b8bb8522d0beac02",
     "0x3373fffffffffffffffffffffffffffffffffffffffe14604d57602036146024575f5ffd5b5f35801560"
     "495762001fff810690815414603c575f5ffd5b62001fff01545f5260205ff35b5f5ffd5b62001fff42064"
     "281555f359062001fff015500"},
    // Arachnid's deterministic-deployment-proxy
    {"0x4e59b44847b379578588920ca78fbf26c0b4956c",
     "0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0360160008160208237"
     "8035828234f58015156039578182fd5b8082525050506014600cf3"},
}};

}  // namespace

void add_predeploys(chain::Genesis& genesis) {
    for (const Predeploy& predeploy : kPredeploys) {
        chain::GenesisAccount account;
        account.address = chain::fixed_from_hex<chain::Address>(predeploy.address).value();
        account.code = chain::from_hex(predeploy.code).value();
        account.nonce = 1;  // EIP-161: contracts begin with 1
        const auto at = std::lower_bound(
            genesis.alloc.begin(), genesis.alloc.end(), account.address,
            [](const auto& entry, const auto& address) { return entry.address < address; });
        if (at == genesis.alloc.end() || at->address != account.address)
            genesis.alloc.insert(at, std::move(account));
    }
}

}  // namespace troupe::node
