#include "chain/crypto/recovery/scalars.hpp"

#include "chain/base/assert.hpp"
#include "chain/crypto/montgomery.hpp"

namespace troupe::chain::crypto::recovery {
namespace {

struct OrderParameters {
    static constexpr Uint256 kModulus = kOrder;
};
using Scalar = MontgomeryField<OrderParameters>;

/// (1 + lambda) (2^129 - 1) mod n: what all digits come to when every window is 0, negated.
constexpr Uint256 kOffset{
    0xa4e88a7dcb13034e, 0xc2bdd6bf7c118d6b, 0x589ae84826ba29e4, 0xb5c2c1dcde9798d9};

/// The short vectors (a1, b1) and (a2, b2) with a + b lambda = 0 mod n; b1 is negative, and b2 =
/// a1.
constexpr Uint256 kA1{0, 0, 0x3086d221a7d46bcd, 0xe86c90e49284eb15};
constexpr Uint256 kMinusB1{0, 0, 0xe4437ed6010e8828, 0x6f547fa90abfe4c3};
constexpr Uint256 kA2{0, 1, 0x14ca50f7a8e2f3f6, 0x57c1108d9d44cfd8};
/// round(2^384 b2 / n) and round(-2^384 b1 / n).
constexpr Uint256 kG1{
    0x3086d221a7d46bcd, 0xe86c90e49284eb15, 0x3daa8a1471e8ca7f, 0xe893209a45dbb031};
constexpr Uint256 kG2{
    0xe4437ed6010e8828, 0x6f547fa90abfe4c4, 0x221208ac9df506c6, 0x1571b4ae8ac47f71};
constexpr Uint256 kTwoTo128{0, 1, 0, 0};

/// round(a * b / 2^384)
Uint256 multiply_shift_384(const Uint256& a, const Uint256& b) noexcept {
    std::uint64_t product[8] = {};
    for (int i = 0; i < 4; ++i) {
        Uint128 step = 0;
        for (int j = 0; j < 4; ++j) {
            step += static_cast<Uint128>(a.limbs[i]) * b.limbs[j] + product[i + j];
            product[i + j] = static_cast<std::uint64_t>(step);
            step >>= 64;
        }
        product[i + 4] = static_cast<std::uint64_t>(step);
    }
    return Uint256(0, 0, product[7], product[6]) + Uint256(product[5] >> 63);
}

template <int kBits, class Window, int kTerms>
void cut(Uint256 value, HalfScalar<Window, kTerms>& half) noexcept {
    constexpr std::uint64_t kMask = (std::uint64_t{1} << kBits) - 1;
    for (Window& window : half.windows) {
        window = static_cast<Window>(value.limbs[0] & kMask);
        value.limbs[0] = value.limbs[0] >> kBits | value.limbs[1] << (64 - kBits);
        value.limbs[1] = value.limbs[1] >> kBits | value.limbs[2] << (64 - kBits);
        value.limbs[2] >>= kBits;
    }
}

template <int kBits, class Half>
void recode(const Uint256& u, Half (&halves)[2]) noexcept {
    const SplitScalar split = split_scalar(odd_digits_scalar(u));
    cut<kBits>(split.low, halves[0]);
    cut<kBits>(split.high, halves[1]);
}

}  // namespace

Uint256 odd_digits_scalar(const Uint256& u) noexcept {
    Uint256Checked sum = add_checked(u, kOffset);
    if (sum.overflow || sum.value >= kOrder) sum.value = sum.value - kOrder;
    Uint256 v = sum.value;
    std::uint64_t carry = 0;
    if ((v.limbs[0] & 1) != 0) {  // odd: v + n is even
        const Uint256Checked even = add_checked(v, kOrder);
        v = even.value;
        carry = even.overflow ? 1 : 0;
    }
    return {
        v.limbs[3] >> 1 | carry << 63, v.limbs[2] >> 1 | v.limbs[3] << 63,
        v.limbs[1] >> 1 | v.limbs[2] << 63, v.limbs[0] >> 1 | v.limbs[1] << 63};
}

SplitScalar split_scalar(const Uint256& v) noexcept {
    const Uint256 c1 = multiply_shift_384(v, kG1);
    const Uint256 c2 = multiply_shift_384(v, kG2);
    // low = v - c1 a1 - c2 a2, high = -c1 b1 - c2 b2; both fit 129 bits with a sign
    return {v + kTwoTo128 - c1 * kA1 - c2 * kA2, kTwoTo128 + c1 * kMinusB1 - c2 * kA1};
}

void prepare_scalars(std::span<const RecoveryInput* const> messages, LaneInput* inputs) noexcept {
    TROUPE_ASSERT(messages.size() <= kScalarsMax);
    // Numbers are taken as limbs without conversion, as if divided by R = 2^256. The inverses then
    // have R on top; divided by it once for all, they are limbs R / r, and limbs s times limbs R /
    // r make limbs s / r: the number itself.
    Scalar r[kScalarsMax];
    Scalar before[kScalarsMax];
    Scalar product = Scalar::one();
    for (std::size_t i = 0; i < messages.size(); ++i) {
        r[i] = Scalar::from_limbs(messages[i]->signature.r);
        before[i] = product;
        product = product * r[i];
    }
    Scalar rest = product.inverted() * Scalar::from_limbs(1);
    for (std::size_t i = messages.size(); i-- > 0;) {
        const RecoveryInput& message = *messages[i];
        const Scalar inverse = rest * before[i];
        rest = rest * r[i];
        Uint256 z = uint256_from_be(message.digest);
        if (z >= kOrder) z = z - kOrder;
        LaneInput& input = inputs[i];
        input.x = message.signature.r;
        input.y_parity = message.signature.y_parity;
        const Scalar s = Scalar::from_limbs(message.signature.s);
        recode<kPointWindow>((s * inverse).limbs(), input.point);
        recode<kGeneratorWindow>((-(Scalar::from_limbs(z) * inverse)).limbs(), input.generator);
    }
}

}  // namespace troupe::chain::crypto::recovery
