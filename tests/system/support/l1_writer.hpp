#pragma once

#include "chain/types/chain_config.hpp"
#include "tests/system/support/test_rollup.hpp"

#include <optional>
#include <vector>

namespace troupe::tests {

/// Posts to the rollup's BatchInbox with the batcher's own key, beside the node that does the same,
/// and reads what was posted.
class L1Writer {
  public:
    explicit L1Writer(TestRollup& rollup);

    /// Hands one transaction with `data` for the inbox to the L1. Empty: the L1 does not take it.
    [[nodiscard]] std::optional<chain::Hash32> send(const chain::Bytes& data);
    /// Sends one transaction with `data` to the inbox and waits until it is mined. Throws where the
    /// contract refuses it.
    void post(const chain::Bytes& data);
    /// The data of every transaction that the inbox took so far, in order.
    [[nodiscard]] std::vector<chain::Bytes> posted();
    /// Nonces of the batcher: mined, and with what waits in the L1's pool.
    [[nodiscard]] std::uint64_t nonce_mined();
    [[nodiscard]] std::uint64_t nonce_pending();

    [[nodiscard]] const chain::ChainConfig& config() const noexcept { return config_; }

  private:
    TestRollup& rollup_;
    chain::ChainConfig config_;
};

}  // namespace troupe::tests
