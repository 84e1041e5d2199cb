#pragma once

#include "sequencer/workload/contract_session.hpp"
#include "sequencer/workload/published_code.hpp"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace troupe::node {

/// Uniswap V2, as published.
class UniswapV2 {
  public:
    static constexpr std::uint64_t kSwapGas = 200'000;  ///< limit: enough for a swap

    /// @return whether the published contracts are installed
    template <class Host>
    [[nodiscard]] bool deploy(Host& host) {
        const auto factory = published_code("@uniswap/v2-core/build/UniswapV2Factory.json");
        const auto router = published_code("@uniswap/v2-periphery/build/UniswapV2Router02.json");
        if (!factory || !router) return false;
        factory_ =
            host.deploy(contracts::factory_init_code(*factory, host.address_of(host.owner())));
        router_ = host.deploy(contracts::router_init_code(*router, factory_, {}));
        return true;
    }
    /// A pool of two tokens of the owner's, with `liquidity` of each.
    template <class Host>
    void open_pool(
        Host& host, const chain::Address& a, const chain::Address& b,
        const chain::Uint256& liquidity) const {
        host.run(host.owner(), factory_, contracts::create_pair(a, b));
        const chain::Bytes answer = host.ask(factory_, contracts::get_pair(a, b));
        if (answer.size() != 32) return;  // then the host is not good
        const auto pair = chain::Address::from(chain::ByteView{answer}.subspan(12));
        host.run(host.owner(), a, contracts::transfer(pair, liquidity));
        host.run(host.owner(), b, contracts::transfer(pair, liquidity));
        host.run(host.owner(), pair, contracts::mint(host.address_of(host.owner())));
    }
    [[nodiscard]] static chain::Bytes swap(
        const chain::Uint256& in, const chain::Address& from, const chain::Address& to,
        const chain::Address& who) {
        return contracts::swap_exact(in, from, to, who);
    }
    [[nodiscard]] const chain::Address& router() const noexcept { return router_; }

  private:
    chain::Address factory_;
    chain::Address router_;
};

/// Uniswap V3, as published; pools of 0.3 % with one position over the whole range.
class UniswapV3 {
  public:
    static constexpr std::uint64_t kSwapGas = 250'000;  ///< limit: enough for a swap

    /// @return whether the published contracts are installed
    template <class Host>
    [[nodiscard]] bool deploy(Host& host) {
        const auto factory = published_code(
            "@uniswap/v3-core/artifacts/contracts/UniswapV3Factory.sol/UniswapV3Factory.json");
        const auto positions = published_code(
            "@uniswap/v3-periphery/artifacts/contracts/NonfungiblePositionManager.sol/"
            "NonfungiblePositionManager.json");
        const auto router = published_code(
            "@uniswap/v3-periphery/artifacts/contracts/SwapRouter.sol/SwapRouter.json");
        if (!factory || !positions || !router) return false;
        const chain::Address at = host.deploy(*factory);
        positions_ = host.deploy(contracts::v3_positions_init_code(*positions, at));
        router_ = host.deploy(contracts::v3_router_init_code(*router, at));
        return true;
    }
    /// A pool of two tokens of the owner's, with `liquidity` of each.
    template <class Host>
    void open_pool(
        Host& host, const chain::Address& one, const chain::Address& other,
        const chain::Uint256& liquidity) const {
        const auto& [a, b] = std::minmax(one, other);
        host.run(host.owner(), positions_, contracts::v3_create_pool(a, b));
        for (const chain::Address& token : {a, b})
            host.run(host.owner(), token, contracts::approve(positions_, ~chain::Uint256{}));
        host.run(
            host.owner(), positions_,
            contracts::v3_mint(a, b, liquidity, host.address_of(host.owner())));
    }
    [[nodiscard]] static chain::Bytes swap(
        const chain::Uint256& in, const chain::Address& from, const chain::Address& to,
        const chain::Address& who) {
        return contracts::v3_swap(in, from, to, who);
    }
    [[nodiscard]] const chain::Address& router() const noexcept { return router_; }

  private:
    chain::Address positions_;
    chain::Address router_;
};

/// Pools of one token each and of one that all have, and accounts that may trade in them, on any
/// chain that `Host` reaches. A Host has:
///   Account                                an account that can send
///   const Account& owner()                 who deploys, and owns all tokens
///   const Address& address_of(account)
///   Address deploy(init_code)              by the owner, at once
///   void run(account, to, data)            has to succeed; at the latest before the next deploy or
///                                          ask
///   Bytes ask(to, data)                    the output of a call; empty where it failed
///   bool good()                            whether all of it worked
template <class Host, class Venue = UniswapV2>
class Exchange {
  public:
    explicit Exchange(Host& host) : host_(host) {}

    /// Deploys the venue and the common token, and opens the pools.
    /// @return whether the published contracts are installed and all of it worked
    [[nodiscard]] bool open(std::uint64_t pools) {
        if (!venue_.deploy(host_)) return false;
        base_ = host_.deploy(contracts::token_init_code());
        const chain::Uint256 liquidity =
            chain::Uint256{1'000'000'000} * chain::Uint256{1'000'000'000};
        for (std::uint64_t pool = 0; pool < pools && host_.good(); ++pool) {
            tokens_.push_back(host_.deploy(contracts::token_init_code()));
            venue_.open_pool(host_, base_, tokens_.back(), liquidity);
        }
        return host_.good();
    }

    /// Gives an account both tokens of a pool and lets the router take them: kApprovals of its own
    /// transactions.
    void equip(const typename Host::Account& trader, std::uint64_t pool) {
        for (const chain::Address& one : {base_, tokens_[pool]}) {
            host_.run(
                host_.owner(), one,
                contracts::transfer(host_.address_of(trader), chain::Uint256{1'000'000'000'000}));
            host_.run(trader, one, contracts::approve(router(), ~chain::Uint256{}));
        }
    }
    static constexpr std::uint64_t kApprovals = 2;

    /// Calldata of a swap by one of the pool's traders, to and fro.
    [[nodiscard]] chain::Bytes swap(
        std::uint64_t pool, const chain::Address& trader, std::mt19937_64& random) const {
        const bool buys = random() % 2 == 0;
        return Venue::swap(
            1'000'000 + random() % 1'000'000, buys ? base_ : tokens_[pool],
            buys ? tokens_[pool] : base_, trader);
    }
    [[nodiscard]] const chain::Address& router() const noexcept { return venue_.router(); }
    [[nodiscard]] std::uint64_t pools() const noexcept { return tokens_.size(); }

  private:
    Host& host_;
    Venue venue_;
    chain::Address base_;
    std::vector<chain::Address> tokens_;
};

}  // namespace troupe::node
