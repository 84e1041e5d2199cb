#include "chain/crypto/p256.hpp"

#include "chain/crypto/jacobian.hpp"
#include "chain/crypto/montgomery.hpp"

#include <iterator>

namespace troupe::chain::crypto {
namespace {

struct FieldParameters {  // 2^256 - 2^224 + 2^192 + 2^96 - 1
    static constexpr Uint256 kModulus{
        0xffffffff00000001, 0x0000000000000000, 0x00000000ffffffff, 0xffffffffffffffff};
    static Uint256 multiply_adx(const Uint256& a, const Uint256& b) noexcept {
        return montgomery_multiply_p256_adx(a, b);
    }
};
struct OrderParameters {
    static constexpr Uint256 kModulus{
        0xffffffff00000000, 0xffffffffffffffff, 0xbce6faada7179e84, 0xf3b9cac2fc632551};
};
using Field = MontgomeryField<FieldParameters>;
using Scalar = MontgomeryField<OrderParameters>;
using Point = Jacobian<Field, true>;

constexpr Field kB(
    {0x5ac635d8aa3a93e7, 0xb3ebbd55769886bc, 0x651d06b0cc53b0f6, 0x3bce3c3e27d2604b});
constexpr Field kGeneratorX(
    {0x6b17d1f2e12c4247, 0xf8bce6e563a440f2, 0x77037d812deb33a0, 0xf4a13945d898c296});
constexpr Field kGeneratorY(
    {0x4fe342e2fe1a7f9b, 0x8ee7eb4a7c0f9e16, 0x2bce33576b315ece, 0xcbb6406837bf51f5});

constexpr int kGeneratorWidth = 8;
constexpr int kKeyWidth = 5;

/// 1, 3, 5, ... times the generator in affine coordinates, made once.
struct GeneratorTable {
    struct Entry {
        Field x;
        Field y;
    };
    Entry odd[1 << (kGeneratorWidth - 2)];

    GeneratorTable() noexcept {
        Point multiple = Point::of(kGeneratorX, kGeneratorY);
        const Point twice = multiple.doubled();
        for (auto& entry : odd) {
            const Field inverse = multiple.z.inverted();
            const Field square = inverse.squared();
            entry = {multiple.x * square, multiple.y * square * inverse};
            multiple = multiple + twice;
        }
    }
};

const GeneratorTable& generator_table() noexcept {
    static const GeneratorTable kTable;
    return kTable;
}

/// u1 times the generator and u2 times the key, the doublings shared (Straus, Shamir).
Point double_product(const Uint256& u1, const Uint256& u2, const Point& key) noexcept {
    Point odd[1 << (kKeyWidth - 2)];
    odd[0] = key;
    const Point twice = key.doubled();
    for (std::size_t i = 1; i < std::size(odd); ++i)
        odd[i] = odd[i - 1] + twice;
    const auto& generator = generator_table().odd;
    const SignedDigits of_generator(u1, kGeneratorWidth);
    const SignedDigits of_key(u2, kKeyWidth);
    Point sum{};
    for (int i = std::max(of_generator.count, of_key.count) - 1; i >= 0; --i) {
        sum = sum.doubled();
        if (const int digit = of_key.digits[i]; digit > 0) {
            sum = sum + odd[digit / 2];
        } else if (digit < 0) {
            sum = sum + -odd[-digit / 2];
        }
        if (const int digit = of_generator.digits[i]; digit > 0) {
            sum = sum.plus_affine(generator[digit / 2].x, generator[digit / 2].y);
        } else if (digit < 0) {
            sum = sum.plus_affine(generator[-digit / 2].x, -generator[-digit / 2].y);
        }
    }
    return sum;
}

bool is_on_curve(const Field& x, const Field& y) noexcept {
    return y.squared() == (x.squared() - Field(Uint256(3))) * x + kB;
}

/// Whether the affine x of `point`, modulo n, is r: without an inversion. The affine x is below p,
/// so it is r, or r + n where that is below p.
bool has_x(const Point& point, const Uint256& r) noexcept {
    const Field zz = point.z.squared();
    if (Field(r) * zz == point.x) return true;
    const Uint256Checked more = add_checked(r, Scalar::kModulus);
    return !more.overflow && more.value < Field::kModulus && Field(more.value) * zz == point.x;
}

bool is_in_range(const Uint256& value) noexcept {
    return !value.is_zero() && value < Scalar::kModulus;
}

}  // namespace

bool verify_p256(
    const Hash32& digest, const Uint256& r, const Uint256& s, const Uint256& x,
    const Uint256& y) noexcept {
    if (!is_in_range(r) || !is_in_range(s)) return false;
    if (x >= Field::kModulus || y >= Field::kModulus) return false;
    const Field key_x(x);
    const Field key_y(y);
    if (!is_on_curve(key_x, key_y)) return false;  // infinity, (0, 0), is not either
    const Uint256 number = uint256_from_be(digest);
    const Scalar e(number >= Scalar::kModulus ? number - Scalar::kModulus : number);
    const Scalar inverse = Scalar(s).inverted();
    const Uint256 u1 = (e * inverse).value();
    const Uint256 u2 = (Scalar(r) * inverse).value();
    const Point sum = double_product(u1, u2, Point::of(key_x, key_y));
    return !sum.is_infinity() && has_x(sum, r);
}

}  // namespace troupe::chain::crypto
