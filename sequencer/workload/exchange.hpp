#pragma once

#include "sequencer/workload/contract_session.hpp"
#include "sequencer/workload/published_code.hpp"

#include <random>
#include <string>
#include <vector>

namespace troupe::node {

/// Uniswap V2 with pools of one token each and of one that all have, and accounts that may trade in
/// them, on any chain that `Host` reaches. A Host has:
///   Account                                an account that can send
///   const Account& owner()                 who deploys, and owns all tokens
///   const Address& address_of(account)
///   Address deploy(init_code)              by the owner, at once
///   void run(account, to, data)            has to succeed; at the latest before the next deploy or
///                                          ask
///   Bytes ask(to, data)                    the output of a call; empty where it failed
///   bool good()                            whether all of it worked
template <class Host>
class Exchange {
  public:
    explicit Exchange(Host& host) : host_(host) {}

    /// Deploys factory, router and the common token, and opens the pools.
    /// @return whether the published contracts are installed and all of it worked
    [[nodiscard]] bool open(std::uint64_t pools) {
        const auto factory_code = published_code("@uniswap/v2-core/build/UniswapV2Factory.json");
        const auto router_code =
            published_code("@uniswap/v2-periphery/build/UniswapV2Router02.json");
        if (!factory_code || !router_code) return false;
        const chain::Address& owner = host_.address_of(host_.owner());
        factory_ = host_.deploy(contracts::factory_init_code(*factory_code, owner));
        router_ = host_.deploy(contracts::router_init_code(*router_code, factory_, {}));
        base_ = host_.deploy(contracts::token_init_code());
        for (std::uint64_t pool = 0; pool < pools && host_.good(); ++pool)
            tokens_.push_back(open_pool());
        return host_.good();
    }

    /// Gives an account both tokens of a pool and lets the router take them: kApprovals of its own
    /// transactions.
    void equip(const typename Host::Account& trader, std::uint64_t pool) {
        for (const chain::Address& one : {base_, tokens_[pool]}) {
            host_.run(
                host_.owner(), one,
                contracts::transfer(host_.address_of(trader), chain::Uint256{1'000'000'000'000}));
            host_.run(trader, one, contracts::approve(router_, ~chain::Uint256{}));
        }
    }
    static constexpr std::uint64_t kApprovals = 2;

    /// Calldata of a swap by one of the pool's traders, to and fro.
    [[nodiscard]] chain::Bytes swap(
        std::uint64_t pool, const chain::Address& trader, std::mt19937_64& random) const {
        const bool buys = random() % 2 == 0;
        return contracts::swap_exact(
            1'000'000 + random() % 1'000'000, buys ? base_ : tokens_[pool],
            buys ? tokens_[pool] : base_, trader);
    }
    [[nodiscard]] const chain::Address& router() const noexcept { return router_; }
    [[nodiscard]] std::uint64_t pools() const noexcept { return tokens_.size(); }

  private:
    chain::Address open_pool() {
        const chain::Address token = host_.deploy(contracts::token_init_code());
        host_.run(host_.owner(), factory_, contracts::create_pair(base_, token));
        const chain::Bytes answer = host_.ask(factory_, contracts::get_pair(base_, token));
        if (answer.size() != 32) return token;
        const auto pair = chain::Address::from(chain::ByteView{answer}.subspan(12));
        const chain::Uint256 liquidity =
            chain::Uint256{1'000'000'000} * chain::Uint256{1'000'000'000};
        host_.run(host_.owner(), base_, contracts::transfer(pair, liquidity));
        host_.run(host_.owner(), token, contracts::transfer(pair, liquidity));
        host_.run(host_.owner(), pair, contracts::mint(host_.address_of(host_.owner())));
        return token;
    }

    Host& host_;
    chain::Address factory_;
    chain::Address router_;
    chain::Address base_;
    std::vector<chain::Address> tokens_;
};

}  // namespace troupe::node
