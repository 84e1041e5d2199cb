#include "tests/system/support/ledger.hpp"

#include "chain/base/hex.hpp"
#include "tests/system/support/test_rollup.hpp"

#include <algorithm>

namespace troupe::tests {
namespace {

namespace client = node::client;

constexpr std::size_t kShownMax = 10;

std::string difference(const Told& told, const client::Receipt& now) {
    if (now.block_number != told.block)
        return "block " + std::to_string(told.block) + " was told, now it is " +
               std::to_string(now.block_number);
    if (!told.soft) return {};
    if (now.block_number != told.soft->block_number ||
        now.transaction_index != told.soft->transaction_index)
        return "soft receipt: block " + std::to_string(told.soft->block_number) + " index " +
               std::to_string(told.soft->transaction_index) +
               ", now: " + std::to_string(now.block_number) + " index " +
               std::to_string(now.transaction_index);
    if (now.success != told.soft->success || now.gas_used != told.soft->gas_used)
        return "soft receipt: other result or gas";
    return {};
}

}  // namespace

void StreamDriver::on_outcomes(const client::BatchOutcome& outcome) {
    std::size_t next_refusal = 0;
    for (std::uint32_t i = 0; i < outcome.count; ++i) {
        if (next_refusal < outcome.refusals.size() && outcome.refusals[next_refusal].index == i) {
            refused_.push_back({outcome.sequence, i, outcome.refusals[next_refusal].error});
            ++next_refusal;
            continue;
        }
        accepted_at_[{outcome.sequence, i}] = accepted_.size();
        accepted_.push_back({outcome.transaction_hashes[i], outcome.block_numbers[i], {}});
    }
    answered_ += outcome.count;
}

void StreamDriver::run(std::stop_token stop, std::size_t batch_txs) {
    const auto stream = client_.open_stream(
        true, {.on_outcomes = [this](const auto& outcome) { on_outcomes(outcome); },
               .on_receipts =
                   [this](const auto receipts) {
                       soft_.insert(soft_.end(), receipts.begin(), receipts.end());
                   }});
    for (std::size_t at = 0; at < transactions_.size() && !stop.stop_requested();) {
        const std::size_t count = std::min(batch_txs, transactions_.size() - at);
        const auto sent = stream->send(std::span(transactions_).subspan(at, count));
        if (sent.count == 0) break;
        first_of_[sent.sequence] = at;
        at += sent.count;
    }
    if (const auto finished = stream->finish(); !finished) end_ = finished.error().text();
}

StreamRecord StreamDriver::record() const {
    StreamRecord record;
    record.accepted = accepted_;
    record.end = end_;
    for (const auto& soft : soft_) {
        const auto found = accepted_at_.find({soft.sequence, soft.index});
        need(found != accepted_at_.end(), "a soft receipt came for what was not acknowledged");
        record.accepted[found->second].soft = soft;
    }
    for (const auto& refused : refused_)
        record.refused.push_back({first_of_.at(refused.sequence) + refused.index, refused.error});
    return record;
}

StreamRecord submit_all(client::Client& client, const std::vector<chain::Bytes>& transactions) {
    StreamDriver driver(client, transactions);
    driver.run();
    StreamRecord record = driver.record();
    need(record.end.empty(), record.end);
    need(
        record.accepted.size() + record.refused.size() == transactions.size(),
        "not everything was answered");
    return record;
}

std::vector<std::string> broken_promises(
    client::Client& client, const std::vector<StreamRecord>& records) {
    std::vector<std::string> broken;
    for (const StreamRecord& record : records) {
        std::pair<std::uint64_t, std::uint32_t> last{0, 0};
        bool first = true;
        for (const Told& told : record.accepted) {
            if (broken.size() >= kShownMax) return broken;
            const std::string name = chain::to_hex(told.hash) + ": ";
            const auto now = client.receipt(told.hash);
            if (!now) {
                broken.push_back(name + "no receipt: " + now.error().text());
                continue;
            }
            if (const std::string what = difference(told, *now); !what.empty())
                broken.push_back(name + what);
            const std::pair place{now->block_number, now->transaction_index};
            if (!first && place <= last) broken.push_back(name + "not in the order told");
            last = place;
            first = false;
        }
    }
    return broken;
}

std::vector<client::BlockInfo> read_blocks(
    client::Client& client, std::uint64_t first, std::uint64_t last) {
    std::vector<client::BlockInfo> blocks;
    for (std::uint64_t number = first; number <= last; ++number)
        blocks.push_back(get(client.block(number)));
    return blocks;
}

std::uint64_t count_transactions(client::Client& client, std::uint64_t last) {
    std::uint64_t count = 0;
    for (std::uint64_t number = 1; number <= last; ++number)
        count += get(client.block(number, client::BlockContent::kHeader)).transaction_count;
    return count;
}

std::uint64_t last_block(const std::vector<StreamRecord>& records) {
    std::uint64_t last = 0;
    for (const StreamRecord& record : records) {
        for (const Told& told : record.accepted)
            last = std::max(last, told.block);
    }
    return last;
}

}  // namespace troupe::tests
