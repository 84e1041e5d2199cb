#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace troupe::node {

/// Notes, in words an operator can act on, which limits are too low.
class AtLeast {
  public:
    AtLeast(const char* prefix, std::vector<std::string>& broken)
        : prefix_(prefix), broken_(broken) {}

    void operator()(const char* name, std::uint64_t value, std::uint64_t least) const {
        if (value < least)
            broken_.push_back(
                std::string(prefix_) + name + " is " + std::to_string(value) +
                ", must be at least " + std::to_string(least));
    }

  private:
    const char* prefix_;  // of every sentence
    std::vector<std::string>& broken_;
};

}  // namespace troupe::node
