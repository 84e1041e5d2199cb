#include "chain/crypto/montgomery.hpp"

#include <boost/test/unit_test.hpp>
#include <gmp.h>

#include <random>
#include <vector>

namespace troupe::chain::crypto {

BOOST_AUTO_TEST_SUITE(montgomery)

namespace {

/// bn254's base field: two bits of room above the modulus.
struct WithRoom {
    static constexpr Uint256 kModulus{
        0x30644e72e131a029, 0xb85045b68181585d, 0x97816a916871ca8d, 0x3c208c16d87cfd47};
};
/// P-256's base field and order: no room at all.
struct WithoutRoom {
    static constexpr Uint256 kModulus{
        0xffffffff00000001, 0x0000000000000000, 0x00000000ffffffff, 0xffffffffffffffff};
};
struct OfSpecialForm {
    static constexpr Uint256 kModulus = WithoutRoom::kModulus;
    static Uint256 multiply_adx(const Uint256& a, const Uint256& b) {
        return montgomery_multiply_p256_adx(a, b);
    }
};
struct OrderWithoutRoom {
    static constexpr Uint256 kModulus{
        0xffffffff00000000, 0xffffffffffffffff, 0xbce6faada7179e84, 0xf3b9cac2fc632551};
};

/// secp256k1's order: nearly 2^256, where most sums overflow.
struct NearlyFull {
    static constexpr Uint256 kModulus{
        0xffffffffffffffff, 0xfffffffffffffffe, 0xbaaedce6af48a03b, 0xbfd25e8cd0364141};
};

/// The same by GMP.
class Referee {
  public:
    explicit Referee(const Uint256& modulus) { import(modulus_, modulus); }
    ~Referee() { mpz_clears(modulus_, a_, b_, result_, nullptr); }
    Referee(const Referee&) = delete;
    Referee& operator=(const Referee&) = delete;

    Uint256 product(const Uint256& a, const Uint256& b) {
        import(a_, a);
        import(b_, b);
        mpz_mul(result_, a_, b_);
        return result();
    }
    Uint256 sum(const Uint256& a, const Uint256& b) {
        import(a_, a);
        import(b_, b);
        mpz_add(result_, a_, b_);
        return result();
    }
    Uint256 difference(const Uint256& a, const Uint256& b) {
        import(a_, a);
        import(b_, b);
        mpz_sub(result_, a_, b_);
        return result();
    }
    Uint256 inverse(const Uint256& a) {
        import(a_, a);
        if (mpz_invert(result_, a_, modulus_) == 0) return {};
        return result();
    }

  private:
    static void import(mpz_t out, const Uint256& value) {
        mpz_import(out, 4, -1, 8, 0, 0, value.limbs);
    }
    Uint256 result() {
        mpz_mod(result_, result_, modulus_);
        Uint256 value;
        mpz_export(value.limbs, nullptr, -1, 8, 0, 0, result_);
        return value;
    }
    struct Init {
        Init(mpz_ptr a, mpz_ptr b, mpz_ptr c, mpz_ptr d) { mpz_inits(a, b, c, d, nullptr); }
    };
    mpz_t modulus_, a_, b_, result_;
    Init init_{modulus_, a_, b_, result_};
};

/// Values around 0, the modulus and the borders of limbs, then random ones.
std::vector<Uint256> values_below(const Uint256& modulus) {
    std::vector<Uint256> values{0, 1, 2, modulus - Uint256(1), modulus - Uint256(2)};
    for (const std::uint64_t limb : {std::uint64_t{1}, ~std::uint64_t{0}, std::uint64_t{1} << 63}) {
        values.push_back({0, 0, 0, limb});
        values.push_back({0, 0, limb, 0});
        values.push_back({0, limb, limb, limb});
        values.push_back(Uint256(limb, limb, 0, limb) % modulus);
        values.push_back(Uint256(limb, 0, 0, 0) % modulus);
    }
    std::mt19937_64 random(1);
    for (int i = 0; i < 60; ++i) {
        values.push_back(Uint256(random(), random(), random(), random()) % modulus);
    }
    return values;
}

template <class Parameters>
void compare_with_gmp() {
    using Field = MontgomeryField<Parameters>;
    Referee referee(Field::kModulus);
    const auto values = values_below(Field::kModulus);
    for (const auto& a : values) {
        BOOST_TEST((Field(a).value() == a));
        BOOST_TEST((Field(a).inverted().value() == referee.inverse(a)), to_decimal(a));
        BOOST_TEST(((-Field(a)).value() == referee.difference(0, a)));
        for (const auto& b : values) {
            BOOST_TEST(((Field(a) * Field(b)).value() == referee.product(a, b)));
            BOOST_TEST((Field::portable_product(Field(a), Field(b)) == Field(a) * Field(b)));
            BOOST_TEST(((Field(a) + Field(b)).value() == referee.sum(a, b)));
            BOOST_TEST(((Field(a) - Field(b)).value() == referee.difference(a, b)));
        }
    }
    std::mt19937_64 random(2);
    for (int i = 0; i < 20'000; ++i) {
        const Uint256 a = Uint256(random(), random(), random(), random()) % Field::kModulus;
        const Uint256 b = Uint256(random(), random(), random(), random()) % Field::kModulus;
        if (!(Field(a).inverted().value() == referee.inverse(a))) BOOST_ERROR(to_decimal(a));
        if (!((Field(a) * Field(b)).value() == referee.product(a, b))) BOOST_ERROR(to_decimal(a));
    }
}

}  // namespace

BOOST_AUTO_TEST_CASE(arithmetic_equals_gmp_where_the_modulus_leaves_room) {
    compare_with_gmp<WithRoom>();
}

BOOST_AUTO_TEST_CASE(arithmetic_equals_gmp_where_the_modulus_has_all_256_bits) {
    compare_with_gmp<WithoutRoom>();
    compare_with_gmp<OfSpecialForm>();
    compare_with_gmp<OrderWithoutRoom>();
    compare_with_gmp<NearlyFull>();
}

BOOST_AUTO_TEST_CASE(both_forms_of_sums_and_differences_agree) {
    for (const Uint256& modulus :
         {WithRoom::kModulus, WithoutRoom::kModulus, OrderWithoutRoom::kModulus}) {
        const auto values = values_below(modulus);
        for (const auto& a : values) {
            for (const auto& b : values) {
                BOOST_TEST((limbs::add_fast(a, b, modulus) == limbs::add_portable(a, b, modulus)));
                BOOST_TEST(
                    (limbs::subtract_fast(a, b, modulus) ==
                     limbs::subtract_portable(a, b, modulus)));
            }
            const Uint256Checked sum = add_checked(a, modulus);
            for (const auto& [value, overflow] : {Uint256Checked{a, false}, sum}) {
                BOOST_TEST((limbs::reduced_fast(value, overflow ? 1 : 0, modulus) == a));
                BOOST_TEST((limbs::reduced_portable(value, overflow, modulus) == a));
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::chain::crypto
