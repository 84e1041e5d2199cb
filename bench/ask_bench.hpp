#pragma once

#include <cstdint>
#include <string>

namespace troupe::bench {

struct AskBenchOptions {
    std::string host = "127.0.0.1";  ///< numbers only
    std::uint16_t port = 0;
    std::string body_file;           ///< what is asked in turn: a call or a batch on each line
    std::string expect;              ///< text that every answer holds,
    std::uint32_t expect_times = 1;  ///< so many times
    std::uint32_t connections = 16;
    double seconds = 5;
};

/// `troupe bench ask`: asks one JSON-RPC server over and over, one request under way on
/// each connection, in as little of the processor as that takes: a kept connection costs it two
/// system calls a request, so that a server beside it on the same machine is what is measured.
/// Prints one JSON object: answers, perSecond, p50Ms, p99Ms, clientUsEach (processor time of this
/// process).
/// @return the exit status; 1 for an answer that is not what was expected
int run_ask_bench(const AskBenchOptions& options);

}  // namespace troupe::bench
