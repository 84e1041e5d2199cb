#pragma once

#include "chain/base/uint256.hpp"

#include <array>
#include <cstdint>
#include <type_traits>
#include <vector>

/// The integers modulo an odd number and modulo a power of two, on limbs of 64 bits, lowest first;
/// what modexp.cpp computes powers in. Only it includes this.
namespace troupe::chain::crypto {

/// `kLimbs` limbs, or any number of them where that is 0.
template <std::size_t kLimbs>
using LimbArray =
    std::conditional_t<kLimbs == 0, std::vector<std::uint64_t>, std::array<std::uint64_t, kLimbs>>;

template <std::size_t kLimbs>
[[nodiscard]] LimbArray<kLimbs> zero_limbs(std::size_t size) {
    LimbArray<kLimbs> limbs{};
    if constexpr (kLimbs == 0) limbs.resize(size);
    return limbs;
}

/// -1 / odd modulo 2^64, by Newton's iteration.
[[nodiscard]] inline std::uint64_t negated_inverse_of(std::uint64_t odd) noexcept {
    std::uint64_t inverse = 1;
    for (int i = 0; i < 6; ++i)
        inverse *= 2 - odd * inverse;
    return -inverse;
}

/// Modulo an odd number greater than 1, in Montgomery's form: elements hold value * 2^(64 size).
template <std::size_t kLimbs>
class OddRing {
  public:
    using Element = LimbArray<kLimbs>;

    /// @param modulus  its highest limb is not zero
    explicit OddRing(Element modulus)
        : modulus_(std::move(modulus)), inverse_(negated_inverse_of(modulus_[0])) {
        if constexpr (kLimbs == 0) scratch_.resize(modulus_.size() + 2);
        // 2^(bits - 1) is below the modulus; doubled as often as it takes it becomes 2^(64 size).
        one_ = zero_limbs<kLimbs>(size());
        const int top = 63 - __builtin_clzll(modulus_[size() - 1]);
        one_[size() - 1] = std::uint64_t{1} << top;
        for (int i = top; i < 64; ++i)
            double_in_place(one_);
        // In this form 2^size, squared six times, is 2^(64 size).
        squared_radix_ = one_;
        for (std::size_t i = 0; i < size(); ++i)
            double_in_place(squared_radix_);
        for (int i = 0; i < 6; ++i)
            multiply(squared_radix_, squared_radix_, squared_radix_);
    }

    [[nodiscard]] std::size_t size() const noexcept {
        return kLimbs == 0 ? modulus_.size() : kLimbs;
    }
    [[nodiscard]] const Element& one() const noexcept { return one_; }
    [[nodiscard]] const Element& modulus() const noexcept { return modulus_; }

    /// The element of a number of any size.
    [[nodiscard]] Element of(const std::vector<std::uint64_t>& number) {
        // Horner: the sum so far times 2^64 and the next limb, both turned into this form.
        Element shift = one_;
        for (int i = 0; i < 64; ++i)
            double_in_place(shift);
        Element sum = zero_limbs<kLimbs>(size());
        Element limb = zero_limbs<kLimbs>(size());
        for (std::size_t i = number.size(); i-- > 0;) {
            multiply(sum, sum, shift);
            limb[0] = size() == 1 ? number[i] % modulus_[0] : number[i];
            add_in_place(sum, limb);
        }
        multiply(sum, sum, squared_radix_);
        return sum;
    }
    [[nodiscard]] Element value_of(const Element& element) {
        Element plain_one = zero_limbs<kLimbs>(size());
        plain_one[0] = 1;
        Element value = zero_limbs<kLimbs>(size());
        multiply(value, element, plain_one);
        return value;
    }

    /// out = a * b; out may be a or b.
    [[gnu::always_inline]] inline void multiply(
        Element& out, const Element& a, const Element& b) noexcept {
        if constexpr (kLimbs == 1) {
            out[0] = multiply_one(a[0], b[0]);
        } else {
            multiply_many(out, a, b);
        }
    }

  private:
    /// One limb in registers: the high halves of a b and of what clears its low half differ by the
    /// answer, or by the answer less the modulus. A power is one chain of these, so that latency is
    /// all that counts: 12 cycles on AMD Zen 5.
    [[nodiscard, gnu::always_inline]] std::uint64_t multiply_one(
        std::uint64_t a, std::uint64_t b) const noexcept {
        const Uint128 product = static_cast<Uint128>(a) * b;
        const std::uint64_t factor = static_cast<std::uint64_t>(product) * -inverse_;
        auto high = static_cast<std::uint64_t>(product >> 64);
        const std::uint64_t high_more = high + modulus_[0];
        const auto cleared =
            static_cast<std::uint64_t>((static_cast<Uint128>(factor) * modulus_[0]) >> 64);
        const std::uint64_t corrected = high_more - cleared;
#if defined(__x86_64__)
        // Written as an expression it becomes a jump, which half of all times is not foreseen, or
        // one more step of the chain.
        asm("subq %[c], %[h]\n\tcmovcq %[r], %[h]"
            : [h] "+r"(high)
            : [c] "r"(cleared), [r] "r"(corrected)
            : "cc");
        return high;
#else
        return high < cleared ? corrected : high - cleared;
#endif
    }

