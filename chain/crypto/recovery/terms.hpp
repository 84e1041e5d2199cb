#pragma once

#include "chain/crypto/recovery/generator_table.hpp"
#include "chain/crypto/recovery/lane_functions.hpp"
#include "chain/crypto/recovery/multiples.hpp"
#include "chain/crypto/recovery/scalars.hpp"

#include <algorithm>

/// The sum u2 R + u1 G: its terms and the loop that adds them.
namespace troupe::chain::crypto::recovery {

/// When each term is added, and with which sign. The doublings of R's windows and of G's are the
/// same ones: bit 125 down to 0, a term of R at every 5th, one of G at every 13th. Each doubling
/// and each addition negates the sum, so a term that meets a negated sum is negated as well.
struct Schedule {
    bool point_minus[kPointTerms] = {};
    bool generator_minus[kGeneratorTerms] = {};
    bool result_minus = false;

    static constexpr int kFirstBit = (kPointTerms - 1) * kPointWindow;

    constexpr Schedule() noexcept {
        bool minus = false;  // the sum starts as R's highest term
        for (int bit = kFirstBit - 1; bit >= 0; --bit) {
            minus = !minus;
            if (bit % kPointWindow == 0) {
                point_minus[bit / kPointWindow] = minus;
                minus = !minus;
            }
            if (bit % kGeneratorWindow == 0) {
                generator_minus[bit / kGeneratorWindow] = minus;
                minus = !minus;
            }
        }
        result_minus = minus;
    }
};
static_assert((kGeneratorTerms - 1) * kGeneratorWindow < Schedule::kFirstBit);

template <class F>
class Terms {
    using Vector = typename F::Vector;
    static constexpr int kLanes = F::kLanes;
    static constexpr Schedule kSchedule{};
    static constexpr int kTerms = kPointTerms + kGeneratorTerms;

    /// Two points to be added, with their signs: set bits are minus.
    struct Pair {
        AffinePoint<F> first;
        AffinePoint<F> second;
        std::uint32_t first_minus;
        std::uint32_t second_minus;
    };

  public:
    static constexpr bool kResultNegated = kSchedule.result_minus;

    /// The terms of one group of lanes, by window from the lowest.
    struct Group {
        TermPoint<F> point[kPointTerms];
        TermPoint<F> generator[kGeneratorTerms];
    };
    template <int kGroups>
    struct Scratch {
        Group terms[kGroups];
        Pair pairs[kGroups * kTerms];
        typename F::Factor values[kGroups * kTerms];
        typename F::Factor before[kGroups * kTerms];
    };

    /// Every term is a sum itself: digit times point plus digit times lambda times point, added in
    /// affine coordinates with one inversion for all terms of all groups. Their x differ: equal
    /// ones would mean d1 = +-lambda d2 mod n, but the shortest such (d1, d2) has 128 bits.
    /// @param count  inputs; lanes beyond it get what fits the tables
    template <int kGroups>
    TROUPE_LANE_CALL static void make(
        const LaneInput* inputs, std::size_t count, int groups,
        const typename Multiples<F>::Table* tables, Scratch<kGroups>& s) noexcept {
        const GeneratorTable& generator = generator_table();
        Pair* pair = s.pairs;
        for (int group = 0; group < groups; ++group) {
            const LaneInput* lanes[kLanes];
            for (int lane = 0; lane < kLanes; ++lane) {
                const std::size_t i = static_cast<std::size_t>(group * kLanes + lane);
                lanes[lane] = inputs + std::min(i, count - 1);
            }
            for (int i = 0; i < kPointTerms; ++i)
                find_point(lanes, i, tables[group], *pair++);
            for (int i = 0; i < kGeneratorTerms; ++i)
                find_generator(lanes, i, generator, *pair++);
        }
        const auto pairs = static_cast<std::size_t>(pair - s.pairs);
        for (std::size_t i = 0; i < pairs; ++i) {
            s.values[i] =
                F::factor(s.pairs[i].second.x + F::template negated<1>(s.pairs[i].first.x));
        }
        invert_all<F>(s.values, s.before, pairs);
        pair = s.pairs;
        const typename F::Factor* inverse = s.values;
        for (int group = 0; group < groups; ++group) {
            for (auto& term : s.terms[group].point)
                term = added(*pair++, *inverse++);
            for (auto& term : s.terms[group].generator)
                term = added(*pair++, *inverse++);
        }
    }

