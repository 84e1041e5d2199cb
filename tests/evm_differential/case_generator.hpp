#pragma once

#include "sequencer/evm_tools/state_test.hpp"

#include <set>

namespace troupe::evm_differential {

/// A random state test without its expectations: accounts with random code, and one transaction.
struct GeneratedCase {
    node::Json test;         ///< `post` has the case, its hash and logs are zero
    std::size_t pieces = 0;  ///< how many there were to leave out
};

/// The same seed and index give the same case on every machine.
/// @param without  pieces of code that are left out
[[nodiscard]] GeneratedCase generate_case(
    std::uint64_t seed, std::uint64_t index, const std::set<std::size_t>& without);

}  // namespace troupe::evm_differential
