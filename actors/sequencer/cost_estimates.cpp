#include "actors/sequencer/cost_estimates.hpp"

#include "chain/base/prefetch.hpp"

#include <algorithm>

namespace troupe::actors {

namespace {

constexpr std::size_t kPrefetchAhead = 8;  // transactions: hides one memory access
constexpr std::uint64_t kTxGas = 21'000;   // of every transaction
constexpr std::uint64_t kContractSalt = 0x8a5c'd789'635d'2dff;
constexpr std::uint64_t kCreations = 0x1219'0a4a'5a3b'9fb1;  // one name for all

}  // namespace

CostEstimates::Names CostEstimates::names_of(const AdmittedTx& tx) noexcept {
    if (tx.evm && tx.to == chain::Address{}) return {kCreations, 0};
    const std::uint64_t contract = tx.to_place.hash ^ kContractSalt;
    if (tx.hints.empty()) return {contract, 0};
    return {tx.hints[0], contract};
}

const CostEstimates::Entry* CostEstimates::find(std::uint64_t name) const noexcept {
    const Entry& entry = entries_[name % kEntries];
    return name != 0 && entry.key == name ? &entry : nullptr;
}

// `tx.gas_used` is what it uses at least: what its data costs is in it.
std::uint64_t CostEstimates::first_guess(const AdmittedTx& tx) noexcept {
    const std::uint64_t data = tx.gas_used - std::min(tx.gas_used, kTxGas);
    return std::max(
        std::min(tx.gas_limit, kLimitMax) / kLimitPart + std::min(data, kLimitMax) * kDataTimes,
        tx.gas_used);
}

CostEstimates::Estimate CostEstimates::estimate(const AdmittedTx& tx) const noexcept {
    const Names names = names_of(tx);
    Estimate estimate;
    if (const Entry* known = find(names.function)) {
        estimate.gas = known->average >> kShift;
    } else if (const Entry* contract = find(names.contract)) {
        estimate.gas = contract->average >> kShift;
    } else if (tx.hints.empty() && !tx.evm) {
        estimate.gas = tx.gas_used;  // a payment: a contract that makes it more is known then
    } else {
        estimate.gas = first_guess(tx) * (unknown_ >> kShift) / kWhole;
        estimate.guessed = true;
    }
    estimate.gas = std::min(std::max(estimate.gas, tx.gas_used), tx.gas_limit);
    return estimate;
}

void CostEstimates::move(std::uint64_t& average, std::uint64_t gas) noexcept {
    const std::uint64_t scaled = std::min(gas, ~std::uint64_t{0} >> (kShift + 1)) << kShift;
    if (scaled >= average)
        average += (scaled - average) >> kWeight;
    else
        average -= (average - scaled) >> kWeight;
}

void CostEstimates::count(std::uint64_t name, std::uint64_t gas) noexcept {
    Entry& entry = entries_[name % kEntries];
    if (entry.key != name) {
        if (entry.seen > 0) {  // somebody else's place: it must be worth it
            --entry.seen;
            return;
        }
        entry = {name, gas << kShift, 1};
        return;
    }
    entry.seen = std::min(entry.seen + 1, kSeenMax);
    move(entry.average, gas);
}

void CostEstimates::learn(const Round& round) noexcept {
    for (std::size_t i = round.native; i < round.txs.size(); ++i) {
        if (i + kPrefetchAhead < round.txs.size()) {
            chain::prefetch(&round.results[i + kPrefetchAhead]);  // from another core
            chain::prefetch(round.txs[i + kPrefetchAhead]->hints.data());
        }
        const AdmittedTx& tx = *round.txs[i];
        const TxResult& result = round.results[i];
        if (!result.valid) continue;
        const Names names = names_of(tx);
        if (names.contract == 0 && !tx.evm && result.gas_used == tx.gas_used &&
            find(names.function) == nullptr)
            continue;  // a payment to an account without code
        if (find(names.function) == nullptr && find(names.contract) == nullptr)
            move(unknown_, result.gas_used * kWhole / std::max<std::uint64_t>(first_guess(tx), 1));
        count(names.function, result.gas_used);
        if (names.contract != 0) count(names.contract, result.gas_used);
    }
}

}  // namespace troupe::actors
