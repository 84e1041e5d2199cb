// The optimal ate pairing on bn254: a Miller loop over 6 x + 2, shared by all pairs, and one final
// exponentiation for their product.
#include "chain/base/assert.hpp"
#include "chain/crypto/bn254.hpp"

#include <vector>

namespace troupe::chain::crypto::bn254 {
namespace {

constexpr std::uint64_t kX = 0x44e992b44a6909f1;
constexpr Fp2 kTwistB{
    // 3 / (9 + i)
    Fp({0x2b149d40ceb8aaae, 0x81be18991be06ac3, 0xb5b4c5e559dbefa3, 0x3267e6dc24a138e5}),
    Fp({0x009713b03af0fed4, 0xcd2cafadeed8fdf4, 0xa74fa084e52d1852, 0xe4a2bd0685c315d2})};
constexpr Fp kHalf = [] {
    Uint256 half = Fp::kModulus;  // (p + 1) / 2
    for (int i = 0; i < 4; ++i)
        half.limbs[i] = half.limbs[i] >> 1 | (i < 3 ? half.limbs[i + 1] << 63 : 0);
    return Fp(half + Uint256(1));
}();

/// 6 x + 2 in digits -1, 0 and 1, no two others side by side; lowest first, the highest one left
/// out, because the loop starts from it.
constexpr std::int8_t kLoopDigits[65] = {
    0,  0, 0, 1,  0, 1, 0, -1, 0,  0, -1, 0,  0, 0,  1, 0, 0, -1, 0, -1, 0, 0,
    0,  1, 0, -1, 0, 0, 0, 0,  -1, 0, 0,  1,  0, -1, 0, 0, 1, 0,  0, 0,  0, 0,
    -1, 0, 0, -1, 0, 1, 0, -1, 0,  0, 0,  -1, 0, -1, 0, 0, 0, 1,  0, -1, 0};

/// A line through points of the twist, at a point P of the curve: c0 y(P) + c3 x(P) w + c4 v w.
struct Line {
    Fp2 c0;
    Fp2 c3;
    Fp2 c4;
};

/// A pair on its way through the loop: T is a multiple of Q in homogeneous projective coordinates
/// (x / z, y / z).
/// @spec Costello, Lange, Naehrig: "Faster Pairing Computations on Curves with High-Degree Twists"
///       (2010); Aranha, Karabina, Longa, Gebotys, Lopez: "Faster Explicit Formulas for Computing
///       Pairings over Ordinary Curves" (2011)
class Runner {
  public:
    Runner(const G1& p, const G2& q) noexcept
        : p_(p), q_(q), minus_q_(-q), x_(q.x), y_(q.y), z_(Fp2::one()) {}

    /// T becomes 2 T; `f` is multiplied by the tangent.
    void double_into(Fp12& f) noexcept {
        const Fp2 a = x_ * y_ * kHalf;
        const Fp2 b = y_.squared();
        const Fp2 c = z_.squared();
        const Fp2 e = kTwistB * c.tripled();
        const Fp2 e3 = e.tripled();
        const Fp2 g = (b + e3) * kHalf;
        const Fp2 h = (y_ + z_).squared() - (b + c);
        const Fp2 xx = x_.squared();
        x_ = a * (b - e3);
        y_ = g.squared() - e.squared().tripled();
        z_ = b * h;
        multiply({-h, xx.tripled(), e - b}, f);
    }
    void add_q_into(Fp12& f) noexcept { add_into(q_, f); }
    void subtract_q_into(Fp12& f) noexcept { add_into(minus_q_, f); }
    /// The last two lines: through T and F(Q), and through the sum and -F^2(Q).
    void finish_into(Fp12& f) noexcept {
        const G2 once = frobenius(q_);
        add_into(once, f);
        add_into(-frobenius(once), f);
    }

