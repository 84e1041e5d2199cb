#include "sequencer/jsonrpc/door.hpp"
#include "sequencer/jsonrpc/methods.hpp"
#include "sequencer/jsonrpc/render.hpp"

namespace troupe::node::jsonrpc::methods {
namespace {

// The logs of a range of blocks, up to the limits of one answer.
class LogScan {
  public:
    LogScan(Door& door, const LogFilter& filter) : door_(door), filter_(filter) {
        out_.begin_array();
    }

    // @return nothing, or what ended the scan
    std::optional<RpcError> run(std::uint64_t first, std::uint64_t last) {
        const auto until = std::chrono::steady_clock::now() +
                           std::chrono::milliseconds(door_.config.logs_scan_ms_max);
        for (std::uint64_t number = first; number <= last; ++number) {
            if (std::chrono::steady_clock::now() > until) return timed_out();
            const auto header = door_.header_at(number);
            if (!header) return header.error();
            if (*header == nullptr) return std::nullopt;  // the head went back: nothing is there
            if (!filter_.may_match((*header)->block.header.logs_bloom)) continue;
            const auto block = door_.block_at(number);
            if (!block) return block.error();
            if (*block == nullptr) return internal_error();
            if (!add(**block))
                return too_many_logs(
                    door_.config.logs_results_max, first, number > first ? number - 1 : first);
        }
        return std::nullopt;
    }

    // @return false where the answer is full
    bool add(const actors::SealedBlock& block) {
        std::uint32_t log_index = 0;
        for (std::uint32_t i = 0; i < block.receipts.size(); ++i) {
            for (const auto& log : block.receipts[i].logs) {
                const std::uint32_t index = log_index++;
                if (!filter_.matches(log)) continue;
                if (++found_ > door_.config.logs_results_max) return false;
                write_log(out_, log, place_in(block, i), index);
            }
        }
        return true;
    }

    std::string take() { return out_.end_array().take(); }

