#pragma once

#include "chain/crypto/recovery/curve.hpp"
#include "chain/crypto/recovery/lane_functions.hpp"

/// The field of secp256k1 in lanes, five limbs of 52 bits.
namespace troupe::chain::crypto::recovery {

/// Arithmetic modulo p = 2^256 - c, c = 2^32 + 977, on as many elements at once as `V` has lanes.
///
/// One type for each state that a number can be in, so that no sum can be multiplied before it is
/// carried and no limb that was left unmasked can enter a sum. With W = 2^52:
///   Factor   limbs whose low 52 bits are an Element's; above them anything. Multiplied only,
///            because the multiplier reads 52 bits.
///   Element  limbs 0..3 < W, limb 4 < 2^48 + 2^12: a value below 2^256 + 2^220, not always below p
///   Sum      limbs < 2^60, nothing carried
///   Wide     ten columns < 2^58 of one product or of the sum of two, value below 2^515
///   Folded   five limbs < 2^60 and what stands above 2^260, < 2^34
/// field_test.cpp checks these bounds with lanes that abort where one is exceeded.
/// @spec Gueron, Krasnov: "Accelerating Big Integer Arithmetic Using Intel IFMA Extensions" (2016)
template <class V>
struct Field52 {
    using Vector = V;
    static constexpr int kLanes = V::kLanes;

    struct Factor {
        V limb[5];
    };
    struct Element : Factor {};
    struct Sum {
        V limb[5];
        Sum() = default;
        // Implicit on purpose: every element is a sum.
        TROUPE_LANE Sum(const Element& a) noexcept  // NOLINT(google-explicit-constructor)
            : limb{a.limb[0], a.limb[1], a.limb[2], a.limb[3], a.limb[4]} {}
    };
    struct Wide {
        V column[10];
    };
    struct Folded {
        V limb[5];
        V over;
    };

    /// Products of limbs i and j stand in columns i + j (low halves) and i + j + 1 (high halves).
    TROUPE_LANE friend Wide operator*(const Factor& a, const Factor& b) noexcept {
        Wide r;
        const V zero = V::zero();
        V c0 = zero, c1 = zero, c2 = zero, c3 = zero, c4 = zero;
        V c5 = zero, c6 = zero, c7 = zero, c8 = zero, c9 = zero;
#define TROUPE_ROW(i, d0, d1, d2, d3, d4, d5)   \
    d0 = V::add_low(d0, a.limb[i], b.limb[0]);  \
    d1 = V::add_low(d1, a.limb[i], b.limb[1]);  \
    d2 = V::add_low(d2, a.limb[i], b.limb[2]);  \
    d3 = V::add_low(d3, a.limb[i], b.limb[3]);  \
    d4 = V::add_low(d4, a.limb[i], b.limb[4]);  \
    d1 = V::add_high(d1, a.limb[i], b.limb[0]); \
    d2 = V::add_high(d2, a.limb[i], b.limb[1]); \
    d3 = V::add_high(d3, a.limb[i], b.limb[2]); \
    d4 = V::add_high(d4, a.limb[i], b.limb[3]); \
    d5 = V::add_high(d5, a.limb[i], b.limb[4])
        TROUPE_ROW(0, c0, c1, c2, c3, c4, c5);
        TROUPE_ROW(1, c1, c2, c3, c4, c5, c6);
        TROUPE_ROW(2, c2, c3, c4, c5, c6, c7);
        TROUPE_ROW(3, c3, c4, c5, c6, c7, c8);
        TROUPE_ROW(4, c4, c5, c6, c7, c8, c9);
#undef TROUPE_ROW
        r = {c0, c1, c2, c3, c4, c5, c6, c7, c8, c9};
        return r;
    }

