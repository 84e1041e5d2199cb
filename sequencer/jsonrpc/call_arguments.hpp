#pragma once

#include "chain/execution/call.hpp"
#include "chain/execution/overlay.hpp"
#include "sequencer/jsonrpc/call_view.hpp"

namespace troupe::node::jsonrpc {

/// The transaction object of eth_call and eth_estimateGas.
struct CallArguments {
    chain::execution::CallRequest request;
    bool has_gas = false;
    // As given, for those who look at more than what is paid per gas.
    std::optional<std::uint64_t> nonce;
    std::optional<chain::Uint256> gas_price;
    std::optional<chain::Uint256> fee_cap;
    std::optional<chain::Uint256> tip;
};

/// @param gas_cap   what a call may use at most, and does unless it says less
/// @param base_fee  of the block: a fee cap below it is refused, as geth does
[[nodiscard]] Answer<CallArguments> read_call(
    const Params& params, std::size_t index, std::uint64_t gas_cap, const chain::Uint256& base_fee);

/// The same of an object. @param base_fee  empty: the fee cap is not compared with one
[[nodiscard]] Answer<CallArguments> read_call(
    const JsonValue& object, std::size_t index, std::uint64_t gas_cap,
    const std::optional<chain::Uint256>& base_fee);

/// Address to account, as geth's state overrides; at most kOverridesMax accounts and slots each.
[[nodiscard]] Answer<StateOverrides> read_overrides(const Params& params, std::size_t index);
[[nodiscard]] Answer<StateOverrides> read_overrides(const JsonValue& value, std::size_t index);
/// Puts them on top of a state.
void apply_overrides(const StateOverrides& overrides, chain::execution::Overlay& state);
inline constexpr std::size_t kOverridesMax = 1'000;

/// What a failed call is answered, in geth's words: code 3 with the revert's data, or the halt.
[[nodiscard]] RpcError call_failed(const chain::execution::CallResult& result);
/// Why a call could not begin, in core's words. `reason` is call_refusal's.
[[nodiscard]] std::string call_refusal_words(
    chain::evm::HaltReason reason, const chain::Transaction& tx, const chain::Address& sender,
    const chain::Uint256& balance);
/// What Solidity's Error(string) or Panic(uint256) says; nothing where `output` is neither.
[[nodiscard]] std::optional<std::string> revert_words(chain::ByteView output);
/// "out of gas": core/vm's words.
[[nodiscard]] std::string halt_words(chain::evm::HaltReason reason);

}  // namespace troupe::node::jsonrpc
