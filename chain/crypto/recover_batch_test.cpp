// recover_batch against libsecp256k1, on every path that this machine has and on lanes in plain C++
// that check their own bounds. TROUPE_RECOVERY_SIGNATURES sets how many random signatures are
// tried.
#include "chain/crypto/recover_batch.hpp"

#include "chain/base/hex.hpp"
#include "chain/crypto/keccak.hpp"
#include "chain/crypto/montgomery.hpp"
#include "chain/crypto/recovery/field29.hpp"
#include "chain/crypto/recovery/field52.hpp"
#include "chain/crypto/recovery/lane_recovery.hpp"
#include "chain/crypto/recovery/path.hpp"
#include "chain/crypto/recovery/testing/checked_lanes.hpp"
#include "chain/crypto/recovery/testing/random.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <string>
#include <vector>

namespace troupe::chain::crypto::recovery {

BOOST_AUTO_TEST_SUITE(recover_batch_suite)

namespace {

using testing::CheckedLanes;
using testing::Random;
using Inputs = std::vector<RecoveryInput>;
using Results = std::vector<RecoveryResult>;

constexpr Uint256 kHalfOrder{
    0x7fffffffffffffff, 0xffffffffffffffff, 0x5d576e7357a4501d, 0xdfe92f46681b20a0};

struct OrderParameters {
    static constexpr Uint256 kModulus = kOrder;
};
using Scalar = MontgomeryField<OrderParameters>;

/// The whole computation in one lane that aborts where a bound is exceeded.
template <class Field>
Kernel kernel_checked() {
    using Recovery = LaneRecovery<Field>;
    return {
        [](const LaneInput* inputs, std::size_t count, LaneOutput* outputs,
           void* scratch) noexcept {
            Recovery::run(
                inputs, count, outputs, *static_cast<typename Recovery::Scratch*>(scratch));
        },
        sizeof(typename Recovery::Scratch)};
}

struct NamedKernel {
    std::string name;
    std::optional<Kernel> kernel;
};
std::vector<NamedKernel> fast_kernels() {
    std::vector<NamedKernel> all{{"single", std::nullopt}};
    if (const auto kernel = kernel_of(Path::kAvx2)) all.push_back({"avx2", kernel});
    if (const auto kernel = kernel_of(Path::kAvx512)) all.push_back({"avx512", kernel});
    return all;
}
std::vector<NamedKernel> all_kernels() {
    auto all = fast_kernels();
    all.push_back({"checked 52", kernel_checked<Field52<CheckedLanes>>()});
    all.push_back({"checked 29", kernel_checked<Field29<CheckedLanes>>()});
    return all;
}

RecoveryResult referee(const RecoveryInput& input, bool require_low_s) {
    const auto key = recover_public_key(input.digest, input.signature, require_low_s);
    return key.ok() ? RecoveryResult(address_of(*key)) : RecoveryResult(key.error());
}
bool same(const RecoveryResult& a, const RecoveryResult& b) {
    return a.ok() == b.ok() && (a.ok() ? *a == *b : a.error() == b.error());
}

/// Every kernel says what the referee says, input by input.
void check(const Inputs& inputs, const std::vector<NamedKernel>& kernels) {
    for (const bool require_low_s : {true, false}) {
        Results expected;
        for (const auto& input : inputs)
            expected.push_back(referee(input, require_low_s));
        for (const auto& [name, kernel] : kernels) {
            // What was there before must not show.
            Results results(inputs.size(), RecoveryResult(Error::kRlpNonCanonical));
            recover_batch_with(kernel, inputs, results, require_low_s);
            std::size_t wrong = 0;
            for (std::size_t i = 0; i < inputs.size(); ++i) {
                if (same(results[i], expected[i])) continue;
                ++wrong;
                BOOST_TEST_MESSAGE(
                    name << " differs at " << i << ": digest " << to_hex(inputs[i].digest) << " r "
                         << to_hex(to_be32(inputs[i].signature.r)) << " s "
                         << to_hex(to_be32(inputs[i].signature.s)));
            }
            BOOST_TEST(wrong == 0u, name << ": " << wrong << " of " << inputs.size());
        }
    }
}

/// What a key signed; s low.
RecoveryInput signed_input(Random& random) {
    RecoveryInput input;
    input.digest = to_be32(random.word());
    const auto key = PrivateKey::from(to_be32(random.below(kOrder - 1) + 1));
    input.signature = *sign(input.digest, key);
    return input;
}
/// Anything in range: half of all x have a point, and what has one recovers to some key.
RecoveryInput random_input(Random& random) {
    RecoveryInput input;
    input.digest = to_be32(random.word());
    input.signature = {
        random.below(kOrder - 1) + 1, random.below(kOrder - 1) + 1, (random.next() & 1) != 0};
    return input;
}

/// k G's x as r, and its parity.
void use_nonce(const Uint256& k, EcdsaSignature& signature) {
    const auto point = *public_key_of(PrivateKey::from(to_be32(k)));
    signature.r = uint256_from_be(point.view().first(32));
    signature.y_parity = (point[63] & 1) != 0;
    BOOST_REQUIRE((signature.r < kOrder));
}
/// A signature with the nonce k for which recovery computes u2 R + u1 G.
RecoveryInput crafted(const Uint256& k, const Scalar& u1, const Scalar& u2) {
    RecoveryInput input;
    use_nonce(k, input.signature);
    const Scalar r(input.signature.r);
    input.signature.s = (u2 * r).value();
    input.digest = to_be32((-(u1 * r)).value());
    return input;
}

std::size_t random_signatures() {
    const char* set = std::getenv("TROUPE_RECOVERY_SIGNATURES");
    return set != nullptr ? std::strtoull(set, nullptr, 10) : 20'000;
}

}  // namespace

BOOST_AUTO_TEST_CASE(this_machines_path_is_one_of_the_tested_ones) {
    BOOST_TEST_MESSAGE("recover_batch takes: " << recovery_path());
    const std::string path = recovery_path();
    const char* const best = kernel_of(Path::kAvx512) ? "avx512-ifma"
                             : kernel_of(Path::kAvx2) ? "avx2"
                                                      : "single";
    BOOST_TEST(path == best);
    BOOST_TEST(!kernel_of(Path::kSingle).has_value());
}

BOOST_AUTO_TEST_CASE(what_keys_sign_recovers_to_their_addresses) {
    Random random(10);
    Inputs inputs;
    std::vector<Address> signers;
    for (int i = 0; i < 300; ++i) {
        const auto key = PrivateKey::from(to_be32(random.below(kOrder - 1) + 1));
        const Hash32 digest = to_be32(random.word());
        inputs.push_back({digest, *sign(digest, key)});
        signers.push_back(address_of(*public_key_of(key)));
    }
    Results results(inputs.size(), RecoveryResult(Error::kTxSignatureInvalid));
    recover_batch(inputs, results);
    for (std::size_t i = 0; i < inputs.size(); ++i)
        BOOST_TEST((*results[i] == signers[i]));
}

BOOST_AUTO_TEST_CASE(batch_after_batch_recovers_in_the_same_memory) {
    Random random(16);
    BatchRecovery recovery;
    for (const std::size_t count : {300u, 1u, 0u, 7u, 64u, 3u, 257u}) {
        Inputs inputs;
        for (std::size_t i = 0; i < count; ++i)
            inputs.push_back(i % 4 == 0 ? random_input(random) : signed_input(random));
        Results results(count, RecoveryResult(Error::kTxSignatureInvalid));
        recovery.recover(inputs, results);
        for (std::size_t i = 0; i < count; ++i) {
            const auto expected = recover_signer(inputs[i].digest, inputs[i].signature);
            BOOST_TEST(results[i].ok() == expected.ok());
            if (expected) BOOST_TEST((*results[i] == *expected));
        }
    }
}

BOOST_AUTO_TEST_CASE(random_signatures_recover_as_the_referee_says) {
    Random random(11);
    for (std::size_t left = random_signatures(); left != 0;) {
        Inputs inputs(std::min<std::size_t>(left, 4'096));
        for (auto& input : inputs)
            input = random_input(random);
        check(inputs, fast_kernels());
        left -= inputs.size();
    }
}

BOOST_AUTO_TEST_CASE(checked_lanes_exceed_no_bound_and_agree) {
    Random random(12);
    Inputs inputs;
    for (int i = 0; i < 64; ++i)
        inputs.push_back(i % 2 == 0 ? random_input(random) : signed_input(random));
    check(inputs, all_kernels());
}

BOOST_AUTO_TEST_CASE(every_edge_of_r_s_and_the_digest) {
    Random random(13);
    const Uint256 max = Uint256() - 1;
    std::vector<Uint256> numbers{
        0,
        1,
        2,
        3,
        5,
        7,
        kHalfOrder - 1,
        kHalfOrder,
        kHalfOrder + 1,
        kOrder - 2,
        kOrder - 1,
        kOrder,
        kOrder + 1,
        kPrime - kOrder - 1,
        kPrime - kOrder,
        kPrime - kOrder + 1,
        kPrime - 1,
        kPrime,
        kPrime + 1,
        max,
        kLambda,
        kOrder - kLambda,
        kGeneratorX,
        Uint256(0, 1, 0, 0),
        Uint256(0, 1, 0, 0) - 1};
    Inputs inputs;
    for (const Uint256& r : numbers) {
        for (const Uint256& s : numbers) {
            for (const Uint256& z : {Uint256(), Uint256(1), kOrder - 1, kOrder, max}) {
                inputs.push_back({to_be32(z), {r, s, (random.next() & 1) != 0}});
            }
        }
    }
    check(inputs, fast_kernels());
    // Those with a point, in each case, for the checked lanes too.
    Inputs fewer;
    for (std::size_t i = 0; i < inputs.size(); i += 37)
        fewer.push_back(inputs[i]);
    check(fewer, all_kernels());
}

BOOST_AUTO_TEST_CASE(one_bad_signature_in_any_lane_disturbs_no_other) {
    Random random(14);
    Inputs good;
    for (int i = 0; i < 16; ++i)
        good.push_back(signed_input(random));
    RecoveryInput no_point = good[0];
    no_point.signature.r = 5;  // 5^3 + 7 = 132 is no square modulo p
    RecoveryInput zero_r = good[1];
    zero_r.signature.r = Uint256();
    RecoveryInput big_s = good[2];
    big_s.signature.s = kOrder;
    RecoveryInput high_s = good[3];
    high_s.signature.s = kOrder - high_s.signature.s;
    // R = G and s = z: u2 R + u1 G = (s - z) / r G is infinity
    RecoveryInput infinity;
    use_nonce(1, infinity.signature);
    infinity.signature.s = 7;
    infinity.digest = to_be32(7);
    BOOST_TEST(!referee(infinity, true).ok());
    for (const auto& bad : {no_point, zero_r, big_s, high_s, infinity}) {
        for (std::size_t lane = 0; lane < good.size(); ++lane) {
            Inputs inputs = good;
            inputs[lane] = bad;
            check(inputs, fast_kernels());
        }
        check(Inputs(9, bad), fast_kernels());  // and every lane
    }
}

BOOST_AUTO_TEST_CASE(every_batch_size_from_none_to_beyond_a_chunk) {
    Random random(15);
    Inputs all;
    for (std::size_t i = 0; i < 2 * kScalarsMax + 10; ++i)
        all.push_back(i % 5 == 4 ? random_input(random) : signed_input(random));
    for (std::size_t size = 0; size <= 40; ++size)
        check(Inputs(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(size)), fast_kernels());
    for (std::size_t size = kScalarsMax - 2; size <= kScalarsMax + 9; ++size)
        check(Inputs(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(size)), fast_kernels());
    check(all, fast_kernels());
}

BOOST_AUTO_TEST_CASE(all_lanes_the_same_signature) {
    Random random(16);
    check(Inputs(33, signed_input(random)), fast_kernels());
}

BOOST_AUTO_TEST_CASE(a_point_that_is_a_multiple_of_the_generator_or_its_image) {
    Random random(17);
    Inputs inputs;
    for (const Uint256& k :
         {Uint256(1), kOrder - 1, kLambda, kOrder - kLambda, mul_mod(kLambda, kLambda, kOrder),
          Uint256(2), Uint256(3), Uint256(8191), Uint256(8193)}) {
        for (int i = 0; i < 8; ++i) {
            const Scalar u1(random.below(kOrder));
            inputs.push_back(crafted(k, u1, Scalar(random.below(kOrder - 1) + 1)));
            inputs.push_back(crafted(k, u1, Scalar(Uint256(static_cast<std::uint64_t>(i + 1)))));
            inputs.push_back(crafted(k, -u1, u1 * Scalar(k).inverted()));  // infinity
            inputs.push_back(crafted(k, Scalar(), u1));                    // z = 0
        }
    }
    check(inputs, all_kernels());
}

namespace {

/// The running sum of recovery as a R + b G, followed digit by digit.
struct Followed {
    Scalar a;
    Scalar b;
};

template <int kBits, class Half>
Scalar term(const Half (&halves)[2], int i) {
    const auto digit = [&](int half) {
        return Scalar(Uint256(2 * std::uint64_t{halves[half].windows[i]})) -
               Scalar(Uint256((std::uint64_t{1} << kBits) - 1));
    };
    return digit(0) + Scalar(kLambda) * digit(1);
}

/// For every addition of the loop and both signs a signature whose sum there equals the term that
/// is added, or its opposite: k is solved from a k + b = +-term.
Inputs collisions(Random& random) {
    Inputs inputs;
    const Scalar u1(random.below(kOrder));
    const Scalar u2(random.below(kOrder - 1) + 1);
    RecoveryInput message;  // r = 1: s is u2 and -z is u1
    message.signature = {1, u2.value(), false};
    message.digest = to_be32((-u1).value());
    const RecoveryInput* pointer = &message;
    LaneInput digits;
    prepare_scalars(std::span(&pointer, 1), &digits);
    const auto solve = [&](const Scalar& numerator, const Scalar& denominator) {
        const Scalar k = numerator * denominator.inverted();
        if (!k.is_zero()) inputs.push_back(crafted(k.value(), u1, u2));
    };
    Followed sum{term<kPointWindow>(digits.point, kPointTerms - 1), Scalar()};
    for (int bit = (kPointTerms - 1) * kPointWindow - 1; bit >= 0; --bit) {
        sum = {sum.a.doubled(), sum.b.doubled()};
        if (bit % kPointWindow == 0) {
            const Scalar t = term<kPointWindow>(digits.point, bit / kPointWindow);
            solve(-sum.b, sum.a - t);
            solve(-sum.b, sum.a + t);
            sum.a = sum.a + t;
        }
        if (bit % kGeneratorWindow == 0) {
            const Scalar t = term<kGeneratorWindow>(digits.generator, bit / kGeneratorWindow);
            solve(t - sum.b, sum.a);
            solve(-t - sum.b, sum.a);
            sum.b = sum.b + t;
        }
    }
    BOOST_TEST((sum.a == u2));
    BOOST_TEST((sum.b == u1));
    return inputs;
}

}  // namespace

BOOST_AUTO_TEST_CASE(crafted_collisions_at_every_addition_are_seen_and_recover_right) {
    Random random(18);
    for (int round = 0; round < 8; ++round) {
        const Inputs crafted_inputs = collisions(random);
        // 25 terms of R after the first and 10 of G, twice each; before G's first there is none
        BOOST_TEST(crafted_inputs.size() == 2u * (25 - 1 + 10));
        for (const auto& [name, kernel] : all_kernels()) {
            if (!kernel || (name.starts_with("checked") && round > 0)) continue;
            std::vector<const RecoveryInput*> pointers;
            for (const auto& input : crafted_inputs)
                pointers.push_back(&input);
            std::vector<LaneInput> lanes(pointers.size());
            std::vector<LaneOutput> outputs(pointers.size());
            prepare_scalars(pointers, lanes.data());
            std::vector<PointLine> scratch(kernel->scratch_size / sizeof(PointLine) + 1);
            kernel->run(lanes.data(), lanes.size(), outputs.data(), scratch.data());
            for (const auto& output : outputs)
                BOOST_TEST((output.state == LaneState::kExceptional), name);
        }
        Inputs mixed;  // among good ones
        for (const auto& input : crafted_inputs) {
            mixed.push_back(signed_input(random));
            mixed.push_back(input);
        }
        check(mixed, fast_kernels());
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::chain::crypto::recovery
