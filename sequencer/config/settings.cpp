#include "sequencer/config/settings.hpp"

#include "chain/base/assert.hpp"
#include "chain/base/hex.hpp"
#include "sequencer/config/toml_file.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace troupe::node {
namespace {

std::string wrong_value(
    const Option& option, const std::string& origin, const std::string& value,
    const std::string& expected) {
    return origin + ": " + std::string(option.name) + " is \"" + value + "\", expected " + expected;
}

}  // namespace

std::optional<Settings> Settings::resolve(const Sources& sources, std::string& failure) {
    failure.clear();
    Settings settings;
    for (const Option& option : all_options())
        settings.values_[std::string(option.name)] = {std::string(option.fallback), "default"};

    std::vector<TomlEntry> entries;
    if (!sources.toml_file.empty()) {
        failure = read_toml(sources.toml_file, entries);
        if (!failure.empty()) return std::nullopt;
    }
    for (const TomlEntry& entry : entries) {
        const std::string origin =
            "file " + sources.toml_file + ", line " + std::to_string(entry.line);
        const Option* option = find_option(entry.key);
        if (option == nullptr) {
            failure = origin + ": unknown key \"" + entry.key + "\"; did you mean \"" +
                      std::string(nearest_option(entry.key).name) + "\"?";
            return std::nullopt;
        }
        if (!entry.plain) {
            failure = origin + ": " + entry.key + " must be a string, a whole number or a boolean";
            return std::nullopt;
        }
        settings.values_[entry.key] = {entry.value, origin};
    }
    for (const Option& option : all_options()) {
        const std::string name(option.name);
        const std::string variable = environment_name(option);
        if (sources.environment) {
            if (auto value = sources.environment(variable))
                settings.values_[name] = {std::move(*value), "environment " + variable};
        }
        if (const auto flag = sources.flags.find(name); flag != sources.flags.end())
            settings.values_[name] = {flag->second, "flag --" + name};
        const Value& value = settings.values_[name];
        if (std::string expected = check_value(option, value.text); !expected.empty()) {
            failure = wrong_value(option, value.origin, value.text, expected);
            return std::nullopt;
        }
    }
    return settings;
}

const Settings::Value& Settings::value(std::string_view name) const {
    const auto found = values_.find(name);
    TROUPE_ASSERT(found != values_.end());
    return found->second;
}

const std::string& Settings::text(std::string_view name) const {
    return value(name).text;
}

std::uint64_t Settings::number(std::string_view name) const {
    return *chain::u64_from_text(value(name).text);  // checked by resolve()
}

std::uint64_t Settings::bytes(std::string_view name) const {
    return *bytes_of(value(name).text);  // checked by resolve()
}

bool Settings::on(std::string_view name) const {
    return value(name).text == "true";
}

const std::string& Settings::origin(std::string_view name) const {
    return value(name).origin;
}

std::string Settings::dump() const {
    std::string plain;  // keys without a table come first in TOML
    std::vector<std::pair<std::string, std::string>> tables;
    for (const Option& option : all_options()) {
        const Value& found = value(option.name);
        const bool bare = option.kind == OptionKind::kNumber || option.kind == OptionKind::kSwitch;
        std::string quoted;
        for (const char c : found.text) {
            if (c == '"' || c == '\\') quoted += '\\';
            quoted += c;
        }
        const std::string shown = bare ? found.text : "\"" + quoted + "\"";
        const std::size_t dot = option.name.find('.');
        const bool in_table = dot != std::string_view::npos;
        const std::string key(in_table ? option.name.substr(dot + 1) : option.name);
        const std::string line = key + " = " + shown + "  # " + found.origin + "\n";
        if (!in_table) {
            plain += line;
            continue;
        }
        const std::string table(option.name.substr(0, dot));
        const auto at = std::find_if(
            tables.begin(), tables.end(), [&](const auto& entry) { return entry.first == table; });
        if (at == tables.end())
            tables.emplace_back(table, line);
        else
            at->second += line;
    }
    for (const auto& [table, lines] : tables)
        plain += "\n[" + table + "]\n" + lines;
    return plain;
}

std::optional<std::string> process_environment(const std::string& name) {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) return std::nullopt;
    return std::string(value);
}

}  // namespace troupe::node
