#pragma once

#include "actors/ports.hpp"
#include "l1-client/eth_client.hpp"
#include "l1-client/tx_manager.hpp"
#include "sequencer/keystore/keystore.hpp"
#include "sequencer/l1/l1_stats.hpp"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace troupe::node {

struct L1PosterConfig {
    std::uint32_t poll_ms = 500;
    std::uint64_t max_fee_gwei = 500;
};

/// Posts channels and claims output roots, with a thread of its own: the keys' nonces belong to it.
/// Channels are posted in the order they come; claims go after the channels.
class L1Poster final : public actors::L1Port {
  public:
    /// @param proposer    empty: the batcher's key claims too
    /// @param derived_l1  the last L1 block derived: a claim only stands on a fork that has it
    L1Poster(
        std::unique_ptr<l1::EthClient> l1, chain::ChainConfig chain, L1PosterConfig config,
        const UnlockedKey& batcher, const UnlockedKey* proposer, L1StatsBoard& stats);
    ~L1Poster() override;  ///< as stop()

    /// Begins to work: outcomes go to `events`, which outlives this.
    void start(actors::L1Events& events, std::function<chain::L1Origin()> derived_l1);
    /// Stops before `events` goes away. Idempotent. What is in flight stays with the L1; of a
    /// channel of which a part is, the rest is handed to the L1 as well, unless that takes longer
    /// than kHandOverMax: half a channel is paid for and then dropped by everyone who derives.
    void stop();

    static constexpr std::chrono::seconds kHandOverMax{4};

    // actors::L1Port: any thread; return at once.
    void post(actors::ChannelToPost channel) override;
    void claim(std::uint64_t number, const chain::Hash32& output_root) override;

  private:
    struct Posting {
        std::uint64_t first = 0;
        std::uint64_t last = 0;
        std::vector<l1::TxId> waiting;  // not mined yet
        std::uint64_t l1_block = 0;     // the highest so far
    };

    void run();
    void work();
    [[nodiscard]] l1::Status settle();
    void take_mail();
    [[nodiscard]] std::vector<l1::TxRequest> requests_for(chain::ByteView channel) const;
    void submit_channel(const actors::ChannelToPost& channel);
    void submit_claims();
    [[nodiscard]] l1::Status poll();
    void handle(const l1::TxNotice& notice, bool from_proposer);
    void handle_batch(const l1::TxNotice& notice);
    void handle_claim(const l1::TxNotice& notice);
    void hand_over();
    void look_at_balances();
    void trouble(const l1::Error& error);
    [[nodiscard]] l1::TxManager& claimer() noexcept { return proposer_ ? *proposer_ : *batcher_; }

    std::unique_ptr<l1::EthClient> l1_;
    const chain::ChainConfig chain_;
    const L1PosterConfig config_;
    std::unique_ptr<l1::TxManager> batcher_;
    std::unique_ptr<l1::TxManager> proposer_;  // null: batcher_ claims
    L1StatsBoard& stats_;
    actors::L1Events* events_ = nullptr;
    std::function<chain::L1Origin()> derived_l1_;

    // The thread's own.
    bool settled_ = false;                     // everything that an earlier run posted is derived
    std::optional<std::uint64_t> settled_at_;  // L1 block that has all of it
    std::uint64_t settle_until_ms_ = 0;
    std::deque<Posting> postings_;  // in order; the first is the oldest
    struct WantedClaim {
        chain::Hash32 output_root;
        chain::L1Origin origin;  // derived when it was wanted: a fork without it refuses the claim
    };
    std::map<std::uint64_t, WantedClaim> claims_;  // by L2 block; not yet sent
    struct SentClaim {
        std::uint64_t number = 0;
        chain::Hash32 output_root;
    };
    std::map<l1::TxId, SentClaim> sent_claims_;
    std::optional<std::uint64_t> claimed_;   // highest block claimed on the L1; empty: to be asked
    std::uint64_t claim_not_before_ms_ = 0;  // after a refusal
    std::uint64_t balances_at_ms_ = 0;
    std::string last_trouble_;

    std::mutex mutex_;  // guards the members below
    std::condition_variable wake_;
    std::deque<actors::ChannelToPost> channels_in_;
    std::map<std::uint64_t, chain::Hash32> claims_in_;
    bool stopping_ = false;
    bool ended_ = false;  // run() has nothing left to do
    std::thread thread_;  // started by start()
};

/// Takes channels and throws them away, saying that they were posted: a node without an L1 still
/// encodes its batches. For tests and benchmarks.
class DryPort final : public actors::L1Port {
  public:
    void start(actors::L1Events& events);
    void stop();  ///< before `events` goes away
    void post(actors::ChannelToPost channel) override;
    void claim(std::uint64_t, const chain::Hash32&) override {}

  private:
    std::mutex mutex_;  // guards what follows, and `events` while it is told
    actors::L1Events* events_ = nullptr;
};

}  // namespace troupe::node
