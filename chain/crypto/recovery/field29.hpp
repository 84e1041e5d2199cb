#pragma once

#include "chain/crypto/recovery/curve.hpp"
#include "chain/crypto/recovery/lane_functions.hpp"

/// The field of secp256k1 in lanes, nine limbs of 29 bits: for machines whose multiplier takes 32
/// bits.
namespace troupe::chain::crypto::recovery {

/// Arithmetic modulo p = 2^256 - c, c = 2^32 + 977, with the types of Field52 and their meaning:
///   Element  limb 0 < 2^29 + 2^21, limbs 1..7 < 2^29 + 2^15, limb 8 < 2^24 + 2^6. Carried, but not
///            to the last bit: the products leave room for it.
///   Factor   the same as an Element: this multiplier reads all that stands in a limb
///   Sum      limbs < 2^34, nothing carried
///   Wide     17 columns < 2^62.2 of one product or of the sum of two
///   Folded   nine limbs < 2^64 and what stands above 2^261, < 2^34
/// field_test.cpp checks these bounds with lanes that abort where one is exceeded.
template <class V>
struct Field29 {
    using Vector = V;
    static constexpr int kLanes = V::kLanes;
    static constexpr int kLimbs = 9;

    struct Factor {
        V limb[kLimbs];
    };
    struct Element : Factor {};
    struct Sum {
        V limb[kLimbs];
        Sum() = default;
        // Implicit on purpose: every element is a sum.
        TROUPE_LANE Sum(const Element& a) noexcept  // NOLINT(google-explicit-constructor)
            : limb{a.limb[0], a.limb[1], a.limb[2], a.limb[3], a.limb[4],
                   a.limb[5], a.limb[6], a.limb[7], a.limb[8]} {}
    };
    /// Products that nobody has computed yet: columns live in fold alone.
    struct Product {
        const Factor& a;
        const Factor& b;
    };
    struct Square {
        const Factor& a;
    };
    template <class First, class Second>
    struct Both {
        First first;
        Second second;
    };
    struct Folded {
        V limb[kLimbs];
        V over;
    };

#define TROUPE_EACH_LIMB _Pragma("GCC unroll 17") for (int i = 0; i < kLimbs; ++i)

    TROUPE_LANE friend Product operator*(const Factor& a, const Factor& b) noexcept {
        return {a, b};
    }
    TROUPE_LANE static Square square(const Factor& a) noexcept {
        return {a};
    }
    /// Two products that share one reduction.
    TROUPE_LANE friend Both<Product, Square> operator+(const Product& a, const Square& b) noexcept {
        return {a, b};
    }
    TROUPE_LANE friend Both<Product, Product> operator+(
        const Product& a, const Product& b) noexcept {
        return {a, b};
    }

    // A call: 16 registers hold neither two products at once nor one and what surrounds it, so
    // nothing is gained by inlining them.
    TROUPE_LANE_CALL static Folded fold(const Product& p) noexcept {
        return folded(p);
    }
    TROUPE_LANE_CALL static Folded fold(const Square& p) noexcept {
        return folded(Doubled(p));
    }
    TROUPE_LANE_CALL static Folded fold(const Both<Product, Product>& p) noexcept {
        return folded(p);
    }
    TROUPE_LANE_CALL static Folded fold(const Both<Product, Square>& p) noexcept {
        return folded(Both<Product, Doubled>{p.first, Doubled(p.second)});
    }