  private:
    Door& door_;
    const LogFilter& filter_;
    std::uint64_t found_ = 0;
    JsonWriter out_;
};

// A block of a range: the head where it is left out.
Answer<std::uint64_t> bound_of(Door& door, const std::optional<BlockRef>& ref) {
    if (!ref) return door.head();
    if (ref->kind == BlockRef::Kind::kPending) return pending_logs();
    if (ref->kind == BlockRef::Kind::kNumber) return ref->number;
    TROUPE_TRY(number, door.number_of(*ref));
    return number.value_or(door.head());
}

Answer<std::string> scan(Door& door, const LogQuery& query) {
    LogScan logs(door, query.filter);
    if (query.block_hash) {
        const auto number = door.reader.number_of(*query.block_hash);
        if (!number) {
            if (number.error() == ReadError::kStorage) return internal_error();
            return unknown_block();
        }
        if (auto failed = logs.run(*number, *number)) return std::move(*failed);
        return logs.take();
    }
    const bool numbers = query.from && query.to && query.from->kind == BlockRef::Kind::kNumber &&
                         query.to->kind == BlockRef::Kind::kNumber;
    if (numbers && query.from->number > query.to->number) return reversed_range();
    TROUPE_TRY(first, bound_of(door, query.from));
    TROUPE_TRY(last, bound_of(door, query.to));
    const std::uint64_t head = door.head();
    if (first > last) return reversed_range();
    if (last > head) return range_beyond_head();
    if (last - first >= door.config.logs_blocks_max)
        return range_too_large(door.config.logs_blocks_max);
    if (auto failed = logs.run(first, last)) return std::move(*failed);
    return logs.take();
}

Answer<std::string> install(const Call& call, PolledFilter filter) {
    filter.last_asked = std::chrono::steady_clock::now();
    filter.owner = call.caller.peer;
    const auto added = call.door.filters.add(std::move(filter));
    if (added.id.empty())
        return not_ready(
            "too many filters are installed (max " + std::to_string(added.limit) + ")");
    return json_text(added.id);
}

// New logs since the last question; the query's own range still holds.
Answer<std::string> new_logs(Door& door, const std::string& id, PolledFilter& filter) {
    const std::uint64_t head = door.head();
    std::uint64_t last = head;
    if (filter.query.to && filter.query.to->kind == BlockRef::Kind::kNumber)
        last = std::min(last, filter.query.to->number);
    LogScan logs(door, filter.query.filter);
    if (filter.next_block <= last) {
        // One who asks too seldom is told in parts, none is left out.
        last = std::min(last, filter.next_block + door.config.logs_blocks_max - 1);
        if (auto failed = logs.run(filter.next_block, last)) return std::move(*failed);
        filter.next_block = last + 1;
        door.filters.advance(id, filter);
    }
    return logs.take();
}

Answer<std::string> new_blocks(Door& door, const std::string& id, PolledFilter& filter) {
    JsonWriter out;
    out.begin_array();
    const std::uint64_t head = door.head();
    const std::uint64_t last = std::min(head, filter.next_block + door.config.logs_blocks_max - 1);
    for (; filter.next_block <= last; ++filter.next_block) {
        const auto header = door.header_at(filter.next_block);
        if (!header) return header.error();
        if (*header == nullptr) break;
        out.data((*header)->hash);
    }
    door.filters.advance(id, filter);
    return out.end_array().take();
}

}  // namespace

Answer<std::string> get_logs(const Call& call) {
    if (!call.params.has(0)) return missing_argument(0);
    TROUPE_TRY(query, read_log_query(call.params, 0));
    return scan(call.door, query);
}

Answer<std::string> new_filter(const Call& call) {
    if (!call.params.has(0)) return missing_argument(0);
    TROUPE_TRY(query, read_log_query(call.params, 0));
    PolledFilter filter{.kind = PolledFilter::Kind::kLogs, .query = std::move(query)};
    filter.next_block = call.door.head() + 1;
    if (filter.query.from && filter.query.from->kind == BlockRef::Kind::kNumber)
        filter.next_block = std::max(filter.next_block, filter.query.from->number);
    return install(call, std::move(filter));
}

Answer<std::string> new_block_filter(const Call& call) {
    PolledFilter filter{.kind = PolledFilter::Kind::kBlocks};
    filter.next_block = call.door.head() + 1;
    return install(call, std::move(filter));
}

Answer<std::string> new_pending_filter(const Call& call) {
    PolledFilter filter{.kind = PolledFilter::Kind::kPending};
    filter.next_number = call.door.soft.next_number();
    return install(call, std::move(filter));
}

Answer<std::string> filter_changes(const Call& call) {
    TROUPE_TRY(id, call.params.need(0, read_text));
    Door& door = call.door;
    auto filter = door.filters.ask(id, std::chrono::steady_clock::now());
    if (!filter) return filter_not_found();
    switch (filter->kind) {
        case PolledFilter::Kind::kLogs:
            return new_logs(door, id, *filter);
        case PolledFilter::Kind::kBlocks:
            return new_blocks(door, id, *filter);
        case PolledFilter::Kind::kPending:
            break;
    }
    JsonWriter out;
    out.begin_array();
    for (const auto& hash : door.soft.hashes_since(filter->next_number))
        out.data(hash);
    door.filters.advance(id, *filter);
    return out.end_array().take();
}

Answer<std::string> filter_logs(const Call& call) {
    TROUPE_TRY(id, call.params.need(0, read_text));
    const auto filter = call.door.filters.ask(id, std::chrono::steady_clock::now());
    if (!filter || filter->kind != PolledFilter::Kind::kLogs) return filter_not_found();
    return scan(call.door, filter->query);
}

Answer<std::string> uninstall_filter(const Call& call) {
    TROUPE_TRY(id, call.params.need(0, read_text));
    return std::string(call.door.filters.remove(id) ? "true" : "false");
}

namespace {

Answer<Subscription> read_subscription(const Call& call) {
    TROUPE_TRY(kind, call.params.need(0, read_text));
    Subscription subscription;
    using enum Subscription::Kind;
    if (kind == "newHeads") {
        subscription.kind = kHeads;
    } else if (kind == "syncing") {
        subscription.kind = kSyncing;
    } else if (kind == "newPendingTransactions") {
        subscription.kind = kPending;
        TROUPE_TRY(full, call.params.take(1, read_flag, false));
        subscription.full = full;
    } else if (kind == "logs") {
        subscription.kind = kLogs;
        TROUPE_TRY(query, read_log_query(call.params, 1));
        subscription.filter = std::move(query.filter);
    } else if (kind == "transactionReceipts") {
        subscription.kind = kReceipts;
        if (!call.params.has(1)) return subscription;
        const auto hashes = call.params.at(1).find("transactionHashes");
        if (!hashes || hashes->is(JsonValue::Kind::kNull)) return subscription;
        constexpr std::size_t kHashesMax = 200;  // as geth
        auto list =
            read_list(*hashes, read_hash, kHashesMax, "exceed max number of transaction hashes");
        if (!list) return invalid_argument(1, list.error().text);
        subscription.wanted.insert(list->begin(), list->end());
    } else {
        return no_such_subscription_kind(kind);
    }
    return subscription;
}

}  // namespace

void subscribe(const std::shared_ptr<Call>& call, Reply reply) {
    if (call->connection == nullptr) return reply(notifications_not_supported());
    auto subscription = read_subscription(*call);
    if (!subscription) return reply(subscription.error());
    if (!call->door.feed->reserve(*call->connection))
        return reply(not_ready(
            "too many subscriptions on this connection (max " +
            std::to_string(call->door.config.subscriptions_max) + ")"));
    subscription->id = random_id();
    subscription->connection = call->connection;
    // The id goes first: a client knows a subscription by it.
    reply(json_text(subscription->id));
    call->door.feed->add(std::move(*subscription));
}

Answer<std::string> unsubscribe(const Call& call) {
    if (call.connection == nullptr) return notifications_not_supported();
    TROUPE_TRY(id, call.params.need(0, read_text));
    if (!call.door.feed->remove(id, *call.connection)) return subscription_not_found();
    return std::string("true");
}

}  // namespace troupe::node::jsonrpc::methods
