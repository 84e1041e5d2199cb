#pragma once

#include "chain/base/assert.hpp"
#include "chain/base/uint256.hpp"
#include "chain/crypto/recovery/curve.hpp"

/// One lane in plain C++ that aborts where a lane of the real ones would wrap: the bounds that
/// field52.hpp claims, checked at every operation.
namespace troupe::chain::crypto::recovery::testing {

struct CheckedLanes {
    static constexpr int kLanes = 1;
    using Mask = bool;

    std::uint64_t v;

    static CheckedLanes all(std::uint64_t value) noexcept { return {value}; }
    static CheckedLanes zero() noexcept { return {0}; }
    static CheckedLanes load(const std::uint64_t* words) noexcept { return {*words}; }
    void store(std::uint64_t* words) const noexcept { *words = v; }

    friend CheckedLanes operator+(CheckedLanes a, CheckedLanes b) noexcept {
        TROUPE_ASSERT(a.v + b.v >= a.v);
        return {a.v + b.v};
    }
    friend CheckedLanes operator-(CheckedLanes a, CheckedLanes b) noexcept {
        TROUPE_ASSERT(a.v >= b.v);
        return {a.v - b.v};
    }
    friend CheckedLanes operator&(CheckedLanes a, CheckedLanes b) noexcept { return {a.v & b.v}; }
    friend CheckedLanes operator|(CheckedLanes a, CheckedLanes b) noexcept { return {a.v | b.v}; }
    template <int kBits>
    CheckedLanes left() const noexcept {
        return {v << kBits};
    }
    template <int kBits>
    CheckedLanes times_power() const noexcept {
        TROUPE_ASSERT(v << kBits >> kBits == v);
        return {v << kBits};
    }
    template <int kBits>
    CheckedLanes right() const noexcept {
        return {v >> kBits};
    }
    static CheckedLanes add_low(CheckedLanes sum, CheckedLanes a, CheckedLanes b) noexcept {
        return sum + CheckedLanes{static_cast<std::uint64_t>(product(a, b)) & k52Bits};
    }
    static CheckedLanes add_high(CheckedLanes sum, CheckedLanes a, CheckedLanes b) noexcept {
        return sum + CheckedLanes{static_cast<std::uint64_t>(product(a, b) >> 52)};
    }
    /// Of numbers that have no more than the 32 bits that are read.
    static CheckedLanes multiply(CheckedLanes a, CheckedLanes b) noexcept {
        TROUPE_ASSERT(a.v >> 32 == 0 && b.v >> 32 == 0);
        return {a.v * b.v};
    }
    static CheckedLanes select(Mask mask, CheckedLanes yes, CheckedLanes no) noexcept {
        return mask ? yes : no;
    }
    [[nodiscard]] Mask equals(CheckedLanes other) const noexcept { return v == other.v; }
    static std::uint32_t bits(Mask mask) noexcept { return mask ? 1 : 0; }
    static Mask mask(std::uint32_t bits) noexcept { return (bits & 1) != 0; }
    static void load_lines(const PointLine* const* lines, CheckedLanes (&words)[8]) noexcept {
        for (int i = 0; i < 8; ++i)
            words[i].v = lines[0]->words[i];
    }
    static void store_lines(const CheckedLanes (&words)[8], PointLine* lines) noexcept {
        for (int i = 0; i < 8; ++i)
            lines->words[i] = words[i].v;
    }

  private:
    static constexpr std::uint64_t k52Bits = (std::uint64_t{1} << 52) - 1;
    static Uint128 product(CheckedLanes a, CheckedLanes b) noexcept {
        return static_cast<Uint128>(a.v & k52Bits) * (b.v & k52Bits);
    }
};

}  // namespace troupe::chain::crypto::recovery::testing
