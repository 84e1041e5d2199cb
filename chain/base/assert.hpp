#pragma once

/// Guards what only a bug in Troupe could break; stays on in release. Bad input is never an assert:
/// it is a value (see error.hpp).
#define TROUPE_ASSERT(condition)                                               \
    do {                                                                       \
        if (!(condition)) [[unlikely]]                                         \
            ::troupe::chain::assertion_failed(#condition, __FILE__, __LINE__); \
    } while (false)

namespace troupe::chain {

/// Prints the broken invariant to standard error and aborts.
[[noreturn]] void assertion_failed(const char* condition, const char* file, int line) noexcept;

}  // namespace troupe::chain
