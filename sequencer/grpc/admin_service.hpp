#pragma once

#include "sequencer/grpc/edge_context.hpp"

#include "troupe/v1/admin.grpc.pb.h"

namespace troupe::node {

/// troupe.v1.AdminService: only on the admin listener.
class AdminServiceImpl final : public troupe::v1::AdminService::CallbackService {
  public:
    explicit AdminServiceImpl(EdgeContext& edge) noexcept : edge_(edge) {}

    grpc::ServerUnaryReactor* StartSequencing(
        grpc::CallbackServerContext* call, const troupe::v1::StartSequencingRequest* request,
        troupe::v1::StartSequencingResponse* response) override;
    grpc::ServerUnaryReactor* StopSequencing(
        grpc::CallbackServerContext* call, const troupe::v1::StopSequencingRequest* request,
        troupe::v1::StopSequencingResponse* response) override;
    grpc::ServerUnaryReactor* Flush(
        grpc::CallbackServerContext* call, const troupe::v1::FlushRequest* request,
        troupe::v1::FlushResponse* response) override;
    grpc::ServerUnaryReactor* SetLogLevel(
        grpc::CallbackServerContext* call, const troupe::v1::SetLogLevelRequest* request,
        troupe::v1::SetLogLevelResponse* response) override;
    grpc::ServerUnaryReactor* GetStatus(
        grpc::CallbackServerContext* call, const troupe::v1::GetStatusRequest* request,
        troupe::v1::GetStatusResponse* response) override;

  private:
    EdgeContext& edge_;
};

}  // namespace troupe::node
