#include "sequencer/logging/log.hpp"

#include "chain/base/hex.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <vector>

namespace troupe::node {
namespace {

using Levels = std::array<Severity, kComponents.size()>;

std::array<std::atomic<Severity>, kComponents.size()>& levels() {
    static std::array<std::atomic<Severity>, kComponents.size()> instance = [] {
        return std::array<std::atomic<Severity>, kComponents.size()>{
            Severity::kInfo, Severity::kInfo, Severity::kInfo,
            Severity::kInfo, Severity::kInfo, Severity::kInfo};
    }();
    return instance;
}

// %* in a pattern: the message as the inside of a JSON string.
class JsonMessage final : public spdlog::custom_flag_formatter {
  public:
    void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& out)
        override {
        for (const char c : message.payload) {
            const auto byte = static_cast<std::uint8_t>(c);
            if (c == '"' || c == '\\') {
                out.push_back('\\');
                out.push_back(c);
            } else if (c == '\n') {
                out.push_back('\\');
                out.push_back('n');
            } else if (byte < 0x20) {
                const std::string digits = chain::to_hex(std::span(&byte, 1)).substr(2);
                for (const char escape : "\\u00" + digits)
                    out.push_back(escape);
            } else {
                out.push_back(c);
            }
        }
    }
    [[nodiscard]] std::unique_ptr<custom_flag_formatter> clone() const override {
        return std::make_unique<JsonMessage>();
    }
};

void apply_format(spdlog::logger& logger, LogFormat format) {
    auto formatter = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc);
    if (format == LogFormat::kJson) {
        formatter->add_flag<JsonMessage>('*').set_pattern(
            R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l","component":"%n","message":"%*"})");
    } else {
        formatter->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %^%-7l%$ %-7n %v");
    }
    logger.set_formatter(std::move(formatter));
}

// One logger per component over one sink, so that the component is the logger's name.
std::vector<std::shared_ptr<spdlog::logger>>& loggers() {
    static std::vector<std::shared_ptr<spdlog::logger>> instance = [] {
        std::vector<std::shared_ptr<spdlog::logger>> made;
        const auto sink = std::make_shared<spdlog::sinks::stderr_color_sink_mt>();
        for (const std::string_view name : kComponents) {
            made.push_back(std::make_shared<spdlog::logger>(std::string(name), sink));
            made.back()->set_level(spdlog::level::trace);  // levels() decides
            made.back()->flush_on(spdlog::level::trace);
        }
        for (const auto& logger : made)
            apply_format(*logger, LogFormat::kText);
        return made;
    }();
    return instance;
}

template <std::size_t N>
std::string join(const std::array<std::string_view, N>& names) {
    std::string text;
    for (const std::string_view name : names)
        text += (text.empty() ? "" : ", ") + std::string(name);
    return text;
}

std::string read_level(std::string_view text, Severity& level) {
    const auto found = std::find(kSeverities.begin(), kSeverities.end(), text);
    if (found == kSeverities.end())
        return "unknown log level \"" + std::string(text) + "\": one of " + join(kSeverities);
    level = static_cast<Severity>(found - kSeverities.begin());
    return {};
}

std::string set_in(Levels& into, std::string_view component, Severity level) {
    if (component.empty()) {
        into.fill(level);
        return {};
    }
    const auto found = std::find(kComponents.begin(), kComponents.end(), component);
    if (found == kComponents.end())
        return "unknown log component \"" + std::string(component) + "\": one of " +
               join(kComponents);
    into[static_cast<std::size_t>(found - kComponents.begin())] = level;
    return {};
}

Levels current() {
    Levels copy{};
    for (std::size_t i = 0; i < copy.size(); ++i)
        copy[i] = levels()[i].load(std::memory_order_relaxed);
    return copy;
}

void adopt(const Levels& from) {
    for (std::size_t i = 0; i < from.size(); ++i)
        levels()[i].store(from[i], std::memory_order_relaxed);
}

}  // namespace

std::string configure_logging(LogFormat format, std::string_view text) {
    Levels wanted = current();
    while (!text.empty()) {
        const std::size_t comma = text.find(',');
        const std::string_view part = text.substr(0, comma);
        text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
        const std::size_t equals = part.find('=');
        Severity level{};
        const std::string_view name =
            equals == std::string_view::npos ? std::string_view() : part.substr(0, equals);
        if (std::string wrong = read_level(
                equals == std::string_view::npos ? part : part.substr(equals + 1), level);
            !wrong.empty())
            return wrong;
        if (std::string wrong = set_in(wanted, name, level); !wrong.empty()) return wrong;
    }
    adopt(wanted);
    for (const auto& logger : loggers())
        apply_format(*logger, format);
    return {};
}

std::string set_log_level(std::string_view component, std::string_view level_text) {
    Severity level{};
    if (std::string wrong = read_level(level_text, level); !wrong.empty()) return wrong;
    Levels wanted = current();
    if (std::string wrong = set_in(wanted, component, level); !wrong.empty()) return wrong;
    adopt(wanted);
    return {};
}

bool log_enabled(Component component, Severity level) noexcept {
    return level >= levels()[static_cast<std::size_t>(component)].load(std::memory_order_relaxed);
}

void log_line(Component component, Severity level, std::string_view message) noexcept {
    if (level == Severity::kOff) return;
    constexpr std::array kSpdlog{
        spdlog::level::trace, spdlog::level::debug, spdlog::level::info, spdlog::level::warn,
        spdlog::level::err};
    loggers()[static_cast<std::size_t>(component)]->log(
        kSpdlog[static_cast<std::size_t>(level)],
        spdlog::string_view_t(message.data(), message.size()));
}

}  // namespace troupe::node