    /// All terms of kTogether groups with their doublings: 125 doublings and 35 additions each. The
    /// results are negated where kResultNegated says so.
    template <int kTogether>
    TROUPE_LANE_CALL static void sum(const Group* groups, SumPoint<F>* sums) noexcept {
        constexpr int kLast = kPointTerms - 1;
        SumPoint<F> sum[kTogether];
        const TermPoint<F>* terms[kTogether];
        for (int k = 0; k < kTogether; ++k) {
            const TermPoint<F>& first = groups[k].point[kLast];
            sum[k].x = F::element(F::fold(first.x * F::one()));
            const auto y = F::element(F::fold(first.y * F::one()));
            sum[k].w = F::element(F::template times<2>(y));
            sum[k].z = F::one();
        }
        for (int bit = Schedule::kFirstBit - 1; bit >= 0; --bit) {
            double_negated<F>(sum);
            if (bit % kPointWindow == 0) {
                for (int k = 0; k < kTogether; ++k)
                    terms[k] = &groups[k].point[bit / kPointWindow];
                add_negated<F>(sum, terms);
            }
            if (bit % kGeneratorWindow == 0) {
                for (int k = 0; k < kTogether; ++k)
                    terms[k] = &groups[k].generator[bit / kGeneratorWindow];
                add_negated<F>(sum, terms);
            }
        }
        for (int k = 0; k < kTogether; ++k)
            sums[k] = sum[k];
    }

  private:
    TROUPE_LANE static TermPoint<F> added(
        const Pair& pair, const typename F::Factor& inverse) noexcept {
        return add_signed<F>(
            pair.first, Vector::mask(pair.first_minus), pair.second,
            Vector::mask(pair.second_minus), inverse);
    }

    /// A window e of w bits: the digit is minus where its highest bit is clear, and its size is
    /// 2 i + 1 where i is e without that bit, or its complement where minus.
    template <int kBits>
    static constexpr unsigned index_of(unsigned window) noexcept {
        return (window ^ ((window >> (kBits - 1)) - 1)) & ((1u << (kBits - 1)) - 1);
    }
    template <int kBits>
    static constexpr std::uint32_t minus_of(unsigned window) noexcept {
        return (window >> (kBits - 1)) ^ 1;
    }

    TROUPE_LANE static AffinePoint<F> load(const PointLine* const* lines) noexcept {
        Vector words[8];
        Vector::load_lines(lines, words);
        return {F::from_words(words), F::from_words(words + 4)};
    }

    TROUPE_LANE static void find_point(
        const LaneInput* const* lanes, int i, const typename Multiples<F>::Table& table,
        Pair& pair) noexcept {
        const PointLine* first[kLanes];
        const PointLine* second[kLanes];
        pair.first_minus = pair.second_minus = kSchedule.point_minus[i] ? ~0u : 0u;
        for (int lane = 0; lane < kLanes; ++lane) {
            const unsigned low = lanes[lane]->point[0].windows[i];
            const unsigned high = lanes[lane]->point[1].windows[i];
            first[lane] = &table.lines[0][index_of<kPointWindow>(low)][lane];
            second[lane] = &table.lines[1][index_of<kPointWindow>(high)][lane];
            pair.first_minus ^= minus_of<kPointWindow>(low) << lane;
            pair.second_minus ^= minus_of<kPointWindow>(high) << lane;
        }
        pair.first = load(first);
        pair.second = load(second);
    }
    TROUPE_LANE static void find_generator(
        const LaneInput* const* lanes, int i, const GeneratorTable& table, Pair& pair) noexcept {
        const PointLine* first[kLanes];
        const PointLine* second[kLanes];
        pair.first_minus = pair.second_minus = kSchedule.generator_minus[i] ? ~0u : 0u;
        for (int lane = 0; lane < kLanes; ++lane) {
            const unsigned low = lanes[lane]->generator[0].windows[i];
            const unsigned high = lanes[lane]->generator[1].windows[i];
            first[lane] = &table.multiples[0][index_of<kGeneratorWindow>(low)];
            second[lane] = &table.multiples[1][index_of<kGeneratorWindow>(high)];
            pair.first_minus ^= minus_of<kGeneratorWindow>(low) << lane;
            pair.second_minus ^= minus_of<kGeneratorWindow>(high) << lane;
        }
        pair.first = load(first);
        pair.second = load(second);
    }
};

}  // namespace troupe::chain::crypto::recovery
