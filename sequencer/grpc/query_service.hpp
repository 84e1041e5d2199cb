#pragma once

#include "sequencer/grpc/edge_context.hpp"

#include "troupe/v1/query.grpc.pb.h"

#include <functional>

namespace troupe::node {

class UnaryCall;

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

    grpc::ServerUnaryReactor* Call(
        grpc::CallbackServerContext* call, const troupe::v1::CallRequest* request,
        troupe::v1::CallResponse* response) override;
    grpc::ServerUnaryReactor* EstimateGas(
        grpc::CallbackServerContext* call, const troupe::v1::CallRequest* request,
        troupe::v1::EstimateGasResponse* response) override;
    grpc::ServerUnaryReactor* GetCode(
        grpc::CallbackServerContext* call, const troupe::v1::GetCodeRequest* request,
        troupe::v1::GetCodeResponse* response) override;
    grpc::ServerUnaryReactor* GetStorage(
        grpc::CallbackServerContext* call, const troupe::v1::GetStorageRequest* request,
        troupe::v1::GetStorageResponse* response) override;
    grpc::ServerUnaryReactor* GetLogs(
        grpc::CallbackServerContext* call, const troupe::v1::GetLogsRequest* request,
        troupe::v1::GetLogsResponse* response) override;

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

    // contract_queries.cpp
    template <class Response>
    grpc::ServerUnaryReactor* run_on_call_thread(
        RpcMethod method, const troupe::v1::CallRequest& request, Response* response);
    /// Asks the actors and finishes the call with what `fill_response` makes of the answer.
    template <class Fill>
    void ask_account(
        const std::shared_ptr<UnaryCall>& call, actors::AccountQuery query, Fill fill_response);
    [[nodiscard]] grpc::Status get_logs(
        const troupe::v1::GetLogsRequest& request, troupe::v1::GetLogsResponse& response);

    EdgeContext& edge_;
};

}  // namespace troupe::node
