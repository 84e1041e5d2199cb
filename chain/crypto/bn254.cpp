#include "chain/crypto/bn254.hpp"

#include "chain/base/assert.hpp"
#include "chain/crypto/jacobian.hpp"

namespace troupe::chain::crypto::bn254 {
namespace {

constexpr Fp kB(Uint256(3));
constexpr Fp2 kTwistB{
    // 3 / (9 + i)
    Fp({0x2b149d40ceb8aaae, 0x81be18991be06ac3, 0xb5b4c5e559dbefa3, 0x3267e6dc24a138e5}),
    Fp({0x009713b03af0fed4, 0xcd2cafadeed8fdf4, 0xa74fa084e52d1852, 0xe4a2bd0685c315d2})};
/// The curve's parameter: p and the order are polynomials of it.
constexpr std::uint64_t kX = 0x44e992b44a6909f1;

template <class Field>
using Point = Jacobian<Field, false>;

template <class Field>
Affine<Field> affine(const Point<Field>& point) noexcept {
    if (point.is_infinity()) return {};
    const Field inverse = point.z.inverted();
    const Field square = inverse.squared();
    return {point.x * square, point.y * square * inverse};
}

template <class Field>
Point<Field> jacobian(const Affine<Field>& point) noexcept {
    return point.is_infinity() ? Point<Field>{} : Point<Field>::of(point.x, point.y);
}

template <class Field>
Point<Field> product(const Affine<Field>& point, const Uint256& scalar) noexcept {
    constexpr int kWidth = 5;
    Point<Field> odd[1 << (kWidth - 2)];  // 1, 3, 5, ... times the point
    odd[0] = jacobian(point);
    const Point<Field> twice = odd[0].doubled();
    for (std::size_t i = 1; i < std::size(odd); ++i)
        odd[i] = odd[i - 1] + twice;
    const SignedDigits digits(scalar, kWidth);
    Point<Field> sum{};
    for (int i = digits.count - 1; i >= 0; --i) {
        sum = sum.doubled();
        const int digit = digits.digits[i];
        if (digit > 0) sum = sum + odd[digit / 2];
        if (digit < 0) sum = sum + -odd[-digit / 2];
    }
    return sum;
}

std::optional<Fp> read_fp(ByteView encoded) noexcept {
    const Uint256 value = uint256_from_be(encoded);
    if (value >= Fp::kModulus) return {};
    return Fp(value);
}

std::optional<Fp2> read_fp2(ByteView encoded) noexcept {
    const auto c1 = read_fp(encoded.first(32));
    const auto c0 = read_fp(encoded.subspan(32, 32));
    if (!c0 || !c1) return {};
    return Fp2{*c0, *c1};
}

template <class Field>
bool is_on_curve(const Affine<Field>& point, const Field& b) noexcept {
    return point.is_infinity() || point.y.squared() == point.x.squared() * point.x + b;
}

/// The p-th power of a point of the curve, seen on the twist.
Point<Fp2> frobenius(const Point<Fp2>& point) noexcept {
    return {
        point.x.conjugated() * kTwistFrobeniusX, point.y.conjugated() * kTwistFrobeniusY,
        point.z.conjugated()};
}

bool are_equal(const Point<Fp2>& a, const Point<Fp2>& b) noexcept {
    if (a.is_infinity() || b.is_infinity()) return a.is_infinity() == b.is_infinity();
    const Fp2 zz1 = a.z.squared();
    const Fp2 zz2 = b.z.squared();
    return a.x * zz2 == b.x * zz1 && a.y * zz2 * b.z == b.y * zz1 * a.z;
}

}  // namespace

std::optional<G1> read_g1(ByteView encoded) noexcept {
    TROUPE_ASSERT(encoded.size() == kG1Bytes);
    const auto x = read_fp(encoded.first(32));
    const auto y = read_fp(encoded.last(32));
    if (!x || !y) return {};
    const G1 point{*x, *y};
    if (!is_on_curve(point, kB)) return {};
    return point;
}

std::optional<G2> read_g2(ByteView encoded) noexcept {
    TROUPE_ASSERT(encoded.size() == kG2Bytes);
    const auto x = read_fp2(encoded.first(64));
    const auto y = read_fp2(encoded.last(64));
    if (!x || !y) return {};
    const G2 point{*x, *y};
    if (!is_on_curve(point, kTwistB)) return {};
    return point;
}

void append_point(Bytes& out, const G1& point) {
    append(out, to_be32(point.x.value()));
    append(out, to_be32(point.y.value()));
}

bool in_subgroup(const G2& point) noexcept {
    // Dai, Lin, Zhao, Zhou: "Fast Subgroup Membership Testings for G1, G2 and GT on
    // Pairing-Friendly Curves" (2022): [x+1] Q + F([x] Q) + F^2([x] Q) = F^3([2x] Q), where F is
    // the Frobenius; a product by a number of 63 bits instead of one of 254.
    const Point<Fp2> x_q = product(point, Uint256(kX));
    const Point<Fp2> once = frobenius(x_q);
    const Point<Fp2> twice = frobenius(once);
    return are_equal(x_q + jacobian(point) + once + twice, frobenius(twice).doubled());
}

G1 add(const G1& a, const G1& b) noexcept {
    if (a.is_infinity()) return b;
    if (b.is_infinity()) return a;
    Fp slope;
    if (a.x == b.x) {
        if (a.y != b.y || a.y.is_zero()) return {};
        const Fp square = a.x.squared();
        slope = (square.doubled() + square) * a.y.doubled().inverted();
    } else {
        slope = (b.y - a.y) * (b.x - a.x).inverted();
    }
    const Fp x = slope.squared() - a.x - b.x;
    return {x, slope * (a.x - x) - a.y};
}

G1 multiply(const G1& point, const Uint256& scalar) noexcept {
    return affine(product(point, scalar >= kOrder ? scalar % kOrder : scalar));
}

G2 multiply(const G2& point, const Uint256& scalar) noexcept {
    return affine(product(point, scalar));
}

}  // namespace troupe::chain::crypto::bn254
