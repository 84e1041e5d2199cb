#include "sequencer/rpc_stats.hpp"

namespace troupe::node {

std::string_view to_string(RpcMethod method) noexcept {
    switch (method) {
        case RpcMethod::kSubmitTransaction:
            return "troupe.v1.SubmitService/SubmitTransaction";
        case RpcMethod::kSubmitTransactions:
            return "troupe.v1.SubmitService/SubmitTransactions";
        case RpcMethod::kSubmitStream:
            return "troupe.v1.SubmitService/SubmitStream";
        case RpcMethod::kGetAccount:
            return "troupe.v1.QueryService/GetAccount";
        case RpcMethod::kGetTransaction:
            return "troupe.v1.QueryService/GetTransaction";
        case RpcMethod::kGetReceipt:
            return "troupe.v1.QueryService/GetReceipt";
        case RpcMethod::kGetBlock:
            return "troupe.v1.QueryService/GetBlock";
        case RpcMethod::kGetChainInfo:
            return "troupe.v1.QueryService/GetChainInfo";
        case RpcMethod::kWatchBlocks:
            return "troupe.v1.WatchService/WatchBlocks";
        case RpcMethod::kWatchAccount:
            return "troupe.v1.WatchService/WatchAccount";
        case RpcMethod::kWatchTransaction:
            return "troupe.v1.WatchService/WatchTransaction";
        case RpcMethod::kStartSequencing:
            return "troupe.v1.AdminService/StartSequencing";
        case RpcMethod::kStopSequencing:
            return "troupe.v1.AdminService/StopSequencing";
        case RpcMethod::kFlush:
            return "troupe.v1.AdminService/Flush";
        case RpcMethod::kSetLogLevel:
            return "troupe.v1.AdminService/SetLogLevel";
        case RpcMethod::kGetStatus:
            return "troupe.v1.AdminService/GetStatus";
        case RpcMethod::kCall:
            return "troupe.v1.QueryService/Call";
        case RpcMethod::kEstimateGas:
            return "troupe.v1.QueryService/EstimateGas";
        case RpcMethod::kGetCode:
            return "troupe.v1.QueryService/GetCode";
        case RpcMethod::kGetStorage:
            return "troupe.v1.QueryService/GetStorage";
        case RpcMethod::kGetLogs:
            return "troupe.v1.QueryService/GetLogs";
    }
    return "unknown";
}

std::string_view rpc_code_name(std::size_t code) noexcept {
    static constexpr std::array<std::string_view, kRpcCodes> kNames{"OK",
                                                                    "CANCELLED",
                                                                    "UNKNOWN",
                                                                    "INVALID_ARGUMENT",
                                                                    "DEADLINE_EXCEEDED",
                                                                    "NOT_FOUND",
                                                                    "ALREADY_EXISTS",
                                                                    "PERMISSION_DENIED",
                                                                    "RESOURCE_EXHAUSTED",
                                                                    "FAILED_PRECONDITION",
                                                                    "ABORTED",
                                                                    "OUT_OF_RANGE",
                                                                    "UNIMPLEMENTED",
                                                                    "INTERNAL",
                                                                    "UNAVAILABLE",
                                                                    "DATA_LOSS",
                                                                    "UNAUTHENTICATED"};
    return code < kNames.size() ? kNames[code] : "UNKNOWN";
}

void RpcStats::opened(RpcMethod method) noexcept {
    Method& entry = methods_[static_cast<std::size_t>(method)];
    const std::lock_guard lock(entry.mutex);
    ++entry.data.open_gauge;
}

void RpcStats::finished(RpcMethod method, int code, double seconds, bool stream) noexcept {
    Method& entry = methods_[static_cast<std::size_t>(method)];
    const std::lock_guard lock(entry.mutex);
    --entry.data.open_gauge;
    const auto index = static_cast<std::size_t>(code);
    ++entry.data.calls[index < kRpcCodes ? index : 2];
    if (!stream) entry.data.latency.observe(seconds);
}

RpcSnapshot RpcStats::snapshot() const {
    RpcSnapshot copy;
    for (std::size_t i = 0; i < kRpcMethods; ++i) {
        const std::lock_guard lock(methods_[i].mutex);
        copy.methods[i] = methods_[i].data;
    }
    copy.submitted_transactions = submitted_transactions.load(std::memory_order_relaxed);
    copy.credits_granted = credits_granted.load(std::memory_order_relaxed);
    copy.credits_exceeded = credits_exceeded.load(std::memory_order_relaxed);
    copy.watch_messages = watch_messages.load(std::memory_order_relaxed);
    copy.slow_readers_cut = slow_readers_cut.load(std::memory_order_relaxed);
    copy.subscriptions_refused = subscriptions_refused.load(std::memory_order_relaxed);
    copy.queries_refused = queries_refused.load(std::memory_order_relaxed);
    return copy;
}

}  // namespace troupe::node
