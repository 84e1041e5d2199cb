#include "sequencer/load/load_session.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <deque>
#include <mutex>
#include <random>
#include <thread>

namespace troupe::node {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::duration;

constexpr std::chrono::microseconds kPause{200};  // between looks at window or arrivals
constexpr std::chrono::milliseconds kProgressEvery{100};

/// Points in time of a Poisson process [microseconds after the start].
class Arrivals {
  public:
    Arrivals(double rate_per_s, std::uint64_t seed) : rng_(seed), gap_(rate_per_s) { take(); }
    [[nodiscard]] std::uint64_t next_us() const noexcept {
        return static_cast<std::uint64_t>(at_s_ * 1e6);
    }
    void take() { at_s_ += gap_(rng_); }

  private:
    std::mt19937_64 rng_;
    std::exponential_distribution<double> gap_;
    double at_s_ = 0;
};

/// The sender's thread sends; the door's takes answers. They share the batches under way.
class Session {
  public:
    Session(TransactionSource& transactions, const LoadSessionConfig& config)
        : transactions_(transactions), config_(config) {
        if (config.rate_per_s) arrivals_.emplace(*config.rate_per_s, config.seed);
    }

    std::optional<LoadSessionResult> run(const OpenDoor& open, std::string& failure) {
        door_ = open(
            {.on_outcomes = [this](const auto& outcome) { take_outcome(outcome); },
             .on_receipts = [this](const auto receipts) { take_receipts(receipts); }});
        start_ = Clock::now();
        send_all();
        if (const auto finished = door_->finish(); !finished) {
            failure = finished.error().text();
            return std::nullopt;
        }
        result_.seconds = static_cast<double>(last_us_) / 1e6;
        result_.corrected = result_.soft.corrected(expected_us());
        return std::move(result_);
    }

  private:
    /// Closed loop: microseconds from one transaction of a place in the window to the next.
    [[nodiscard]] std::uint64_t expected_us() const {
        if (arrivals_ || result_.confirmed == 0) return 0;
        const auto in_window = std::min<std::uint64_t>(config_.window_txs, result_.confirmed);
        return last_us_ * in_window / result_.confirmed;
    }

    struct Batch {
        std::vector<std::uint64_t> started_us;  ///< one for each, or one for all
        std::uint32_t open = 0;                 ///< transactions that wait for their end
        bool sending = false;                   ///< how many go out is not known yet
    };

    [[nodiscard]] std::uint64_t now_us() const {
        return static_cast<std::uint64_t>(
            std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start_).count());
    }

    /// How many may go out now; their arrivals are in starts_.
    std::size_t due() {
        starts_.clear();
        if (arrivals_) {
            const std::uint64_t now = now_us();
            for (; starts_.size() < config_.batch_txs && arrivals_->next_us() <= now;
                 arrivals_->take())
                starts_.push_back(arrivals_->next_us());
            return starts_.size();
        }
        const std::uint64_t waiting = result_.sent - answered_.load(std::memory_order_relaxed);
        const std::size_t room = waiting < config_.window_txs ? config_.window_txs - waiting : 0;
        // Small messages cost more than they save: wait for half a batch's room.
        if (room < std::max<std::size_t>(1, std::min(config_.batch_txs, config_.window_txs) / 2))
            return 0;
        starts_.push_back(now_us());
        return std::min(room, config_.batch_txs);
    }

    void send_all() {
        constexpr double kForeverS = 1e12;
        const auto end_us = static_cast<std::uint64_t>(std::min(config_.seconds, kForeverS) * 1e6);
        std::uint64_t next_progress = 0;
        std::vector<chain::ByteView> views;
        for (;;) {
            const std::uint64_t now = now_us();
            if (now >= end_us) return;
            if (config_.on_progress && now >= next_progress) {
                next_progress = now + 1'000ull * kProgressEvery.count();
                config_.on_progress(confirmed_.load(std::memory_order_relaxed));
            }
            const std::size_t count = due();
            if (count == 0) {
                std::this_thread::sleep_for(kPause);
                continue;
            }
            transactions_.next(count, views);
            if (views.empty() || !send(views)) return;
            transactions_.forget_read();
        }
    }

