#pragma once

#include "chain/execution/call.hpp"
#include "sequencer/reads/state_reader.hpp"

namespace troupe::node {

/// Runs calls on the thread that asks. Its machine, with the code that it has decoded, is the
/// thread's own and stays.
[[nodiscard]] chain::evm::Machine& machine_of_this_thread();

[[nodiscard]] chain::execution::CallResult run_call(
    const StateReader& state, const chain::execution::BlockEnv& env,
    const chain::execution::CallRequest& request);

/// As chain::execution::estimate_gas, but gives up when `until` has come: an estimate is some
/// twenty calls.
/// @return the gas; nothing where the time was over
/// @error the call's result with the most gas, where it fails with that too
[[nodiscard]] chain::Result<std::optional<std::uint64_t>, chain::execution::CallResult>
run_estimate(
    const StateReader& state, const chain::execution::BlockEnv& env,
    const chain::execution::CallRequest& request, std::uint64_t cap, StateReader::Time until);

}  // namespace troupe::node
