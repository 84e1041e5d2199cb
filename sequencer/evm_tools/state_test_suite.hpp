#pragma once

#include "sequencer/evm_tools/state_test_run.hpp"

namespace troupe::node {

/// Which cases of many files run.
struct StateTestFilter {
    std::optional<chain::Revision> revision;  ///< empty: all that are known
    std::string text;                         ///< part of the title; empty: all
};

struct StateTestFileReport {
    std::string file;
    std::string failure;  ///< why it could not be read
    std::vector<StateTestResult> results;
    std::size_t other_revisions = 0;  ///< cases of upgrades that are not known
};

/// Every file below the paths that ends in .json, sorted; a path that is a file counts whatever
/// its name.
/// @return none, with the path in `failure`, where one does not exist
[[nodiscard]] std::vector<std::string> json_files(
    const std::vector<std::string>& paths, std::string& failure);

/// Runs the files on `jobs` threads. @return one report per file, in their order
/// @param second  see run_state_test(); called by all threads
[[nodiscard]] std::vector<StateTestFileReport> run_state_test_files(
    const std::vector<std::string>& files, const StateTestFilter& filter, unsigned jobs,
    const SecondExecution& second = {});

}  // namespace troupe::node
