#pragma once

#include "sequencer/grpc/edge_context.hpp"

#include "troupe/v1/query.grpc.pb.h"

#include <functional>

namespace troupe::node {

/// troupe.v1.QueryService. What may touch the disk runs on EdgeContext::pool.
class QueryServiceImpl final : public troupe::v1::QueryService::CallbackService {
  public:
    explicit QueryServiceImpl(EdgeContext& edge) noexcept : edge_(edge) {}

    grpc::ServerUnaryReactor* GetAccount(
        grpc::CallbackServerContext* call, const troupe::v1::GetAccountRequest* request,
        troupe::v1::GetAccountResponse* response) override;
    grpc::ServerUnaryReactor* GetTransaction(
        grpc::CallbackServerContext* call, const troupe::v1::GetTransactionRequest* request,
        troupe::v1::GetTransactionResponse* response) override;
    grpc::ServerUnaryReactor* GetReceipt(
        grpc::CallbackServerContext* call, const troupe::v1::GetReceiptRequest* request,
        troupe::v1::GetReceiptResponse* response) override;
    grpc::ServerUnaryReactor* GetBlock(
        grpc::CallbackServerContext* call, const troupe::v1::GetBlockRequest* request,
        troupe::v1::GetBlockResponse* response) override;
    grpc::ServerUnaryReactor* GetChainInfo(
        grpc::CallbackServerContext* call, const troupe::v1::GetChainInfoRequest* request,
        troupe::v1::GetChainInfoResponse* response) override;

  private:
    /// Runs `work` on the pool and finishes the call with what it returns.
    grpc::ServerUnaryReactor* on_pool(RpcMethod method, std::function<grpc::Status()> work);

    [[nodiscard]] grpc::Status get_transaction(
        const chain::Hash32& hash, troupe::v1::GetTransactionResponse& response);
    [[nodiscard]] grpc::Status get_receipt(
        const chain::Hash32& hash, troupe::v1::GetReceiptResponse& response);
    [[nodiscard]] grpc::Status get_block(
        const troupe::v1::GetBlockRequest& request, troupe::v1::GetBlockResponse& response);
    [[nodiscard]] grpc::Status get_chain_info(troupe::v1::GetChainInfoResponse& response);

    EdgeContext& edge_;
};

}  // namespace troupe::node
