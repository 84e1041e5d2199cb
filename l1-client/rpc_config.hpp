#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace troupe::l1 {

/// Bounds of one client. The defaults suit a node a few hundred milliseconds away.
struct RpcConfig {
    std::chrono::milliseconds timeout{10'000};         ///< for one attempt of one call
    std::uint32_t attempts_max = 5;                    ///< of a call that may be repeated
    std::chrono::milliseconds retry_delay_min{100};    ///< doubled after each attempt ...
    std::chrono::milliseconds retry_delay_max{5'000};  ///< ... up to this; each is jittered by half
    std::size_t batch_calls_max = 100;                 ///< calls in one HTTP request
};

struct RpcStats {
    std::uint64_t requests = 0;  ///< HTTP requests
    std::uint64_t retries = 0;
    std::uint64_t failures = 0;  ///< calls that ended in an error, reverts and refusals included
};

}  // namespace troupe::l1
