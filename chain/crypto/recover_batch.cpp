#include "chain/crypto/recover_batch.hpp"

#include "chain/base/assert.hpp"
#include "chain/base/endian.hpp"
#include "chain/crypto/keccak.hpp"
#include "chain/crypto/recovery/path.hpp"

#include <algorithm>
#include <memory>
#include <new>

namespace troupe::chain::crypto {
namespace recovery {
namespace {

constexpr std::size_t kGroup = 8;  ///< signatures that share a vector, or a multiple of them

PublicKey key_of(const PointLine& line) noexcept {
    PublicKey key;
    for (std::size_t word = 0; word < 4; ++word) {
        store_be(key.data() + 8 * word, line.words[3 - word]);
        store_be(key.data() + 32 + 8 * word, line.words[7 - word]);
    }
    return key;
}

/// The public keys found so far, and where their addresses belong.
class KeyQueue {
  public:
    void push(const PublicKey& key, RecoveryResult& result) noexcept {
        keys_[count_] = key;
        views_[count_] = keys_[count_];
        results_[count_++] = &result;
    }
    void hash() noexcept {
        keccak256_batch(std::span<const ByteView>(views_, count_), std::span(hashes_, count_));
        for (std::size_t i = 0; i < count_; ++i)
            *results_[i] = Address::from(hashes_[i].view().last(Address::kSize));
        count_ = 0;
    }

  private:
    std::size_t count_ = 0;
    PublicKey keys_[kScalarsMax];
    ByteView views_[kScalarsMax];
    Hash32 hashes_[kScalarsMax];
    RecoveryResult* results_[kScalarsMax];
};

RecoveryResult recover_single(const RecoveryInput& input, bool require_low_s) noexcept {
    TROUPE_TRY(key, recover_public_key(input.digest, input.signature, require_low_s));
    return address_of(key);
}

/// Chunks of one size, in whole vectors, instead of full ones and a small last one.
std::size_t chunk_size(std::size_t inputs) noexcept {
    const std::size_t chunks = (inputs + kScalarsMax - 1) / kScalarsMax;
    const std::size_t size = (inputs + chunks - 1) / chunks;
    return (size + kGroup - 1) / kGroup * kGroup;
}
static_assert(kScalarsMax % kGroup == 0);

}  // namespace

/// A kernel and the memory that it works in.
class Lanes {
  public:
    explicit Lanes(const Kernel& kernel) noexcept
        : kernel_(kernel), scratch_(::operator new(kernel.scratch_size, kAlignment)) {}

    void recover(
        std::span<const RecoveryInput> inputs, std::span<RecoveryResult> results,
        bool require_low_s) noexcept {
        const std::size_t step = chunk_size(inputs.size());
        for (std::size_t first = 0; first < inputs.size(); first += step) {
            const std::size_t count = std::min(step, inputs.size() - first);
            recover_chunk(
                inputs.subspan(first, count), results.subspan(first, count), require_low_s);
        }
    }

  private:
    /// @param inputs  at most kScalarsMax
    void recover_chunk(
        std::span<const RecoveryInput> inputs, std::span<RecoveryResult> results,
        bool require_low_s) noexcept {
        std::size_t count = 0;
        for (std::size_t i = 0; i < inputs.size(); ++i) {
            results[i] = Error::kTxSignatureInvalid;
            if (!is_in_range(inputs[i].signature, require_low_s)) continue;
            valid_[count] = &inputs[i];
            valid_results_[count++] = &results[i];
        }
        if (count == 0) return;
        prepare_scalars(std::span(valid_, count), lanes_);
        kernel_.run(lanes_, count, outputs_, scratch_.get());
        for (std::size_t i = 0; i < count; ++i) {
            if (outputs_[i].state == LaneState::kRecovered) {
                keys_.push(key_of(outputs_[i].key), *valid_results_[i]);
            } else if (outputs_[i].state == LaneState::kExceptional) {
                *valid_results_[i] = recover_single(*valid_[i], require_low_s);
            }
        }
        keys_.hash();
    }

    static constexpr std::align_val_t kAlignment{64};
    struct Free {
        void operator()(void* memory) const noexcept { ::operator delete(memory, kAlignment); }
    };

    Kernel kernel_;
    std::unique_ptr<void, Free> scratch_;
    const RecoveryInput* valid_[kScalarsMax];
    RecoveryResult* valid_results_[kScalarsMax];
    LaneInput lanes_[kScalarsMax];
    LaneOutput outputs_[kScalarsMax];
    KeyQueue keys_;
};

namespace {

void recover_singly(
    std::span<const RecoveryInput> inputs, std::span<RecoveryResult> results,
    bool require_low_s) noexcept {
    for (std::size_t i = 0; i < inputs.size(); ++i)
        results[i] = recover_single(inputs[i], require_low_s);
}

/// @param lanes  those of `kernel`, made when they are first needed
void recover_in(
    std::unique_ptr<Lanes>& lanes, const std::optional<Kernel>& kernel,
    std::span<const RecoveryInput> inputs, std::span<RecoveryResult> results,
    bool require_low_s) noexcept {
    TROUPE_ASSERT(inputs.size() == results.size());
    if (!kernel || inputs.size() < kernel->batch_min)
        return recover_singly(inputs, results, require_low_s);
    if (!lanes) lanes = std::make_unique<Lanes>(*kernel);
    lanes->recover(inputs, results, require_low_s);
}

Path best_path() noexcept {
    for (const Path path : {Path::kAvx512, Path::kAvx2}) {
        if (kernel_of(path)) return path;
    }
    return Path::kSingle;
}

Path chosen_path() noexcept {
    static const Path kChosen = best_path();
    return kChosen;
}

}  // namespace

std::optional<Kernel> kernel_of(Path path) noexcept {
#if defined(__x86_64__)
    if (path == Path::kAvx512 && __builtin_cpu_supports("avx512f") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512ifma") && __builtin_cpu_supports("bmi2")) {
        return kernel_avx512();
    }
    if (path == Path::kAvx2 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2")) {
        return kernel_avx2();
    }
#endif
    static_cast<void>(path);
    return std::nullopt;
}

void recover_batch_with(
    const std::optional<Kernel>& kernel, std::span<const RecoveryInput> inputs,
    std::span<RecoveryResult> results, bool require_low_s) noexcept {
    std::unique_ptr<Lanes> lanes;
    recover_in(lanes, kernel, inputs, results, require_low_s);
}

}  // namespace recovery

BatchRecovery::BatchRecovery() noexcept = default;
BatchRecovery::BatchRecovery(BatchRecovery&&) noexcept = default;
BatchRecovery::~BatchRecovery() = default;

void BatchRecovery::recover(
    std::span<const RecoveryInput> inputs, std::span<RecoveryResult> results) noexcept {
    recovery::recover_in(
        lanes_, recovery::kernel_of(recovery::chosen_path()), inputs, results, true);
}

void recover_batch(
    std::span<const RecoveryInput> inputs, std::span<RecoveryResult> results) noexcept {
    BatchRecovery().recover(inputs, results);
}

const char* recovery_path() noexcept {
    switch (recovery::chosen_path()) {
        case recovery::Path::kAvx512:
            return "avx512-ifma";
        case recovery::Path::kAvx2:
            return "avx2";
        case recovery::Path::kSingle:
            break;
    }
    return "single";
}

}  // namespace troupe::chain::crypto
