#pragma once

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

/// What the node says about itself: one line per event on standard error, as text or as JSON lines.
/// A level per component, changed at run time. The one doorway to spdlog.
namespace troupe::node {

enum class Component : std::uint8_t {
    kNode,     ///< start, stop, configuration
    kEngine,   ///< ordering, execution, sealing
    kStorage,  ///< LevelDB
    kRpc,      ///< gRPC
    kL1,       ///< posting, derivation
    kMetrics,
};
inline constexpr std::array<std::string_view, 6> kComponents{"node", "engine", "storage",
                                                             "rpc",  "l1",     "metrics"};

enum class Severity : std::uint8_t {
    kTrace,
    kDebug,
    kInfo,
    kWarn,
    kError,
    kOff
};
inline constexpr std::array<std::string_view, 6> kSeverities{"trace", "debug", "info",
                                                             "warn",  "error", "off"};

enum class LogFormat : std::uint8_t {
    kText,
    kJson
};

/// @param format  how lines look from now on
/// @param levels  "info", or a default and exceptions: "info,l1=debug,rpc=warn"
/// @return empty, or what is wrong with `levels` in words; nothing has changed then
[[nodiscard]] std::string configure_logging(LogFormat format, std::string_view levels);

/// Sets one component's level; every component's when `component` is empty.
/// @return empty, or which name is unknown and which are known
[[nodiscard]] std::string set_log_level(std::string_view component, std::string_view level);

[[nodiscard]] bool log_enabled(Component component, Severity level) noexcept;
void log_line(Component component, Severity level, std::string_view message) noexcept;

template <class... Args>
void log_debug(Component component, fmt::format_string<Args...> format, Args&&... args) {
    if (log_enabled(component, Severity::kDebug))
        log_line(component, Severity::kDebug, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void log_info(Component component, fmt::format_string<Args...> format, Args&&... args) {
    if (log_enabled(component, Severity::kInfo))
        log_line(component, Severity::kInfo, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void log_warn(Component component, fmt::format_string<Args...> format, Args&&... args) {
    if (log_enabled(component, Severity::kWarn))
        log_line(component, Severity::kWarn, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void log_error(Component component, fmt::format_string<Args...> format, Args&&... args) {
    if (log_enabled(component, Severity::kError))
        log_line(component, Severity::kError, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace troupe::node
