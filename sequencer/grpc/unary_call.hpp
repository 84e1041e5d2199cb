#pragma once

#include "sequencer/grpc/edge_context.hpp"

#include <grpcpp/grpcpp.h>

#include <memory>
#include <mutex>
#include <utility>

namespace troupe::node {

/// One unary call that may be answered later, from another thread. Whoever comes first ends it: an
/// answer, the client that cancels, or the server that shuts down. What comes after that finds the
/// call finished and must not touch its messages any more.
class UnaryCall final : public grpc::ServerUnaryReactor,
                        public std::enable_shared_from_this<UnaryCall> {
  public:
    /// The call keeps itself until it is done.
    [[nodiscard]] static std::shared_ptr<UnaryCall> open(RpcStats& stats, RpcMethod method) {
        auto call = std::make_shared<UnaryCall>(stats, method);
        call->self_ = call;
        return call;
    }
    UnaryCall(RpcStats& stats, RpcMethod method) : record_(stats, method, false) {}

    /// Unless finished: runs `work`, which fills the response and returns the status, and finishes.
    template <class Work>
    void answer(Work&& work) {
        const std::lock_guard lock(mutex_);
        if (!finished_) finish_locked(work());
    }
    void finish(grpc::Status status) {
        answer([&status] { return std::move(status); });
    }
    [[nodiscard]] bool finished() const {
        const std::lock_guard lock(mutex_);
        return finished_;
    }

  private:
    void OnCancel() override { finish(grpc::Status::CANCELLED); }
    void OnDone() override { const auto last = std::move(self_); }

    void finish_locked(grpc::Status status) {
        finished_ = true;
        record_.finish(status.error_code());
        Finish(std::move(status));
    }

    mutable std::mutex mutex_;  ///< guards what follows, and the call's messages
    CallRecord record_;
    bool finished_ = false;
    std::shared_ptr<UnaryCall> self_;
};

}  // namespace troupe::node
