#pragma once

#include "sequencer/grpc/backend.hpp"

#include <string>
#include <string_view>

namespace troupe::node::jsonrpc {

/// GET /chain.json: how tools add this chain. The fields are chainlist's (ethereum-lists/chains);
/// `viem` is a chain for viem's defineChain, with the block time that its polling follows; `wallet`
/// is the argument of wallet_addEthereumChain (EIP-3085).
/// @param host  as the client named this node: "localhost:8545"
[[nodiscard]] std::string chain_json(const ChainDescription& chain, std::string_view host);

}  // namespace troupe::node::jsonrpc
