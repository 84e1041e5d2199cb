#include "chain/crypto/modexp.hpp"

#include "chain/crypto/modexp_gmp.hpp"
#include "chain/crypto/modexp_rings.hpp"

#include <algorithm>
#include <bit>

namespace troupe::chain::crypto {
namespace {

using Number = std::vector<std::uint64_t>;  // limbs, lowest first, the highest one not zero

/// Moduli of more limbs than this go to GMP, which is faster there.
constexpr std::size_t kOwnLimbsMax = 3;

ByteView without_leading_zeros(ByteView bytes) noexcept {
    const auto first =
        std::find_if(bytes.begin(), bytes.end(), [](auto byte) { return byte != 0; });
    return bytes.subspan(static_cast<std::size_t>(first - bytes.begin()));
}

Number number_of(ByteView bytes) {
    bytes = without_leading_zeros(bytes);
    Number number((bytes.size() + 7) / 8);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        number[i / 8] |= std::uint64_t{bytes[bytes.size() - 1 - i]} << (8 * (i % 8));
    }
    return number;
}

/// An exponent's bits, numbered from the lowest.
class Exponent {
  public:
    explicit Exponent(ByteView bytes) noexcept : bytes_(without_leading_zeros(bytes)) {
        if (bytes_.empty()) return;
        size_ = 8 * (bytes_.size() - 1) + static_cast<std::size_t>(std::bit_width(bytes_[0]));
    }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool bit(std::size_t i) const noexcept {
        return (bytes_[bytes_.size() - 1 - i / 8] >> (i % 8) & 1) != 0;
    }
    /// The same modulo 2^bits.
    [[nodiscard]] Exponent low_bits(std::size_t bits) const noexcept {
        Exponent low = *this;
        low.size_ = std::min(size_, bits);
        while (low.size_ != 0 && !low.bit(low.size_ - 1))
            --low.size_;
        return low;
    }

