#include "sequencer/commands/run_node.hpp"

#include "sequencer/commands/command.hpp"
#include "sequencer/commands/dev_accounts.hpp"
#include "sequencer/commands/keys.hpp"
#include "sequencer/logging/log.hpp"
#include "sequencer/runtime/service_notify.hpp"

#include <csignal>

namespace troupe::node {
namespace {

constexpr timespec kLookEvery{.tv_sec = 0, .tv_nsec = 200'000'000};  // for a fatal error

sigset_t stop_signals() {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP})
        sigaddset(&set, signal);
    return set;
}

bool load_key(
    const Settings& settings, const std::string& role, const std::string& variable,
    std::optional<UnlockedKey>& key, std::string& failure) {
    const std::string& file = settings.text(role + ".key-file");
    if (file.empty()) return true;
    key = unlock_key(
        file,
        {.file = settings.text(role + ".password-file"),
         .environment = variable,
         .prompt = "Password of " + file},
        failure);
    return key.has_value();
}

}  // namespace

void block_stop_signals() {
    const sigset_t set = stop_signals();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
}

std::string load_keys(const Settings& settings, const NodeConfig& config, NodeKeys& keys) {
    if (!config.l1.enabled) return {};
    if (settings.on("dev-keys")) {
        if (!is_development_chain(config.rollup.chain.l1_chain_id))
            return settings.origin("dev-keys") + ": dev-keys: the L1 has chain id " +
                   std::to_string(config.rollup.chain.l1_chain_id) +
                   ", and everybody knows these keys; name your own with --batcher.key-file";
        keys.batcher.emplace(dev_keys()[kDevBatcher]);
        keys.proposer.emplace(dev_keys()[kDevProposer]);
        return {};
    }
    std::string failure;
    if (!load_key(settings, "batcher", "TROUPE_BATCHER_PASSWORD", keys.batcher, failure) ||
        !load_key(settings, "proposer", "TROUPE_PROPOSER_PASSWORD", keys.proposer, failure))
        return failure;
    return {};
}

int run_until_stopped(NodeRuntime& node, const std::function<void()>& on_reload) {
    notify_ready();
    const sigset_t set = stop_signals();
    int status = kExitOk;
    while (true) {
        const int signal = sigtimedwait(&set, nullptr, &kLookEvery);
        if (signal == SIGHUP) {
            notify_reloading();
            on_reload();
            notify_ready();
            continue;
        }
        if (signal == SIGTERM || signal == SIGINT) {
            log_info(Component::kNode, "stopping: draining what was accepted");
            break;
        }
        if (const std::string fatal = node.fatal(); !fatal.empty()) {
            notify_status("stopped: " + fatal);
            report(fatal);
            status = kExitFailed;
            break;
        }
    }
    notify_stopping();
    const bool drained = node.shut_down();
    log_info(Component::kNode, "{}", drained ? "drained and stopped" : "stopped");
    return status;
}

}  // namespace troupe::node
