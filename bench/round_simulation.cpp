#include "bench/round_simulation.hpp"

#include "bench/core_model.hpp"

#include <algorithm>

namespace troupe::bench {
namespace {

using Message = CoreModel::Message;

/// Of messages that are handled on several cores at once.
struct Parts {
    double sum = 0;
    double longest = 0;
};

Parts parts_of(const std::vector<RoundCosts::Share>& shares) {
    Parts parts;
    for (const RoundCosts::Share& share : shares) {
        parts.sum += share.ns;
        parts.longest = std::max(parts.longest, share.ns);
    }
    return parts;
}

/// The sequencer of a node whose engines take as long as they took. It stands for RoundDriver and
/// what is around it; executors, partitions and the log are messages with a length.
class Simulation {
  public:
    Simulation(std::span<const RoundCosts> costs, const SimulatedNode& node)
        : costs_(costs), node_(node), model_(node.cores, node.wake_ns) {
        std::size_t blocks = 0;
        for (const RoundCosts& round : costs) {
            blocks += round.seals.empty() ? 0 : 1;
            for (const RoundCosts::Share& share : round.speculate)
                executors_ = std::max(executors_, share.index + 1);
        }
        repeats_ = std::max<std::size_t>(1, node.blocks_min / std::max<std::size_t>(1, blocks));
    }

    CriticalPath run() {
        model_.post(kSequencer, begin_round());
        model_.run();
        path_.total = model_.now_ns();
        path_.busy = model_.busy_ns();
        path_.seal += path_.total - last_committed_ns_;
        return path_;
    }

  private:
    static constexpr std::size_t kSequencer = 0;
    [[nodiscard]] static std::size_t executor(std::uint32_t e) noexcept { return 1 + e; }
    [[nodiscard]] std::size_t partition(std::size_t p) const noexcept {
        return 1 + std::size_t{executors_} + p;
    }

    [[nodiscard]] const RoundCosts& round() const { return costs_[round_ % costs_.size()]; }
    [[nodiscard]] double plan_cost(const RoundCosts& costs) const {
        return costs.plan_ns + costs.share_ns + (node_.whole ? costs.check_ns : 0);
    }
    /// What sending them costs.
    double send(std::size_t messages) {
        path_.messages_sent += messages;
        const double ns = static_cast<double>(messages) * node_.message_ns;
        path_.messages += ns;
        return ns;
    }

    Message begin_round() {
        const RoundCosts& costs = round();
        path_.txs += costs.txs;
        const double plan = std::exchange(planned_, false) ? 0 : plan_cost(costs);
        path_.plan += plan;
        const double sends = send(costs.speculate.size() + (node_.whole ? 1 : 0));
        return {plan + sends, [this] { return begun(); }};
    }

    std::optional<Message> begun() {
        const RoundCosts& costs = round();
        phase_ns_ = model_.now_ns();
        logged_ = !node_.whole;
        if (node_.whole) {
            model_.at(model_.now_ns() + node_.log_ns, [this] {
                model_.post(kSequencer, {0, [this] {
                                             logged_ = true;
                                             return executed_ ? commit() : std::nullopt;
                                         }});
            });
        }
        executed_ = false;
        if (costs.speculate.empty()) return costs.settle_ns > 0 ? settle() : executed();
        outstanding_ = costs.speculate.size();
        for (const RoundCosts::Share& share : costs.speculate)
            model_.post(
                executor(share.index),
                {share.ns + node_.message_ns, [this] {
                     model_.post(kSequencer, {0, [this] { return speculated(); }});
                     return std::optional<Message>{};
                 }});
        path_.messages_sent += costs.speculate.size();
        if (!node_.plan_ahead || last()) return std::nullopt;
        planned_ = true;
        return Message{plan_cost(costs_[(round_ + 1) % costs_.size()]), {}};
    }

    std::optional<Message> speculated() {
        if (--outstanding_ > 0) return std::nullopt;
        const RoundCosts& costs = round();
        const Parts parts = parts_of(costs.speculate);
        const double even =
            parts.sum / std::min<double>(node_.cores, static_cast<double>(costs.speculate.size()));
        path_.speculate += even;
        path_.uneven += std::max(0.0, parts.longest - even);
        path_.messages += next_phase() - std::max(even, parts.longest);
        path_.validate += costs.collect_ns;
        const double sends = send(costs.validate.size());
        return Message{costs.collect_ns + sends, [this] {
                           phase_ns_ = model_.now_ns();
                           validate();
                           return std::optional<Message>{};
                       }};
    }