    /// Koc, Acar, Kaliski (1996), CIOS.
    void multiply_many(Element& out, const Element& a, const Element& b) noexcept {
        const std::size_t n = size();
        auto& t = scratch_;  // n + 2 limbs
        for (std::size_t i = 0; i < n + 2; ++i)
            t[i] = 0;
        for (std::size_t i = 0; i < n; ++i) {
            Uint128 step = 0;
            for (std::size_t j = 0; j < n; ++j) {
                step += static_cast<Uint128>(a[j]) * b[i] + t[j];
                t[j] = static_cast<std::uint64_t>(step);
                step >>= 64;
            }
            step += t[n];
            t[n] = static_cast<std::uint64_t>(step);
            t[n + 1] = static_cast<std::uint64_t>(step >> 64);
            const std::uint64_t factor = t[0] * inverse_;
            step = (static_cast<Uint128>(factor) * modulus_[0] + t[0]) >> 64;
            for (std::size_t j = 1; j < n; ++j) {
                step += static_cast<Uint128>(factor) * modulus_[j] + t[j];
                t[j - 1] = static_cast<std::uint64_t>(step);
                step >>= 64;
            }
            step += t[n];
            t[n - 1] = static_cast<std::uint64_t>(step);
            t[n] = t[n + 1] + static_cast<std::uint64_t>(step >> 64);
        }
        for (std::size_t i = 0; i < n; ++i)
            out[i] = t[i];
        subtract_modulus_if_above(out, t[n]);
    }

    /// `value`, and 2^(64 size) times `overflow`, below twice the modulus.
    void subtract_modulus_if_above(Element& value, std::uint64_t overflow) const noexcept {
        bool above = overflow != 0;
        if (!above) {
            above = true;  // equal counts
            for (std::size_t i = size(); i-- > 0;) {
                if (value[i] == modulus_[i]) continue;
                above = value[i] > modulus_[i];
                break;
            }
        }
        if (!above) return;
        std::uint64_t borrow = 0;
        for (std::size_t i = 0; i < size(); ++i) {
            const Uint128 step = static_cast<Uint128>(value[i]) - modulus_[i] - borrow;
            value[i] = static_cast<std::uint64_t>(step);
            borrow = static_cast<std::uint64_t>(step >> 64) & 1;
        }
    }
    void add_in_place(Element& a, const Element& b) const noexcept {
        Uint128 carry = 0;
        for (std::size_t i = 0; i < size(); ++i) {
            carry += static_cast<Uint128>(a[i]) + b[i];
            a[i] = static_cast<std::uint64_t>(carry);
            carry >>= 64;
        }
        subtract_modulus_if_above(a, static_cast<std::uint64_t>(carry));
    }
    void double_in_place(Element& a) const noexcept {
        add_in_place(a, Element(a));
    }

    Element modulus_;
    std::uint64_t inverse_;  // -1 / modulus modulo 2^64
    Element one_;
    Element squared_radix_;
    LimbArray<kLimbs == 0 ? 0 : kLimbs + 2> scratch_;
};

/// Modulo 2^bits.
template <std::size_t kLimbs>
class BinaryRing {
  public:
    using Element = LimbArray<kLimbs>;

    /// @param bits  at least 1, and in the highest of `size` limbs
    BinaryRing(std::size_t bits, std::size_t size)
        : bits_(bits),
          size_(size),
          one_(zero_limbs<kLimbs>(size)),
          scratch_(zero_limbs<kLimbs>(size)) {
        one_[0] = 1;
    }

    [[nodiscard]] std::size_t size() const noexcept { return kLimbs == 0 ? size_ : kLimbs; }
    [[nodiscard]] std::size_t bits() const noexcept { return bits_; }
    [[nodiscard]] const Element& one() const noexcept { return one_; }

    [[nodiscard]] Element of(const std::vector<std::uint64_t>& number) const {
        Element element = zero_limbs<kLimbs>(size());
        for (std::size_t i = 0; i < size() && i < number.size(); ++i)
            element[i] = number[i];
        mask(element);
        return element;
    }

    /// out = a * b; out may be a or b.
    void multiply(Element& out, const Element& a, const Element& b) noexcept {
        const std::size_t n = size();
        for (std::size_t i = 0; i < n; ++i)
            scratch_[i] = 0;
        for (std::size_t i = 0; i < n; ++i) {
            Uint128 step = 0;
            for (std::size_t j = 0; i + j < n; ++j) {
                step += static_cast<Uint128>(a[j]) * b[i] + scratch_[i + j];
                scratch_[i + j] = static_cast<std::uint64_t>(step);
                step >>= 64;
            }
        }
        out = scratch_;
        mask(out);
    }

    void mask(Element& element) const noexcept {
        const std::size_t used = bits_ % 64;
        if (used != 0) element[size() - 1] &= (std::uint64_t{1} << used) - 1;
    }

  private:
    std::size_t bits_;
    std::size_t size_;
    Element one_;
    Element scratch_;
};

}  // namespace troupe::chain::crypto
