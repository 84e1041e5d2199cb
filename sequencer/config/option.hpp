#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

/// Every setting of `troupe node`, in one table: its flag, environment variable, key in the TOML
/// file, default, limits and help all follow from one line here.
namespace troupe::node {

enum class OptionKind : std::uint8_t {
    kText,    ///< anything
    kPath,    ///< a file or directory; ~ is not expanded
    kNumber,  ///< decimal, within [min, max]
    kSwitch,  ///< true or false
    kBytes,   ///< a size: decimal, K, M or G behind it for powers of 1,024; 0, or in [min, max]
    kListen,  ///< host:port; port 0 takes a free one
    kChoice,  ///< one of `choices`, separated by |
    kUrl,     ///< http:// or https://
};

struct Option {
    std::string_view
        name;  ///< "grpc.listen": flag --grpc.listen, TROUPE_GRPC_LISTEN, [grpc] listen
    OptionKind kind;
    std::string_view group;  ///< heading in --help
    std::string_view fallback;
    std::string_view help;  ///< one sentence, no full stop
    std::uint64_t min = 0;  ///< kNumber, kBytes
    std::uint64_t max = UINT64_MAX;
    std::string_view choices = {};
    bool empty_allowed = false;  ///< kText, kPath, kListen: "" means "not used"
};

/// All options, grouped, in the order --help shows them.
[[nodiscard]] std::span<const Option> all_options() noexcept;
/// Null where there is none of that name.
[[nodiscard]] const Option* find_option(std::string_view name) noexcept;
/// The option whose name looks most like `name`: for "did you mean".
[[nodiscard]] const Option& nearest_option(std::string_view name);

/// "TROUPE_GRPC_LISTEN"
[[nodiscard]] std::string environment_name(const Option& option);

/// The number of bytes that a kBytes value names; empty: it names none.
[[nodiscard]] std::optional<std::uint64_t> bytes_of(std::string_view value) noexcept;

/// @return empty if `value` is allowed, else what was expected: "a number from 1 to 256"
[[nodiscard]] std::string check_value(const Option& option, std::string_view value);

}  // namespace troupe::node
