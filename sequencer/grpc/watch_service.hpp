#pragma once

#include "sequencer/grpc/edge_context.hpp"

#include "troupe/v1/watch.grpc.pb.h"

namespace troupe::node {

/// troupe.v1.WatchService: checks requests and opens streams (watch_stream.hpp).
class WatchServiceImpl final : public troupe::v1::WatchService::CallbackService {
  public:
    explicit WatchServiceImpl(EdgeContext& edge) noexcept : edge_(edge) {}

    grpc::ServerWriteReactor<troupe::v1::WatchBlocksResponse>* WatchBlocks(
        grpc::CallbackServerContext* call, const troupe::v1::WatchBlocksRequest* request) override;
    grpc::ServerWriteReactor<troupe::v1::WatchAccountResponse>* WatchAccount(
        grpc::CallbackServerContext* call, const troupe::v1::WatchAccountRequest* request) override;
    grpc::ServerWriteReactor<troupe::v1::WatchTransactionResponse>* WatchTransaction(
        grpc::CallbackServerContext* call,
        const troupe::v1::WatchTransactionRequest* request) override;

  private:
    EdgeContext& edge_;
};

}  // namespace troupe::node
