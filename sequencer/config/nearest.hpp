#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace troupe::node {

/// Levenshtein: how many characters to insert, delete or change to make one of the other.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

/// The one of `names` that was probably meant: the nearest, where it is not further than a third of
/// its length. @return empty where none is
[[nodiscard]] std::string nearest_name(
    std::string_view meant, const std::vector<std::string>& names);

}  // namespace troupe::node
