#pragma once

#include "chain/crypto/secp256k1.hpp"

#include <memory>
#include <span>

/// Recovery of many signers at once: what a batch of transactions asks for. Eight signatures share
/// each instruction where the machine has AVX-512 IFMA, which takes a tenth of libsecp256k1's time
/// for each, and four where it has AVX2, in a third of it; docs/crypto.md says how. The rest goes
/// to libsecp256k1: lone signatures, other machines, and the few signatures that the lanes'
/// formulas leave out.
namespace troupe::chain::crypto {

namespace recovery {
class Lanes;
}

struct RecoveryInput {
    Hash32 digest;
    EcdsaSignature signature;
};
using RecoveryResult = Result<Address>;

/// Recovers batch after batch in the same memory, about 800 KB from the first on; a copy has its
/// own. For one thread at a time.
class BatchRecovery {
  public:
    BatchRecovery() noexcept;
    BatchRecovery(const BatchRecovery&) noexcept : BatchRecovery() {}
    BatchRecovery(BatchRecovery&&) noexcept;
    ~BatchRecovery();

    /// Recovers every signer, low s required (EIP-2): results[i] is what recover_signer says of
    /// inputs[i], on every machine and for every batch, whatever else is in it.
    /// @param results  as many as inputs
    /// @error kTxSignatureInvalid, in results[i]: as recover_signer
    /// @note  Best in batches of 64 and more. Not constant time: every input is public.
    void recover(std::span<const RecoveryInput> inputs, std::span<RecoveryResult> results) noexcept;

  private:
    std::unique_ptr<recovery::Lanes> lanes_;
};

/// A single batch. Whoever has many keeps a BatchRecovery: memory for each costs more than a small
/// batch.
void recover_batch(
    std::span<const RecoveryInput> inputs, std::span<RecoveryResult> results) noexcept;

/// The way recover_batch takes on this machine, for logs and measurements: "avx512-ifma", "avx2",
/// "single".
[[nodiscard]] const char* recovery_path() noexcept;

}  // namespace troupe::chain::crypto
