#pragma once

#include "sequencer/grpc/backend.hpp"

namespace troupe::node {

/// The backend over the real engine, which must outlive it. Whoever uses it links troupe::actors.
class EngineBackend final : public NodeBackend {
  public:
    explicit EngineBackend(actors::Engine& engine) noexcept : engine_(engine) {}

    bool submit(
        std::vector<chain::Bytes> raw, std::shared_ptr<actors::SubmitSink> sink,
        actors::Credit credit) override;
    std::uint32_t free_credits() const noexcept override;
    std::uint32_t retry_after_ms() const noexcept override;
    bool shutting_down() const noexcept override;
    void query_account(
        actors::AccountQuery query, std::function<void(actors::AccountAnswer)> reply) override;
    chain::execution::BlockEnv open_block() const override;
    void stop_sequencing() override;
    void start_sequencing() override;
    bool sequencing() const noexcept override;
    void flush() override;

  private:
    actors::Engine& engine_;
};

}  // namespace troupe::node
