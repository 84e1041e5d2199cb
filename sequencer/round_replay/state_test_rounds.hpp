#pragma once

#include "sequencer/evm_tools/state_test_run.hpp"

namespace troupe::node {

/// Executes the case as executors and partitions do it, three times from the same state: speculated
/// and validated; speculated and settled; settled alone. A transaction that admission would not let
/// in is left out.
/// @return the first difference from `serial` in result or state, in words; empty: none
[[nodiscard]] std::string difference_in_rounds(
    const StateTest& test, const chain::execution::BlockEnv& env,
    const StateTestTransaction& transaction, const ExecutedCase& serial);

}  // namespace troupe::node
