#pragma once

#include "chain/crypto/recovery/generator_table.hpp"
#include "chain/crypto/recovery/inversion.hpp"
#include "chain/crypto/recovery/kernel.hpp"
#include "chain/crypto/recovery/lane_functions.hpp"
#include "chain/crypto/recovery/multiples.hpp"
#include "chain/crypto/recovery/point.hpp"
#include "chain/crypto/recovery/square_root.hpp"
#include "chain/crypto/recovery/terms.hpp"

/// Recovery of up to kScalarsMax public keys, over a field in lanes.
namespace troupe::chain::crypto::recovery {

/// One chunk of signatures. Lanes without a signature, and lanes whose x has no point, compute with
/// G instead of R: they cost nothing extra and cannot disturb the others.
template <class F>
class LaneRecovery {
    using Vector = typename F::Vector;
    static constexpr int kLanes = F::kLanes;
    static constexpr int kGroups = static_cast<int>(kScalarsMax) / kLanes;
    static constexpr int kAtOnce = kLanes >= 16 ? 2 : 4;  ///< vectors of square roots
    static constexpr int kSums = 2;                       ///< groups whose sums run side by side
    static constexpr int kTermGroups =
        kLanes >= 16 ? 2 : 4;  ///< groups whose terms are inverted together

  public:
    /// What lies in memory between the steps.
    struct Scratch {
        typename Multiples<F>::Table tables[kGroups];
        AffinePoint<F> points[kGroups];
        SumPoint<F> sums[kGroups];
        std::uint32_t no_point[kGroups];  ///< bit i: lane i has no R
        union {
            typename Multiples<F>::template Scratch<kGroups> multiples;
            typename Terms<F>::template Scratch<kTermGroups> terms;
            typename F::Factor inversion[2][kGroups];
        };
        Scratch() noexcept {}  // NOLINT(modernize-use-equals-default): the union has no default
    };

    TROUPE_LANE_CALL static void run(
        const LaneInput* inputs, std::size_t count, LaneOutput* outputs, Scratch& s) noexcept {
        const int groups = static_cast<int>((count + kLanes - 1) / kLanes);
        for (int first = 0; first < groups; first += kAtOnce)
            lift(inputs, count, first, s);
        Multiples<F>::template make<kGroups>(s.points, groups, s.tables, s.multiples);
        for (int first = 0; first < groups; first += kTermGroups) {
            const int last = std::min(first + kTermGroups, groups);
            Terms<F>::template make<kTermGroups>(
                inputs + first * kLanes, count - static_cast<std::size_t>(first * kLanes),
                last - first, s.tables + first, s.terms);
            for (int group = first; group < last;) {
                const auto* terms = s.terms.terms + (group - first);
                if (group + kSums <= last) {
                    Terms<F>::template sum<kSums>(terms, s.sums + group);
                    group += kSums;
                } else {
                    Terms<F>::template sum<1>(terms, s.sums + group);
                    ++group;
                }
            }
        }
        write(count, groups, outputs, s);
    }