    TROUPE_LANE friend Sum operator+(const Sum& a, const Sum& b) noexcept {
        Sum r;
        TROUPE_EACH_LIMB r.limb[i] = a.limb[i] + b.limb[i];
        return r;
    }
    TROUPE_LANE friend Folded operator+(const Folded& a, const Sum& b) noexcept {
        Folded r;
        TROUPE_EACH_LIMB r.limb[i] = a.limb[i] + b.limb[i];
        r.over = a.over;
        return r;
    }
    /// Multiples of sums, at most 8 of an element in all.
    template <int kFactor>
    TROUPE_LANE static Sum times(const Sum& a) noexcept {
        Sum r;
        TROUPE_EACH_LIMB r.limb[i] = scaled<kFactor>(a.limb[i]);
        return r;
    }
    /// Of one product, not of two: 4 * 2^61.2 still fits.
    template <int kFactor>
    TROUPE_LANE static Folded times(const Folded& a) noexcept {
        static_assert(kFactor <= 4);
        Folded r;
        TROUPE_EACH_LIMB r.limb[i] = scaled<kFactor>(a.limb[i]);
        r.over = scaled<kFactor>(a.over);
        return r;
    }
    /// -kFactor * a, as (kFactor + 1) p - kFactor * a limb by limb. No limb goes below zero:
    /// (k+1) (2^29 - 977) >= k (2^29 + 2^21) and (k+1) (2^24 - 1) >= k (2^24 + 2^6) up to k = 8.
    template <int kFactor>
    TROUPE_LANE static Sum negated(const Element& a) noexcept {
        static_assert(kFactor >= 1 && kFactor <= 8);
        Sum r;
        TROUPE_EACH_LIMB r.limb[i] =
            V::all((kFactor + 1) * kPrimeLimbs[i]) - scaled<kFactor>(a.limb[i]);
        return r;
    }
    TROUPE_LANE static Sum negated_where(const typename V::Mask& mask, const Element& a) noexcept {
        Sum r;
        TROUPE_EACH_LIMB r.limb[i] =
            V::select(mask, V::all(2 * kPrimeLimbs[i]) - a.limb[i], a.limb[i]);
        return r;
    }

    /// One chain of carries, what stands at 2^256 brought down, and two carries more.
    TROUPE_LANE static Element element(const Folded& a) noexcept {
        const V m = V::all(kLimbMask);
        Element e;
        V carry = a.limb[0].template right<kBits>();
        _Pragma("GCC unroll 9") for (int i = 1; i < kLimbs - 1; ++i) {
            const V sum = a.limb[i] + carry;
            e.limb[i] = sum & m;
            carry = sum.template right<kBits>();
        }
        const V top = a.limb[kLimbs - 1] + carry;
        e.limb[kLimbs - 1] = top & V::all(kTopMask);
        // top < 2^64 and over < 2^34: q is below 2^41, too wide to multiply.
        const V q = top.template right<kTopBits>() + a.over.template times_power<5>();
        const V low = (a.limb[0] & m) + V::multiply(q & m, V::all(kLow));
        const V next = e.limb[1] + V::multiply(q.template right<kBits>(), V::all(kLow)) +
                       q.template times_power<3>() +  // 2^32 = 2^29 2^3
                       low.template right<kBits>();
        e.limb[0] = low & m;
        e.limb[1] = next & m;
        e.limb[2] = e.limb[2] + next.template right<kBits>();
        return e;
    }
    /// One round: a sum's limbs are short enough.
    TROUPE_LANE static Element element(const Sum& a) noexcept {
        const V q = a.limb[kLimbs - 1].template right<kTopBits>();  // < 2^20
        const Sum r = handed_on(a.limb);
        Element e;
        TROUPE_EACH_LIMB e.limb[i] = r.limb[i];
        e.limb[0] = e.limb[0] + V::multiply(q, V::all(kLow));
        e.limb[1] = e.limb[1] + q.template times_power<3>();
        return e;
    }
    TROUPE_LANE static Factor factor(const Folded& a) noexcept {
        return element(a);
    }
    TROUPE_LANE static Factor factor(const Sum& a) noexcept {
        return element(a);
    }
    TROUPE_LANE static Element select(
        const typename V::Mask& mask, const Element& yes, const Element& no) noexcept {
        Element r;
        TROUPE_EACH_LIMB r.limb[i] = V::select(mask, yes.limb[i], no.limb[i]);
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
        r.limb[1] = words[0].template right<29>() & m;
        r.limb[2] = (words[0].template right<58>() | words[1].template left<6>()) & m;
        r.limb[3] = words[1].template right<23>() & m;
        r.limb[4] = (words[1].template right<52>() | words[2].template left<12>()) & m;
        r.limb[5] = words[2].template right<17>() & m;
        r.limb[6] = (words[2].template right<46>() | words[3].template left<18>()) & m;
        r.limb[7] = words[3].template right<11>() & m;
        r.limb[8] = words[3].template right<40>();
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
        Element more = low;
        more.limb[0] = more.limb[0] + V::all(kLow);
        more.limb[1] = more.limb[1] + V::all(8);
        V above;
        const Element reduced = rippled(more, above);
        return select(above.equals(V::all(1)), reduced, low);
    }
    TROUPE_LANE static typename V::Mask is_zero(const Element& a) noexcept {
        const Element low = canonical(a);
        V any = low.limb[0];
        TROUPE_EACH_LIMB any = any | low.limb[i];
        return any.equals(V::zero());
    }