    /// a * a: the products of different limbs once, doubled, then those of equal ones.
    TROUPE_LANE static Wide square(const Factor& a) noexcept {
        const V zero = V::zero();
        V c1 = zero, c2 = zero, c3 = zero, c4 = zero;
        V c5 = zero, c6 = zero, c7 = zero, c8 = zero;
        const V& a0 = a.limb[0];
        const V& a1 = a.limb[1];
        const V& a2 = a.limb[2];
        const V& a3 = a.limb[3];
        const V& a4 = a.limb[4];
        c1 = V::add_low(c1, a0, a1);
        c2 = V::add_low(c2, a0, a2);
        c3 = V::add_low(c3, a0, a3);
        c4 = V::add_low(c4, a0, a4);
        c5 = V::add_low(c5, a1, a4);
        c6 = V::add_low(c6, a2, a4);
        c7 = V::add_low(c7, a3, a4);
        c3 = V::add_low(c3, a1, a2);
        c4 = V::add_low(c4, a1, a3);
        c5 = V::add_low(c5, a2, a3);
        c2 = V::add_high(c2, a0, a1);
        c3 = V::add_high(c3, a0, a2);
        c4 = V::add_high(c4, a0, a3);
        c5 = V::add_high(c5, a0, a4);
        c6 = V::add_high(c6, a1, a4);
        c7 = V::add_high(c7, a2, a4);
        c8 = V::add_high(c8, a3, a4);
        c4 = V::add_high(c4, a1, a2);
        c5 = V::add_high(c5, a1, a3);
        c6 = V::add_high(c6, a2, a3);
        const V c0 = V::add_low(zero, a0, a0);
        c1 = V::add_high(c1 + c1, a0, a0);
        c2 = V::add_low(c2 + c2, a1, a1);
        c3 = V::add_high(c3 + c3, a1, a1);
        c4 = V::add_low(c4 + c4, a2, a2);
        c5 = V::add_high(c5 + c5, a2, a2);
        c6 = V::add_low(c6 + c6, a3, a3);
        c7 = V::add_high(c7 + c7, a3, a3);
        c8 = V::add_low(c8 + c8, a4, a4);
        const V c9 = V::add_high(zero, a4, a4);
        return {c0, c1, c2, c3, c4, c5, c6, c7, c8, c9};
    }

    /// Two products that share one reduction.
    TROUPE_LANE friend Wide operator+(const Wide& a, const Wide& b) noexcept {
        Wide r;
        _Pragma("GCC unroll 10") for (int i = 0; i < 10; ++i) r.column[i] =
            a.column[i] + b.column[i];
        return r;
    }

    /// Brings columns 5..9 down by 2^260 = 16 c. They are carried first: the multiplier must see
    /// all of each within 52 bits. Column 9 < 2^47, so `over` < 2^47 * 2^37 / 2^52.
    TROUPE_LANE static Folded fold(const Wide& w) noexcept {
        const V k = V::all(kPrimeComplement << 4);
        const V c5 = w.column[5];
        const V c6 = w.column[6] + c5.template right<52>();
        const V c7 = w.column[7] + c6.template right<52>();
        const V c8 = w.column[8] + c7.template right<52>();
        const V c9 = w.column[9] + c8.template right<52>();
        return {
            {V::add_low(w.column[0], c5, k), V::add_high(V::add_low(w.column[1], c6, k), c5, k),
             V::add_high(V::add_low(w.column[2], c7, k), c6, k),
             V::add_high(V::add_low(w.column[3], c8, k), c7, k),
             V::add_high(V::add_low(w.column[4], c9, k), c8, k)},
            V::add_high(V::zero(), c9, k)};
    }

