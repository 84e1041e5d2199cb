#pragma once

namespace troupe::chain {

/// Brings the cache line at `address` nearer; any address will do. GCC takes a function that does
/// nothing else for one without effect and drops the calls of it: the empty assembly is an effect.
inline void prefetch(const void* address) noexcept {
    __builtin_prefetch(address);
    asm volatile("");
}
/// The same for a line that will be written.
inline void prefetch_to_write(const void* address) noexcept {
    __builtin_prefetch(address, 1);
    asm volatile("");
}

}  // namespace troupe::chain
