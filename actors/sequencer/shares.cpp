#include "actors/sequencer/shares.hpp"

#include "chain/base/prefetch.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace troupe::actors {

namespace {

constexpr std::size_t kPrefetchAhead = 8;  // transactions: hides one memory access

}  // namespace

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

// After join_by_senders(). Who buys before somebody and sells behind (a sandwich) names the pool in
// a form of its own, if at all.
void Shares::join_what_is_between(const Round& round, std::uint64_t gas_max) {
    const auto sender = [&round](std::uint32_t tx) {
        return round.txs[round.native + tx]->sender_place.hash;
    };
    for (std::uint32_t last = 2; last < parents_.size(); ++last) {
        const std::uint32_t earliest = last - std::min(last, kBetweenMax + 1);
        std::uint32_t first = last - 1;
        while (first > earliest && sender(first) != sender(last))
            --first;
        if (sender(first) != sender(last)) continue;
        for (std::uint32_t between = first + 1; between < last; ++between)
            join(sender(last), between, gas_max);
    }
}

void Shares::count_names(const Round& round) {
    counts_.clear();
    std::uint64_t gas = 0;
    const auto count = [this, &gas](std::uint64_t name, bool writes) {
        const auto [uses, fresh] = counts_.insert(name, name);
        if (fresh) uses = {};
        ++uses.times;
        uses.gas += gas;
        uses.conflicting = uses.conflicting || writes;
    };
    for (std::uint32_t i = 0; i < parents_.size(); ++i) {
        gas = gas_[i];
        count(round.txs[round.native + i]->sender_place.hash, true);
        for_each_name(round, i, count);
    }
}

