#pragma once

#include <string>
#include <vector>

namespace troupe::bench {

struct EvmBenchOptions {
    std::vector<std::string> paths;  ///< state-test files, or folders of them
    std::string json_file;
    double seconds = 0.5;  ///< measured per program, at least
    bool erc20 = true;     ///< an OpenZeppelin ERC-20 transfer, too
};

/// `troupe bench evm`: executes the files' transactions over and over on a warm state and prints
/// the shortest and the median time, after checking that the result is what the file says.
/// @return the exit status
int run_evm_bench(const EvmBenchOptions& options);

}  // namespace troupe::bench