  private:
    static G2 frobenius(const G2& q) noexcept {
        return {q.x.conjugated() * kTwistFrobeniusX, q.y.conjugated() * kTwistFrobeniusY};
    }
    void add_into(const G2& q, Fp12& f) noexcept {
        const Fp2 theta = y_ - q.y * z_;
        const Fp2 lambda = x_ - q.x * z_;
        const Fp2 d = lambda.squared();
        const Fp2 e = lambda * d;
        const Fp2 g = x_ * d;
        const Fp2 h = e + z_ * theta.squared() - g.doubled();
        x_ = lambda * h;
        y_ = theta * (g - h) - e * y_;
        z_ = z_ * e;
        multiply({lambda, -theta, theta * q.x - lambda * q.y}, f);
    }
    void multiply(const Line& line, Fp12& f) const noexcept {
        f = f.times_line(line.c0 * p_.y, line.c3 * p_.x, line.c4);
    }

    G1 p_;
    G2 q_;
    G2 minus_q_;
    Fp2 x_;
    Fp2 y_;
    Fp2 z_;
};

Fp12 miller_loop(std::vector<Runner>& runners) noexcept {
    Fp12 f = Fp12::one();
    for (std::size_t i = std::size(kLoopDigits); i-- > 0;) {
        f = f.squared();
        for (auto& runner : runners) {
            runner.double_into(f);
            if (kLoopDigits[i] > 0) runner.add_q_into(f);
            if (kLoopDigits[i] < 0) runner.subtract_q_into(f);
        }
    }
    for (auto& runner : runners)
        runner.finish_into(f);
    return f;
}

/// f^x, for f in the cyclotomic subgroup.
Fp12 power_of_x(const Fp12& f) noexcept {
    Fp12 power = f;
    for (int bit = 61; bit >= 0; --bit) {  // bit 62 is the highest of x
        power = power.cyclotomic_squared();
        if ((kX >> bit & 1) != 0) power = power * f;
    }
    return power;
}

/// f^((p^12 - 1) / r), up to a fixed power that is prime to r: it is one where that is one.
/// @spec Fuentes-Castaneda, Knapp, Rodriguez-Henriquez: "Faster Hashing to G2" (2011), 4.1: the
///       hard part is raised to 2 x (6 x^2 + 3 x + 1) times (p^4 - p^2 + 1) / r, which is
///       l0 + l1 p + l2 p^2 + l3 p^3 with the polynomials of x below
Fp12 final_exponentiation(const Fp12& f) noexcept {
    const Fp12 easy = f.conjugated() * f.inverted();  // f^(p^6 - 1)
    const Fp12 m = easy.frobenius_squared() * easy;   // and to p^2 + 1
    const Fp12 m_2x = power_of_x(m).cyclotomic_squared();
    const Fp12 m_6x = m_2x.cyclotomic_squared() * m_2x;
    const Fp12 m_6x2 = power_of_x(m_6x);
    const Fp12 m_12x3 = power_of_x(m_6x2.cyclotomic_squared());
    const Fp12 a = m_12x3 * m_6x2 * m_6x;  // 12 x^3 + 6 x^2 + 6 x
    const Fp12 b = a * m_2x.conjugated();  // 12 x^3 + 6 x^2 + 4 x
    const Fp12 l0 = a * m_6x2 * m;         // 12 x^3 + 12 x^2 + 6 x + 1
    const Fp12 l1 = b;                     // 12 x^3 + 6 x^2 + 4 x
    const Fp12 l2 = a;                     // 12 x^3 + 6 x^2 + 6 x
    const Fp12 l3 = b * m.conjugated();    // 12 x^3 + 6 x^2 + 4 x - 1
    return l0 * l1.frobenius() * l2.frobenius_squared() * l3.frobenius().frobenius_squared();
}

}  // namespace

bool pairing_product_is_one(std::span<const G1> g1, std::span<const G2> g2) noexcept {
    TROUPE_ASSERT(g1.size() == g2.size());
    std::vector<Runner> runners;
    runners.reserve(g1.size());
    for (std::size_t i = 0; i < g1.size(); ++i) {
        if (g1[i].is_infinity() || g2[i].is_infinity()) continue;  // e is one
        runners.emplace_back(g1[i], g2[i]);
    }
    if (runners.empty()) return true;
    return final_exponentiation(miller_loop(runners)) == Fp12::one();
}

Fp12 pairing(const G1& p, const G2& q) noexcept {
    std::vector<Runner> runner;
    if (!p.is_infinity() && !q.is_infinity()) runner.emplace_back(p, q);
    return final_exponentiation(miller_loop(runner));
}

}  // namespace troupe::chain::crypto::bn254
