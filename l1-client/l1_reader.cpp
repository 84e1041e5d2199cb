#include "l1-client/l1_reader.hpp"

#include "chain/base/hex.hpp"
#include "chain/crypto/keccak.hpp"
#include "l1-client/abi.hpp"
#include "l1-client/log_range.hpp"

#include "contract_artifacts.hpp"

#include <algorithm>

namespace troupe::l1 {

using chain::Address;
using chain::Hash32;
using chain::batch::L1Block;

namespace {

Error unexpected_log(const L1Log& log) {
    return {
        ErrorKind::kMalformed,
        0,
        "log " + std::to_string(log.log_index) + " of L1 block " +
            std::to_string(log.block_number) + " is not the event it was asked for",
        {}};
}

/// DataPosted(address indexed batcher, bytes32 dataHash, bytes32 runningHash)
struct DataPosted {
    Address batcher;
    Hash32 data_hash;
};

Result<DataPosted> read_data_posted(const L1Log& log) {
    if (log.topics.size() != 2) return unexpected_log(log);
    const auto batcher = abi::WordReader(log.topics[1]).address();
    const auto data_hash = abi::WordReader(log.data).bytes32();
    if (!batcher || !data_hash) return unexpected_log(log);
    return DataPosted{*batcher, *data_hash};
}

}  // namespace

L1Reader::L1Reader(EthClient& l1, chain::ChainConfig config, L1ReaderConfig limits)
    : l1_(l1), config_(std::move(config)), limits_(limits) {}

Status L1Reader::start(const chain::L1Origin& last) {
    TROUPE_TRY(header, l1_.header(last.number));
    if (!header || (!last.hash.is_zero() && header->hash != last.hash)) {
        return reorganised(
            "block " + std::to_string(last.number) + " is not " + chain::to_hex(last.hash));
    }
    TROUPE_CHECK(load_batchers(last.number));
    remembered_.assign(1, {header->number, header->hash});
    return {};
}

Result<L1Step> L1Reader::next() {
    TROUPE_ASSERT(!remembered_.empty());
    TROUPE_TRY(chain, headers_after_last());
    if (chain.empty() || chain.front().hash != remembered_.back().hash) return go_back();
    const std::vector<L1Header> fresh(chain.begin() + 1, chain.end());
    if (fresh.empty()) return L1Step{};

    TROUPE_TRY(
        changes,
        logs_of(config_.system_config, artifacts::system_config::kBatcherChangedTopic, fresh));
    TROUPE_TRY(
        posted, logs_of(config_.batch_inbox, artifacts::batch_inbox::kDataPostedTopic, fresh));
    TROUPE_CHECK(check_same_chain(fresh));

    const std::size_t known_batchers = batchers_.size();
    L1Step step;
    const Status read = [&]() -> Status {
        for (const L1Log& log : changes)
            TROUPE_CHECK(add_batcher(log));
        for (const L1Header& header : fresh) {
            step.blocks.push_back(
                {header.number,
                 header.hash,
                 header.parent_hash,
                 header.timestamp,
                 batcher_at(header.number),
                 {}});
        }
        return read_inbox(posted, step.blocks);
    }();
    if (!read) {
        batchers_.resize(known_batchers);
        return read.error();
    }
    for (const L1Header& header : fresh)
        remembered_.push_back({header.number, header.hash});
    while (remembered_.size() > limits_.remembered_max)
        remembered_.pop_front();
    return step;
}

Result<L1Heads> L1Reader::heads() {
    TROUPE_TRY(latest, l1_.header(BlockTag::kLatest));
    if (!latest) return Error{ErrorKind::kMalformed, 0, l1_.origin() + " has no latest block", {}};
    L1Heads heads{*latest, {}, {}};
    // Nodes answer null or an error while they have no such block: both mean that there is none.
    for (const auto& [tag, into] :
         {std::pair{BlockTag::kSafe, &heads.safe}, {BlockTag::kFinalized, &heads.finalized}}) {
        auto header = l1_.header(tag);
        if (header) {
            *into = *header;
        } else if (header.error().kind != ErrorKind::kRpc) {
            return header.error();
        }
    }
    return heads;
}

/// The last block given and those after it, linked by their parent hashes. Empty when the chain is
/// shorter than that now.
Result<std::vector<L1Header>> L1Reader::headers_after_last() {
    TROUPE_TRY(headers, l1_.headers(remembered_.back().number, limits_.blocks_max + 1));
    for (std::size_t i = 1; i < headers.size(); ++i) {
        if (headers[i].parent_hash != headers[i - 1].hash) return reorganised("while it was read");
    }
    return headers;
}

/// Finds the last remembered block that the L1 still has, by bisection: a chain agrees with an
/// earlier version of itself up to some block and with none after it.
Result<L1Step> L1Reader::go_back() {
    std::size_t stands = 0;  // blocks remembered_[0 .. stands) are still there
    std::size_t falls = remembered_.size();
    while (stands < falls) {
        const std::size_t middle = stands + (falls - stands) / 2;
        TROUPE_TRY(header, l1_.header(remembered_[middle].number));
        if (header && header->hash == remembered_[middle].hash) {
            stands = middle + 1;
        } else {
            falls = middle;
        }
    }
    if (stands == 0) return reorganised("deeper than what is remembered");
    if (stands == remembered_.size()) return reorganised("while it was read");  // and back again
    remembered_.resize(stands);
    const std::uint64_t number = remembered_.back().number;
    std::erase_if(batchers_, [number](const auto& named) { return named.event_block > number; });
    return L1Step{{}, number};
}

Result<std::vector<L1Log>> L1Reader::logs_of(
    const Address& contract, const Hash32& topic, const std::vector<L1Header>& headers) {
    const std::uint64_t first = headers.front().number;
    std::vector<L1Log> logs;
    if (headers.size() == 1) {  // by hash: no other block can answer
        TROUPE_TRY(found, l1_.logs({contract, topic, first, first, headers.front().hash}));
        logs = std::move(found);
    } else {
        TROUPE_TRY(found, logs_in_range(l1_, {contract, topic, first, headers.back().number, {}}));
        logs = std::move(found);
    }
    for (const L1Log& log : logs) {
        if (log.address != contract || log.topics.empty() || log.topics[0] != topic ||
            log.block_number < first || log.block_number > headers.back().number) {
            return unexpected_log(log);
        }
        if (log.block_hash != headers[log.block_number - first].hash) {
            return reorganised("while its logs were read");
        }
    }
    return logs;
}

Status L1Reader::load_batchers(std::uint64_t last_block) {
    TROUPE_TRY(
        logs, logs_in_range(
                  l1_, {config_.system_config,
                        artifacts::system_config::kBatcherChangedTopic,
                        config_.l1_start.number,
                        last_block,
                        {}}));
    batchers_.clear();
    for (const L1Log& log : logs)
        TROUPE_CHECK(add_batcher(log));
    if (batchers_.empty()) {
        return Error{
            ErrorKind::kContractMissing,
            0,
            "SystemConfig at " + chain::to_hex(config_.system_config) +
                " named no batcher since L1 block " + std::to_string(config_.l1_start.number),
            {}};
    }
    return {};
}

/// BatcherChanged(address indexed previous, address indexed batcher, uint64 fromBlock)
Status L1Reader::add_batcher(const L1Log& log) {
    if (log.topics.size() != 3) return unexpected_log(log);
    const auto batcher = abi::WordReader(log.topics[2]).address();
    const auto from_block = abi::WordReader(log.data).u64();
    if (!batcher || !from_block) return unexpected_log(log);
    batchers_.push_back({log.block_number, *from_block, *batcher});
    return {};
}

Address L1Reader::batcher_at(std::uint64_t block) const {
    Address batcher;
    for (const NamedBatcher& named : batchers_) {
        if (named.from_block <= block) batcher = named.batcher;
    }
    return batcher;
}

Status L1Reader::read_inbox(const std::vector<L1Log>& logs, std::vector<L1Block>& blocks) {
    for (std::size_t at = 0; at < logs.size(); at += limits_.data_batch_max) {
        const std::size_t end = std::min(logs.size(), at + limits_.data_batch_max);
        std::vector<Hash32> hashes;
        for (std::size_t i = at; i < end; ++i)
            hashes.push_back(logs[i].transaction_hash);
        TROUPE_TRY(transactions, l1_.transactions(hashes));
        for (std::size_t i = at; i < end; ++i) {
            auto& tx = transactions[i - at];
            if (!tx || tx->block_hash != logs[i].block_hash) {
                return reorganised("while its transactions were read");
            }
            TROUPE_TRY(event, read_data_posted(logs[i]));
            // The contract emits one event per direct call, with the hash of the whole calldata.
            if (tx->to != config_.batch_inbox ||
                chain::crypto::keccak256(tx->input) != event.data_hash) {
                return unexpected_log(logs[i]);
            }
            blocks[logs[i].block_number - blocks.front().number].inbox.push_back(
                {event.batcher, std::move(tx->input)});
        }
    }
    return {};
}

/// Logs of a range come without a proof that they are of the chain whose headers were read. If its
/// last block is still there, then so were all before it.
Status L1Reader::check_same_chain(const std::vector<L1Header>& headers) {
    if (headers.size() == 1) return {};
    TROUPE_TRY(last, l1_.header(headers.back().number));
    if (!last || last->hash != headers.back().hash) return reorganised("while its logs were read");
    return {};
}

Error L1Reader::reorganised(const std::string& how) const {
    return {ErrorKind::kReorganised, 0, l1_.origin() + " re-organised: " + how, {}};
}

}  // namespace troupe::l1
