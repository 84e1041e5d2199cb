#pragma once

#include "sequencer/grpc/edge_context.hpp"

#include "troupe/v1/submit.grpc.pb.h"

namespace troupe::node {

/// troupe.v1.SubmitService; the stream is in submit_stream.hpp.
class SubmitServiceImpl final : public troupe::v1::SubmitService::CallbackService {
  public:
    explicit SubmitServiceImpl(EdgeContext& edge) noexcept : edge_(edge) {}

    grpc::ServerUnaryReactor* SubmitTransaction(
        grpc::CallbackServerContext* call, const troupe::v1::SubmitTransactionRequest* request,
        troupe::v1::SubmitTransactionResponse* response) override;
    grpc::ServerUnaryReactor* SubmitTransactions(
        grpc::CallbackServerContext* call, const troupe::v1::SubmitTransactionsRequest* request,
        troupe::v1::SubmitTransactionsResponse* response) override;
    grpc::ServerBidiReactor<troupe::v1::SubmitStreamRequest, troupe::v1::SubmitStreamResponse>*
    SubmitStream(grpc::CallbackServerContext* call) override;

  private:
    EdgeContext& edge_;
};

}  // namespace troupe::node
