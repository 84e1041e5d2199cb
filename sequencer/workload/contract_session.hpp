#pragma once

#include "sequencer/client/client.hpp"
#include "sequencer/workload/transfers.hpp"

#include <optional>
#include <string>

namespace troupe::node {

/// An account that deploys and calls contracts through a node, one transaction after the other.
/// Where something does not work, the answer is empty and failure() says why.
class ContractSession {
  public:
    ContractSession(client::Client& node, const WorkloadWallet& wallet)
        : node_(node), wallet_(wallet) {}

    [[nodiscard]] const chain::Address& address() const noexcept { return wallet_.address; }

    /// Signs and submits; gas limit as the node estimates, fees with room for some full blocks.
    /// Waits for the receipt.
    /// @param to   empty: a creation
    /// @param gas  0: as estimated; a call that fails needs one to be sent
    [[nodiscard]] std::optional<client::Receipt> send(
        const std::optional<chain::Address>& to, chain::Bytes data,
        const chain::Uint256& value = {}, std::uint64_t gas = 0);
    /// A creation that has to succeed. @return where the contract is
    [[nodiscard]] std::optional<chain::Address> deploy(chain::Bytes init_code);
    /// A transaction that has to succeed.
    [[nodiscard]] bool run(const chain::Address& to, chain::Bytes data);
    /// A read-only call that has to succeed. @return its output
    [[nodiscard]] std::optional<chain::Bytes> call(const chain::Address& to, chain::Bytes data);

    [[nodiscard]] const std::string& failure() const noexcept { return failure_; }

  private:
    std::nullopt_t fail(std::string why) {
        failure_ = std::move(why);
        return std::nullopt;
    }
    client::Client& node_;
    WorkloadWallet wallet_;
    std::string failure_;
};

/// ERC-20 and Uniswap V2 in as few words as the demo needs.
namespace contracts {

/// OpenZeppelin's ERC-20; one million tokens (18 decimals) for whoever deploys.
[[nodiscard]] chain::Bytes token_init_code();
/// @param published  init code of UniswapV2Factory, as @uniswap/v2-core has it
[[nodiscard]] chain::Bytes factory_init_code(
    const chain::Bytes& published, const chain::Address& fee_to_setter);

/// @param published  init code of UniswapV2Router02, as @uniswap/v2-periphery has it
[[nodiscard]] chain::Bytes router_init_code(
    const chain::Bytes& published, const chain::Address& factory, const chain::Address& weth);

/// @param published  init code of SwapRouter or NonfungiblePositionManager, as
///                   @uniswap/v3-periphery has them; ether is never wrapped, so there is no WETH,
///                   and positions are never described
[[nodiscard]] chain::Bytes v3_router_init_code(
    const chain::Bytes& published, const chain::Address& factory);
[[nodiscard]] chain::Bytes v3_positions_init_code(
    const chain::Bytes& published, const chain::Address& factory);

// Calldata.
[[nodiscard]] chain::Bytes approve(const chain::Address& spender, const chain::Uint256& amount);
/// Of the router: `in` of token `from` for whatever it gives of token `to`, to the sender `who`.
[[nodiscard]] chain::Bytes swap_exact(
    const chain::Uint256& in, const chain::Address& from, const chain::Address& to,
    const chain::Address& who);
[[nodiscard]] chain::Bytes transfer(const chain::Address& to, const chain::Uint256& amount);
[[nodiscard]] chain::Bytes balance_of(const chain::Address& account);
[[nodiscard]] chain::Bytes create_pair(const chain::Address& a, const chain::Address& b);
[[nodiscard]] chain::Bytes get_pair(const chain::Address& a, const chain::Address& b);
[[nodiscard]] chain::Bytes mint(const chain::Address& to);
[[nodiscard]] chain::Bytes get_reserves();
/// Takes what was transferred to the pair before and gives these amounts to `to`.
[[nodiscard]] chain::Bytes swap(
    const chain::Uint256& amount0, const chain::Uint256& amount1, const chain::Address& to);

/// Of Uniswap V3's position manager, for its pools of 0.3 %: a pool at price 1, and a position in
/// it over the whole range. @pre a < b
[[nodiscard]] chain::Bytes v3_create_pool(const chain::Address& a, const chain::Address& b);
[[nodiscard]] chain::Bytes v3_mint(
    const chain::Address& a, const chain::Address& b, const chain::Uint256& amount,
    const chain::Address& owner);
/// Of Uniswap V3's router: `in` of token `from` for whatever it gives of token `to`, to `who`.
[[nodiscard]] chain::Bytes v3_swap(
    const chain::Uint256& in, const chain::Address& from, const chain::Address& to,
    const chain::Address& who);

/// Word `index` of an output; zero beyond its end.
[[nodiscard]] chain::Uint256 word_of(chain::ByteView output, std::size_t index);
/// What a pair gives for `in`: less 0.3 %. UniswapV2Library.getAmountOut.
[[nodiscard]] chain::Uint256 amount_out(
    const chain::Uint256& in, const chain::Uint256& reserve_in, const chain::Uint256& reserve_out);

}  // namespace contracts
}  // namespace troupe::node
