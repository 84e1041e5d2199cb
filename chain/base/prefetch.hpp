#pragma once

#include <cstddef>

namespace troupe::chain {

/// Brings the cache line at `address` nearer; any address will do. GCC takes a function that does
/// nothing else for one without effect and drops the calls of it: the empty assembly is an effect.
inline void prefetch(const void* address) noexcept {
    __builtin_prefetch(address);
    asm volatile("");
}
/// The same for each line of `size` bytes.
inline void prefetch_lines(const void* begin, std::size_t size) noexcept {
    constexpr std::size_t kLine = 64;
    for (std::size_t at = 0; at < size; at += kLine)
        prefetch(static_cast<const char*>(begin) + at);
}
/// The same as prefetch() for a line that will be written.
inline void prefetch_to_write(const void* address) noexcept {
    __builtin_prefetch(address, 1);
    asm volatile("");
}

}  // namespace troupe::chain
