#pragma once

#include "chain/base/bytes.hpp"

#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>

namespace troupe::chain {

static_assert(std::endian::native == std::endian::little, "x86-64 and riscv64 are little-endian");

/// Reverses the bytes of an unsigned integer of 2, 4 or 8 bytes.
template <std::unsigned_integral T>
[[nodiscard]] constexpr T byte_swap(T value) noexcept {
    if constexpr (sizeof(T) == 1) return value;
    if constexpr (sizeof(T) == 2) return __builtin_bswap16(value);
    if constexpr (sizeof(T) == 4) return __builtin_bswap32(value);
    if constexpr (sizeof(T) == 8) return __builtin_bswap64(value);
}

/// Reads sizeof(T) bytes, most significant first.
template <std::unsigned_integral T>
[[nodiscard]] inline T load_be(const std::uint8_t* from) noexcept {
    T value;
    std::memcpy(&value, from, sizeof(T));
    return byte_swap(value);
}

/// Writes sizeof(T) bytes, most significant first.
template <std::unsigned_integral T>
inline void store_be(std::uint8_t* to, T value) noexcept {
    value = byte_swap(value);
    std::memcpy(to, &value, sizeof(T));
}

/// Appends sizeof(T) bytes, most significant first.
template <std::unsigned_integral T>
inline void append_be(Bytes& out, T value) {
    std::uint8_t buffer[sizeof(T)];
    store_be(buffer, value);
    append(out, buffer);
}

/// Reads sizeof(T) bytes, least significant first.
template <std::unsigned_integral T>
[[nodiscard]] inline T load_le(const std::uint8_t* from) noexcept {
    T value;
    std::memcpy(&value, from, sizeof(T));
    return value;
}

/// Writes sizeof(T) bytes, least significant first.
template <std::unsigned_integral T>
inline void store_le(std::uint8_t* to, T value) noexcept {
    std::memcpy(to, &value, sizeof(T));
}

}  // namespace troupe::chain
