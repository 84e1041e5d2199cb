#include "chain/crypto/keccak_batch.hpp"

#include "chain/base/assert.hpp"
#include "chain/base/endian.hpp"
#include "chain/crypto/keccak.hpp"
#include "chain/crypto/keccak_lanes.hpp"
#include "chain/crypto/keccak_permutation.hpp"

namespace troupe::chain::crypto {
namespace {

void run_scalar(std::span<const ByteView> inputs, std::span<Hash32> outputs) noexcept {
    for (std::size_t i = 0; i < inputs.size(); ++i)
        outputs[i] = keccak256(inputs[i]);
}

#if defined(__x86_64__)

/// Hands out inputs, long ones before short ones within a window, so that the lanes come to their
/// ends together. The order in which inputs are hashed does not show in the result.
class LongestFirst {
  public:
    explicit LongestFirst(std::span<const ByteView> inputs) noexcept : inputs_(inputs) {}

    /// The index of the next input; inputs.size() when there is none.
    [[nodiscard]] std::size_t take() noexcept {
        if (next_ == count_) sort_window();
        return next_ == count_ ? inputs_.size() : window_ + order_[next_++];
    }

  private:
    static constexpr std::size_t kWindow = 256;
    static constexpr std::size_t kClasses = 8;  // block counts beyond this are long all the same

    /// 0 for the longest.
    [[nodiscard]] static std::size_t length_class(ByteView input) noexcept {
        return kClasses - 1 - std::min(input.size() / kKeccakRate, kClasses - 1);
    }

    /// Sorts the next window by counting.
    void sort_window() noexcept {
        window_ += count_;
        next_ = 0;
        count_ = std::min(kWindow, inputs_.size() - window_);
        const auto window = inputs_.subspan(window_, count_);
        std::size_t starts[kClasses + 1] = {};
        for (const ByteView input : window)
            ++starts[length_class(input) + 1];
        for (std::size_t i = 1; i < kClasses; ++i)
            starts[i] += starts[i - 1];
        for (std::size_t i = 0; i < count_; ++i) {
            order_[starts[length_class(window[i])]++] = static_cast<std::uint8_t>(i);
        }
    }

    std::span<const ByteView> inputs_;
    std::size_t window_ = 0;  ///< index of the window's first input
    std::size_t count_ = 0;   ///< inputs in the window
    std::size_t next_ = 0;    ///< position in order_
    std::uint8_t order_[kWindow];
};

/// Hashes with a kernel of kLanes lanes. A lane whose input ends takes the next one at once.
template <std::size_t kLanes>
void run_lanes(
    KeccakStep step, std::span<const ByteView> inputs, std::span<Hash32> outputs) noexcept {
    LongestFirst queue(inputs);
    LaneStates states;
    LaneBlock blocks[kLanes];
    ByteView rest[kLanes];
    std::size_t index[kLanes];
    std::fill_n(index, kLanes, inputs.size());  // inputs.size(): idle
    for (;;) {
        unsigned fresh = 0;
        std::size_t busy = 0;
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            if (index[lane] == inputs.size()) {
                index[lane] = queue.take();
                fresh |= 1u << lane;
                rest[lane] = index[lane] == inputs.size() ? ByteView{} : inputs[index[lane]];
            }
            busy += index[lane] != inputs.size();
            blocks[lane] = {rest[lane].data(), std::min(rest[lane].size(), kKeccakRate)};
        }
        if (busy == 0) return;
        step(states, blocks, fresh);
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            if (index[lane] == inputs.size()) continue;
            if (blocks[lane].size == kKeccakRate) {
                rest[lane] = rest[lane].subspan(kKeccakRate);
                continue;
            }
            Hash32& output = outputs[index[lane]];
            for (std::size_t word = 0; word < 4; ++word) {
                store_le(output.data() + 8 * word, states.words[word * kLanes + lane]);
            }
            index[lane] = inputs.size();
        }
    }
}

#endif

template <class Fixed>
void run_fixed(std::span<const Fixed> inputs, std::span<Hash32> outputs) noexcept {
    TROUPE_ASSERT(inputs.size() == outputs.size());
    constexpr std::size_t kGroup = 64;
    ByteView views[kGroup];
    while (!inputs.empty()) {
        const std::size_t count = std::min(kGroup, inputs.size());
        for (std::size_t i = 0; i < count; ++i)
            views[i] = inputs[i];
        keccak256_batch(std::span<const ByteView>(views, count), outputs.first(count));
        inputs = inputs.subspan(count);
        outputs = outputs.subspan(count);
    }
}

KeccakPath best_path() noexcept {
    for (const KeccakPath path : {KeccakPath::kAvx512, KeccakPath::kAvx2}) {
        if (keccak_path_available(path)) return path;
    }
    return KeccakPath::kScalar;
}

KeccakPath chosen_path() noexcept {
    static const KeccakPath kChosen = best_path();
    return kChosen;
}

}  // namespace

bool keccak_path_available(KeccakPath path) noexcept {
    switch (path) {
        case KeccakPath::kScalar:
            return true;
#if defined(__x86_64__)
        case KeccakPath::kAvx2:
            return __builtin_cpu_supports("avx2") != 0;
        case KeccakPath::kAvx512:
            return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                   __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("bmi2");
#else
        case KeccakPath::kAvx2:
        case KeccakPath::kAvx512:
            return false;
#endif
    }
    return false;
}

void keccak256_batch_on(
    KeccakPath path, std::span<const ByteView> inputs, std::span<Hash32> outputs) noexcept {
    TROUPE_ASSERT(inputs.size() == outputs.size());
#if defined(__x86_64__)
    if (inputs.size() > 1) {  // a lone input gains nothing from lanes
        if (path == KeccakPath::kAvx512) return run_lanes<8>(keccak_step_avx512, inputs, outputs);
        if (path == KeccakPath::kAvx2) return run_lanes<4>(keccak_step_avx2, inputs, outputs);
    }
#endif
    run_scalar(inputs, outputs);
}

void keccak256_batch(std::span<const ByteView> inputs, std::span<Hash32> outputs) noexcept {
    keccak256_batch_on(chosen_path(), inputs, outputs);
}

void keccak256_batch(std::span<const Address> inputs, std::span<Hash32> outputs) noexcept {
    run_fixed(inputs, outputs);
}

void keccak256_batch(std::span<const Hash32> inputs, std::span<Hash32> outputs) noexcept {
    run_fixed(inputs, outputs);
}

const char* keccak_path() noexcept {
    switch (chosen_path()) {
        case KeccakPath::kAvx512:
            return "avx512";
        case KeccakPath::kAvx2:
            return "avx2";
        case KeccakPath::kScalar:
            break;
    }
    return "scalar";
}

}  // namespace troupe::chain::crypto
