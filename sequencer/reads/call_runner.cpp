#include "sequencer/reads/call_runner.hpp"

namespace troupe::node {

namespace execution = chain::execution;

chain::evm::Machine& machine_of_this_thread() {
    constexpr std::size_t kDecodedCodeBytes = std::size_t{32} << 20;
    thread_local chain::evm::Machine machine(kDecodedCodeBytes);
    return machine;
}

execution::CallResult run_call(
    const StateReader& state, const execution::BlockEnv& env,
    const execution::CallRequest& request) {
    return execution::call(machine_of_this_thread(), state, env, request);
}

chain::Result<std::optional<std::uint64_t>, execution::CallResult> run_estimate(
    const StateReader& state, const execution::BlockEnv& env, const execution::CallRequest& request,
    std::uint64_t cap, StateReader::Time until) {
    bool late = false;
    const auto expired = [&] {
        late = late || state.fault() != StateReader::Fault::kNone ||
               std::chrono::steady_clock::now() > until;
        return late;
    };
    auto estimate =
        execution::estimate_gas(machine_of_this_thread(), state, env, request, cap, expired);
    if (late) return std::optional<std::uint64_t>();
    if (!estimate) return std::move(estimate.error());
    return std::optional<std::uint64_t>(*estimate);
}

}  // namespace troupe::node
