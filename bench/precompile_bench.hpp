#pragma once

#include <string>

namespace troupe::bench {

struct PrecompileBenchOptions {
    std::string json_file;
    double seconds = 0.2;  ///< measured per input, at least
};

/// `troupe bench precompiles`: runs every precompile on the inputs that take longest for their gas
/// and prints time and nanoseconds per gas. Each has to succeed and to cost what its specification
/// says.
/// @return the exit status
int run_precompile_bench(const PrecompileBenchOptions& options);

}  // namespace troupe::bench
