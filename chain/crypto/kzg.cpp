#include "chain/crypto/kzg.hpp"

#include "chain/base/assert.hpp"

#include <blst.h>

namespace troupe::chain::crypto {
namespace {

/// [s]G2 of the mainnet's ceremony: trusted_setup.txt of c-kzg-4844, second point in G2.
constexpr byte kSetupPoint[96] = {
    0xb5, 0xbf, 0xd7, 0xdd, 0x8c, 0xde, 0xb1, 0x28, 0x84, 0x3b, 0xc2, 0x87, 0x23, 0x0a, 0xf3, 0x89,
    0x26, 0x18, 0x70, 0x75, 0xcb, 0xfb, 0xef, 0xa8, 0x10, 0x09, 0xa2, 0xce, 0x61, 0x5a, 0xc5, 0x3d,
    0x29, 0x14, 0xe5, 0x87, 0x0c, 0xb4, 0x52, 0xd2, 0xaf, 0xaa, 0xab, 0x24, 0xf3, 0x49, 0x9f, 0x72,
    0x18, 0x5c, 0xbf, 0xee, 0x53, 0x49, 0x27, 0x14, 0x73, 0x44, 0x29, 0xb7, 0xb3, 0x86, 0x08, 0xe2,
    0x39, 0x26, 0xc9, 0x11, 0xcc, 0xec, 0xea, 0xc9, 0xa3, 0x68, 0x51, 0x47, 0x7b, 0xa4, 0xc6, 0x0b,
    0x08, 0x70, 0x41, 0xde, 0x62, 0x10, 0x00, 0xed, 0xc9, 0x8e, 0xda, 0xda, 0x20, 0xc1, 0xde, 0xf2};

/// The lines that the Miller loop draws through a point of G2; both points are always the same.
struct Lines {
    blst_fp6 generator[68];
    blst_fp6 setup[68];

    Lines() noexcept {
        blst_precompute_lines(generator, blst_p2_affine_generator());
        blst_p2_affine point;
        TROUPE_ASSERT(blst_p2_uncompress(&point, kSetupPoint) == BLST_SUCCESS);
        blst_precompute_lines(setup, &point);
    }
};

const Lines& lines() noexcept {
    static const Lines kLines;
    return kLines;
}

bool read_point(blst_p1_affine& out, const KzgPoint& bytes) noexcept {
    return blst_p1_uncompress(&out, bytes.data()) == BLST_SUCCESS &&
           (blst_p1_affine_is_inf(&out) || blst_p1_affine_in_g1(&out));
}

bool read_scalar(blst_scalar& out, const Hash32& bytes) noexcept {
    blst_scalar_from_bendian(&out, bytes.data());
    return blst_scalar_fr_check(&out);
}

}  // namespace

bool verify_kzg_proof(
    const KzgPoint& commitment, const Hash32& z, const Hash32& y, const KzgPoint& proof) noexcept {
    blst_p1_affine c;
    blst_p1_affine pi;
    blst_scalar z_scalar;
    blst_scalar y_scalar;
    if (!read_point(c, commitment) || !read_point(pi, proof) || !read_scalar(z_scalar, z) ||
        !read_scalar(y_scalar, y)) {
        return false;
    }
    // The specification's e(C - yG1, G2) = e(pi, [s]G2 - zG2), with the part of z moved to the
    // left: e(C - yG1 + z pi, G2) = e(pi, [s]G2). So both points of G2 are known in advance.
    blst_p1 y_g1;
    blst_p1_mult(&y_g1, blst_p1_generator(), y_scalar.b, 255);
    blst_p1_cneg(&y_g1, true);
    blst_p1 left;
    blst_p1_from_affine(&left, &pi);
    blst_p1_mult(&left, &left, z_scalar.b, 255);
    blst_p1_add_or_double(&left, &left, &y_g1);
    blst_p1_add_or_double_affine(&left, &left, &c);
    blst_p1_affine left_affine;
    blst_p1_to_affine(&left_affine, &left);

    blst_fp12 left_loop = *blst_fp12_one();  // e of infinity is one
    blst_fp12 right_loop = *blst_fp12_one();
    if (!blst_p1_is_inf(&left)) {
        blst_miller_loop_lines(&left_loop, lines().generator, &left_affine);
    }
    if (!blst_p1_affine_is_inf(&pi)) blst_miller_loop_lines(&right_loop, lines().setup, &pi);
    return blst_fp12_finalverify(&left_loop, &right_loop);
}

}  // namespace troupe::chain::crypto
