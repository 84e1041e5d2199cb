#pragma once

#include "chain/base/bytes.hpp"

#include <algorithm>
#include <array>

namespace troupe::chain::evm {

/// The first bytes of a call's input, zeros where it is shorter: how most precompiles read theirs.
template <std::size_t kBytes>
[[nodiscard]] std::array<std::uint8_t, kBytes> padded(ByteView input) noexcept {
    std::array<std::uint8_t, kBytes> bytes{};
    std::copy_n(input.begin(), std::min(input.size(), kBytes), bytes.begin());
    return bytes;
}

}  // namespace troupe::chain::evm