    /// @return false when the door has closed; finish() says why
    bool send(std::span<const chain::ByteView> views) {
        for (std::size_t first = 0; first < views.size();) {
            const auto rest = views.subspan(first);
            // Known before it is sent: the answer may be faster than this thread. The lock is not
            // held while sending, which waits for room, which waits for the door's thread.
            Batch* batch = push(first, rest.size());
            const auto sent = door_->send(rest);
            {
                const std::lock_guard lock(mutex_);
                batch->open -= static_cast<std::uint32_t>(rest.size() - sent.count);
                batch->sending = false;
                drop_finished();
            }
            if (sent.count == 0) return false;
            result_.sent += sent.count;
            first += sent.count;
        }
        return true;
    }

    /// Keeps when `count` transactions began, from the first one of starts_ that is not kept yet.
    /// @return the batch: a deque does not move its elements at either end
    Batch* push(std::size_t first, std::size_t count) {
        Batch batch;
        batch.open = static_cast<std::uint32_t>(count);
        batch.sending = true;
        if (arrivals_) {
            const auto from = starts_.begin() + static_cast<std::ptrdiff_t>(first);
            batch.started_us.assign(from, from + static_cast<std::ptrdiff_t>(count));
        } else {
            batch.started_us = starts_;
        }
        const std::lock_guard lock(mutex_);
        return &batches_.emplace_back(std::move(batch));
    }

    /// The batch of this sequence, if it is still under way. @pre mutex_
    Batch* find(std::uint64_t sequence) {
        const std::uint64_t index = sequence - first_sequence_;
        return index < batches_.size() ? &batches_[index] : nullptr;
    }
    void drop_finished() {
        while (!batches_.empty() && batches_.front().open == 0 && !batches_.front().sending) {
            batches_.pop_front();
            ++first_sequence_;
        }
    }

    void take_outcome(const client::BatchOutcome& outcome) {
        answered_.fetch_add(outcome.count, std::memory_order_relaxed);
        result_.accepted += outcome.count - outcome.refusals.size();
        for (const std::uint64_t block : outcome.block_numbers)
            result_.last_block = std::max(result_.last_block, block);
        if (outcome.refusals.empty()) return;
        if (result_.refused == 0) result_.first_refusal = outcome.refusals[0].error.text();
        result_.refused += outcome.refusals.size();
        const std::lock_guard lock(mutex_);
        if (Batch* batch = find(outcome.sequence))
            batch->open -= static_cast<std::uint32_t>(outcome.refusals.size());
        drop_finished();
    }

    void take_receipts(std::span<const client::SoftReceipt> receipts) {
        const std::uint64_t now = now_us();
        last_us_ = now;
        const std::size_t second = now / 1'000'000;
        if (result_.each_second.size() <= second) result_.each_second.resize(second + 1);
        result_.each_second[second] += receipts.size();
        const std::lock_guard lock(mutex_);
        for (const auto& receipt : receipts) {
            result_.failed += receipt.success ? 0 : 1;
            result_.gas_used += receipt.gas_used;
            Batch* batch = find(receipt.sequence);
            if (batch == nullptr || batch->open == 0) continue;
            const std::size_t i = batch->started_us.size() == 1 ? 0 : receipt.index;
            if (i < batch->started_us.size()) result_.soft.record(now - batch->started_us[i]);
            --batch->open;
        }
        drop_finished();
        result_.confirmed += receipts.size();
        confirmed_.store(result_.confirmed, std::memory_order_relaxed);
    }

    TransactionSource& transactions_;
    const LoadSessionConfig& config_;
    std::unique_ptr<LoadDoor> door_;
    Clock::time_point start_{};
    std::optional<Arrivals> arrivals_;
    std::vector<std::uint64_t> starts_;  ///< of what is sent next
    std::atomic<std::uint64_t> answered_{0};
    std::atomic<std::uint64_t> confirmed_{0};
    std::uint64_t last_us_ = 0;

    std::mutex mutex_;  ///< guards the two below
    std::deque<Batch> batches_;
    std::uint64_t first_sequence_ = 1;

    LoadSessionResult result_;  ///< `sent` is the sender's, all else the door's
};

}  // namespace

std::optional<LoadSessionResult> run_load_session(
    const OpenDoor& open, TransactionSource& transactions, const LoadSessionConfig& config,
    std::string& failure) {
    return Session(transactions, config).run(open, failure);
}

}  // namespace troupe::node
