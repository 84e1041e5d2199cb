#include "chain/evm/bls_precompiles.hpp"

#include "chain/crypto/bls12_381.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace troupe::chain::evm {
namespace {

using namespace crypto::bls;

constexpr std::size_t kScalarBytes = 32;
constexpr std::size_t kPairBytes = kG1Bytes + kG2Bytes;

/// EIP-2537, "G1/G2 MSM": thousandths of the price of a product, by the number of products; the
/// last entry is for all greater numbers.
using Discounts = std::array<std::uint16_t, 128>;
constexpr Discounts kG1Discounts = {
    1000, 949, 848, 797, 764, 750, 738, 728, 719, 712, 705, 698, 692, 687, 682, 677, 673, 669, 665,
    661,  658, 654, 651, 648, 645, 642, 640, 637, 635, 632, 630, 627, 625, 623, 621, 619, 617, 615,
    613,  611, 609, 608, 606, 604, 603, 601, 599, 598, 596, 595, 593, 592, 591, 589, 588, 586, 585,
    584,  582, 581, 580, 579, 577, 576, 575, 574, 573, 572, 570, 569, 568, 567, 566, 565, 564, 563,
    562,  561, 560, 559, 558, 557, 556, 555, 554, 553, 552, 551, 550, 549, 548, 547, 547, 546, 545,
    544,  543, 542, 541, 540, 540, 539, 538, 537, 536, 536, 535, 534, 533, 532, 532, 531, 530, 529,
    528,  528, 527, 526, 525, 525, 524, 523, 522, 522, 521, 520, 520, 519};
constexpr Discounts kG2Discounts = {
    1000, 1000, 923, 884, 855, 832, 812, 796, 782, 770, 759, 749, 740, 732, 724, 717, 711, 704, 699,
    693,  688,  683, 679, 674, 670, 666, 663, 659, 655, 652, 649, 646, 643, 640, 637, 634, 632, 629,
    627,  624,  622, 620, 618, 615, 613, 611, 609, 607, 606, 604, 602, 600, 598, 597, 595, 593, 592,
    590,  589,  587, 586, 584, 583, 582, 580, 579, 578, 576, 575, 574, 573, 571, 570, 569, 568, 567,
    566,  565,  563, 562, 561, 560, 559, 558, 557, 556, 555, 554, 553, 552, 552, 551, 550, 549, 548,
    547,  546,  545, 545, 544, 543, 542, 541, 541, 540, 539, 538, 537, 537, 536, 535, 535, 534, 533,
    532,  532,  531, 530, 530, 529, 528, 528, 527, 526, 526, 525, 524, 524};

std::optional<std::uint64_t> gas_of_msm(
    std::size_t size, std::size_t item_size, std::uint64_t price,
    const Discounts& discounts) noexcept {
    if (size == 0 || size % item_size != 0) return std::nullopt;
    const std::size_t count = size / item_size;
    return count * price * discounts[std::min(count, discounts.size()) - 1] / 1'000;
}

std::optional<G1> read(ByteView encoded, const G1*) noexcept {
    return read_g1(encoded);
}
std::optional<G2> read(ByteView encoded, const G2*) noexcept {
    return read_g2(encoded);
}

template <class Point, std::size_t kBytes>
bool run_add(ByteView input, Bytes& output) noexcept {
    if (input.size() != 2 * kBytes) return false;
    constexpr const Point* kOfGroup = nullptr;
    const auto a = read(input.first(kBytes), kOfGroup);
    const auto b = read(input.last(kBytes), kOfGroup);
    if (!a || !b) return false;
    append_point(output, add(*a, *b));
    return true;
}

template <class Point, std::size_t kBytes>
bool run_msm(ByteView input, Bytes& output) noexcept {
    std::vector<Point> points;
    std::vector<Uint256> scalars;
    const std::size_t count = input.size() / (kBytes + kScalarBytes);
    points.reserve(count);
    scalars.reserve(count);
    for (; !input.empty(); input = input.subspan(kBytes + kScalarBytes)) {
        const auto point = read(input.first(kBytes), static_cast<const Point*>(nullptr));
        if (!point || !in_subgroup(*point)) return false;
        points.push_back(*point);
        scalars.push_back(uint256_from_be(input.subspan(kBytes, kScalarBytes)));
    }
    append_point(
        output, multiply_sum(std::span<const Point>(points), std::span<const Uint256>(scalars)));
    return true;
}

}  // namespace

std::optional<std::uint64_t> gas_of_bls_g1_msm(ByteView input) noexcept {
    return gas_of_msm(input.size(), kG1Bytes + kScalarBytes, 12'000, kG1Discounts);
}

std::optional<std::uint64_t> gas_of_bls_g2_msm(ByteView input) noexcept {
    return gas_of_msm(input.size(), kG2Bytes + kScalarBytes, 22'500, kG2Discounts);
}

std::optional<std::uint64_t> gas_of_bls_pairing(ByteView input) noexcept {
    if (input.empty() || input.size() % kPairBytes != 0) return std::nullopt;
    return 37'700 + 32'600 * std::uint64_t{input.size() / kPairBytes};
}

bool run_bls_g1_add(ByteView input, Bytes& output) noexcept {
    return run_add<G1, kG1Bytes>(input, output);
}
bool run_bls_g2_add(ByteView input, Bytes& output) noexcept {
    return run_add<G2, kG2Bytes>(input, output);
}
bool run_bls_g1_msm(ByteView input, Bytes& output) noexcept {
    return run_msm<G1, kG1Bytes>(input, output);
}
bool run_bls_g2_msm(ByteView input, Bytes& output) noexcept {
    return run_msm<G2, kG2Bytes>(input, output);
}

bool run_bls_pairing(ByteView input, Bytes& output) noexcept {
    std::vector<G1> g1;
    std::vector<G2> g2;
    g1.reserve(input.size() / kPairBytes);
    g2.reserve(input.size() / kPairBytes);
    for (; !input.empty(); input = input.subspan(kPairBytes)) {
        const auto p = read_g1(input.first(kG1Bytes));
        const auto q = read_g2(input.subspan(kG1Bytes, kG2Bytes));
        if (!p || !q || !in_subgroup(*p) || !in_subgroup(*q)) return false;
        g1.push_back(*p);
        g2.push_back(*q);
    }
    output.resize(32);
    output.back() = pairing_product_is_one(g1, g2) ? 1 : 0;
    return true;
}

bool run_bls_map_to_g1(ByteView input, Bytes& output) noexcept {
    if (input.size() != kFpBytes) return false;
    const auto point = map_to_g1(input);
    if (point) append_point(output, *point);
    return point.has_value();
}

bool run_bls_map_to_g2(ByteView input, Bytes& output) noexcept {
    if (input.size() != 2 * kFpBytes) return false;
    const auto point = map_to_g2(input);
    if (point) append_point(output, *point);
    return point.has_value();
}

}  // namespace troupe::chain::evm
