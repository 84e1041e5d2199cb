#include "sequencer/config/nearest.hpp"

#include <algorithm>

namespace troupe::node {

// One row of the table at a time.
std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j)
        row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
        }
    }
    return row[b.size()];
}

std::string nearest_name(std::string_view meant, const std::vector<std::string>& names) {
    const auto nearest =
        std::min_element(names.begin(), names.end(), [&](const auto& a, const auto& b) {
            return edit_distance(a, meant) < edit_distance(b, meant);
        });
    if (nearest == names.end()) return {};
    return edit_distance(*nearest, meant) * 3 <= std::max(nearest->size(), std::size_t{6})
               ? *nearest
               : "";
}

}  // namespace troupe::node