  private:
    static constexpr int kBits = 29;
    static constexpr int kTopBits = 24;  ///< 256 - 8 * 29
    static constexpr std::uint64_t kLimbMask = (std::uint64_t{1} << kBits) - 1;
    static constexpr std::uint64_t kTopMask = (std::uint64_t{1} << kTopBits) - 1;
    static constexpr std::uint64_t kLow = 977;         ///< c without 2^32
    static constexpr std::uint64_t kFold = 32 * kLow;  ///< 32 c without 2^37
    static constexpr std::uint64_t kPrimeLimbs[kLimbs] = {
        kLimbMask + 1 - kLow,
        kLimbMask - 8,
        kLimbMask,
        kLimbMask,
        kLimbMask,
        kLimbMask,
        kLimbMask,
        kLimbMask,
        kTopMask};

    /// A square: the products of different limbs once, with one of them doubled.
    struct Doubled {
        const Factor& a;
        Factor twice;
        TROUPE_LANE explicit Doubled(const Square& s) noexcept : a(s.a) {
            TROUPE_EACH_LIMB twice.limb[i] = s.a.limb[i] + s.a.limb[i];
        }
    };

    static constexpr int first_of(int column) noexcept {
        return column < kLimbs ? 0 : column - kLimbs + 1;
    }
    /// Column kColumn of a product: a[i] b[kColumn - i] for i from kFrom up.
    template <int kColumn, int kFrom = first_of(kColumn)>
    TROUPE_LANE static V column(const Product& p) noexcept {
        const V product = V::multiply(p.a.limb[kFrom], p.b.limb[kColumn - kFrom]);
        if constexpr (kFrom == kLimbs - 1 || kFrom == kColumn)
            return product;
        else
            return product + column<kColumn, kFrom + 1>(p);
    }
    template <int kColumn, int kFrom = first_of(kColumn)>
    TROUPE_LANE static V column(const Doubled& p) noexcept {
        if constexpr (2 * kFrom == kColumn) {
            return V::multiply(p.a.limb[kFrom], p.a.limb[kFrom]);
        } else {
            const V product = V::multiply(p.twice.limb[kFrom], p.a.limb[kColumn - kFrom]);
            if constexpr (2 * kFrom + 1 == kColumn)
                return product;
            else
                return product + column<kColumn, kFrom + 1>(p);
        }
    }
    template <int kColumn, class First, class Second>
    TROUPE_LANE static V column(const Both<First, Second>& p) noexcept {
        return column<kColumn>(p.first) + column<kColumn>(p.second);
    }

