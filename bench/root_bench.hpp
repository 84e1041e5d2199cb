#pragma once

#include "bench/report.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace troupe::bench {

struct RootBenchResult {
    double ns_per_update = 0;  ///< of the median block: encode, apply, hash, combine
    std::uint64_t accounts = 0;
    std::uint64_t updates = 0;  ///< different accounts changed in each block
    unsigned threads = 1;
    std::string path;  ///< "avx512", "avx2" or "scalar"
    double bytes_per_account = 0;
};

/// A state trie of plain accounts, made once and measured many times.
class RootBench {
  public:
    explicit RootBench(std::uint64_t accounts);
    ~RootBench();

    /// Changes nonce and balance of `updates` accounts per block. Each thread has its share of the
    /// sub-tries. `scalar` hashes one node after the other.
    [[nodiscard]] RootBenchResult run(std::uint64_t updates, unsigned threads, bool scalar);
    /// Whether the state root is that of a trie made from the present accounts at once.
    [[nodiscard]] bool root_is_right() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// W12: root only, 10,000 and 50,000 updates a block on 1M accounts, on one core and on two, and
/// the scalar hash beside it. Aborts when the root is wrong afterwards.
[[nodiscard]] std::vector<Result> root_bench();

}  // namespace troupe::bench
