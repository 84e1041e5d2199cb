#include "chain/crypto/modular_inverse.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace troupe::chain::crypto {
namespace {

__extension__ using Int128 = __int128;

constexpr int kLimbs = 5;
constexpr int kBits = 62;  // of a limb, and division steps done at once on the lowest ones
constexpr std::uint64_t kMask = (std::uint64_t{1} << kBits) - 1;

/// A signed number in limbs of 62 bits: all but the highest are in [0, 2^62), that one has the
/// sign.
struct Signed310 {
    std::int64_t limbs[kLimbs];
};

Signed310 spread(const Uint256& value) noexcept {
    const std::uint64_t* v = value.limbs;
    return {
        {static_cast<std::int64_t>(v[0] & kMask),
         static_cast<std::int64_t>((v[0] >> 62 | v[1] << 2) & kMask),
         static_cast<std::int64_t>((v[1] >> 60 | v[2] << 4) & kMask),
         static_cast<std::int64_t>((v[2] >> 58 | v[3] << 6) & kMask),
         static_cast<std::int64_t>(v[3] >> 56)}};
}

/// The limbs of a number that is in [0, 2^256).
Uint256 gather(const Signed310& value) noexcept {
    std::uint64_t v[kLimbs];
    for (int i = 0; i < kLimbs; ++i)
        v[i] = static_cast<std::uint64_t>(value.limbs[i]);
    return {
        v[3] >> 6 | v[4] << 56, v[2] >> 4 | v[3] << 58, v[1] >> 2 | v[2] << 60, v[0] | v[1] << 62};
}

/// What 62 division steps do to (f, g), times 2^62.
struct Steps {
    std::int64_t u, v;  // the new f is (u f + v g) / 2^62
    std::int64_t q, r;  // the new g is (q f + r g) / 2^62
};

/// 62 division steps by the lowest bits of f and g. `eta` is the paper's -delta.
Steps divide_steps(std::int64_t& eta, std::uint64_t f, std::uint64_t g) noexcept {
    std::uint64_t u = 1, v = 0, q = 0, r = 1;
    for (int left = kBits;;) {
        // The marker above the steps that are left ends the count of zeros.
        const int zeros = std::countr_zero(g | (~std::uint64_t{0} << left));
        g >>= zeros;
        u <<= zeros;
        v <<= zeros;
        eta -= zeros;
        left -= zeros;
        if (left == 0) break;
        if (eta < 0) {
            eta = -eta;
            f = std::exchange(g, -f);
            u = std::exchange(q, -u);
            v = std::exchange(r, -v);
        }
        // Adding w f to g clears as many low bits as may be cleared before f and g would swap, four
        // at most: -1/f modulo 16 is f + ((f + 1 & 4) << 1), negated.
        const int limit = static_cast<int>(std::min<std::int64_t>(eta + 1, left));
        const std::uint64_t mask = (~std::uint64_t{0} >> (64 - limit)) & 15;
        const std::uint64_t inverse = f + (((f + 1) & 4) << 1);
        const std::uint64_t w = (-inverse * g) & mask;
        g += f * w;
        q += u * w;
        r += v * w;
    }
    return {
        static_cast<std::int64_t>(u), static_cast<std::int64_t>(v), static_cast<std::int64_t>(q),
        static_cast<std::int64_t>(r)};
}

/// Applies the steps to (f, g), of which `size` limbs are in use: the division is exact.
void update(Signed310& f, Signed310& g, const Steps& t, int size) noexcept {
    Int128 cf = Int128{t.u} * f.limbs[0] + Int128{t.v} * g.limbs[0];
    Int128 cg = Int128{t.q} * f.limbs[0] + Int128{t.r} * g.limbs[0];
    cf >>= kBits;
    cg >>= kBits;
    for (int i = 1; i < size; ++i) {
        cf += Int128{t.u} * f.limbs[i] + Int128{t.v} * g.limbs[i];
        cg += Int128{t.q} * f.limbs[i] + Int128{t.r} * g.limbs[i];
        f.limbs[i - 1] = static_cast<std::int64_t>(static_cast<std::uint64_t>(cf) & kMask);
        g.limbs[i - 1] = static_cast<std::int64_t>(static_cast<std::uint64_t>(cg) & kMask);
        cf >>= kBits;
        cg >>= kBits;
    }
    f.limbs[size - 1] = static_cast<std::int64_t>(cf);
    g.limbs[size - 1] = static_cast<std::int64_t>(cg);
}

/// Applies the steps to (d, e) modulo the modulus: multiples of it make the division exact. Both
/// stay in (-2 modulus, modulus).
void update_modulo(
    Signed310& d, Signed310& e, const Steps& t, const Signed310& modulus,
    std::uint64_t inverse) noexcept {
    const std::int64_t d_sign = d.limbs[kLimbs - 1] >> 63;
    const std::int64_t e_sign = e.limbs[kLimbs - 1] >> 63;
    // A negative d or e is taken with the modulus added.
    std::int64_t md = (t.u & d_sign) + (t.v & e_sign);
    std::int64_t me = (t.q & d_sign) + (t.r & e_sign);
    Int128 cd = Int128{t.u} * d.limbs[0] + Int128{t.v} * e.limbs[0];
    Int128 ce = Int128{t.q} * d.limbs[0] + Int128{t.r} * e.limbs[0];
    const auto clear = [inverse](Int128 sum, std::int64_t multiple) {
        const std::uint64_t low =
            inverse * static_cast<std::uint64_t>(sum) + static_cast<std::uint64_t>(multiple);
        return multiple - static_cast<std::int64_t>(low & kMask);
    };
    md = clear(cd, md);
    me = clear(ce, me);
    cd = (cd + Int128{modulus.limbs[0]} * md) >> kBits;
    ce = (ce + Int128{modulus.limbs[0]} * me) >> kBits;
    for (int i = 1; i < kLimbs; ++i) {
        cd += Int128{t.u} * d.limbs[i] + Int128{t.v} * e.limbs[i] + Int128{modulus.limbs[i]} * md;
        ce += Int128{t.q} * d.limbs[i] + Int128{t.r} * e.limbs[i] + Int128{modulus.limbs[i]} * me;
        d.limbs[i - 1] = static_cast<std::int64_t>(static_cast<std::uint64_t>(cd) & kMask);
        e.limbs[i - 1] = static_cast<std::int64_t>(static_cast<std::uint64_t>(ce) & kMask);
        cd >>= kBits;
        ce >>= kBits;
    }
    d.limbs[kLimbs - 1] = static_cast<std::int64_t>(cd);
    e.limbs[kLimbs - 1] = static_cast<std::int64_t>(ce);
}

void carry(Signed310& value) noexcept {
    for (int i = 0; i + 1 < kLimbs; ++i) {
        value.limbs[i + 1] += value.limbs[i] >> kBits;
        value.limbs[i] &= static_cast<std::int64_t>(kMask);
    }
}

/// `value`, in (-2 modulus, modulus), negated where `negate` is all ones, brought to [0, modulus).
Uint256 normalized(Signed310 value, std::int64_t negate, const Signed310& modulus) noexcept {
    std::int64_t below_zero = value.limbs[kLimbs - 1] >> 63;
    for (int i = 0; i < kLimbs; ++i) {
        value.limbs[i] += modulus.limbs[i] & below_zero;
        value.limbs[i] = (value.limbs[i] ^ negate) - negate;
    }
    carry(value);
    below_zero = value.limbs[kLimbs - 1] >> 63;
    for (int i = 0; i < kLimbs; ++i)
        value.limbs[i] += modulus.limbs[i] & below_zero;
    carry(value);
    return gather(value);
}

bool is_zero(const Signed310& value, int size) noexcept {
    std::int64_t any = 0;
    for (int i = 0; i < size; ++i)
        any |= value.limbs[i];
    return any == 0;
}

}  // namespace