  private:
    /// R from its x: y = sqrt(x^3 + 7) of the right parity, or G.
    TROUPE_LANE_CALL static void lift(
        const LaneInput* inputs, std::size_t count, int first, Scratch& s) noexcept {
        typename F::Element x[kAtOnce];
        typename F::Element square[kAtOnce];
        typename F::Factor factors[kAtOnce];
        typename F::Factor roots[kAtOnce];
        std::uint32_t odd[kAtOnce];
        for (int k = 0; k < kAtOnce; ++k) {
            x[k] = load_x(inputs, count, first + k, odd[k]);
            const auto xx = F::factor(F::fold(F::square(x[k])));
            square[k] = F::element(F::fold(xx * x[k]) + F::constant(Uint256(7)));
            factors[k] = square[k];
        }
        SquareRoots<F, kAtOnce>::run(factors, roots);
        for (int k = 0; k < kAtOnce && first + k < kGroups; ++k) {
            const auto root = F::canonical(F::element(F::fold(roots[k] * F::one())));
            const auto difference =
                F::element(F::fold(F::square(root)) + F::template negated<1>(square[k]));
            const auto good = F::is_zero(difference);
            const auto is_odd = (root.limb[0] & Vector::all(1)).equals(Vector::all(1));
            const auto flip = Vector::mask(Vector::bits(is_odd) ^ odd[k]);
            const auto y = F::element(F::negated_where(flip, root));
            s.no_point[first + k] = ~Vector::bits(good);
            s.points[first + k].x = F::select(good, x[k], F::constant(kGeneratorX));
            s.points[first + k].y = F::select(good, y, F::constant(kGeneratorY));
        }
    }
    /// Lanes beyond `count` get G's x.
    TROUPE_LANE_CALL static typename F::Element load_x(
        const LaneInput* inputs, std::size_t count, int group, std::uint32_t& odd) noexcept {
        alignas(64) std::uint64_t words[4][kLanes];
        odd = 0;
        for (int lane = 0; lane < kLanes; ++lane) {
            const std::size_t i = static_cast<std::size_t>(group * kLanes + lane);
            const Uint256& x = i < count ? inputs[i].x : kGeneratorX;
            for (int word = 0; word < 4; ++word)
                words[word][lane] = x.limbs[word];
            odd |= static_cast<std::uint32_t>(i < count && inputs[i].y_parity) << lane;
        }
        Vector vectors[4];
        for (int word = 0; word < 4; ++word)
            vectors[word] = Vector::load(words[word]);
        return F::from_words(vectors);
    }

    /// To affine coordinates, with one inversion for all. z = 0 marks what the formulas did not
    /// cover; those lanes invert 1 instead.
    TROUPE_LANE_CALL static void write(
        std::size_t count, int groups, LaneOutput* outputs, Scratch& s) noexcept {
        auto& z = s.inversion[0];
        std::uint32_t exceptional[kGroups];
        for (int group = 0; group < groups; ++group) {
            const auto element = F::element(F::fold(s.sums[group].z * F::one()));
            const auto zero = F::is_zero(element);
            exceptional[group] = Vector::bits(zero);
            z[group] = F::select(zero, F::one(), element);
        }
        invert_all<F>(z, s.inversion[1], static_cast<std::size_t>(groups));
        for (int group = 0; group < groups; ++group) {
            alignas(64) PointLine lines[kLanes];
            to_lines(s.sums[group], z[group], lines);
            for (int lane = 0; lane < kLanes; ++lane) {
                const std::size_t i = static_cast<std::size_t>(group * kLanes + lane);
                if (i >= count) break;
                const bool no_point = (s.no_point[group] >> lane & 1) != 0;
                const bool exception = (exceptional[group] >> lane & 1) != 0;
                outputs[i].state = no_point    ? LaneState::kNoPoint
                                   : exception ? LaneState::kExceptional
                                               : LaneState::kRecovered;
                outputs[i].key = lines[lane];
            }
        }
    }
    TROUPE_LANE_CALL static void to_lines(
        const SumPoint<F>& sum, const typename F::Factor& inverse, PointLine* lines) noexcept {
        const auto square = F::factor(F::fold(F::square(inverse)));
        const auto cube = F::factor(F::fold(square * inverse));
        const auto x = F::element(F::fold(sum.x * square));
        // w = 2 y z^3, and the sum is negated or not by the number of steps alone
        constexpr Uint256 kHalf{
            0x7fffffffffffffff, 0xffffffffffffffff, 0xffffffffffffffff, 0xffffffff7ffffe18};
        const auto halved = F::factor(F::fold(cube * F::constant(kHalf)));
        auto y = F::element(F::fold(sum.w * halved));
        if constexpr (Terms<F>::kResultNegated) y = F::element(F::template negated<1>(y));
        Vector words[8];
        F::to_canonical_words(x, words);
        F::to_canonical_words(y, words + 4);
        Vector::store_lines(words, lines);
    }
};

}  // namespace troupe::chain::crypto::recovery
