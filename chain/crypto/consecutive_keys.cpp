#include "chain/crypto/consecutive_keys.hpp"

#include "chain/base/assert.hpp"
#include "chain/crypto/batch_inversion.hpp"
#include "chain/crypto/jacobian.hpp"
#include "chain/crypto/keccak.hpp"
#include "chain/crypto/montgomery.hpp"
#include "chain/crypto/recovery/curve.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace troupe::chain::crypto {
namespace {

constexpr std::size_t kPublicKeyBytes = 64;

struct FieldParameters {
    static constexpr Uint256 kModulus = recovery::kPrime;
};
using Field = MontgomeryField<FieldParameters>;
using Point = Jacobian<Field, false>;

struct Affine {
    Field x;
    Field y;
};

/// G, 2 G, .. kConsecutivePointsMax G.
const std::vector<Affine>& multiples_of_generator() {
    static const std::vector<Affine> kMultiples = [] {
        const Field gx(recovery::kGeneratorX);
        const Field gy(recovery::kGeneratorY);
        std::vector<Point> points{Point::of(gx, gy)};
        while (points.size() < kConsecutivePointsMax)
            points.push_back(points.back().plus_affine(gx, gy));
        std::vector<Field> inverses;
        for (const Point& point : points)
            inverses.push_back(point.z);
        invert_all(inverses);
        std::vector<Affine> multiples;
        for (std::size_t i = 0; i < points.size(); ++i) {
            const Field square = inverses[i].squared();
            multiples.push_back({points[i].x * square, points[i].y * square * inverses[i]});
        }
        return multiples;
    }();
    return kMultiples;
}

using PublicKeyBytes = std::array<std::uint8_t, kPublicKeyBytes>;

PublicKeyBytes bytes_of(const CurvePoint& point) noexcept {
    PublicKeyBytes bytes;
    const Hash32 x = to_be32(point.x);
    const Hash32 y = to_be32(point.y);
    std::copy(x.begin(), x.end(), bytes.begin());
    std::copy(y.begin(), y.end(), bytes.begin() + Hash32::kSize);
    return bytes;
}

}  // namespace

PrivateKey consecutive_key(const PrivateKey& k, std::uint64_t i) noexcept {
    return PrivateKey::from(to_be32(uint256_from_be(k) + Uint256(i)));
}

std::vector<CurvePoint> consecutive_points(const PrivateKey& k, std::size_t count) {
    TROUPE_ASSERT(count <= kConsecutivePointsMax);
    if (count == 0) return {};
    const auto first = public_key_of(k);
    TROUPE_ASSERT(first.ok());
    const CurvePoint begin{
        uint256_from_be(first->view().first(32)), uint256_from_be(first->view().last(32))};
    const Affine base{Field(begin.x), Field(begin.y)};
    const auto& multiples = multiples_of_generator();
    std::vector<Field> inverses;
    for (std::size_t i = 1; i < count; ++i)
        inverses.push_back(multiples[i - 1].x - base.x);  // 0 only for k near 0 or n
    invert_all(inverses);
    std::vector<CurvePoint> points{begin};
    for (std::size_t i = 1; i < count; ++i) {
        const Affine& step = multiples[i - 1];
        const Field slope = (step.y - base.y) * inverses[i - 1];
        const Field x = slope.squared() - base.x - step.x;
        points.push_back({x.value(), (slope * (base.x - x) - base.y).value()});
    }
    return points;
}

void consecutive_addresses(const PrivateKey& k, std::uint64_t first, std::span<Address> addresses) {
    std::vector<PublicKeyBytes> keys;
    std::vector<Hash32> hashes(kConsecutivePointsMax);
    while (!addresses.empty()) {
        const std::size_t count = std::min(addresses.size(), kConsecutivePointsMax);
        keys.clear();
        for (const CurvePoint& point : consecutive_points(consecutive_key(k, first), count))
            keys.push_back(bytes_of(point));
        const std::vector<ByteView> views(keys.begin(), keys.end());
        keccak256_batch(views, std::span(hashes).first(count));
        for (std::size_t i = 0; i < count; ++i)
            addresses[i] = Address::from(hashes[i].view().last(Address::kSize));
        addresses = addresses.subspan(count);
        first += count;
    }
}

}  // namespace troupe::chain::crypto
