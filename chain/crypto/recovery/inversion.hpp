#pragma once

#include "chain/crypto/modular_inverse.hpp"
#include "chain/crypto/recovery/curve.hpp"
#include "chain/crypto/recovery/lane_functions.hpp"

#include <cstddef>

/// Many inverses for the price of one.
namespace troupe::chain::crypto::recovery {

/// Multiplies every lane by all the others: `all` is the product of every lane, in every lane, and
/// `others` that of every lane but one's own.
template <class F>
struct LaneProducts {
    typename F::Factor all;
    typename F::Factor others;

    TROUPE_LANE explicit LaneProducts(const typename F::Factor& values) noexcept
        : all(values), others(F::one()) {
        if constexpr (F::kLanes >= 16) join<8>();
        if constexpr (F::kLanes >= 8) join<4>();
        if constexpr (F::kLanes >= 4) join<2>();
        if constexpr (F::kLanes >= 2) join<1>();
    }

  private:
    template <int kStep>
    TROUPE_LANE void join() noexcept {
        typename F::Factor partner;
        for (std::size_t i = 0; i < sizeof(all.limb) / sizeof(all.limb[0]); ++i)
            partner.limb[i] = all.limb[i].template exchanged<kStep>();
        others = F::factor(F::fold(others * partner));
        all = F::factor(F::fold(all * partner));
    }
};

/// 1 / a, where every lane of `a` holds the same number.
template <class F>
TROUPE_LANE typename F::Factor invert_uniform(const typename F::Factor& a) noexcept {
    constexpr ModularInverse kInverse(kPrime);
    typename F::Vector words[4];
    F::to_canonical_words(F::element(F::fold(a * F::one())), words);
    alignas(64) std::uint64_t lanes[4][F::kLanes];
    for (int i = 0; i < 4; ++i)
        words[i].store(lanes[i]);
    return F::constant(kInverse(Uint256(lanes[3][0], lanes[2][0], lanes[1][0], lanes[0][0])));
}

/// Replaces each of `count` values by its inverse; none may be 0 in any lane. Montgomery's trick:
/// 3M each and one inversion for all values and lanes. Four chains of products run side by side,
/// because each step of a chain waits for the one before.
/// @param before  scratch for `count` values
/// @spec Montgomery: "Speeding the Pollard and Elliptic Curve Methods of Factorization" (1987)
template <class F>
TROUPE_LANE_CALL void invert_all(
    typename F::Factor* values, typename F::Factor* before, std::size_t count) noexcept {
    using Factor = typename F::Factor;
    constexpr std::size_t kChains = 4;
    Factor product[kChains] = {F::one(), F::one(), F::one(), F::one()};
    for (std::size_t i = 0; i < count; ++i) {
        Factor& chain = product[i % kChains];
        before[i] = chain;
        chain = F::factor(F::fold(chain * values[i]));
    }
    const Factor first = F::factor(F::fold(product[0] * product[1]));
    const Factor second = F::factor(F::fold(product[2] * product[3]));
    const LaneProducts<F> lanes(F::factor(F::fold(first * second)));
    const Factor inverse = F::factor(F::fold(invert_uniform<F>(lanes.all) * lanes.others));
    const Factor first_inverse = F::factor(F::fold(inverse * second));
    const Factor second_inverse = F::factor(F::fold(inverse * first));
    Factor rest[kChains] = {
        F::factor(F::fold(first_inverse * product[1])),
        F::factor(F::fold(first_inverse * product[0])),
        F::factor(F::fold(second_inverse * product[3])),
        F::factor(F::fold(second_inverse * product[2]))};
    for (std::size_t i = count; i-- > 0;) {
        Factor& chain = rest[i % kChains];
        const Factor next = F::factor(F::fold(chain * values[i]));
        values[i] = F::factor(F::fold(chain * before[i]));
        chain = next;
    }
}

}  // namespace troupe::chain::crypto::recovery
