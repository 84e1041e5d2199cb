#include "sequencer/runtime/l1_meeting.hpp"

#include "chain/base/assert.hpp"
#include "chain/base/hex.hpp"
#include "l1-client/http_client.hpp"
#include "l1-client/rollup_check.hpp"
#include "sequencer/logging/log.hpp"
#include "sequencer/runtime/l1_recovery.hpp"

namespace troupe::node {
namespace {

// Patience while starting: an operator waits for the answer; users wait where the node knows how to
// go on without.
l1::RpcConfig starting_rpc(bool can_begin_without) {
    l1::RpcConfig config;
    config.timeout = std::chrono::milliseconds(can_begin_without ? 2'000 : 5'000);
    config.attempts_max = can_begin_without ? 1 : 3;
    return config;
}

l1::Result<chain::Hash32> genesis_of(l1::EthClient& l1) {
    TROUPE_TRY(header, l1.header(0));
    if (!header) return l1::Error{l1::ErrorKind::kMalformed, 0, "it does not tell its block 0", {}};
    return header->hash;
}

// The L1 is the rollup's, and the keys have their roles.
l1::Status check_l1(
    l1::EthClient& l1, const chain::ChainConfig& chain, const chain::Address& batcher,
    const chain::Address& proposer) {
    TROUPE_CHECK(l1::check_rollup(l1, chain));
    TROUPE_TRY(roles, l1::read_roles(l1, chain));
    if (roles.batcher != batcher)
        return l1::Error{
            l1::ErrorKind::kInvalidKey,
            0,
            "SystemConfig names " + chain::to_hex(roles.batcher) +
                " as the batcher, the key given is that of " + chain::to_hex(batcher),
            {}};
    if (roles.proposer != proposer)
        log_warn(
            Component::kL1,
            "the L1 at {}: SystemConfig names {} as the proposer, the key given is that of {}: "
            "no output roots will be claimed until they agree",
            l1.origin(), chain::to_hex(roles.proposer), chain::to_hex(proposer));
    return {};
}

}  // namespace

std::unique_ptr<L1Meeting> L1Meeting::open(
    const NodeConfig& config, const NodeKeys& keys, ChainStore& store, std::string& failure) {
    if (!keys.batcher) {
        failure =
            "no key to post batches with: name a keystore file with --batcher.key-file "
            "(--dev-keys on a development L1)";
        return nullptr;
    }
    const auto fail = [&](std::string why) {
        failure = std::move(why);
        return nullptr;
    };
    std::optional<chain::Hash32> known;
    if (Failure wrong = store.read_l1_genesis(known)) return fail(*wrong);
    auto client = l1::EthClient::open(config.l1.url, starting_rpc(known.has_value()));
    if (!client) return fail("l1.url: " + client.error().text);
    std::unique_ptr<L1Meeting> meeting(new L1Meeting(config, keys, store));
    meeting->l1_ = std::move(*client);
    l1::EthClient& l1 = *meeting->l1_;

    const std::string at = "the L1 at " + l1.origin() + ": ";
    const auto checked = check_l1(l1, config.rollup.chain, meeting->batcher_, meeting->proposer_);
    if (checked) {
        const auto genesis = genesis_of(l1);
        if (!genesis) return fail(at + genesis.error().text);
        if (known != *genesis)
            if (Failure wrong = store.put_l1_genesis(*genesis)) return fail(*wrong);
        known = *genesis;
        meeting->met_ = true;
    } else if (!known || !checked.error().is_transient()) {
        return fail(at + checked.error().text);
    } else {
        log_warn(
            Component::kL1,
            "{}{}; beginning without it: nothing is posted until it answers and is the one that "
            "this data directory knows",
            at, checked.error().text);
    }
    if (Failure wrong = meeting->lock_keys(*known)) return fail(*wrong);
    return meeting;
}

L1WatcherConfig::Check L1Meeting::check_left() const {
    if (met_) return {};
    return [chain = config_.rollup.chain, batcher = batcher_, proposer = proposer_](
               l1::EthClient& l1) { return check_l1(l1, chain, batcher, proposer); };
}

Failure L1Meeting::lock_keys(const chain::Hash32& l1_genesis) {
    std::vector<chain::Address> addresses{batcher_};
    if (proposer_ != batcher_) addresses.push_back(proposer_);
    const auto url = l1::parse_url(config_.l1.url);
    TROUPE_ASSERT(url.ok());  // a client was opened with it
    const std::string l1_name = name_l1(l1_genesis, url->host, url->port);
    for (const chain::Address& address : addresses) {
        std::string failure;
        auto lock = KeyLock::acquire(l1_name, address, failure);
        if (!lock) return failure;
        key_locks_.push_back(std::move(lock));
    }
    return std::nullopt;
}

Failure L1Meeting::recover(const SegmentedOrderLog& order_log) {
    if (!met_) return std::nullopt;
    const HeaderRecord head = store_.head();
    bool ahead = false;
    if (Failure wrong = l1_is_ahead(*l1_, config_.rollup.chain, store_, ahead))
        return "the L1 at " + l1_->origin() + ": " + *wrong;
    SegmentedOrderLog::Tail tail;
    if (Failure wrong = order_log.read_tail(head.last_sequence + 1, tail)) return wrong;
    const bool in_use = tail.next_sequence != head.last_sequence + 1;
    if (in_use && ahead)
        return "the L1 has blocks after " + std::to_string(head.header.number) +
               ", the newest one stored in " + config_.data_directory.string() +
               ", and the order log continues that one differently: this is an old copy. Move "
               "it away; an empty --data-dir is filled from the L1";
    if (in_use || (!ahead && head.header.number != 0)) return std::nullopt;
    return recover_from_l1(*l1_, config_.rollup, store_);
}

Failure L1Meeting::head_origin_timestamp(std::uint64_t& timestamp) {
    const HeaderRecord head = store_.head();
    const chain::L1Origin& origin = head.l1_origin;
    timestamp = config_.rollup.chain.l1_start_timestamp;
    if (origin == config_.rollup.chain.l1_start) return std::nullopt;
    if (!met_) {
        std::vector<L1OriginRecord> known;
        if (Failure wrong = store_.read_origins(origin.number, known)) return wrong;
        if (known.empty() || known.front().origin != origin)
            return "the L1 at " + l1_->origin() + " is away, and " +
                   config_.data_directory.string() + " does not say when L1 block " +
                   std::to_string(origin.number) + " was mined, the origin of block " +
                   std::to_string(head.header.number);
        timestamp = known.front().timestamp;
        return std::nullopt;
    }
    const auto header = l1_->header(origin.number);
    if (!header) return "the L1 at " + l1_->origin() + ": " + header.error().text;
    if (!*header || (*header)->hash != origin.hash)
        return "block " + std::to_string(head.header.number) + " names L1 block " +
               std::to_string(origin.number) + " (" + chain::to_hex(origin.hash) +
               ") as its origin, and the L1 at " + l1_->origin() +
               " does not have it: it is another L1, is behind, or re-organised too deeply";
    timestamp = (*header)->timestamp;
    return store_.put_origin({origin, timestamp});
}

}  // namespace troupe::node
