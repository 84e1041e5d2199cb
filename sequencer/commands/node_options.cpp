#include "sequencer/commands/node_options.hpp"

#include <algorithm>

namespace troupe::node {

NodeOptions::NodeOptions(CLI::App& app, std::span<const std::string_view> decided)
    : values_(std::make_shared<Values>()) {
    app.add_option(
           "--config", values_->config, "TOML file with any of these options [env: TROUPE_CONFIG]")
        ->type_name("FILE");
    for (const Option& option : all_options()) {
        if (std::find(decided.begin(), decided.end(), option.name) != decided.end()) continue;
        const std::string name(option.name);
        const std::string flag = "--" + name;
        const std::string help =
            std::string(option.help) + " [env: " + environment_name(option) +
            "] [default: " + (option.fallback.empty() ? "none" : std::string(option.fallback)) +
            "]";
        std::string& text = values_->texts[name];
        CLI::Option* made = option.kind == OptionKind::kSwitch ? app.add_flag(flag, text, help)
                                                               : app.add_option(flag, text, help);
        made->group(std::string(option.group));
        if (option.kind == OptionKind::kNumber) made->type_name("N");
        if (option.kind == OptionKind::kBytes) made->type_name("SIZE");
        if (option.kind == OptionKind::kPath) made->type_name("PATH");
        if (option.kind == OptionKind::kListen) made->type_name("HOST:PORT");
        if (option.kind == OptionKind::kUrl) made->type_name("URL");
        if (option.kind == OptionKind::kChoice) made->type_name(std::string(option.choices));
        values_->options[name] = made;
    }
}

std::string NodeOptions::config_file() const {
    if (!values_->config.empty()) return values_->config;
    return process_environment("TROUPE_CONFIG").value_or("");
}

std::optional<Settings> NodeOptions::settings(std::string& failure) const {
    Settings::Sources sources;
    sources.toml_file = config_file();
    sources.environment = process_environment;
    for (const auto& [name, option] : values_->options)
        if (option->count() > 0) sources.flags[name] = values_->texts.at(name);
    return Settings::resolve(sources, failure);
}

}  // namespace troupe::node
