#pragma once

#include "chain/crypto/recovery/curve.hpp"

/// Multiples of the generator.
namespace troupe::chain::crypto::recovery {

/// G, 3 G, 5 G, .. 8191 G, and each times lambda. 512 KiB; the same on every machine.
struct GeneratorTable {
    PointLine multiples[2][kGeneratorMultiples];  ///< [1]: (beta x, y)
};

/// Computed at the first call (about 2 ms) and never changed.
[[nodiscard]] const GeneratorTable& generator_table() noexcept;

}  // namespace troupe::chain::crypto::recovery
