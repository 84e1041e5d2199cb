#include "sequencer/config/option.hpp"

#include "chain/base/hex.hpp"
#include "sequencer/config/nearest.hpp"

#include <algorithm>
#include <iterator>

namespace troupe::node {
namespace {

using enum OptionKind;

constexpr std::string_view kNode = "Node";
constexpr std::string_view kSequencing = "Sequencing";
constexpr std::string_view kL1 = "L1";
constexpr std::string_view kPosting = "Posting to the L1";
constexpr std::string_view kGrpc = "gRPC";
constexpr std::string_view kJsonRpc = "JSON-RPC";
constexpr std::string_view kOperator = "Operator";

constexpr Option number(
    std::string_view name, std::string_view group, std::string_view fallback, std::string_view help,
    std::uint64_t min, std::uint64_t max) {
    return {
        .name = name,
        .kind = kNumber,
        .group = group,
        .fallback = fallback,
        .help = help,
        .min = min,
        .max = max};
}
constexpr Option text(
    std::string_view name, OptionKind kind, std::string_view group, std::string_view fallback,
    std::string_view help, bool empty_allowed = false) {
    return {
        .name = name,
        .kind = kind,
        .group = group,
        .fallback = fallback,
        .help = help,
        .empty_allowed = empty_allowed};
}

constexpr Option kOptions[] = {
    text("data-dir", kPath, kNode, "troupe-data", "Directory with the order log and the chain"),
    text("rollup", kPath, kNode, "rollup.json", "Rollup config file, as `troupe deploy` writes it"),
    number("drain-ms", kNode, "8000", "Longest drain after SIGTERM [ms]", 0, 60'000),

    number("block-time-ms", kSequencing, "1000", "A block is sealed this often [ms]", 10, 60'000),
    number(
        "queue-txs", kSequencing, "16384",
        "Transactions taken and not yet answered; more are refused", 64, 1'048'576),
    number(
        "admission-hold-us", kSequencing, "1000",
        "Under load, longest wait for more signatures to recover together [us]", 0, 10'000),
    number(
        "micro-block-txs", kSequencing, "2000", "Most transactions ordered and synced at once", 1,
        65'536),
    number(
        "micro-block-gas", kSequencing, "20000000",
        "Most estimated gas ordered at once where contracts run, but for a single transaction", 1,
        1'000'000'000),
    number(
        "parallel-gas-min", kSequencing, "2000000",
        "Executors share the contracts of a micro-block from this much estimated gas on", 0,
        1'000'000'000),
    {.name = "cost-estimates",
     .kind = kSwitch,
     .group = kSequencing,
     .fallback = "true",
     .help = "Balance executors by what functions used before; false: by gas limits"},
    {.name = "slot-templates",
     .kind = kSwitch,
     .group = kSequencing,
     .fallback = "true",
     .help = "Learn which slots a function touches, to know conflicts before; false: by names"},
    {.name = "congestion-forecast",
     .kind = kSwitch,
     .group = kSequencing,
     .fallback = "true",
     .help = "Bound micro-blocks and the queue by estimated time: micro-block-ms, queue-ms"},
    number(
        "micro-block-ms", kSequencing, "8",
        "Most estimated work ordered at once where contracts run [ms]", 1, 60'000),
    number(
        "queue-ms", kSequencing, "250",
        "Most estimated work taken and not yet answered; more is refused [ms]", 1, 60'000),
    number("workers", kSequencing, "0", "Threads of the actors; 0: one per core", 0, 256),
    number("partitions", kSequencing, "0", "Partitions of the state; 0: four per worker", 0, 256),
    number("executors", kSequencing, "0", "Executors; 0: one per worker", 0, 256),
    {.name = "state-cache",
     .kind = kBytes,
     .group = kSequencing,
     .fallback = "0",
     .help = "Memory for accounts, slots and their tries, the rest stays on disk; 0: all in memory",
     .min = 1ull << 20,
     .max = 1024ull << 30},

    {.name = "l1.enabled",
     .kind = kSwitch,
     .group = kL1,
     .fallback = "true",
     .help = "false: nothing is posted or derived and blocks keep the first L1 origin; for tests"},
    text("l1.url", kUrl, kL1, "http://127.0.0.1:18545", "JSON-RPC address of the L1"),
    number("l1.poll-ms", kL1, "500", "The L1 is asked for news this often [ms]", 10, 60'000),
    number(
        "l1.confirmations", kL1, "2",
        "L1 blocks above a block before L2 blocks name it as their origin", 0, 256),

    text(
        "batcher.key-file", kPath, kPosting, "",
        "Keystore file of the key that posts batches; its password: see batcher.password-file",
        true),
    text(
        "batcher.password-file", kPath, kPosting, "",
        "File with the password; else TROUPE_BATCHER_PASSWORD, else a prompt", true),
    text(
        "proposer.key-file", kPath, kPosting, "",
        "Keystore file of the key that claims output roots; empty: the batcher's key", true),
    text(
        "proposer.password-file", kPath, kPosting, "",
        "File with the password; else TROUPE_PROPOSER_PASSWORD, else a prompt", true),
    {.name = "dev-keys",
     .kind = kSwitch,
     .group = kPosting,
     .fallback = "false",
     .help = "Post with the well-known keys of a development L1 (chain id 31337 or 1337 only)"},
    number(
        "batcher.channel-age-ms", kPosting, "10000",
        "A channel is posted at the latest after this [ms]", 100, 3'600'000),
    number(
        "batcher.channel-bytes", kPosting, "100000",
        "A channel is posted when it reaches about this size", 1'000, 16'000'000),
    number(
        "batcher.max-fee-gwei", kPosting, "500", "Never pay more per gas for posting [gwei]", 1,
        1'000'000),
    number(
        "batcher.backlog-compress", kPosting, "600",
        "Unposted blocks from which on channels are packed harder", 1, 1'000'000),
    number(
        "batcher.backlog-slow", kPosting, "1800",
        "Unposted blocks from which on fewer transactions are taken", 1, 1'000'000),
    number(
        "batcher.backlog-refuse", kPosting, "3600", "Unposted blocks from which on none are taken",
        1, 1'000'000),

    text("grpc.listen", kListen, kGrpc, "127.0.0.1:50051", "Address of the public API"),
    text(
        "grpc.admin-listen", kListen, kGrpc, "127.0.0.1:50052",
        "Address of the admin API; keep it on loopback; empty: none", true),
    text("grpc.tls-certificate", kPath, kGrpc, "", "PEM certificate chain; empty: no TLS", true),
    text("grpc.tls-key", kPath, kGrpc, "", "PEM private key of the certificate", true),
    text(
        "grpc.tls-client-ca", kPath, kGrpc, "",
        "PEM certificates that clients must be signed by (mTLS)", true),
    {.name = "grpc.reflection",
     .kind = kSwitch,
     .group = kGrpc,
     .fallback = "true",
     .help = "Answer server reflection"},
    number(
        "grpc.stream-credits", kGrpc, "8192", "Unanswered transactions of one submit stream", 1,
        1'048'576),
    number("grpc.subscriptions", kGrpc, "1024", "Watch streams of all clients together", 0, 65'536),
    number(
        "grpc.peer-subscriptions", kGrpc, "128", "Watch streams of one client address", 1, 65'536),
    number("grpc.query-threads", kGrpc, "2", "Threads that read from the disk for queries", 1, 64),
    number("grpc.call-threads", kGrpc, "2", "Threads that run Call and EstimateGas", 1, 64),
    number("grpc.calls-waiting", kGrpc, "256", "Calls that wait for such a thread", 1, 1'048'576),
    number(
        "grpc.call-gas", kGrpc, "50000000", "Gas that one Call may use", 100'000, 10'000'000'000),
    number("grpc.call-ms", kGrpc, "5000", "Time that one Call may take [ms]", 1, 60'000),

    text(
        "rpc.listen", kListen, kJsonRpc, "127.0.0.1:8545",
        "Address of JSON-RPC over HTTP and WebSocket; empty: none", true),
    text(
        "rpc.hosts", kText, kJsonRpc, "localhost",
        "Names by which clients may call it, beside IP addresses: a list, or *"),
    text(
        "rpc.origins", kText, kJsonRpc, "",
        "Origins of web pages that may call it (CORS): a list, or *; empty: none", true),
    {.name = "rpc.page",
     .kind = kSwitch,
     .group = kJsonRpc,
     .fallback = "true",
     .help = "Serve the explorer page to browsers on the same port"},
    number(
        "rpc.threads", kJsonRpc, "3", "Threads that parse and answer; all but one may run calls", 1,
        64),
    number(
        "rpc.query-threads", kJsonRpc, "3", "Threads that read from the disk for answers", 1, 64),
    number("rpc.call-threads", kJsonRpc, "3", "Threads that run eth_call and the like", 1, 64),
    number(
        "rpc.call-gas", kJsonRpc, "50000000", "Gas that one eth_call may use", 21'000,
        10'000'000'000),
    number("rpc.call-ms", kJsonRpc, "5000", "Time that one eth_call may take [ms]", 1, 60'000),
    number("rpc.calls-waiting", kJsonRpc, "256", "Calls that wait for a thread", 1, 1'048'576),
    number("rpc.trace-threads", kJsonRpc, "1", "Threads that run debug_trace methods", 1, 64),
    number("rpc.trace-ms", kJsonRpc, "5000", "Time of one trace [ms]", 1, 20'000),
    number("rpc.body-bytes", kJsonRpc, "5242880", "Largest request [bytes]", 263'168, 1u << 30),
    number(
        "rpc.response-bytes", kJsonRpc, "25000000", "Largest answer to a batch [bytes]", 65'536,
        1u << 30),
    number("rpc.batch-calls", kJsonRpc, "1000", "Calls in one batch", 1, 1'000'000),
    number("rpc.connections", kJsonRpc, "4096", "Connections of all clients", 1, 1'000'000),
    number(
        "rpc.peer-connections", kJsonRpc, "1024", "Connections of one client address", 1,
        1'000'000),
    number("rpc.subscriptions", kJsonRpc, "128", "Subscriptions of one WebSocket", 0, 1'000'000),
    number("rpc.filters", kJsonRpc, "16384", "Filters of all clients", 0, 10'000'000),
    number(
        "rpc.logs-blocks", kJsonRpc, "10000", "Blocks that one eth_getLogs may span", 1,
        1'000'000'000),
    number("rpc.logs-results", kJsonRpc, "50000", "Logs in one answer", 1, 10'000'000),
    number(
        "rpc.sync-timeout-ms", kJsonRpc, "2000",
        "eth_sendRawTransactionSync waits so long unless asked otherwise [ms]", 1, 20'000),
    number(
        "rpc.priority-fee-wei", kJsonRpc, "1000000", "Tip that is suggested to wallets [wei]", 0,
        1'000'000'000'000),
    number(
        "rpc.held-ms", kJsonRpc, "300000", "Transactions beyond a nonce gap are held so long [ms]",
        0, 86'400'000),

    text(
        "metrics.listen", kListen, kOperator, "127.0.0.1:9464",
        "Address of /metrics, /healthz and /readyz; empty: none", true),
    {.name = "log.format",
     .kind = kChoice,
     .group = kOperator,
     .fallback = "text",
     .help = "How log lines look",
     .choices = "text|json"},
    text(
        "log.level", kText, kOperator, "info",
        "Level, with exceptions per component: info,l1=debug,rpc=warn"),
};

bool is_listen_address(std::string_view value) {
    const std::size_t colon = value.rfind(':');
    if (colon == std::string_view::npos || colon == 0) return false;
    const auto port = chain::u64_from_text(value.substr(colon + 1));
    return port.ok() && *port <= 65'535 && value.substr(colon + 1).find('x') == value.npos;
}

}  // namespace

std::span<const Option> all_options() noexcept {
    return kOptions;
}

const Option* find_option(std::string_view name) noexcept {
    const auto found = std::find_if(
        std::begin(kOptions), std::end(kOptions), [&](const auto& o) { return o.name == name; });
    return found == std::end(kOptions) ? nullptr : &*found;
}

const Option& nearest_option(std::string_view name) {
    return *std::min_element(
        std::begin(kOptions), std::end(kOptions), [&](const auto& a, const auto& b) {
            return edit_distance(a.name, name) < edit_distance(b.name, name);
        });
}

std::string environment_name(const Option& option) {
    std::string name = "TROUPE_";
    for (const char c : option.name) {
        if (c == '.' || c == '-')
            name += '_';
        else
            name += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
    return name;
}

std::optional<std::uint64_t> bytes_of(std::string_view value) noexcept {
    unsigned shift = 0;
    if (value.ends_with('K')) shift = 10;
    if (value.ends_with('M')) shift = 20;
    if (value.ends_with('G')) shift = 30;
    if (shift != 0) value.remove_suffix(1);
    if (value.find_first_not_of("0123456789") != value.npos) return std::nullopt;
    const auto number = chain::u64_from_text(value);
    if (!number || *number > UINT64_MAX >> shift) return std::nullopt;
    return *number << shift;
}

std::string check_value(const Option& option, std::string_view value) {
    if (value.empty() && option.kind != kNumber && option.kind != kSwitch)
        return option.empty_allowed ? "" : "something that is not empty";
    switch (option.kind) {
        case kText:
        case kPath:
            return {};
        case kNumber: {
            const auto number = chain::u64_from_text(value);
            if (number.ok() && *number >= option.min && *number <= option.max) return {};
            return "a number from " + std::to_string(option.min) + " to " +
                   std::to_string(option.max);
        }
        case kBytes: {
            const auto bytes = bytes_of(value);
            if (bytes && (*bytes == 0 || (*bytes >= option.min && *bytes <= option.max))) return {};
            return "0 or a size from " + std::to_string(option.min >> 20) + "M to " +
                   std::to_string(option.max >> 30) + "G, such as 512M";
        }
        case kSwitch:
            return value == "true" || value == "false" ? "" : "true or false";
        case kListen:
            return is_listen_address(value) ? "" : "host:port, such as 127.0.0.1:50051";
        case kChoice: {
            std::string_view rest = option.choices;
            while (!rest.empty()) {
                const std::size_t bar = rest.find('|');
                if (rest.substr(0, bar) == value) return {};
                rest = bar == rest.npos ? std::string_view() : rest.substr(bar + 1);
            }
            return "one of " + std::string(option.choices);
        }
        case kUrl:
            return value.starts_with("http://") || value.starts_with("https://")
                       ? ""
                       : "an address that begins with http:// or https://";
    }
    return {};
}

}  // namespace troupe::node
