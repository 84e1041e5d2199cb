#include "chain/crypto/modexp_gmp.hpp"

#include <gmp.h>

namespace troupe::chain::crypto {
namespace {

/// An integer of GMP, which owns memory.
class Integer {
  public:
    Integer() noexcept { mpz_init(value_); }
    explicit Integer(ByteView big_endian) noexcept : Integer() {
        mpz_import(value_, big_endian.size(), 1, 1, 1, 0, big_endian.data());
    }
    ~Integer() { mpz_clear(value_); }
    Integer(const Integer&) = delete;
    Integer& operator=(const Integer&) = delete;

    [[nodiscard]] mpz_ptr get() noexcept { return value_; }

  private:
    mpz_t value_;
};

}  // namespace

void modexp_gmp(ByteView base, ByteView exponent, ByteView modulus, std::uint8_t* out) noexcept {
    Integer m(modulus);
    Integer b(base);
    Integer e(exponent);
    Integer result;
    mpz_powm(result.get(), b.get(), e.get(), m.get());
    std::fill_n(out, modulus.size(), std::uint8_t{0});
    if (mpz_sgn(result.get()) == 0) return;
    const std::size_t bytes = (mpz_sizeinbase(result.get(), 2) + 7) / 8;
    mpz_export(out + modulus.size() - bytes, nullptr, 1, 1, 1, 0, result.get());
}

}  // namespace troupe::chain::crypto