    TROUPE_LANE friend Sum operator+(const Sum& a, const Sum& b) noexcept {
        Sum r;
        _Pragma("GCC unroll 5") for (int i = 0; i < 5; ++i) r.limb[i] = a.limb[i] + b.limb[i];
        return r;
    }
    TROUPE_LANE friend Folded operator+(const Folded& a, const Sum& b) noexcept {
        Folded r;
        _Pragma("GCC unroll 5") for (int i = 0; i < 5; ++i) r.limb[i] = a.limb[i] + b.limb[i];
        r.over = a.over;
        return r;
    }
    /// @tparam kFactor  2, 3, 4 or 6: with at most two more terms limbs stay below 2^60
    template <int kFactor>
    TROUPE_LANE static Sum times(const Sum& a) noexcept {
        Sum r;
        _Pragma("GCC unroll 5") for (int i = 0; i < 5; ++i) r.limb[i] = scaled<kFactor>(a.limb[i]);
        return r;
    }
    template <int kFactor>
    TROUPE_LANE static Folded times(const Folded& a) noexcept {
        Folded r;
        _Pragma("GCC unroll 5") for (int i = 0; i < 5; ++i) r.limb[i] = scaled<kFactor>(a.limb[i]);
        r.over = scaled<kFactor>(a.over);
        return r;
    }
    /// -kFactor * a, as (kFactor + 1) p - kFactor * a limb by limb. No limb goes below zero:
    /// (k+1) (2^52 - c) >= k 2^52 and (k+1) (2^48 - 1) >= k (2^48 + 2^12) for k up to 8.
    template <int kFactor>
    TROUPE_LANE static Sum negated(const Element& a) noexcept {
        static_assert(kFactor >= 1 && kFactor <= 8);
        Sum r;
        _Pragma("GCC unroll 5") for (int i = 0; i < 5; ++i) r.limb[i] =
            V::all((kFactor + 1) * kPrimeLimbs[i]) - scaled<kFactor>(a.limb[i]);
        return r;
    }
    /// -a where the mask is set, a elsewhere.
    TROUPE_LANE static Sum negated_where(const typename V::Mask& mask, const Element& a) noexcept {
        Sum r;
        _Pragma("GCC unroll 5") for (int i = 0; i < 5; ++i) r.limb[i] =
            V::select(mask, V::all(2 * kPrimeLimbs[i]) - a.limb[i], a.limb[i]);
        return r;
    }

    TROUPE_LANE static Element element(const Folded& a) noexcept {
        return masked(carried(a));
    }
    TROUPE_LANE static Element element(const Sum& a) noexcept {
        return masked(carried(a));
    }
    TROUPE_LANE static Factor factor(const Folded& a) noexcept {
        return carried(a);
    }
    TROUPE_LANE static Factor factor(const Sum& a) noexcept {
        return carried(a);
    }
    TROUPE_LANE static Element select(
        const typename V::Mask& mask, const Element& yes, const Element& no) noexcept {
        Element r;
        _Pragma("GCC unroll 5") for (int i = 0; i < 5; ++i) r.limb[i] =
            V::select(mask, yes.limb[i], no.limb[i]);
        return r;
    }

    TROUPE_LANE static Element one() noexcept {
        return constant(Uint256(1));
    }
    TROUPE_LANE static Element constant(const Uint256& value) noexcept {
        const V words[4] = {
            V::all(value.limbs[0]), V::all(value.limbs[1]), V::all(value.limbs[2]),
            V::all(value.limbs[3])};
        return from_words(words);
    }
    /// @param words  four words of 64 bits, least significant first; any value of 256 bits
    TROUPE_LANE static Element from_words(const V* words) noexcept {
        const V m = V::all(kLimbMask);
        Element r;
        r.limb[0] = words[0] & m;
        r.limb[1] = (words[0].template right<52>() | words[1].template left<12>()) & m;
        r.limb[2] = (words[1].template right<40>() | words[2].template left<24>()) & m;
        r.limb[3] = (words[2].template right<28>() | words[3].template left<36>()) & m;
        r.limb[4] = words[3].template right<16>();
        return r;
    }
    /// Four words of a value below 2^256, congruent to a and not always below p.
    TROUPE_LANE static void to_words(const Element& a, V* words) noexcept {
        packed(below_2_256(a), words);
    }
    /// Four words of the one value below p.
    TROUPE_LANE static void to_canonical_words(const Element& a, V* words) noexcept {
        packed(canonical(a), words);
    }

