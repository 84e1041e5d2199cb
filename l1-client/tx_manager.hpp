#pragma once

#include "chain/crypto/secp256k1.hpp"
#include "l1-client/eth_client.hpp"
#include "l1-client/tx_lane.hpp"

#include <functional>

namespace troupe::l1 {

/// Owns the L1 nonce of one key: a TxLane with a clock, a network and a signature. Nothing else may
/// send from that key while this runs. Keeps nothing on disk: after a restart it reads the L1.
/// Blocking; used by one thread.
class TxManager {
  public:
    using Clock = std::function<std::uint64_t()>;  ///< milliseconds of any steady clock

    /// @pre `key` is valid (chain::crypto::is_valid)
    TxManager(
        EthClient& l1, const chain::crypto::PrivateKey& key, std::uint64_t l1_chain_id,
        TxLaneConfig config, Clock clock = steady_clock_ms);

    [[nodiscard]] const chain::Address& address() const noexcept { return address_; }

    /// Takes a transaction; poll() sends it. gas_limit 0 asks the L1 for an estimate, now. What
    /// would revert when its time comes is tried again TxLaneConfig::rejections_max times, and then
    /// fails with the reason.
    /// @error kReverted: it would fail, for the reason in the text (estimate only); kRpc with the
    /// code
    ///        0: the queue is full; those of EthClient (estimate only). Nothing was taken then.
    [[nodiscard]] Result<TxId> submit(TxRequest request);

    /// One look at the L1 and everything that follows from it. Call it about every quarter of the
    /// L1's block time, and after submit().
    /// @error those of EthClient: nothing is lost, call again
    [[nodiscard]] Status poll();

    /// The next poll() sends everything that is queued (TxLane::release_queue).
    void release_queue() noexcept { lane_.release_queue(); }

    /// What happened since the last call, in order.
    [[nodiscard]] std::vector<TxNotice> take_notices() { return lane_.take_notices(); }
    [[nodiscard]] bool idle() const noexcept { return lane_.idle(); }
    [[nodiscard]] const TxLaneStats& stats() const noexcept { return lane_.stats(); }

    [[nodiscard]] static std::uint64_t steady_clock_ms();

  private:
    Result<TxObservation> look();
    void send(const TxSend& command);
    Status check(const TxSend& command);

    EthClient& l1_;
    chain::crypto::PrivateKey key_;
    chain::Address address_;
    std::uint64_t l1_chain_id_;
    TxLane lane_;
    Clock clock_;
};

/// What a node's answer to eth_sendRawTransaction means; nodes differ in their words.
[[nodiscard]] SendOutcome classify_send(const Error& error) noexcept;

}  // namespace troupe::l1
