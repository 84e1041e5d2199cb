#pragma once

#include "sequencer/config/option.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace troupe::node {

/// The value of every option, and where it comes from: a flag, else an environment variable, else
/// the TOML file, else the default.
class Settings {
  public:
    struct Sources {
        std::map<std::string, std::string> flags;  ///< by option name
        std::function<std::optional<std::string>(const std::string&)> environment;  ///< by variable
        std::string toml_file;                                                      ///< empty: none
    };
    /// @return empty in `failure`, or the first thing wrong: where it was said, which option, what
    ///         was expected; an unknown key with the nearest one that exists
    [[nodiscard]] static std::optional<Settings> resolve(
        const Sources& sources, std::string& failure);

    [[nodiscard]] const std::string& text(std::string_view name) const;
    [[nodiscard]] std::uint64_t number(std::string_view name) const;
    /// Of a kBytes option.
    [[nodiscard]] std::uint64_t bytes(std::string_view name) const;
    [[nodiscard]] std::uint32_t number32(std::string_view name) const {
        return static_cast<std::uint32_t>(number(name));
    }
    [[nodiscard]] bool on(std::string_view name) const;
    /// "default", "flag --x", "environment TROUPE_X" or "file x.toml, line 3"
    [[nodiscard]] const std::string& origin(std::string_view name) const;

    /// As a TOML file that gives the same settings, each value with its origin as a comment.
    [[nodiscard]] std::string dump() const;

  private:
    struct Value {
        std::string text;
        std::string origin;
    };
    [[nodiscard]] const Value& value(std::string_view name) const;
    std::map<std::string, Value, std::less<>> values_;
};

/// The process's own environment variables.
[[nodiscard]] std::optional<std::string> process_environment(const std::string& name);

}  // namespace troupe::node