    TROUPE_LANE static Element canonical(const Element& a) noexcept {
        const Element low = below_2_256(a);
        // low >= p exactly when low + c reaches 2^256, and then low - p is what stands below.
        Element reduced;
        V carry = V::all(kPrimeComplement);
        _Pragma("GCC unroll 4") for (int i = 0; i < 4; ++i) {
            const V sum = low.limb[i] + carry;
            reduced.limb[i] = sum & V::all(kLimbMask);
            carry = sum.template right<52>();
        }
        const V top = low.limb[4] + carry;
        reduced.limb[4] = top & V::all(kTopMask);
        return select(top.template right<48>().equals(V::all(1)), reduced, low);
    }
    TROUPE_LANE static typename V::Mask is_zero(const Element& a) noexcept {
        const Element low = canonical(a);
        const V any = low.limb[0] | low.limb[1] | low.limb[2] | low.limb[3] | low.limb[4];
        return any.equals(V::zero());
    }

  private:
    static constexpr std::uint64_t kLimbMask = (std::uint64_t{1} << 52) - 1;
    static constexpr std::uint64_t kTopMask = (std::uint64_t{1} << 48) - 1;
    static constexpr std::uint64_t kPrimeLimbs[5] = {
        kLimbMask + 1 - kPrimeComplement, kLimbMask, kLimbMask, kLimbMask, kTopMask};

    template <int kFactor>
    TROUPE_LANE static V scaled(const V& a) noexcept {
        if constexpr (kFactor == 1) return a;
        if constexpr (kFactor == 2) return a + a;
        if constexpr (kFactor == 3) return a + a + a;
        if constexpr (kFactor == 4) return a.template times_power<2>();
        if constexpr (kFactor == 6) return a.template left<1>() + a.template times_power<2>();
    }

    /// What stands at 2^256 and above comes down by c; then one chain of carries. Limb 3 < 2^64
    /// leaves less than 2^12 for limb 4.
    TROUPE_LANE static Factor carried(const Folded& a) noexcept {
        const V c = V::all(kPrimeComplement);
        const V q = a.limb[4].template right<48>() + a.over.template times_power<4>();  // < 2^39
        return chain(
            V::add_low(a.limb[0], q, c), V::add_high(a.limb[1], q, c), a.limb[2], a.limb[3],
            a.limb[4] & V::all(kTopMask));
    }
    TROUPE_LANE static Factor carried(const Sum& a) noexcept {
        const V q = a.limb[4].template right<48>();  // < 2^12, so q c has no high half
        return chain(
            V::add_low(a.limb[0], q, V::all(kPrimeComplement)), a.limb[1], a.limb[2], a.limb[3],
            a.limb[4] & V::all(kTopMask));
    }
    TROUPE_LANE static Factor chain(
        const V& l0, const V& l1, const V& l2, const V& l3, const V& l4) noexcept {
        const V m1 = l1 + l0.template right<52>();
        const V m2 = l2 + m1.template right<52>();
        const V m3 = l3 + m2.template right<52>();
        const V m4 = l4 + m3.template right<52>();
        return {{l0, m1, m2, m3, m4}};
    }
    TROUPE_LANE static Element masked(const Factor& a) noexcept {
        const V m = V::all(kLimbMask);
        Element r;
        r.limb[0] = a.limb[0] & m;
        r.limb[1] = a.limb[1] & m;
        r.limb[2] = a.limb[2] & m;
        r.limb[3] = a.limb[3] & m;
        r.limb[4] = a.limb[4];  // never above 52 bits
        return r;
    }
    /// An element of 2^256 or more is below 2^256 + 2^220: less 2^256 and plus c it stays below.
    TROUPE_LANE static Element below_2_256(const Element& a) noexcept {
        const V q = a.limb[4].template right<48>();
        return masked(chain(
            V::add_low(a.limb[0], q, V::all(kPrimeComplement)), a.limb[1], a.limb[2], a.limb[3],
            a.limb[4] & V::all(kTopMask)));
    }
    TROUPE_LANE static void packed(const Element& a, V* words) noexcept {
        words[0] = a.limb[0] | a.limb[1].template left<52>();
        words[1] = a.limb[1].template right<12>() | a.limb[2].template left<40>();
        words[2] = a.limb[2].template right<24>() | a.limb[3].template left<28>();
        words[3] = a.limb[3].template right<36>() | a.limb[4].template left<16>();
    }
};

}  // namespace troupe::chain::crypto::recovery
