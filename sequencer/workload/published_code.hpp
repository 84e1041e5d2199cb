#pragma once

#include "chain/base/bytes.hpp"

#include <optional>

namespace troupe::node {

/// The init code in a contract's published artifact, for instance
/// "@uniswap/v2-core/build/UniswapV2Factory.json". Such code has licences of its own, so it is read
/// where npm installed it and is no part of this program. Empty: not installed, or damaged.
[[nodiscard]] std::optional<chain::Bytes> published_code(const char* artifact);

}  // namespace troupe::node