    void validate() {
        const RoundCosts& costs = round();
        outstanding_ = costs.validate.size();
        for (const RoundCosts::Share& share : costs.validate)
            model_.post(
                partition(share.index),
                {share.ns + node_.message_ns, [this] {
                     model_.post(kSequencer, {0, [this] { return validated(); }});
                     return std::optional<Message>{};
                 }});
        path_.messages_sent += costs.validate.size();
    }

    std::optional<Message> validated() {
        if (--outstanding_ > 0) return std::nullopt;
        const Parts parts = parts_of(round().validate);
        const double least = std::max(parts.longest, parts.sum / node_.cores);
        path_.validate += least;
        path_.messages += next_phase() - least;
        return round().settle_ns > 0 ? settle() : executed();
    }

    std::optional<Message> settle() {
        return Message{send(1), [this] {
                           phase_ns_ = model_.now_ns();
                           ++path_.messages_sent;
                           model_.post(
                               executor(0),
                               {round().settle_ns + node_.message_ns, [this] {
                                    model_.post(kSequencer, {0, [this] { return settled(); }});
                                    return std::optional<Message>{};
                                }});
                           return std::optional<Message>{};
                       }};
    }

    std::optional<Message> settled() {
        path_.settle += round().settle_ns;
        path_.messages += next_phase() - round().settle_ns;
        return executed();
    }

    std::optional<Message> executed() {
        executed_ = true;
        return logged_ ? commit() : std::nullopt;
    }

    std::optional<Message> commit() {
        path_.log += next_phase();
        const double ns = round().learn_ns + (node_.whole ? round().publish_ns : 0);
        path_.learn += ns;
        return Message{ns, [this]() -> std::optional<Message> {
                           last_committed_ns_ = phase_ns_ = model_.now_ns();
                           if (node_.whole && !round().seals.empty()) return seal();
                           return next_round();
                       }};
    }

    std::optional<Message> next_round() {
        if (last()) return std::nullopt;
        ++round_;
        return begin_round();
    }

    // Partitions note what the block changed, and hash it from then on.
    std::optional<Message> seal() {
        return Message{send(round().seals.size()), [this] {
                           phase_ns_ = model_.now_ns();
                           begin_seal();
                           return std::optional<Message>{};
                       }};
    }
    void begin_seal() {
        const std::vector<RoundCosts::Seal>& seals = round().seals;
        outstanding_ = seals.size();
        path_.messages_sent += seals.size();
        for (std::size_t p = 0; p < seals.size(); ++p)
            model_.post(
                partition(p), {seals[p].begin_ns + node_.message_ns, [this, p, &seals] {
                                   model_.post(kSequencer, {0, [this] { return seal_begun(); }});
                                   hash_slice(p, seals[p], 0);
                                   return std::optional<Message>{};
                               }});
    }
    void hash_slice(std::size_t p, const RoundCosts::Seal& seal, std::size_t slice) {
        if (slice == seal.slices_ns.size()) return;
        model_.post(partition(p), {seal.slices_ns[slice], [this, p, &seal, slice] {
                                       hash_slice(p, seal, slice + 1);
                                       return std::optional<Message>{};
                                   }});
    }
    std::optional<Message> seal_begun() {
        if (--outstanding_ > 0) return std::nullopt;
        path_.seal += next_phase();
        last_committed_ns_ = model_.now_ns();
        return next_round();
    }

    [[nodiscard]] bool last() const noexcept { return round_ + 1 == repeats_ * costs_.size(); }
    /// @return how long the phase took that ends now
    double next_phase() noexcept {
        return model_.now_ns() - std::exchange(phase_ns_, model_.now_ns());
    }

    std::span<const RoundCosts> costs_;
    SimulatedNode node_;
    CoreModel model_;
    std::uint32_t executors_ = 1;
    std::size_t repeats_ = 1;
    std::size_t round_ = 0;
    std::size_t outstanding_ = 0;
    bool planned_ = false;  // already, the round that begins
    bool logged_ = false;
    bool executed_ = false;
    double phase_ns_ = 0;
    double last_committed_ns_ = 0;
    CriticalPath path_;
};

}  // namespace

CriticalPath simulate(std::span<const RoundCosts> costs, const SimulatedNode& node) {
    return Simulation{costs, node}.run();
}

}  // namespace troupe::bench
