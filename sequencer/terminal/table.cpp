#include "sequencer/terminal/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

namespace troupe::node {

std::string FactTable::text() const {
    std::size_t name_width = 0;
    std::size_t value_width = 0;
    for (const auto& [name, value] : rows_) {
        name_width = std::max(name_width, name.size());
        value_width = std::max(value_width, value.size());
    }
    std::string rule;
    for (std::size_t i = 0; i < std::max(title_.size(), name_width + 2 + value_width); ++i) {
        rule += "─";
    }
    std::string text = fmt::format("{}\n{}\n", title_, rule);
    for (const auto& [name, value] : rows_) {
        text += name.empty() ? "\n" : fmt::format("{:<{}}  {}\n", name, name_width, value);
    }
    return text;
}

std::string with_commas(std::uint64_t value) {
    std::string text = std::to_string(value);
    for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3) {
        text.insert(static_cast<std::size_t>(at), ",");
    }
    return text;
}

}  // namespace troupe::node
