#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace troupe::node {

/// Every address, limit and period of the JSON-RPC door, with the reason beside it.
struct JsonRpcConfig {
    std::string listen = "127.0.0.1:8545";  ///< HTTP and WebSocket; port 0: any free one; "": none
    std::vector<std::string> hosts{"localhost"};  ///< names in Host that are served, beside IP
                                                  ///< addresses; "*": all (against DNS rebinding)
    std::vector<std::string> origins;             ///< web pages that may call; "*": all
    bool page = true;                             ///< GET / gives the explorer page

    std::uint32_t threads = 3;              ///< parse requests, answer from memory, write; all
                                            ///< but one of them may run a call meanwhile
    std::uint32_t query_threads = 2;        ///< may block on the disk
    std::uint32_t query_queue_max = 1'024;  ///< requests waiting for such a thread

    std::uint32_t header_bytes_max = 16'384;        ///< of an HTTP request
    std::uint32_t body_bytes_max = 5'242'880;       ///< of a request or WebSocket message; as geth
    std::uint32_t response_bytes_max = 25'000'000;  ///< of a batch's answers; as geth
    std::uint32_t batch_calls_max = 1'000;          ///< calls in one batch; as geth
    std::uint32_t depth_max = 32;                   ///< nesting of a request's JSON
    std::uint32_t connections_max = 4'096;          ///< of all clients together
    std::uint32_t peer_connections_max = 1'024;     ///< of one client address
    std::uint32_t in_flight_max = 64;  ///< unanswered messages of one WebSocket; then it isn't read
    std::uint32_t queue_bytes_max = 33'554'432;  ///< waiting to be sent on one WebSocket
    std::uint32_t subscriptions_max = 128;       ///< of one WebSocket
    std::uint32_t filters_max = 16'384;          ///< of all clients together
    std::uint32_t peer_filters_max = 1'024;      ///< of one client address

    std::uint32_t header_timeout_ms = 10'000;    ///< from the first byte of a request to its header
    std::uint32_t body_timeout_ms = 30'000;      ///< then to its last byte
    std::uint32_t write_timeout_ms = 30'000;     ///< a client that doesn't read is cut off
    std::uint32_t idle_timeout_ms = 120'000;     ///< a connection without a request
    std::uint32_t request_timeout_ms = 30'000;   ///< then unanswered calls say "request timed out"
    std::uint32_t filter_timeout_ms = 300'000;   ///< a filter nobody asks is forgotten; as geth
    std::uint32_t sync_timeout_ms = 2'000;       ///< eth_sendRawTransactionSync unless asked
    std::uint32_t sync_timeout_max_ms = 20'000;  ///< and at most

    std::uint64_t logs_blocks_max = 10'000;    ///< blocks that one eth_getLogs may span
    std::uint32_t logs_results_max = 50'000;   ///< logs in one answer
    std::uint32_t logs_scan_ms_max = 10'000;   ///< time that one eth_getLogs may take
    std::uint32_t call_threads = 3;            ///< run eth_call and eth_estimateGas, nothing else;
                                               ///< one client's calls leave one to the others
    std::uint32_t call_queue_max = 256;        ///< calls waiting for one
    std::uint64_t call_gas_max = 50'000'000;   ///< of one call; as geth
    std::uint32_t call_ms_max = 5'000;         ///< waiting for state included; as geth
    std::uint32_t latest_values_max = 65'536;  ///< of the newest state, kept for the next calls
    std::uint32_t trace_threads = 1;           ///< run debug_trace…, nothing else
    std::uint32_t trace_queue_max = 64;        ///< traces waiting for one
    std::uint32_t trace_ms = 5'000;            ///< of one trace unless it asks for more; as geth
    std::uint32_t trace_ms_max = 20'000;       ///< and at most
    std::uint32_t trace_bytes_max = 25'000'000;  ///< of its answer
    std::uint32_t fee_history_blocks_max = 1'024;
    std::uint64_t priority_fee_wei = 1'000'000;  ///< suggested tip: order here is by arrival

    std::uint32_t known_transactions_max = 131'072;  ///< own submissions kept until sealed
    std::uint64_t known_transactions_bytes = 67'108'864;
    std::uint32_t held_sender_max = 64;       ///< transactions beyond a nonce gap, of one sender
    std::uint32_t held_max = 4'096;           ///< and of all
    std::uint32_t held_timeout_ms = 300'000;  ///< then they are dropped

    /// Names every broken rule in words an operator can act on; empty means usable.
    [[nodiscard]] std::vector<std::string> validate() const;
};

/// "a, b" -> {"a", "b"}
[[nodiscard]] std::vector<std::string> split_list(const std::string& text);

}  // namespace troupe::node
