#include "sequencer/workload/load_run.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <random>
#include <thread>
#include <unordered_map>

namespace troupe::node {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::duration;

constexpr std::chrono::microseconds kPause{200};  // between looks at window or arrivals
constexpr std::chrono::milliseconds kProgressEvery{100};

double percentile(const std::vector<double>& sorted, double fraction) {
    if (sorted.empty()) return 0;
    const auto rank = static_cast<std::size_t>(fraction * static_cast<double>(sorted.size() - 1));
    return sorted[rank];
}

/// One run's books. The sender's thread and the stream's each write their own; they are put
/// together when both are done.
class LoadRun {
  public:
    LoadRun(const std::vector<chain::Bytes>& transactions, const LoadConfig& config)
        : transactions_(transactions), config_(config), started_(transactions.size()) {
        confirmed_.reserve(transactions.size());
        result_.accepted_hashes.reserve(transactions.size());
    }

    std::optional<LoadResult> run(client::Client& client, std::string& failure) {
        plan_arrivals();
        stream_ = client.open_stream(
            true, {.on_outcomes = [this](const auto& outcome) { take_outcome(outcome); },
                   .on_receipts = [this](const auto receipts) { take_receipts(receipts); }});
        const auto start = Clock::now();
        send_all(start);
        if (const auto finished = stream_->finish(); !finished) {
            failure = finished.error().text();
            return std::nullopt;
        }
        result_.seconds = duration<double>(last_answer_ - start).count();
        const auto latencies_ms = latencies();
        result_.soft_p50_ms = percentile(latencies_ms, 0.50);
        result_.soft_p99_ms = percentile(latencies_ms, 0.99);
        return std::move(result_);
    }

  private:
    /// Seconds after the start at which each transaction arrives.
    void plan_arrivals() {
        if (!config_.rate_per_s) return;
        std::mt19937_64 rng{config_.seed};
        std::exponential_distribution<double> gap{*config_.rate_per_s};
        double at = 0;
        arrivals_.reserve(transactions_.size());
        for (std::size_t i = 0; i < transactions_.size(); ++i)
            arrivals_.push_back(at += gap(rng));
    }

    /// How many may go out now, from `sent` on.
    std::size_t due(std::size_t sent, Clock::time_point start) const {
        const std::size_t rest = std::min(transactions_.size() - sent, config_.batch_txs);
        if (config_.rate_per_s) {
            const double now = duration<double>(Clock::now() - start).count();
            std::size_t count = 0;
            while (count < rest && arrivals_[sent + count] <= now)
                ++count;
            return count;
        }
        const std::uint64_t waiting = sent - answered_.load(std::memory_order_relaxed);
        const std::size_t room = waiting < config_.window_txs ? config_.window_txs - waiting : 0;
        // Small messages cost more than they save: wait for half a batch's room.
        return room >= config_.batch_txs / 2 || room >= rest ? std::min(rest, room) : 0;
    }

    void send_all(Clock::time_point start) {
        auto last_progress = start;
        for (std::size_t sent = 0; sent < transactions_.size();) {
            const auto now = Clock::now();
            if (config_.on_progress && now - last_progress >= kProgressEvery) {
                last_progress = now;
                config_.on_progress(answered_.load(std::memory_order_relaxed));
            }
            const std::size_t count = due(sent, start);
            if (count == 0) {
                std::this_thread::sleep_for(kPause);
                continue;
            }
            const std::size_t taken = send(sent, count, start);
            if (taken == 0) return;  // the stream has ended; finish() says why
            sent += taken;
        }
    }

    std::size_t send(std::size_t first, std::size_t count, Clock::time_point start) {
        const auto now = Clock::now();
        for (std::size_t i = first; i < first + count; ++i) {
            started_[i] = config_.rate_per_s ? start + std::chrono::duration_cast<Clock::duration>(
                                                           duration<double>(arrivals_[i]))
                                             : now;
        }
        const auto sent = stream_->send(std::span(transactions_).subspan(first, count));
        if (sent.count > 0) first_of_[sent.sequence] = first;
        return sent.count;
    }

    void take_outcome(const client::BatchOutcome& outcome) {
        last_answer_ = Clock::now();
        std::size_t next_refusal = 0;
        for (std::uint32_t i = 0; i < outcome.count; ++i) {
            if (next_refusal < outcome.refusals.size() &&
                outcome.refusals[next_refusal].index == i) {
                if (result_.refused++ == 0) {
                    result_.first_refusal = outcome.refusals[next_refusal].error.text();
                }
                ++next_refusal;
                continue;
            }
            ++result_.accepted;
            result_.last_block = std::max(result_.last_block, outcome.block_numbers[i]);
            result_.accepted_hashes.push_back(outcome.transaction_hashes[i]);
        }
        answered_.fetch_add(outcome.count, std::memory_order_relaxed);
    }

    void take_receipts(std::span<const client::SoftReceipt> receipts) {
        const auto now = Clock::now();
        for (const auto& receipt : receipts) {
            confirmed_.push_back({receipt.sequence, receipt.index, now});
        }
    }

    /// Submission to soft confirmation, sorted [ms].
    std::vector<double> latencies() const {
        std::vector<double> latencies_ms;
        latencies_ms.reserve(confirmed_.size());
        for (const auto& [sequence, index, at] : confirmed_) {
            const auto started = started_[first_of_.at(sequence) + index];
            latencies_ms.push_back(duration<double, std::milli>(at - started).count());
        }
        std::sort(latencies_ms.begin(), latencies_ms.end());
        return latencies_ms;
    }

    struct Confirmed {
        std::uint64_t sequence;
        std::uint32_t index;
        Clock::time_point at;
    };

    const std::vector<chain::Bytes>& transactions_;
    const LoadConfig& config_;
    std::unique_ptr<client::SubmitStream> stream_;
    std::vector<double> arrivals_;
    std::vector<Clock::time_point> started_;
    std::atomic<std::uint64_t> answered_{0};
    std::unordered_map<std::uint64_t, std::size_t> first_of_;  // batch -> its first transaction
    std::vector<Confirmed> confirmed_;
    Clock::time_point last_answer_{};
    LoadResult result_;
};

}  // namespace

std::optional<LoadResult> run_load(
    client::Client& client, const std::vector<chain::Bytes>& transactions, const LoadConfig& config,
    std::string& failure) {
    return LoadRun(transactions, config).run(client, failure);
}

}  // namespace troupe::node
