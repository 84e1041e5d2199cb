#pragma once

#include "sequencer/config/settings.hpp"

#include <CLI/CLI.hpp>

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace troupe::node {

/// The table of options as flags of one subcommand, plus --config.
class NodeOptions {
  public:
    /// @param decided  options that this subcommand decides itself and does not offer
    explicit NodeOptions(CLI::App& app, std::span<const std::string_view> decided = {});

    /// After parsing: flags over environment over TOML file over defaults.
    [[nodiscard]] std::optional<Settings> settings(std::string& failure) const;
    /// The TOML file that --config or TROUPE_CONFIG names; empty without.
    [[nodiscard]] std::string config_file() const;

  private:
    struct Values {
        std::string config;
        std::map<std::string, std::string> texts;
        std::map<std::string, CLI::Option*> options;
    };
    std::shared_ptr<Values> values_;  // CLI11 keeps pointers to the texts
};

}  // namespace troupe::node