  private:
    ByteView bytes_;
    std::size_t size_ = 0;
};

/// base^exponent by windows that slide over zeros and end in a one (HAC, algorithm 14.85): the
/// width where the table of odd powers costs about what it saves.
template <class Ring>
typename Ring::Element power(
    Ring& ring, const typename Ring::Element& base, const Exponent& exponent) {
    if (exponent.size() == 0) return ring.one();
    constexpr std::size_t kWidthMax = 7;
    const std::size_t bits = exponent.size();
    const std::size_t width = bits <= 8       ? 1
                              : bits <= 48    ? 3
                              : bits <= 300   ? 4
                              : bits <= 900   ? 5
                              : bits <= 4'000 ? 6
                                              : kWidthMax;
    std::vector<typename Ring::Element> odd(std::size_t{1} << (width - 1), base);
    if (width > 1) {
        typename Ring::Element twice = base;
        ring.multiply(twice, base, base);
        for (std::size_t i = 1; i < odd.size(); ++i)
            ring.multiply(odd[i], odd[i - 1], twice);
    }
    typename Ring::Element result = ring.one();
    bool started = false;
    for (std::size_t left = bits; left > 0;) {
        if (!exponent.bit(left - 1)) {
            ring.multiply(result, result, result);
            --left;
            continue;
        }
        std::size_t count = std::min(width, left);
        while (!exponent.bit(left - count))
            --count;
        std::size_t window = 0;
        for (std::size_t i = 0; i < count; ++i)
            window = window * 2 + (exponent.bit(left - 1 - i) ? 1 : 0);
        left -= count;
        if (!started) {
            result = odd[window / 2];
            started = true;
            continue;
        }
        for (std::size_t i = 0; i < count; ++i)
            ring.multiply(result, result, result);
        ring.multiply(result, result, odd[window / 2]);
    }
    return result;
}

/// base^exponent modulo 2^bits. The units modulo 2^bits have an order that divides 2^bits, so only
/// that many bits of the exponent count; an even base to a power of at least `bits` is zero.
template <std::size_t kLimbs>
LimbArray<kLimbs> binary_power(
    BinaryRing<kLimbs>& ring, const Number& base, const Exponent& exponent) {
    const bool is_odd = !base.empty() && (base[0] & 1) != 0;
    if (is_odd) return power(ring, ring.of(base), exponent.low_bits(ring.bits()));
    std::size_t value = 0;  // of the exponent, as far as it matters
    for (std::size_t i = exponent.size(); i-- > 0 && value < ring.bits();)
        value = value * 2 + (exponent.bit(i) ? 1 : 0);
    if (value >= ring.bits()) return zero_limbs<kLimbs>(ring.size());
    return power(ring, ring.of(base), exponent);
}

/// 1 / odd in the ring, by Newton's iteration: each step doubles the right bits.
template <std::size_t kLimbs>
LimbArray<kLimbs> binary_inverse(BinaryRing<kLimbs>& ring, const LimbArray<kLimbs>& odd) {
    LimbArray<kLimbs> inverse = ring.one();
    for (std::size_t right = 1; right < ring.bits(); right *= 2) {
        LimbArray<kLimbs> step = zero_limbs<kLimbs>(ring.size());
        ring.multiply(step, odd, inverse);
        bool carry = true;  // 2 - step is ~step + 3
        for (std::size_t i = 0; i < step.size(); ++i) {
            step[i] = ~step[i] + (carry ? 1 : 0);
            carry = carry && step[i] == 0;
        }
        std::uint64_t more = 2;
        for (std::size_t i = 0; i < step.size(); ++i) {
            step[i] += more;
            more = step[i] < more ? 1 : 0;
        }
        ring.multiply(inverse, inverse, step);
    }
    return inverse;
}

/// modulus / 2^twos
Number shifted_down(const Number& number, std::size_t twos) {
    const std::size_t limbs = twos / 64;
    const std::size_t bits = twos % 64;
    Number result(number.begin() + static_cast<std::ptrdiff_t>(limbs), number.end());
    for (std::size_t i = 0; bits != 0 && i < result.size(); ++i) {
        result[i] >>= bits;
        if (i + 1 < result.size()) result[i] |= result[i + 1] << (64 - bits);
    }
    while (!result.empty() && result.back() == 0)
        result.pop_back();
    return result;
}

template <std::size_t kLimbs>
LimbArray<kLimbs> fixed(const Number& number) {
    LimbArray<kLimbs> limbs = zero_limbs<kLimbs>(number.size());
    std::copy(number.begin(), number.end(), limbs.begin());
    return limbs;
}

template <std::size_t kLimbs>
Number odd_power(const Number& modulus, const Number& base, const Exponent& exponent) {
    OddRing<kLimbs> ring(fixed<kLimbs>(modulus));
    const auto value = ring.value_of(power(ring, ring.of(base), exponent));
    return Number(value.begin(), value.end());
}

Number odd_power_of_any_size(const Number& modulus, const Number& base, const Exponent& exponent) {
    switch (modulus.size()) {
        case 1:
            return odd_power<1>(modulus, base, exponent);
        case 2:
            return odd_power<2>(modulus, base, exponent);
        case 3:
            return odd_power<3>(modulus, base, exponent);
        case 4:
            return odd_power<4>(modulus, base, exponent);
        default:
            return odd_power<0>(modulus, base, exponent);
    }
}

/// The number below odd * 2^twos that is `modulo_odd` there and base^exponent modulo 2^twos
/// (Garner): modulo_odd + odd * ((binary - modulo_odd) / odd modulo 2^twos).
template <std::size_t kLimbs>
Number combined(
    const Number& modulo_odd, const Number& odd, std::size_t twos, const Number& base,
    const Exponent& exponent) {
    BinaryRing<kLimbs> ring(twos, (twos + 63) / 64);
    LimbArray<kLimbs> digit = binary_power(ring, base, exponent);
    const LimbArray<kLimbs> less = ring.of(modulo_odd);
    std::uint64_t borrow = 0;
    for (std::size_t i = 0; i < digit.size(); ++i) {
        const Uint128 step = static_cast<Uint128>(digit[i]) - less[i] - borrow;
        digit[i] = static_cast<std::uint64_t>(step);
        borrow = static_cast<std::uint64_t>(step >> 64) & 1;
    }
    ring.mask(digit);
    ring.multiply(digit, digit, binary_inverse(ring, ring.of(odd)));
    Number result = modulo_odd;
    result.resize(odd.size() + digit.size() + 1);
    for (std::size_t i = 0; i < odd.size(); ++i) {
        Uint128 step = 0;
        for (std::size_t j = 0; j < digit.size(); ++j) {
            step += static_cast<Uint128>(odd[i]) * digit[j] + result[i + j];
            result[i + j] = static_cast<std::uint64_t>(step);
            step >>= 64;
        }
        for (std::size_t at = i + digit.size(); step != 0 && at < result.size(); ++at) {
            step += result[at];
            result[at] = static_cast<std::uint64_t>(step);
            step >>= 64;
        }
    }
    return result;
}

/// The answer for a modulus greater than 1.
Number own_power(const Number& base, const Exponent& exponent, const Number& modulus) {
    std::size_t twos = 0;
    while (modulus[twos / 64] == 0)
        twos += 64;
    twos += static_cast<std::size_t>(std::countr_zero(modulus[twos / 64]));
    const Number odd = shifted_down(modulus, twos);
    const bool is_power_of_two = odd.size() == 1 && odd[0] == 1;
    const Number modulo_odd =
        is_power_of_two ? Number{0} : odd_power_of_any_size(odd, base, exponent);
    if (twos == 0) return modulo_odd;
    switch ((twos + 63) / 64) {
        case 1:
            return combined<1>(modulo_odd, odd, twos, base, exponent);
        case 2:
            return combined<2>(modulo_odd, odd, twos, base, exponent);
        default:
            return combined<0>(modulo_odd, odd, twos, base, exponent);
    }
}

/// Writes the low limbs of `number`, as many bytes as `size`.
void write(const Number& number, std::uint8_t* out, std::size_t size) noexcept {
    for (std::size_t i = 0; i < size; ++i) {
        const std::uint64_t limb = i / 8 < number.size() ? number[i / 8] : 0;
        out[size - 1 - i] = static_cast<std::uint8_t>(limb >> (8 * (i % 8)));
    }
}

void modexp_within(
    ByteView base, ByteView exponent, ByteView modulus, std::uint8_t* out,
    std::size_t own_limbs_max) noexcept {
    const ByteView significant = without_leading_zeros(modulus);
    if (significant.empty() || (significant.size() == 1 && significant[0] == 1)) {
        std::fill_n(out, modulus.size(), std::uint8_t{0});
    } else if (significant.size() > 8 * own_limbs_max) {
        modexp_gmp(base, exponent, modulus, out);
    } else {
        write(
            own_power(number_of(base), Exponent(exponent), number_of(significant)), out,
            modulus.size());
    }
}

}  // namespace

void modexp(ByteView base, ByteView exponent, ByteView modulus, std::uint8_t* out) noexcept {
    modexp_within(base, exponent, modulus, out, kOwnLimbsMax);
}

void modexp_portable(
    ByteView base, ByteView exponent, ByteView modulus, std::uint8_t* out) noexcept {
    modexp_within(base, exponent, modulus, out, ~std::size_t{0} / 8);
}

}  // namespace troupe::chain::crypto
