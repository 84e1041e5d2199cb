#pragma once

#include "sequencer/evm_tools/state_test.hpp"

#include <functional>

namespace troupe::node {

/// How a case went.
struct StateTestResult {
    std::string title;
    bool passed = false;
    std::string difference;  ///< the first one, in words
    std::uint64_t gas_used = 0;
    std::uint64_t ns = 0;  ///< of executing alone
};

using ExecutedCase = chain::Result<chain::execution::Outcome, chain::execution::Refusal>;
/// Executes a case in another way and compares with what serial execution came to.
/// @return the first difference, in words; empty: none
using SecondExecution = std::function<std::string(
    const StateTest& test, const chain::execution::BlockEnv& env,
    const StateTestTransaction& transaction, const ExecutedCase& serial)>;

/// Executes a case and compares: refused or not, logs, state root (and accounts one by one where
/// the file has them).
/// @param second  if given, what passed is executed by it, too
[[nodiscard]] StateTestResult run_state_test(
    chain::evm::Machine& machine, const StateTest& test, const StateTestCase& test_case,
    chain::Revision revision, const SecondExecution& second = {});

/// The first account, field or slot in which two states differ; empty where none does.
[[nodiscard]] std::string first_difference(const World& got, const World& expected);

}  // namespace troupe::node
