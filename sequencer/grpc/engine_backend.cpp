#include "sequencer/grpc/engine_backend.hpp"

#include <utility>

namespace troupe::node {

bool EngineBackend::submit(
    std::vector<chain::Bytes> raw, std::shared_ptr<actors::SubmitSink> sink,
    actors::Credit credit) {
    return engine_.submit(std::move(raw), std::move(sink), credit);
}
std::uint32_t EngineBackend::free_credits() const noexcept {
    return engine_.free_credits();
}
std::uint32_t EngineBackend::retry_after_ms() const noexcept {
    return engine_.retry_after_ms();
}
bool EngineBackend::shutting_down() const noexcept {
    return engine_.shutting_down();
}
void EngineBackend::query_account(
    actors::AccountQuery query, std::function<void(actors::AccountAnswer)> reply) {
    engine_.query_account(std::move(query), std::move(reply));
}
chain::execution::BlockEnv EngineBackend::open_block() const {
    return engine_.open_block();
}
void EngineBackend::stop_sequencing() {
    engine_.stop_sequencing();
}
void EngineBackend::start_sequencing() {
    engine_.start_sequencing();
}
bool EngineBackend::sequencing() const noexcept {
    return engine_.sequencing();
}
void EngineBackend::flush() {
    engine_.flush();
}

}  // namespace troupe::node
