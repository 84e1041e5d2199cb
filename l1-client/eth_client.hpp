#pragma once

#include "l1-client/error.hpp"
#include "l1-client/eth_types.hpp"
#include "l1-client/rpc_config.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace troupe::l1 {

class JsonRpcClient;

/// The Ethereum JSON-RPC methods Troupe uses, typed. Blocking; used by one thread, except cancel():
/// give each thread its own. Every method also answers with the errors of JsonRpcClient::call; an
/// answer of another shape is kMalformed.
/// @spec Ethereum Execution APIs (execution-apis), "eth" namespace
class EthClient {
  public:
    /// Opens no connection yet: the first call does.
    /// @error kBadUrl
    [[nodiscard]] static Result<std::unique_ptr<EthClient>> open(
        std::string_view url, const RpcConfig& config = {});
    ~EthClient();

    [[nodiscard]] Result<std::uint64_t> chain_id();
    /// Number of the latest block.
    [[nodiscard]] Result<std::uint64_t> block_number();
    /// Empty: there is no such block (yet).
    [[nodiscard]] Result<std::optional<L1Header>> header(BlockTag tag);
    [[nodiscard]] Result<std::optional<L1Header>> header(std::uint64_t number);
    /// Headers first, first + 1, ... in one batch; fewer than `count` when the chain ends before.
    [[nodiscard]] Result<std::vector<L1Header>> headers(std::uint64_t first, std::size_t count);
    /// In chain order.
    [[nodiscard]] Result<std::vector<L1Log>> logs(const LogFilter& filter);
    /// In the order asked; empty where the L1 knows no such transaction.
    [[nodiscard]] Result<std::vector<std::optional<L1Transaction>>> transactions(
        const std::vector<chain::Hash32>& hashes);
    /// In the order asked; empty where it is not mined.
    [[nodiscard]] Result<std::vector<std::optional<L1Receipt>>> receipts(
        const std::vector<chain::Hash32>& hashes);

    /// The next nonce of `account`: kLatest counts what is mined, kPending also what waits.
    [[nodiscard]] Result<std::uint64_t> nonce(const chain::Address& account, BlockTag tag);
    [[nodiscard]] Result<chain::Uint256> balance(const chain::Address& account);
    [[nodiscard]] Result<chain::Bytes> code(const chain::Address& account);
    /// The tip that the L1 suggests [wei per gas].
    [[nodiscard]] Result<chain::Uint256> max_priority_fee();
    /// @error kReverted: it would, for the reason in the text
    [[nodiscard]] Result<std::uint64_t> estimate_gas(const L1Call& call);
    /// The returned data at the latest block. @error kReverted
    [[nodiscard]] Result<chain::Bytes> call(const L1Call& call);
    /// Hands in a signed transaction, once: whether to repeat is the caller's decision.
    /// @error kRpc: refused; kUnreachable and kTimeout leave open whether it was taken
    [[nodiscard]] Result<chain::Hash32> send_raw(chain::ByteView raw);

    /// Any other method: parameters and result as JSON text. For development chains ("evm_mine").
    [[nodiscard]] Result<std::string> request(
        const std::string& method, const std::string& params_json);

    /// Ends the call in progress and refuses all later ones. From any thread.
    void cancel() noexcept;
    [[nodiscard]] const RpcStats& stats() const noexcept;
    /// scheme://host:port, for messages.
    [[nodiscard]] std::string origin() const;

  private:
    explicit EthClient(std::unique_ptr<JsonRpcClient> rpc);
    std::unique_ptr<JsonRpcClient> rpc_;
};

}  // namespace troupe::l1
