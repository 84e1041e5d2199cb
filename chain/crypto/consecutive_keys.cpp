#include "chain/crypto/consecutive_keys.hpp"

#include "chain/base/assert.hpp"
#include "chain/crypto/jacobian.hpp"
#include "chain/crypto/keccak.hpp"
#include "chain/crypto/montgomery.hpp"
#include "chain/crypto/recovery/curve.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace troupe::chain::crypto {
namespace {

constexpr std::size_t kTogether = 512;  // points that share one inversion
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

/// Replaces each by its inverse; none may be 0. Montgomery's trick.
void invert_all(std::vector<Field>& numbers) {
    std::vector<Field> before(numbers.size());
    Field product = Field::one();
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        before[i] = product;
        product = product * numbers[i];
    }
    Field rest = product.inverted();
    for (std::size_t i = numbers.size(); i-- > 0;) {
        const Field inverse = rest * before[i];
        rest = rest * numbers[i];
        numbers[i] = inverse;
    }
}

/// G, 2 G, .. kTogether G.
std::vector<Affine> multiples_of_generator() {
    const Field gx(recovery::kGeneratorX);
    const Field gy(recovery::kGeneratorY);
    std::vector<Point> points{Point::of(gx, gy)};
    while (points.size() < kTogether)
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
}

using PublicKeyBytes = std::array<std::uint8_t, kPublicKeyBytes>;

void write_point(PublicKeyBytes& out, const Affine& point) noexcept {
    const Hash32 x = to_be32(point.x.value());
    const Hash32 y = to_be32(point.y.value());
    std::copy(x.begin(), x.end(), out.begin());
    std::copy(y.begin(), y.end(), out.begin() + 32);
}

Affine point_of(const PrivateKey& key) {
    const auto point = public_key_of(key);
    TROUPE_ASSERT(point.ok());
    return {
        Field(uint256_from_be(point->view().first(32))),
        Field(uint256_from_be(point->view().last(32)))};
}

}  // namespace

PrivateKey consecutive_key(const PrivateKey& k, std::uint64_t i) noexcept {
    return PrivateKey::from(to_be32(uint256_from_be(k) + Uint256(i)));
}

void consecutive_addresses(const PrivateKey& k, std::uint64_t first, std::span<Address> addresses) {
    if (addresses.empty()) return;
    const auto multiples = multiples_of_generator();
    Affine base = point_of(consecutive_key(k, first));
    std::vector<Field> inverses;
    std::vector<PublicKeyBytes> keys;
    std::vector<ByteView> views;
    std::vector<Hash32> hashes(kTogether);
    while (!addresses.empty()) {
        // base, base + G, .. and, for the next turn, base + kTogether G.
        inverses.clear();
        for (const Affine& step : multiples)
            inverses.push_back(step.x - base.x);  // 0 only within kTogether of 0 or n
        invert_all(inverses);
        keys.resize(1);
        write_point(keys[0], base);
        Affine next = base;
        for (std::size_t i = 0; i < multiples.size(); ++i) {
            const Field slope = (multiples[i].y - base.y) * inverses[i];
            const Field x = slope.squared() - base.x - multiples[i].x;
            next = {x, slope * (base.x - x) - base.y};
            if (i + 1 == multiples.size()) break;
            write_point(keys.emplace_back(), next);
        }
        base = next;
        const std::size_t count = std::min(addresses.size(), keys.size());
        views.assign(keys.begin(), keys.begin() + static_cast<std::ptrdiff_t>(count));
        keccak256_batch(views, std::span(hashes).first(count));
        for (std::size_t i = 0; i < count; ++i)
            addresses[i] = Address::from(hashes[i].view().last(Address::kSize));
        addresses = addresses.subspan(count);
    }
}

}  // namespace troupe::chain::crypto
