#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace troupe::node {

/// PEM files of one listener. All empty: plain text.
struct TlsFiles {
    std::string certificate_file;  ///< the server's chain, leaf first
    std::string key_file;          ///< its private key
    std::string client_ca_file;    ///< set: clients must show a certificate signed by one of these
    [[nodiscard]] bool enabled() const noexcept { return !certificate_file.empty(); }
};

/// Every address, limit and period of the gRPC server, with the reason beside it.
struct GrpcConfig {
    std::string listen = "127.0.0.1:50051";        ///< port 0: any free one, see GrpcServer::port()
    std::string admin_listen = "127.0.0.1:50052";  ///< empty: no admin service
    TlsFiles tls;
    TlsFiles admin_tls;
    bool reflection = true;

    std::uint32_t message_bytes_max = 4'194'304;      ///< of a request; gRPC's own default
    std::uint32_t response_bytes_target = 1'048'576;  ///< bigger blocks are sent in parts
    std::uint32_t batch_transactions_max = 4'096;     ///< per SubmitTransactions or stream batch
    std::uint32_t stream_credits_max = 8'192;         ///< unanswered transactions of one stream
    std::uint32_t stream_batches_max = 256;  ///< unanswered batches; then the stream is not read
    std::uint32_t submit_streams_max = 256;  ///< all clients together
    std::uint32_t connection_streams_max = 256;  ///< calls at once on one HTTP/2 connection
    std::uint32_t subscriptions_max = 1'024;     ///< watch streams of all clients together
    std::uint32_t peer_subscriptions_max = 128;  ///< watch streams of one client address
    std::uint32_t waiting_calls_max = 4'096;     ///< SubmitTransaction calls that wait for a stage
    std::uint32_t query_queue_max = 1'024;       ///< queries waiting for a thread
    std::uint32_t query_threads = 2;             ///< they may block on the disk
    std::uint64_t call_gas_max = 50'000'000;     ///< of Call and EstimateGas; a tenth of a second
    std::uint32_t call_threads = 2;              ///< run them, and nothing else
    std::uint32_t calls_waiting_max = 256;       ///< for such a thread; more are refused
    std::uint32_t call_ms_max = 5'000;           ///< of one, waiting included
    std::uint32_t logs_blocks_max = 10'000;      ///< that one GetLogs looks into
    std::uint32_t logs_max = 10'000;             ///< in one GetLogs answer
    std::uint64_t memory_bytes_max = 268'435'456;  ///< buffers inside gRPC, all connections

    std::uint32_t wait_ms_max = 60'000;        ///< longest wait of one call for a transaction
    std::uint32_t heartbeat_ms = 5'000;        ///< idle watch streams; at most 10 s is promised
    std::uint32_t write_timeout_ms = 10'000;   ///< a subscriber that does not read is cut off
    std::uint32_t cut_off_grace_ms = 30'000;   ///< then it may fetch the status for so long
    std::uint32_t keepalive_time_ms = 30'000;  ///< HTTP/2 ping on a silent connection
    std::uint32_t keepalive_timeout_ms = 10'000;
    std::uint32_t connection_age_max_s = 0;     ///< 0: connections may live for ever
    std::uint32_t connection_age_grace_s = 30;  ///< streams may go on so long after the GOAWAY

    std::uint32_t recent_blocks_max = 64;             ///< kept in memory for subscribers
    std::uint32_t recent_transactions_max = 262'144;  ///< in those blocks, open block included

    /// Names every broken rule in words an operator can act on; empty means usable.
    [[nodiscard]] std::vector<std::string> validate() const;
};

/// Whether only this machine can reach the address ("127.0.0.1:50052", "[::1]:0", "localhost:1",
/// "unix:...").
[[nodiscard]] bool is_loopback(const std::string& address);

}  // namespace troupe::node