void Shares::join_by_rare_names(const Round& round) {
    const auto count = static_cast<std::uint32_t>(parents_.size());
    const std::uint32_t rare = std::max(2u, count / kRareDivisor);
    const std::uint32_t parts =
        std::clamp(count / kNamedTxsMin, 1u, config_.executors * kNamedPartsPerExecutor);
    const std::uint64_t total = std::accumulate(gas_.begin(), gas_.end(), std::uint64_t{0});
    const std::uint64_t gas_max = total / parts;
    const auto keeps_together = [=, this](const Uses& uses) {
        return uses.conflicting && uses.times > 1 &&
               (uses.times <= rare || (guessed_ && uses.gas * kRareGasDivisor <= total));
    };
    if (guessed_) join_what_is_between(round, total / (config_.executors * kNamedPartsPerExecutor));
    count_names(round);
    named_.clear();
    for (std::uint32_t i = 0; i < count; ++i)
        for_each_name(round, i, [&](std::uint64_t name, bool /*writes*/) {
            const Uses& uses = *counts_.find(name, name);
            if (keeps_together(uses)) named_.push_back({uses.times, i, name});
        });
    // The rarest first: they say most, and there is room for so much only.
    std::stable_sort(named_.begin(), named_.end(), [](const Named& a, const Named& b) {
        return a.times < b.times;
    });
    for (const Named& named : named_)
        join(named.name, named.tx, gas_max);
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

void Shares::assign_groups(std::uint32_t rests) {
    std::vector<std::uint32_t> order(groups_.size());
    std::iota(order.begin(), order.end(), 0u);
    std::stable_sort(order.begin(), order.end(), [this](std::uint32_t a, std::uint32_t b) {
        return groups_[a].gas > groups_[b].gas;
    });
    // Of executors, then of rests: what is light enough comes last, and there.
    std::vector<std::uint64_t> load(config_.executors + rests);
    const auto own_end = load.begin() + config_.executors;
    const std::uint64_t beside = config_.beside_gas * parents_.size();
    *std::prev(own_end) = beside;
    std::uint64_t own_max = ~std::uint64_t{0};
    if (rests > 0) {
        const std::uint64_t total = std::accumulate(gas_.begin(), gas_.end(), beside);
        own_max = total / config_.executors * kOwnPercent / 100;
    }
    for (const std::uint32_t group : order) {
        auto least = std::min_element(load.begin(), own_end);
        const bool has_any = *least > (least + 1 == own_end ? beside : 0);
        if (has_any && *least + groups_[group].gas > own_max)
            least = std::min_element(own_end, load.end());
        *least += groups_[group].gas;
        groups_[group].share = static_cast<std::uint32_t>(least - load.begin());
    }
}

bool Shares::too_much_together() const noexcept {
    const auto gas = [](std::uint64_t sum, const Group& group) { return sum + group.gas; };
    const std::uint64_t total =
        std::accumulate(groups_.begin(), groups_.end(), std::uint64_t{0}, gas);
    return std::any_of(groups_.begin(), groups_.end(), [total](const Group& group) {
        return group.gas * 100 > total * kGroupPercentMax;
    });
}

void Shares::predict(Round& round) {
    if (!config_.learn_slots) return;
    demand_.begin_round();
    if (!demand_.idle() || templates_.tells()) templates_.predict(round, &demand_);
}

// Which transactions would be kept with others, or could not be shared out, did names alone decide.
void Shares::compare_with_names(Round& round) {
    const bool shared = !too_much_together();
    const std::vector<Group> groups = groups_;
    const std::vector<std::uint32_t> group_of = group_of_;
    Prediction predicted = std::exchange(round.prediction, {});
    find_groups(round);
    std::swap(round.prediction, predicted);
    const bool rescued = shared && too_much_together();
    std::vector<bool> helped(group_of.size(), rescued);
    for (std::uint32_t i = 0; i < helped.size() && !rescued; ++i)
        helped[i] = group_of_[i] != group_of_[groups[group_of[i]].first];
    demand_.judge(round, helped);
    groups_ = groups;
    group_of_ = group_of;
}

std::uint64_t Shares::weigh(const Round& round) {
    gas_.resize(round.txs.size() - round.native);
    std::uint64_t guessed = 0;
    for (std::size_t i = 0; i < gas_.size(); ++i) {
        if (i + kPrefetchAhead < gas_.size())
            chain::prefetch(round.txs[round.native + i + kPrefetchAhead]->hints.data());
        const CostEstimates::Estimate cost = estimate(*round.txs[round.native + i]);
        gas_[i] = cost.gas;
        if (cost.guessed) guessed += cost.gas;
    }
    return guessed;
}

RoundMode Shares::share_out_now(Round& round) {
    const std::uint64_t guessed = weigh(round);
    const std::uint64_t total = std::accumulate(gas_.begin(), gas_.end(), std::uint64_t{0});
    estimated_gas_ += total;
    if (config_.executors < 2 || gas_.size() < 2 || total < config_.gas_min) {
        if (config_.learn_slots && templates_.tells()) templates_.predict(round, &demand_);
        return RoundMode::kSmall;
    }
    guessed_ = guessed > 0 && guessed * kGuessedDivisor >= total;
    for (std::uint64_t& gas : gas_)
        gas -= std::min(gas, kIdleGas);
    predict(round);
    find_groups(round);
    if (config_.learn_slots && demand_.compares()) compare_with_names(round);
    if (too_much_together()) return RoundMode::kConflicting;
    round.rests = guessed_ ? std::min(config_.executors * config_.rests, kRestsMax) : 0;
    assign_groups(round.rests);
    static const auto kAll = std::make_shared<const ContendedKeys>(ContendedKeys::all());
    round.contended = config_.follow_all ? kAll : hot_.contended();
    round.speculations.resize(config_.executors + round.rests);
    for (std::uint32_t i = 0; i < gas_.size(); ++i)
        round.speculations[groups_[group_of_[i]].share].txs.push_back(round.native + i);
    return RoundMode::kParallel;
}

void Shares::prepare(std::span<AdmittedTx* const> txs) {
    prepared_.clear();
    prepared_.txs.assign(txs.begin(), txs.end());
    const std::uint64_t estimated = estimated_gas_;
    prepared_.mode = share_out_now(prepared_);
    prepared_gas_ = std::exchange(estimated_gas_, estimated) - estimated;
}

void Shares::take_prepared(Round& round) {
    estimated_gas_ += prepared_gas_;
    round.mode = prepared_.mode;
    round.contended = std::move(prepared_.contended);
    std::swap(round.prediction, prepared_.prediction);
    std::swap(round.speculations, prepared_.speculations);
    round.rests = prepared_.rests;
    for (Speculation& speculation : round.speculations)
        for (std::uint32_t& tx : speculation.txs)
            tx += round.native;
}

RoundMode Shares::share_out(Round& round) {
    const bool prepared =
        !prepared_.txs.empty() && std::equal(
                                      prepared_.txs.begin(), prepared_.txs.end(),
                                      round.txs.begin() + round.native, round.txs.end());
    if (prepared)
        take_prepared(round);
    else
        round.mode = share_out_now(round);
    prepared_.txs.clear();
    return round.mode;
}

bool Shares::to_learn_now(const Round& round) noexcept {
    return !round.conflicts.empty() || !round.observed.empty() ||
           std::any_of(
               round.speculations.begin(), round.speculations.end(),
               [](const Speculation& speculation) { return !speculation.observed.empty(); });
}

void Shares::learn(const Round& round) {
    if (!round.conflicts.empty()) prepared_.txs.clear();  // it did not know
    if (config_.estimate_costs) costs_.learn(round);
    if (config_.learn_slots) {
        templates_.learn(round);
        demand_.learn(round);
    }
    hot_.learn(round);
}

}  // namespace troupe::actors
