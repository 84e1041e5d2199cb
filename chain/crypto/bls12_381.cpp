#include "chain/crypto/bls12_381.hpp"

#include <blst.h>

#include <bit>

namespace troupe::chain::crypto::bls {
namespace {

static_assert(sizeof(G1) == sizeof(blst_p1_affine) && sizeof(G2) == sizeof(blst_p2_affine));

/// The order r of both subgroups.
constexpr Uint256 kOrder{
    0x73eda753299d7d48, 0x3339d80809a1d805, 0x53bda402fffe5bfe, 0xffffffff00000001};
/// The modulus p of the base field, big-endian.
constexpr std::uint8_t kModulus[48] = {
    0x1a, 0x01, 0x11, 0xea, 0x39, 0x7f, 0xe6, 0x9a, 0x4b, 0x1b, 0xa7, 0xb6, 0x43, 0x4b, 0xac, 0xd7,
    0x64, 0x77, 0x4b, 0x84, 0xf3, 0x85, 0x12, 0xbf, 0x67, 0x30, 0xd2, 0xa0, 0xf6, 0xb0, 0xf6, 0x24,
    0x1e, 0xab, 0xff, 0xfe, 0xb1, 0x53, 0xff, 0xff, 0xb9, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xaa, 0xab};
constexpr std::size_t kPadding = kFpBytes - 48;  // zeros before the 48 bytes of a coordinate

/// blst's functions of each group under one name.
struct OfG1 {
    using Ours = G1;
    using Affine = blst_p1_affine;
    using Point = blst_p1;
    static constexpr auto add = blst_p1_add_or_double;
    static constexpr auto add_affine = blst_p1_add_or_double_affine;
    static constexpr auto from_affine = blst_p1_from_affine;
    static constexpr auto to_affine = blst_p1_to_affine;
    static constexpr auto multiply = blst_p1_mult;
    static constexpr auto pippenger = blst_p1s_mult_pippenger;
    static constexpr auto scratch_bytes = blst_p1s_mult_pippenger_scratch_sizeof;
};
struct OfG2 {
    using Ours = G2;
    using Affine = blst_p2_affine;
    using Point = blst_p2;
    static constexpr auto add = blst_p2_add_or_double;
    static constexpr auto add_affine = blst_p2_add_or_double_affine;
    static constexpr auto from_affine = blst_p2_from_affine;
    static constexpr auto to_affine = blst_p2_to_affine;
    static constexpr auto multiply = blst_p2_mult;
    static constexpr auto pippenger = blst_p2s_mult_pippenger;
    static constexpr auto scratch_bytes = blst_p2s_mult_pippenger_scratch_sizeof;
};

blst_p1_affine theirs(const G1& point) noexcept {
    return std::bit_cast<blst_p1_affine>(point);
}
blst_p2_affine theirs(const G2& point) noexcept {
    return std::bit_cast<blst_p2_affine>(point);
}

template <class Group>
typename Group::Ours ours(const typename Group::Point& point) noexcept {
    typename Group::Affine affine;
    Group::to_affine(&affine, &point);  // infinity becomes all zeros
    return std::bit_cast<typename Group::Ours>(affine);
}

bool read_fp(blst_fp& out, const std::uint8_t* encoded) noexcept {
    const std::uint8_t* value = encoded + kPadding;
    if (std::any_of(encoded, value, [](std::uint8_t byte) { return byte != 0; })) return false;
    if (std::memcmp(value, kModulus, sizeof kModulus) >= 0) return false;
    blst_fp_from_bendian(&out, value);
    return true;
}

void append_fp(Bytes& out, const blst_fp& value) {
    out.resize(out.size() + kFpBytes);  // the padding's zeros, too
    blst_bendian_from_fp(out.data() + out.size() - 48, &value);
}

template <class Point>
bool is_infinity(const Point& point) noexcept {
    return std::all_of(std::begin(point.limbs), std::end(point.limbs), [](std::uint64_t limb) {
        return limb == 0;
    });
}

template <class Group>
typename Group::Ours add_points(
    const typename Group::Ours& a, const typename Group::Ours& b) noexcept {
    const typename Group::Affine left = theirs(a);
    const typename Group::Affine right = theirs(b);
    typename Group::Point sum;
    Group::from_affine(&sum, &left);
    Group::add_affine(&sum, &sum, &right);
    return ours<Group>(sum);
}

/// Fewer points are multiplied one by one: Pippenger's buckets do not pay yet.
constexpr std::size_t kPippengerMin = 8;

template <class Group>
typename Group::Ours multiply_points(
    std::span<const typename Group::Ours> points, std::span<const Uint256> scalars) {
    TROUPE_ASSERT(points.size() == scalars.size());
    // blst's buckets want neither infinity nor zero, and its endomorphisms scalars below r.
    std::vector<typename Group::Affine> kept;
    std::vector<blst_scalar> factors;
    kept.reserve(points.size());
    factors.reserve(points.size());
    for (std::size_t i = 0; i < points.size(); ++i) {
        const Uint256 factor = scalars[i] >= kOrder ? scalars[i] % kOrder : scalars[i];
        if (factor.is_zero() || is_infinity(points[i])) continue;
        kept.push_back(theirs(points[i]));
        blst_scalar_from_uint64(&factors.emplace_back(), factor.limbs);
    }
    typename Group::Point sum{};
    if (kept.size() >= kPippengerMin) {
        std::vector<limb_t> scratch(Group::scratch_bytes(kept.size()) / sizeof(limb_t) + 1);
        const typename Group::Affine* const point_array[2] = {kept.data(), nullptr};
        const byte* const scalar_array[2] = {factors.data()->b, nullptr};
        Group::pippenger(&sum, point_array, kept.size(), scalar_array, 255, scratch.data());
        return ours<Group>(sum);
    }
    for (std::size_t i = 0; i < kept.size(); ++i) {
        typename Group::Point product;
        Group::from_affine(&product, &kept[i]);
        Group::multiply(&product, &product, factors[i].b, 255);
        Group::add(&sum, &sum, &product);
    }
    return ours<Group>(sum);
}

}  // namespace

std::optional<G1> read_g1(ByteView encoded) noexcept {
    TROUPE_ASSERT(encoded.size() == kG1Bytes);
    blst_p1_affine point;
    if (!read_fp(point.x, encoded.data()) || !read_fp(point.y, encoded.data() + kFpBytes))
        return {};
    const G1 read = std::bit_cast<G1>(point);
    if (!is_infinity(read) && !blst_p1_affine_on_curve(&point)) return {};
    return read;
}

std::optional<G2> read_g2(ByteView encoded) noexcept {
    TROUPE_ASSERT(encoded.size() == kG2Bytes);
    blst_p2_affine point;
    const std::uint8_t* at = encoded.data();
    for (blst_fp* coordinate : {point.x.fp, point.x.fp + 1, point.y.fp, point.y.fp + 1}) {
        if (!read_fp(*coordinate, at)) return {};
        at += kFpBytes;
    }
    const G2 read = std::bit_cast<G2>(point);
    if (!is_infinity(read) && !blst_p2_affine_on_curve(&point)) return {};
    return read;
}

void append_point(Bytes& out, const G1& point) {
    const blst_p1_affine affine = theirs(point);
    append_fp(out, affine.x);
    append_fp(out, affine.y);
}

void append_point(Bytes& out, const G2& point) {
    const blst_p2_affine affine = theirs(point);
    for (const blst_fp2* coordinate : {&affine.x, &affine.y}) {
        append_fp(out, coordinate->fp[0]);
        append_fp(out, coordinate->fp[1]);
    }
}

bool in_subgroup(const G1& point) noexcept {
    const blst_p1_affine affine = theirs(point);
    return is_infinity(point) || blst_p1_affine_in_g1(&affine);
}

bool in_subgroup(const G2& point) noexcept {
    const blst_p2_affine affine = theirs(point);
    return is_infinity(point) || blst_p2_affine_in_g2(&affine);
}

G1 add(const G1& a, const G1& b) noexcept {
    return add_points<OfG1>(a, b);
}
G2 add(const G2& a, const G2& b) noexcept {
    return add_points<OfG2>(a, b);
}

G1 multiply_sum(std::span<const G1> points, std::span<const Uint256> scalars) {
    return multiply_points<OfG1>(points, scalars);
}
G2 multiply_sum(std::span<const G2> points, std::span<const Uint256> scalars) {
    return multiply_points<OfG2>(points, scalars);
}

bool pairing_product_is_one(std::span<const G1> g1, std::span<const G2> g2) noexcept {
    TROUPE_ASSERT(g1.size() == g2.size());
    constexpr std::size_t kChunk = 16;  // pairs that share their squarings; blst takes any number
    blst_fp12 product = *blst_fp12_one();
    for (std::size_t from = 0; from < g1.size();) {
        blst_p1_affine p[kChunk];
        blst_p2_affine q[kChunk];
        std::size_t count = 0;
        for (; from < g1.size() && count < kChunk; ++from) {
            if (is_infinity(g1[from]) || is_infinity(g2[from])) continue;  // e is one
            p[count] = theirs(g1[from]);
            q[count++] = theirs(g2[from]);
        }
        if (count == 0) continue;
        const blst_p1_affine* const p_array[2] = {p, nullptr};
        const blst_p2_affine* const q_array[2] = {q, nullptr};
        blst_fp12 part;
        blst_miller_loop_n(&part, q_array, p_array, count);
        blst_fp12_mul(&product, &product, &part);
    }
    return blst_fp12_finalverify(&product, blst_fp12_one());
}

std::optional<G1> map_to_g1(ByteView encoded) noexcept {
    TROUPE_ASSERT(encoded.size() == kFpBytes);
    blst_fp value;
    if (!read_fp(value, encoded.data())) return {};
    blst_p1 point;
    blst_map_to_g1(&point, &value, nullptr);
    return ours<OfG1>(point);
}

std::optional<G2> map_to_g2(ByteView encoded) noexcept {
    TROUPE_ASSERT(encoded.size() == 2 * kFpBytes);
    blst_fp2 value;
    if (!read_fp(value.fp[0], encoded.data())) return {};
    if (!read_fp(value.fp[1], encoded.data() + kFpBytes)) return {};
    blst_p2 point;
    blst_map_to_g2(&point, &value, nullptr);
    return ours<OfG2>(point);
}

}  // namespace troupe::chain::crypto::bls
