#include "actors/sequencer/congestion_forecast.hpp"

#include <algorithm>

namespace troupe::actors {

namespace {

constexpr std::uint64_t kMillion = 1'000'000;
constexpr std::uint64_t kRoundNsMax = 60'000'000'000;  // whatever the clock says

}  // namespace

void CongestionForecast::observe(std::uint64_t txs, std::uint64_t gas, std::uint64_t ns) noexcept {
    const auto decay = [](std::uint64_t& sum, std::uint64_t next) {
        sum = sum - (sum >> kDecay) + next;
    };
    decay(queue_txs_, kScale * txs);
    decay(queue_gas_, kScale * gas);
    if (gas < kGasMin || ns == 0) return;
    decay(gas_, gas);
    decay(ns_, std::min(ns, kRoundNsMax));
}

std::uint64_t CongestionForecast::ns_per_mgas() const noexcept {
    return gas_ == 0 ? 0 : ns_ * kMillion / gas_;
}

std::uint64_t CongestionForecast::micro_block_gas() const noexcept {
    const std::uint64_t speed = ns_per_mgas();
    if (!config_.on || speed == 0) return config_.micro_block_gas_max;
    const std::uint64_t gas = config_.micro_block_ns * kMillion / speed;
    return std::min(std::max(gas, kMicroBlockGasMin), config_.micro_block_gas_max);
}

std::uint32_t CongestionForecast::credits() const noexcept {
    const std::uint64_t speed = ns_per_mgas();
    const std::uint64_t gas = queue_txs_ == 0 ? 0 : queue_gas_ / queue_txs_;  // of one
    if (!config_.on || speed == 0 || gas == 0) return config_.credits_max;
    const std::uint64_t txs = config_.queue_ns * kMillion / speed / gas;
    const std::uint64_t least = std::min(kCreditsMin, config_.credits_max);
    return static_cast<std::uint32_t>(std::clamp<std::uint64_t>(txs, least, config_.credits_max));
}

}  // namespace troupe::actors
