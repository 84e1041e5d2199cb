#pragma once

#include "chain/base/uint256.hpp"

/// Numbers for tests: the same for the same seed.
namespace troupe::chain::crypto::recovery::testing {

/// splitmix64. Steele, Lea, Flood: "Fast Splittable Pseudorandom Number Generators" (2014)
class Random {
  public:
    explicit Random(std::uint64_t seed) noexcept : state_(seed * 0x9e3779b97f4a7c15) {}

    std::uint64_t next() noexcept {
        std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
    Uint256 word() noexcept { return {next(), next(), next(), next()}; }
    /// Below `bound`, which is close to 2^256.
    Uint256 below(const Uint256& bound) noexcept {
        for (;;) {
            const Uint256 value = word();
            if (value < bound) return value;
        }
    }

  private:
    std::uint64_t state_;
};

}  // namespace troupe::chain::crypto::recovery::testing
