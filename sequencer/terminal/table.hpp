#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace troupe::node {

/// Two columns, aligned: what a command has to say at its end.
class FactTable {
  public:
    explicit FactTable(std::string title) : title_(std::move(title)) {}
    void add(std::string name, std::string value) {
        rows_.emplace_back(std::move(name), std::move(value));
    }
    /// An empty line between groups.
    void gap() { rows_.emplace_back(); }
    [[nodiscard]] std::string text() const;

  private:
    std::string title_;
    std::vector<std::pair<std::string, std::string>> rows_;
};

/// 1234567 as "1,234,567".
[[nodiscard]] std::string with_commas(std::uint64_t value);

}  // namespace troupe::node
