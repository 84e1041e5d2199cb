#include "sequencer/jsonrpc/submission.hpp"

#include "chain/base/hex.hpp"
#include "sequencer/grpc/outcome_collector.hpp"
#include "sequencer/logging/log.hpp"

#include <memory>
#include <utility>
#include <vector>

namespace troupe::node::jsonrpc {

// One transaction on its way through the node. Alive until it is answered.
class Submission final : public std::enable_shared_from_this<Submission> {
  public:
    Submission(Door& door, chain::Bytes raw, std::function<void(Answer<Submitted>)> reply)
        : door_(door), raw_(std::move(raw)), reply_(std::move(reply)) {}

    void start() {
        if (!hand_over(door_, {shared_from_this()})) refuse_for_room();
    }

    /// @return false where the node has no room for all of them: nothing has happened then
    static bool hand_over(Door& door, std::vector<std::shared_ptr<Submission>> all) {
        std::vector<chain::Bytes> raw;
        raw.reserve(all.size());
        for (const auto& submission : all)
            raw.push_back(submission->raw_);
        const std::size_t count = all.size();
        // The cell breaks the circle of collector -> callback -> collector.
        auto cell = std::make_shared<std::shared_ptr<OutcomeCollector>>();
        auto collector = std::make_shared<OutcomeCollector>(
            count, [&door, cell, all = std::move(all)]() mutable {
                // An actor's thread: everything else happens on the loop.
                door.loop.post([all = std::move(all), collector = std::move(*cell)] {
                    for (std::size_t i = 0; i < all.size(); ++i)
                        all[i]->on_outcome(collector->outcomes()[i]);
                });
            });
        *cell = collector;
        if (door.backend().submit(std::move(raw), std::move(collector))) return true;
        *cell = nullptr;
        return false;
    }

  private:
    void refuse_for_room() {
        NodeBackend& backend = door_.backend();
        reply_(
            backend.shutting_down() ? not_ready("the node takes no transactions now")
                                    : pool_full(backend.retry_after_ms()));
    }

    void on_outcome(const actors::SubmitOutcome& outcome) {
        outcome_ = outcome;
        switch (outcome.reason) {
            case actors::Reason::kNone:
                return on_accepted();
            case actors::Reason::kAlreadyKnown:
                return reply_(Submitted{
                    .hash = outcome.transaction_hash, .block_number = outcome.block_number});
            case actors::Reason::kNonceTooLow:
            case actors::Reason::kNonceTooHigh:
            case actors::Reason::kInsufficientFunds:
            case actors::Reason::kUnsupported:
            case actors::Reason::kFeeTooLow:
                return ask_sender();
            default:
                return refuse({});
        }
    }

    void on_accepted() {
        const bool any_held = door_.held.size() != 0;
        door_.known.add(outcome_.transaction_hash, raw_, outcome_.block_number);
        reply_(Submitted{.hash = outcome_.transaction_hash, .block_number = outcome_.block_number});
        if (!any_held) return;
        const auto tx = chain::decode_transaction(raw_);
        // To know the sender takes longer than everything else here.
        if (!tx || !door_.held.any_near(tx->nonce)) return;
        const auto sender = chain::recover_sender(*tx);
        if (sender) follow(*sender, tx->nonce + 1);
    }

    // Hands over what was waiting for this one.
    void follow(const chain::Address& sender, std::uint64_t nonce) {
        door_.held.drop_below(sender, nonce);
        auto next = door_.held.take(sender, nonce);
        if (!next) return;
        submit(
            door_, std::move(next->raw),
            [&door = door_, hash = next->hash](const Answer<Submitted>& answer) {
                if (answer) return;
                door.held.note_dropped(hash, answer.error().message);
                log_debug(
                    Component::kRpc, "{}, held until now, was refused: {}", chain::to_hex(hash),
                    answer.error().message);
            });
    }

    // The words of some refusals name the sender's nonce or balance.
    void ask_sender() {
        const auto tx = chain::decode_transaction(raw_);
        if (!tx) return refuse({});
        const auto sender = chain::recover_sender(*tx);
        if (!sender) return refuse({});
        tx_ = *tx;
        sender_ = *sender;
        door_.backend().query_account(
            {*sender, false, false, {}}, [self = shared_from_this()](actors::AccountAnswer answer) {
                self->door_.loop.post(
                    [self, answer = std::move(answer)] { self->on_sender(answer); });
            });
    }

    void on_sender(const actors::AccountAnswer& answer) {
        if (outcome_.reason == actors::Reason::kNonceTooHigh) {
            // The ones before it have come in the meantime.
            if (answer.pending_nonce == tx_.nonce && ++attempts_ <= kAttemptsMax) return start();
            if (answer.pending_nonce < tx_.nonce) return hold(answer.pending_nonce);
        }
        RefusalFacts facts;
        facts.sender = sender_;
        facts.next_nonce = answer.pending_nonce;
        facts.balance = answer.account.balance;
        facts.code_hash = answer.account.code_hash;
        refuse(facts);
    }

    void hold(std::uint64_t next_nonce) {
        const chain::Hash32 hash = chain::transaction_hash(raw_);
        HeldTransaction held;
        held.raw = raw_;
        held.tx = tx_;
        held.hash = hash;
        held.sender = sender_;
        held.until = std::chrono::steady_clock::now() +
                     std::chrono::milliseconds(door_.config.held_timeout_ms);
        const auto added = door_.held.add(std::move(held));
        if (!added) return reply_(added.error());
        reply_(Submitted{.hash = hash, .held = true, .next_nonce = next_nonce, .nonce = tx_.nonce});
        // The one before it may have been accepted just before this one was added.
        door_.backend().query_account(
            {sender_, false, false, {}},
            [self = shared_from_this()](const actors::AccountAnswer& answer) {
                self->door_.loop.post(
                    [self, nonce = answer.pending_nonce] { self->follow(self->sender_, nonce); });
            });
    }

    void refuse(RefusalFacts facts) {
        const auto open = door_.backend().open_block();
        facts.chain_id = door_.chain.config.chain_id;
        facts.block_gas_limit = open.gas_limit;
        facts.base_fee = open.base_fee_per_gas;
        reply_(refusal(outcome_, raw_, facts));
    }

    static constexpr int kAttemptsMax = 8;

    Door& door_;
    const chain::Bytes raw_;
    const std::function<void(Answer<Submitted>)> reply_;
    actors::SubmitOutcome outcome_;
    chain::Transaction tx_;
    chain::Address sender_;
    int attempts_ = 0;
};

void submit(Door& door, chain::Bytes raw, std::function<void(Answer<Submitted>)> reply) {
    std::make_shared<Submission>(door, std::move(raw), std::move(reply))->start();
}

void SubmissionGroup::add(chain::Bytes raw, std::function<void(Answer<Submitted>)> reply) {
    submissions_.push_back(std::make_shared<Submission>(door_, std::move(raw), std::move(reply)));
}

void SubmissionGroup::start() {
    const auto all = std::exchange(submissions_, {});
    if (all.empty() || Submission::hand_over(door_, all)) return;
    // No room for all of them: for some there may be.
    for (const auto& submission : all)
        submission->start();
}

}  // namespace troupe::node::jsonrpc
