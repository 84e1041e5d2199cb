#pragma once

#include "chain/types/block.hpp"
#include "l1-client/eth_types.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// The transactions of one key, in order: a state machine without clock, network or key. What is
/// seen goes in, what is to be done comes out, so that every interleaving can be tested.
///
///   queued ──▶ in flight (attempts) ──▶ mined ──▶ confirmed, forgotten
///                   ▲                     │
///                   └───── re-org ────────┘
namespace troupe::l1 {

using TxId = std::uint64_t;

struct TxLaneConfig {
    std::size_t in_flight_max =
        4;  ///< transactions handed to the L1 and not mined, consecutive nonces
    std::size_t queue_max = 1'024;  ///< transactions held in all
    std::uint64_t confirmations =
        1;  ///< blocks on a transaction, its own included, until it is left alone
    std::uint64_t resubmit_after_ms = 36'000;  ///< not mined for so long: replace, or send again
    std::uint64_t settle_after_ms = 72'000;  ///< wait so long for an earlier process's transactions
    std::uint64_t retry_delay_min_ms = 500;  ///< after a refusal that may pass; doubled ...
    std::uint64_t retry_delay_max_ms = 30'000;       ///< ... up to this
    std::uint32_t rejections_max = 3;                ///< then a transaction is given up
    chain::Uint256 fee_cap_max{500'000'000'000ull};  ///< wei per gas that are never exceeded
    chain::Uint256 tip_max{50'000'000'000ull};       ///< wei per gas
};

struct TxRequest {
    chain::Address to;
    chain::Bytes data;
    std::uint64_t gas_limit = 0;
    /// Ask the L1 whether it would revert before it is handed in: gas is not spent on a refusal
    /// that is known. For transactions that do not build on others in flight.
    bool check_first = true;
};

struct TxFees {
    chain::Uint256 tip;  ///< max_priority_fee_per_gas
    chain::Uint256 cap;  ///< max_fee_per_gas
    friend bool operator==(const TxFees&, const TxFees&) noexcept = default;
};

/// Sign this and hand it to the L1; then say on_signed() and on_sent(). The same command again
/// means the same bytes again.
struct TxSend {
    TxId id = 0;
    std::uint64_t nonce = 0;
    TxFees fees;
    std::shared_ptr<const TxRequest> request;
    bool accepted = false;  ///< by the L1, in an earlier attempt
};

/// How the L1 took a transaction.
enum class SendOutcome : std::uint8_t {
    kAccepted,           // or already known
    kNonceTooLow,        // something with this nonce is mined: look at the chain
    kUnderpriced,        // a replacement needs higher fees, or the pool's minimum is higher
    kInsufficientFunds,  // a person has to act; tried again meanwhile
    kUnknown,            // no answer, or a refusal that will pass: it may have been taken
    kRejected,           // will not be taken as it is
};

/// The L1 at one moment. The nonces were read before the receipts.
struct TxObservation {
    std::uint64_t now_ms = 0;  ///< of any steady clock
    std::uint64_t head_number = 0;
    chain::Uint256 base_fee;          ///< of the head
    chain::Uint256 tip;               ///< that the L1 suggests
    std::uint64_t nonce_mined = 0;    ///< transactions of the key in blocks
    std::uint64_t nonce_pending = 0;  ///< and in the pool
    std::vector<L1Receipt> receipts;  ///< of all hashes_wanted() that are mined
};

enum class TxEvent : std::uint8_t {
    kMined,        // succeeded in `block`; again after a re-org moved it
    kConfirmed,    // as deep as configured; nothing more will be said of it
    kReorganised,  // not mined any more; sent again
    kFailed,       // reverted (`block` says where), or refused for good; nothing more will be said
};

struct TxNotice {
    TxId id = 0;
    TxEvent event{};
    chain::Hash32 hash;
    chain::L1Origin block;
    std::string text;  ///< kFailed: why
};

/// Plain counters; wei amounts wrap at 2^256, which is never.
struct TxLaneStats {
    std::uint64_t sent = 0;      ///< times something was handed to the L1
    std::uint64_t replaced = 0;  ///< with higher fees
    std::uint64_t mined = 0;
    std::uint64_t confirmed = 0;
    std::uint64_t failed = 0;
    std::uint64_t reorganised = 0;
    std::uint64_t renumbered =
        0;  ///< nonces that had to change: another user of the key, or a deep re-org
    std::uint64_t gas_used = 0;
    chain::Uint256 fees_paid;  ///< wei, of transactions seen mined
    std::uint64_t queued = 0;
    std::uint64_t in_flight = 0;
    bool at_fee_cap = false;          ///< the L1 asks for more than the configured caps
    bool insufficient_funds = false;  ///< since the last accepted transaction
    bool settling = true;             ///< waiting for an earlier process's transactions
    std::string last_refusal;
};

class TxLane {
  public:
    explicit TxLane(TxLaneConfig config);

    /// Takes a transaction. Those of one lane are mined in the order they were taken. Empty: the
    /// queue is full.
    [[nodiscard]] std::optional<TxId> submit(TxRequest request);

    /// Takes what was seen; returns what to send now, in this order.
    [[nodiscard]] std::vector<TxSend> observe(const TxObservation& seen);

    /// Before it is sent: the hash under which the L1 will know it.
    void on_signed(TxId id, const chain::Hash32& hash);
    void on_sent(TxId id, SendOutcome outcome, const std::string& text, std::uint64_t now_ms);

    /// From now on everything queued is handed to the L1 at once, however much is in flight: for
    /// whoever is about to stop and would leave half of a series behind.
    void release_queue() noexcept { config_.in_flight_max = config_.queue_max; }

    /// All hashes whose receipts the next observation needs.
    [[nodiscard]] std::vector<chain::Hash32> hashes_wanted() const;
    /// What happened since the last call, in order.
    [[nodiscard]] std::vector<TxNotice> take_notices();
    /// Nothing is queued, in flight or short of its confirmations.
    [[nodiscard]] bool idle() const noexcept { return transactions_.empty(); }
    [[nodiscard]] const TxLaneStats& stats() const noexcept { return stats_; }

  private:
    enum class Stage : std::uint8_t {
        kQueued,
        kInFlight,
        kMined,
        kReverted,  // for a moment: used its nonce and its fees, and has nothing to wait for
    };
    struct Attempt {
        chain::Hash32 hash;
        std::uint64_t nonce = 0;
    };
    struct Tracked {
        TxId id = 0;
        std::shared_ptr<const TxRequest> request;
        Stage stage = Stage::kQueued;
        std::uint64_t nonce = 0;
        TxFees fees;
        std::vector<Attempt> attempts;  // any of them may be mined
        std::uint64_t send_at_ms = 0;   // in flight: when to act next
        std::uint32_t refusals = 0;     // in a row; for the delay
        std::uint32_t rejections = 0;
        bool accepted = false;  // by the L1, at some time
        bool raise = false;     // answered kUnderpriced: more than the usual tenth is needed
        chain::L1Origin block;  // mined
        chain::Hash32 mined_hash;
    };

    void take_receipts(const TxObservation& seen);
    void take_receipt(Tracked& tx, const Attempt& attempt, const L1Receipt& receipt);
    void confirm(std::uint64_t head_number);
    bool settled(const TxObservation& seen);
    bool nonces_agree(std::uint64_t next_nonce);
    void renumber(std::uint64_t next_nonce, std::uint64_t now_ms);
    void resend(const TxObservation& seen, std::uint64_t next_nonce, std::vector<TxSend>& sends);
    void send_queued(
        const TxObservation& seen, std::uint64_t next_nonce, std::vector<TxSend>& sends);
    bool raise_fees(Tracked& tx, const TxObservation& seen);
    void emit(Tracked& tx, std::vector<TxSend>& sends);
    void give_up(TxId id, const std::string& why);
    [[nodiscard]] TxFees suggested(const TxObservation& seen);
    [[nodiscard]] std::uint64_t delay_after(std::uint32_t refusals) const noexcept;
    Tracked* find(TxId id) noexcept;
    void count();

    TxLaneConfig config_;
    std::deque<Tracked> transactions_;  // in the order taken
    std::map<std::uint64_t, TxFees>
        nonce_fees_;  // the highest ever offered for a nonce not yet mined
    std::vector<TxNotice> notices_;
    TxLaneStats stats_;
    TxId next_id_ = 1;
    std::uint64_t nonce_seen_mined_ =
        0;                             // next nonce after those with receipts in this observation
    std::uint32_t disagreements_ = 0;  // observations in a row whose nonces are not ours
    std::optional<std::uint64_t> settle_until_ms_;
};

}  // namespace troupe::l1
