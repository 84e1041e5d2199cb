#include "actors/sequencer/shares.hpp"

#include <algorithm>
#include <numeric>

namespace troupe::actors {

// What a transaction may share with others, but for its sender and the contract that it calls, and
// whether it may change what the name stands for.
template <class Visit>
void Shares::for_each_name(const Round& round, std::uint32_t tx, const Visit& visit) {
    const AdmittedTx& admitted = *round.txs[round.native + tx];
    if (round.prediction.has(tx, Prediction::kKnown)) {
        for (const Prediction::Key& key : round.prediction.keys_of(tx))
            visit(key.name, key.writes);
        return;
    }
    if (admitted.hints.empty()) visit(admitted.to_place.hash, true);
    for (std::size_t i = 1; i < admitted.hints.size(); ++i)
        visit(admitted.hints[i], true);
}

std::uint32_t Shares::root(std::uint32_t tx) noexcept {
    while (parents_[tx] != tx)
        tx = parents_[tx] = parents_[parents_[tx]];
    return tx;
}

void Shares::join(std::uint64_t name, std::uint32_t tx, std::uint64_t gas_max) {
    const auto [first, fresh] = firsts_.insert(name, name);
    if (fresh) {
        first = tx;
        return;
    }
    const std::uint32_t a = root(first);
    const std::uint32_t b = root(tx);
    const std::uint32_t head = std::min(a, b);
    const std::uint32_t other = std::max(a, b);
    if (head == other || joined_gas_[head] + joined_gas_[other] > gas_max) return;
    joined_gas_[head] += joined_gas_[other];
    parents_[other] = head;
}

void Shares::join_by_senders(const Round& round) {
    firsts_.clear();
    for (std::uint32_t i = 0; i < parents_.size(); ++i)
        join(round.txs[round.native + i]->sender_place.hash, i);
}

void Shares::count_names(const Round& round) {
    counts_.clear();
    const auto count = [this](std::uint64_t name, bool writes) {
        const auto [uses, fresh] = counts_.insert(name, name);
        if (fresh) uses = {};
        ++uses.times;
        uses.conflicting = uses.conflicting || writes;
    };
    for (std::uint32_t i = 0; i < parents_.size(); ++i) {
        count(round.txs[round.native + i]->sender_place.hash, true);
        for_each_name(round, i, count);
    }
}

void Shares::join_by_rare_names(const Round& round) {
    const auto count = static_cast<std::uint32_t>(parents_.size());
    const std::uint32_t rare = std::max(2u, count / kRareDivisor);
    const std::uint32_t parts =
        std::clamp(count / kNamedTxsMin, 1u, config_.executors * kNamedPartsPerExecutor);
    const std::uint64_t gas_max =
        std::accumulate(gas_.begin(), gas_.end(), std::uint64_t{0}) / parts;
    count_names(round);
    for (std::uint32_t i = 0; i < count; ++i)
        for_each_name(round, i, [&](std::uint64_t name, bool /*writes*/) {
            const Uses& uses = *counts_.find(name, name);
            if (uses.conflicting && uses.times > 1 && uses.times <= rare) join(name, i, gas_max);
        });
}

void Shares::join_by_hot_keys(const Round& round) {
    if (hot_.empty()) return;
    firsts_.clear();
    for (std::uint32_t i = 0; i < parents_.size(); ++i)
        HotKeys::for_each_hint(round, round.native + i, [&](std::uint64_t hint) {
            if (const std::uint64_t key = hot_.predict(hint); key != 0) join(key, i);
        });
}

void Shares::find_groups(const Round& round) {
    parents_.resize(round.txs.size() - round.native);
    std::iota(parents_.begin(), parents_.end(), 0u);
    joined_gas_ = gas_;
    // First what has to be together, then what may be as long as there is not too much of it.
    join_by_hot_keys(round);
    join_by_senders(round);
    join_by_rare_names(round);
    groups_.clear();
    group_of_.resize(parents_.size());
    for (std::uint32_t i = 0; i < parents_.size(); ++i) {
        const std::uint32_t head = root(i);  // never after i
        if (head == i) {
            group_of_[i] = static_cast<std::uint32_t>(groups_.size());
            groups_.push_back({0, 0, i});
        } else {
            group_of_[i] = group_of_[head];
        }
        groups_[group_of_[i]].gas += gas_[i];
    }
}

void Shares::assign_groups() {
    std::vector<std::uint32_t> order(groups_.size());
    std::iota(order.begin(), order.end(), 0u);
    std::stable_sort(order.begin(), order.end(), [this](std::uint32_t a, std::uint32_t b) {
        return groups_[a].gas > groups_[b].gas;
    });
    std::vector<std::uint64_t> load(config_.executors);
    for (const std::uint32_t group : order) {
        const auto least = std::min_element(load.begin(), load.end());
        *least += groups_[group].gas;
        groups_[group].executor = static_cast<std::uint32_t>(least - load.begin());
    }
}

RoundMode Shares::share_out(Round& round) {
    const std::size_t count = round.txs.size() - round.native;
    gas_.resize(count);
    std::uint64_t total = 0;
    for (std::size_t i = 0; i < count; ++i)
        total += gas_[i] = cost_of(*round.txs[round.native + i]);
    estimated_gas_ += total;
    if (config_.executors < 2 || count < 2 || total < config_.gas_min) return RoundMode::kSmall;
    if (config_.learn_slots) templates_.predict(round);
    find_groups(round);
    for (const Group& group : groups_)
        if (group.gas * 100 > total * kGroupPercentMax) return RoundMode::kConflicting;
    assign_groups();
    static const auto kAll = std::make_shared<const ContendedKeys>(ContendedKeys::all());
    round.contended = config_.follow_all ? kAll : hot_.contended();
    round.speculations.resize(config_.executors);
    for (std::uint32_t i = 0; i < count; ++i)
        round.speculations[groups_[group_of_[i]].executor].txs.push_back(round.native + i);
    return RoundMode::kParallel;
}

void Shares::learn(const Round& round) {
    if (config_.estimate_costs) costs_.learn(round);
    if (config_.learn_slots) templates_.learn(round);
    hot_.learn(round);
}

}  // namespace troupe::actors
