#pragma once

#include "chain/crypto/secp256k1.hpp"
#include "l1-client/eth_client.hpp"

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

/// Helpers for tests that need more than one folder. Failures are thrown as std::runtime_error with
/// an instruction in the text: a test framework prints it.
namespace troupe::tests {

struct AnvilOptions {
    std::uint16_t port = 0;  ///< 0: any free one
    std::vector<std::string>
        arguments;  ///< {"--block-time", "1"}; without any a block per transaction
};

/// An L1 for tests: anvil from node_modules as a child process on 127.0.0.1, chain id 31337. The
/// constructor returns when it listens; the destructor kills it. The process also ends when the
/// thread that started it ends, however that happens.
class Anvil {
  public:
    explicit Anvil(AnvilOptions options = {});
    ~Anvil();
    Anvil(const Anvil&) = delete;
    Anvil& operator=(const Anvil&) = delete;

    [[nodiscard]] std::string url() const;
    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    [[nodiscard]] pid_t pid() const noexcept { return pid_; }
    /// A client of this process for the test's own questions.
    [[nodiscard]] l1::EthClient& client() { return *client_; }

    /// Ends the process without warning. Its chain is gone.
    void kill() noexcept;
    /// Starts a new process on the same port, with a new chain.
    void restart();
    /// SIGSTOP and SIGCONT: connections stay open and nothing answers.
    void freeze() const noexcept;
    void thaw() const noexcept;

    /// Any method: parameters and result as JSON text.
    std::string rpc(const std::string& method, const std::string& params_json = "[]");
    void mine(std::uint64_t blocks = 1);
    /// Whether every transaction gets its own block at once.
    void set_automine(bool on);
    [[nodiscard]] bool automines() const noexcept { return automines_; }
    /// Returns when no transaction waits for a block. With automine each gets one at once, though
    /// not before the answer to its submission.
    void wait_until_all_is_mined();
    /// For re-orgs: revert() goes back to the state of snapshot(), blocks included.
    [[nodiscard]] std::string snapshot();
    void revert(const std::string& snapshot);
    /// The base fee of the next block [wei].
    void set_next_base_fee(std::uint64_t wei);

    static constexpr std::uint64_t kChainId = 31'337;
    /// Well-known development accounts, 10,000 ether each.
    static constexpr std::size_t kAccounts = 6;
    [[nodiscard]] static chain::crypto::PrivateKey key(std::size_t account);
    [[nodiscard]] static chain::Address address(std::size_t account);

  private:
    void start();
    void wait_until_it_listens();

    AnvilOptions options_;
    std::uint16_t port_ = 0;
    pid_t pid_ = -1;
    int log_ = -1;  // file descriptor of the process's output
    std::unique_ptr<l1::EthClient> client_;
    bool automines_ = true;
};

}  // namespace troupe::tests
