#pragma once

#include <cstdint>

namespace troupe::actors {

/// How long what waits will take, from how long the last rounds took: so that a micro-block with
/// contracts does not keep others waiting for long, and no more is taken than is answered soon.
/// Integers and the time that comes with messages only: the same events give the same bounds.
class CongestionForecast {
  public:
    struct Config {
        bool on = true;
        std::uint64_t micro_block_ns = 0;       ///< of executors' work, at most
        std::uint64_t micro_block_gas_max = 0;  ///< whatever the forecast
        std::uint64_t queue_ns = 0;             ///< of work that is taken and not answered
        std::uint32_t credits_max = 0;          ///< whatever the forecast
    };
    explicit CongestionForecast(const Config& config) : config_(config) {}

    /// After a round. @param txs  of all kinds; `gas` is what executors used, in `ns`
    void observe(std::uint64_t txs, std::uint64_t gas, std::uint64_t ns) noexcept;

    /// Estimates that one micro-block may have together. @return gas
    [[nodiscard]] std::uint64_t micro_block_gas() const noexcept;
    /// Transactions that may be taken and not yet answered.
    [[nodiscard]] std::uint32_t credits() const noexcept;
    /// What executors need for a million gas, together.
    [[nodiscard]] std::uint64_t ns_per_mgas() const noexcept;
    [[nodiscard]] bool on() const noexcept { return config_.on; }

    static constexpr std::uint32_t kCreditsMin = 64;
    static constexpr std::uint64_t kMicroBlockGasMin = 500'000;

  private:
    static constexpr unsigned kDecay = 3;  // each round makes what was before 1/2^kDecay less
    /// A round of less says more about messages than about gas.
    static constexpr std::uint64_t kGasMin = 200'000;

    Config config_;
    // Sums over the rounds, the older the less.
    std::uint64_t ns_ = 0;
    std::uint64_t gas_ = 0;
    std::uint64_t queue_txs_ = 0;  // scaled by kScale
    std::uint64_t queue_gas_ = 0;  // likewise
    static constexpr std::uint64_t kScale = 16;
};

}  // namespace troupe::actors
