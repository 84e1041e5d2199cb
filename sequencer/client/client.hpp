#pragma once

#include "sequencer/client/client_types.hpp"
#include "sequencer/client/submit_stream_client.hpp"

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace troupe::node::client {

struct ClientConfig {
    std::string target = "127.0.0.1:50051";  ///< host:port, or any gRPC target
    /// PEM files; all empty: plain text. With only `ca_file`: TLS. With all three: mTLS.
    std::string ca_file;
    std::string certificate_file;
    std::string key_file;
    std::string server_name;  ///< expected in the certificate, where it is not the target's host
    std::uint32_t call_timeout_ms = 10'000;  ///< of each unary call, beside what it waits for
};

/// A connection to a node. Thread-safe. Calls block; a stream or a watch uses the caller's thread.
/// Each Client has its own TCP connection.
class Client {
  public:
    /// Does not connect yet: the first call does.
    /// @return empty and a message in `failure` when a file can't be read
    [[nodiscard]] static std::unique_ptr<Client> create(
        const ClientConfig& config, std::string& failure);
    ~Client();

    /// Waits until the server can be reached. @return false after `timeout_ms`
    [[nodiscard]] bool wait_connected(std::uint32_t timeout_ms);
    /// grpc.health.v1: whether `service` ("" for the server) says SERVING.
    [[nodiscard]] bool is_serving(const std::string& service = "");

    // SubmitService
    [[nodiscard]] CallResult<Submitted> submit(
        chain::ByteView raw, Stage wait_for = Stage::kAccepted, std::uint32_t wait_timeout_ms = 0);
    [[nodiscard]] CallResult<std::vector<ItemOutcome>> submit_batch(
        const std::vector<chain::Bytes>& raw);
    /// Opens a stream; see submit_stream_client.hpp. It must end before the Client does.
    [[nodiscard]] std::unique_ptr<SubmitStream> open_stream(
        bool soft_receipts, StreamHandlers handlers);

    // QueryService
    [[nodiscard]] CallResult<AccountInfo> account(
        const chain::Address& address, bool with_proof = false,
        const std::vector<chain::Hash32>& slots = {});
    [[nodiscard]] CallResult<CallOutcome> call(const CallRequest& request);
    [[nodiscard]] CallResult<GasEstimate> estimate_gas(const CallRequest& request);
    [[nodiscard]] CallResult<chain::Bytes> code(const chain::Address& address);
    [[nodiscard]] CallResult<chain::Uint256> storage(
        const chain::Address& address, const chain::Hash32& slot);
    /// All parts put together.
    [[nodiscard]] CallResult<std::vector<LogEntry>> logs(const LogQuery& query);
    [[nodiscard]] CallResult<TransactionInfo> transaction(const chain::Hash32& hash);
    [[nodiscard]] CallResult<Receipt> receipt(const chain::Hash32& hash);
    /// A block with all its parts put together.
    [[nodiscard]] CallResult<BlockInfo> block(
        std::uint64_t number, BlockContent content = BlockContent::kHashes);
    [[nodiscard]] CallResult<BlockInfo> block(
        BlockTag tag, BlockContent content = BlockContent::kHashes);
    [[nodiscard]] CallResult<ChainInfo> chain_info();

    // WatchService. The handler gets every message and returns whether to go on. After a lost
    // connection, a restart of the node or a cut-off the watch resumes by itself from the last
    // cursor; it returns when the handler says so, `stop` is requested, the stream ends with OK,
    // or with an error that waiting does not mend.
    struct WatchBlocksOptions {
        std::string cursor;                       ///< resume; or
        std::optional<std::uint64_t> from_block;  ///< begin here; neither: with the next block
        BlockTag head = BlockTag::kLatest;
        BlockContent content = BlockContent::kHashes;
        bool reconnect = true;
    };
    [[nodiscard]] CallResult<void> watch_blocks(
        const WatchBlocksOptions& options, const std::function<bool(const BlockEvent&)>& handler,
        std::stop_token stop = {});
    struct WatchAccountOptions {
        std::string cursor;
        std::optional<std::uint64_t> from_block;
        bool reconnect = true;
    };
    [[nodiscard]] CallResult<void> watch_account(
        const chain::Address& address, const WatchAccountOptions& options,
        const std::function<bool(const AccountEvent&)>& handler, std::stop_token stop = {});
    struct WatchTransactionOptions {
        std::string cursor;
        std::uint32_t wait_ms = 10'000;  ///< for a transaction that is not known yet
        Stage until = Stage::kFinalized;
        bool reconnect = true;
    };
    [[nodiscard]] CallResult<void> watch_transaction(
        const chain::Hash32& hash, const WatchTransactionOptions& options,
        const std::function<bool(const TransactionEvent&)>& handler, std::stop_token stop = {});

    // AdminService: only where the target is the admin listener.
    [[nodiscard]] CallResult<void> start_sequencing();
    [[nodiscard]] CallResult<void> stop_sequencing();
    [[nodiscard]] CallResult<void> flush();
    /// @param level  1 trace … 6 off
    [[nodiscard]] CallResult<void> set_log_level(const std::string& component, int level);
    [[nodiscard]] CallResult<NodeStatus> status();

  private:
    struct Impl;
    explicit Client(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace troupe::node::client
