#pragma once

#include "chain/types/chain_config.hpp"

#include <string>

namespace troupe::node {

/// Where a devnet's parts listen: for the banner.
struct DevnetFacts {
    chain::ChainConfig chain;
    std::uint32_t block_time_ms = 0;
    std::string host = "127.0.0.1";  ///< of JSON-RPC, as clients reach it
    int rpc_port = 0;
    std::string grpc;  ///< host:port
    std::string admin;
    std::string metrics;  ///< host:port; empty: none
    std::string l1_url;   ///< empty: no L1
    std::string rollup_path;
    std::string data_directory;
    bool well_known_accounts = true;  ///< false: a genesis of one's own
};

/// What `troupe devnet` prints once it is ready: accounts, addresses, and lines to copy.
/// @param colour  with terminal escapes for headings
[[nodiscard]] std::string devnet_banner(const DevnetFacts& facts, bool colour);

}  // namespace troupe::node
