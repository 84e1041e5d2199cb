#pragma once

#include "chain/crypto/recovery/inversion.hpp"
#include "chain/crypto/recovery/lane_functions.hpp"
#include "chain/crypto/recovery/point.hpp"

/// The small multiples of each lane's own point.
namespace troupe::chain::crypto::recovery {

/// R, 3 R, .. 31 R in affine coordinates, and each times lambda. Every level of sums needs only the
/// levels before it, so its inversions are one, for all groups and lanes:
/// {2}, {3, 4}, {5, 7, 8}, {9, 11, 13, 15, 16}, {17, .. 31}.
/// The differences that are inverted are never 0: R has order n, and all multiples are small.
template <class F>
class Multiples {
    static constexpr int kLanes = F::kLanes;
    static constexpr int kHalf = kPointMultiples / 2;

  public:
    /// [0]: the multiples; [1]: times lambda, that is (beta x, y).
    struct Table {
        PointLine lines[2][kPointMultiples][kLanes];
    };
    template <int kGroups>
    struct Scratch {
        AffinePoint<F> odd[kGroups][kHalf];  ///< R, 3 R, .. 15 R
        AffinePoint<F> power[kGroups];       ///< 2 R, then 4 R, 8 R, 16 R
        typename F::Factor values[kGroups * (kHalf + 1)];
        typename F::Factor before[kGroups * (kHalf + 1)];
    };

    template <int kGroups>
    TROUPE_LANE_CALL static void make(
        const AffinePoint<F>* points, int groups, Table* tables, Scratch<kGroups>& s) noexcept {
        for (int group = 0; group < groups; ++group) {
            s.odd[group][0] = points[group];
            s.values[group] = F::factor(F::template times<2>(points[group].y));
            store(points[group], tables[group], 0);
        }
        invert_all<F>(s.values, s.before, static_cast<std::size_t>(groups));
        for (int group = 0; group < groups; ++group)
            s.power[group] = double_affine<F>(points[group], s.values[group]);
        for (int count = 1; count <= kHalf; count *= 2)
            level(count, groups, tables, s);
    }

  private:
    /// From `count` odd multiples and the power 2 count to twice as many and twice the power.
    template <class AnyScratch>
    TROUPE_LANE_CALL static void level(
        int count, int groups, Table* tables, AnyScratch& s) noexcept {
        const bool last = count == kHalf;
        typename F::Factor* value = s.values;
        for (int group = 0; group < groups; ++group) {
            for (int i = 0; i < count; ++i) {
                *value++ = F::factor(s.power[group].x + F::template negated<1>(s.odd[group][i].x));
            }
            if (!last) *value++ = F::factor(F::template times<2>(s.power[group].y));
        }
        invert_all<F>(s.values, s.before, static_cast<std::size_t>(value - s.values));
        value = s.values;
        for (int group = 0; group < groups; ++group) {
            for (int i = 0; i < count; ++i) {
                const AffinePoint<F> sum = add_affine<F>(s.odd[group][i], s.power[group], *value++);
                if (!last) s.odd[group][count + i] = sum;
                store(sum, tables[group], count + i);
            }
            if (!last) s.power[group] = double_affine<F>(s.power[group], *value++);
        }
    }

    TROUPE_LANE static void store(const AffinePoint<F>& p, Table& table, int index) noexcept {
        typename F::Vector words[8];
        F::to_words(p.x, words);
        F::to_words(p.y, words + 4);
        F::Vector::store_lines(words, table.lines[0][index]);
        F::to_words(F::element(F::fold(p.x * F::constant(kBeta))), words);
        F::Vector::store_lines(words, table.lines[1][index]);
    }
};

}  // namespace troupe::chain::crypto::recovery