Uint256 ModularInverse::operator()(const Uint256& value) const noexcept {
    const Signed310 modulus = spread(modulus_);
    Signed310 f = modulus;
    Signed310 g = spread(value);
    Signed310 d{{0, 0, 0, 0, 0}};  // d value = f and e value = g, modulo the modulus
    Signed310 e{{1, 0, 0, 0, 0}};
    std::int64_t eta = -1;
    int size = kLimbs;
    while (!is_zero(g, size)) {
        const Steps steps = divide_steps(
            eta, static_cast<std::uint64_t>(f.limbs[0]), static_cast<std::uint64_t>(g.limbs[0]));
        update_modulo(d, e, steps, modulus, inverse_);
        update(f, g, steps, size);
        // The highest limbs become mere signs as the numbers shrink.
        const std::int64_t f_top = f.limbs[size - 1];
        const std::int64_t g_top = g.limbs[size - 1];
        if (size > 1 && (f_top ^ (f_top >> 63)) == 0 && (g_top ^ (g_top >> 63)) == 0) {
            --size;
            f.limbs[size - 1] |= static_cast<std::int64_t>(static_cast<std::uint64_t>(f_top) << 62);
            g.limbs[size - 1] |= static_cast<std::int64_t>(static_cast<std::uint64_t>(g_top) << 62);
        }
    }
    return normalized(d, f.limbs[size - 1] >> 63, modulus);  // f is 1 or -1 now
}

}  // namespace troupe::chain::crypto
