#pragma once

#include "sequencer/storage/funded_keys.hpp"
#include "sequencer/client/client.hpp"
#include "sequencer/process/child_process.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace troupe::node {

/// A whole rollup on this machine, each part its own process: an L1 (anvil), the contracts, a node.
/// Everything lives in one directory and on 127.0.0.1; what was started ends with this object.
/// Each step returns false with the reason in failure().
class LocalRollup {
  public:
    struct Options {
        std::string program;    ///< the troupe to run; empty: the file of this process
        std::string directory;  ///< made if absent; empty: a temporary one, removed at the end
        chain::Genesis genesis;
        FundedKeys funded;  ///< beside its alloc; without an L1 only
        std::vector<std::string> l1_arguments{"--block-time", "1"};
        std::vector<std::string> node_arguments;
        std::string node_l1_url;  ///< where the node finds the L1; empty: l1_url()
        bool keep = false;        ///< leave a temporary directory behind
    };
    explicit LocalRollup(Options options);
    ~LocalRollup();
    LocalRollup(const LocalRollup&) = delete;
    LocalRollup& operator=(const LocalRollup&) = delete;

    bool start_l1();
    bool deploy();
    /// Instead of both: a rollup config whose contracts nobody deployed, for a node that makes
    /// blocks and batches and keeps the batches to itself (l1.enabled=false).
    bool do_without_l1();
    /// Starts the node and waits until it serves. May be called again after the node has ended.
    bool start_node();
    /// What start_node() runs: to start such a node by other means.
    [[nodiscard]] std::vector<std::string> node_command();
    /// SIGTERM. @return its exit status
    int stop_node();
    void kill_node();  ///< SIGKILL
    [[nodiscard]] bool node_running() { return node_ && node_->running(); }
    [[nodiscard]] int node_pid() const { return node_ ? node_->pid() : -1; }
    void stop_l1() { l1_.reset(); }
    [[nodiscard]] int l1_pid() const { return l1_ ? l1_->pid() : -1; }

    /// Runs one workload of `troupe bench` as another process.
    /// @param json  its figures; @return its exit status
    [[nodiscard]] int bench(const std::string& workload, std::string& json);
    /// Runs `troupe verify --json` as another process, given nothing but the L1's URL and the
    /// rollup config file, and `more` arguments.
    /// @param json  what it printed; @return its exit status
    [[nodiscard]] int verify(std::string& json, const std::vector<std::string>& more = {});

    /// Clients of the running node; each call opens a new connection.
    [[nodiscard]] std::unique_ptr<client::Client> connect();
    [[nodiscard]] std::unique_ptr<client::Client> connect_admin();

    [[nodiscard]] const std::string& failure() const noexcept { return failure_; }
    [[nodiscard]] const std::string& directory() const noexcept { return directory_; }
    [[nodiscard]] std::string file(const std::string& name) const {
        return directory_ + "/" + name;
    }
    [[nodiscard]] std::string l1_url() const;
    [[nodiscard]] std::string grpc_target() const;
    [[nodiscard]] std::string metrics_url() const;
    [[nodiscard]] std::string rpc_url() const;
    [[nodiscard]] std::uint16_t l1_port() const noexcept { return l1_port_; }
    [[nodiscard]] std::uint16_t grpc_port() const noexcept { return grpc_port_; }
    [[nodiscard]] std::uint16_t metrics_port() const noexcept { return metrics_port_; }
    /// Exec of the node to its first SERVING [milliseconds].
    [[nodiscard]] double start_ms() const noexcept { return start_ms_; }

  private:
    bool fail(std::string message);
    [[nodiscard]] std::string tail_of(const std::string& log) const;
    bool write_genesis_file();
    bool wait_until_serving();
    std::unique_ptr<client::Client> connect_to(std::uint16_t port);

    Options options_;
    std::string directory_;
    bool temporary_ = false;
    std::string failure_;
    bool with_l1_ = true;
    std::uint16_t l1_port_ = 0;
    std::uint16_t grpc_port_ = 0;
    std::uint16_t admin_port_ = 0;
    std::uint16_t metrics_port_ = 0;
    std::uint16_t rpc_port_ = 0;
    double start_ms_ = 0;
    std::optional<ChildProcess> l1_;
    std::optional<ChildProcess> node_;
};

}  // namespace troupe::node
