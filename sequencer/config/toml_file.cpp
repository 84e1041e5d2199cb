#include "sequencer/config/toml_file.hpp"

#include <toml++/toml.h>

#include <sstream>

namespace troupe::node {
namespace {

void flatten(const toml::table& table, const std::string& prefix, std::vector<TomlEntry>& entries) {
    for (const auto& [key, node] : table) {
        const std::string name = prefix + std::string(key.str());
        if (const toml::table* inner = node.as_table()) {
            flatten(*inner, name + ".", entries);
            continue;
        }
        TomlEntry entry;
        entry.key = name;
        entry.line = node.source().begin.line;
        if (const auto* text = node.as_string())
            entry.value = text->get();
        else if (const auto* number = node.as_integer())
            entry.value = std::to_string(number->get());
        else if (const auto* flag = node.as_boolean())
            entry.value = flag->get() ? "true" : "false";
        else
            entry.plain = false;
        entries.push_back(std::move(entry));
    }
}

}  // namespace

std::string read_toml(const std::string& path, std::vector<TomlEntry>& entries) {
    try {
        flatten(toml::parse_file(path), "", entries);
        return {};
    } catch (const toml::parse_error& error) {
        std::ostringstream text;
        text << path;
        if (error.source().begin.line != 0)
            text << ", line " << error.source().begin.line << ", column "
                 << error.source().begin.column;
        text << ": " << error.description();
        return text.str();
    }
}

}  // namespace troupe::node