    /// Brings columns 9..16 down by 2^261 = 32 c = 2^29 2^8 + 31264. They are carried first, and
    /// what leaves column 16 is below 2^22 because the whole is below 2^515.
    template <class Any>
    TROUPE_LANE static Folded folded(const Any& p) noexcept {
        V high[kLimbs];
        V carry = V::zero();
        carry_high<0>(p, high, carry);
        high[kLimbs - 1] = carry;
        Folded r;
        low_columns<0>(p, high, r);
        r.over = carry.template times_power<8>();
        return r;
    }
    template <int kIndex, class Any>
    TROUPE_LANE static void carry_high(const Any& p, V (&high)[kLimbs], V& carry) noexcept {
        const V sum = column<kLimbs + kIndex>(p) + carry;
        high[kIndex] = sum & V::all(kLimbMask);
        carry = sum.template right<kBits>();
        if constexpr (kIndex + 1 < kLimbs - 1) carry_high<kIndex + 1>(p, high, carry);
    }
    template <int kIndex, class Any>
    TROUPE_LANE static void low_columns(const Any& p, const V (&high)[kLimbs], Folded& r) noexcept {
        r.limb[kIndex] = column<kIndex>(p) + V::multiply(high[kIndex], V::all(kFold));
        if constexpr (kIndex > 0)
            r.limb[kIndex] = r.limb[kIndex] + high[kIndex - 1].template times_power<8>();
        if constexpr (kIndex + 1 < kLimbs) low_columns<kIndex + 1>(p, high, r);
    }

    template <int kFactor>
    TROUPE_LANE static V scaled(const V& a) noexcept {
        if constexpr (kFactor == 1) return a;
        if constexpr (kFactor == 2) return a + a;
        if constexpr (kFactor == 3) return a + a + a;
        if constexpr (kFactor == 4) return a.template times_power<2>();
        if constexpr (kFactor == 6)
            return a.template times_power<1>() + a.template times_power<2>();
    }

    /// Every limb without what is above its bits, and with what the limb below had above its own.
    TROUPE_LANE static Sum handed_on(const V* limbs) noexcept {
        const V m = V::all(kLimbMask);
        Sum r;
        r.limb[0] = limbs[0] & m;
        _Pragma("GCC unroll 9") for (int i = 1; i < kLimbs - 1; ++i) r.limb[i] =
            (limbs[i] & m) + limbs[i - 1].template right<kBits>();
        r.limb[kLimbs - 1] =
            (limbs[kLimbs - 1] & V::all(kTopMask)) + limbs[kLimbs - 2].template right<kBits>();
        return r;
    }
    /// One chain of carries from the lowest limb to `above`, which stands at 2^256.
    TROUPE_LANE static Element rippled(const Element& a, V& above) noexcept {
        Element r;
        V carry = V::zero();
        _Pragma("GCC unroll 9") for (int i = 0; i < kLimbs - 1; ++i) {
            const V sum = a.limb[i] + carry;
            r.limb[i] = sum & V::all(kLimbMask);
            carry = sum.template right<kBits>();
        }
        const V top = a.limb[kLimbs - 1] + carry;
        r.limb[kLimbs - 1] = top & V::all(kTopMask);
        above = top.template right<kTopBits>();
        return r;
    }
    /// What stands at 2^256 is 0 or 1 after one chain; below it then is less than 2^240, so that
    /// adding c once cannot reach 2^256 again.
    TROUPE_LANE static Element below_2_256(const Element& a) noexcept {
        V above;
        Element r = rippled(a, above);
        r.limb[0] = r.limb[0] + V::multiply(above, V::all(kLow));
        r.limb[1] = r.limb[1] + above.template times_power<3>();
        return rippled(r, above);
    }
    TROUPE_LANE static void packed(const Element& a, V* words) noexcept {
        const V* l = a.limb;
        words[0] = l[0] | l[1].template left<29>() | l[2].template left<58>();
        words[1] = l[2].template right<6>() | l[3].template left<23>() | l[4].template left<52>();
        words[2] = l[4].template right<12>() | l[5].template left<17>() | l[6].template left<46>();
        words[3] = l[6].template right<18>() | l[7].template left<11>() | l[8].template left<40>();
    }
#undef TROUPE_EACH_LIMB
};

}  // namespace troupe::chain::crypto::recovery
