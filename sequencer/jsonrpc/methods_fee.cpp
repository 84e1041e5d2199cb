#include "chain/execution/block_env.hpp"
#include "sequencer/jsonrpc/door.hpp"
#include "sequencer/jsonrpc/json_writer.hpp"
#include "sequencer/jsonrpc/methods.hpp"

#include <algorithm>

namespace troupe::node::jsonrpc::methods {
namespace {

constexpr std::size_t kPercentilesMax = 100;

// Gas and tip of one transaction, for the percentiles of eth_feeHistory.
struct Paid {
    chain::Uint256 tip;
    std::uint64_t gas = 0;
};

std::vector<Paid> tips_of(const actors::SealedBlock& block) {
    std::vector<Paid> paid;
    std::uint64_t before = 0;
    const chain::Uint256& base_fee = block.block.header.base_fee_per_gas;
    for (std::size_t i = 0; i < block.receipts.size(); ++i) {
        const std::uint64_t gas = block.receipts[i].cumulative_gas_used - before;
        before = block.receipts[i].cumulative_gas_used;
        const auto tx = chain::decode_transaction(block.block.transactions[i]);
        if (tx) paid.push_back({chain::effective_gas_price(*tx, base_fee) - base_fee, gas});
    }
    std::sort(paid.begin(), paid.end(), [](const Paid& a, const Paid& b) { return a.tip < b.tip; });
    return paid;
}

// The tip below which `percentile` of the block's gas was paid; ascending percentiles.
void write_rewards(
    JsonWriter& out, const std::vector<Paid>& paid, std::uint64_t gas_used,
    const std::vector<double>& percentiles) {
    out.begin_array();
    std::size_t index = 0;
    std::uint64_t sum = paid.empty() ? 0 : paid[0].gas;
    for (const double percentile : percentiles) {
        if (paid.empty()) {
            out.quantity(0);
            continue;
        }
        const auto threshold =
            static_cast<std::uint64_t>(static_cast<double>(gas_used) * percentile / 100);
        while (sum < threshold && index + 1 < paid.size())
            sum += paid[++index].gas;
        out.quantity(paid[index].tip);
    }
    out.end_array();
}

Answer<std::vector<double>> read_percentiles(const Params& params, std::size_t index) {
    std::vector<double> percentiles;
    if (!params.has(index)) return percentiles;
    if (!params.at(index).is(JsonValue::Kind::kArray))
        return invalid_argument(index, "expected a list of numbers");
    const auto elements = params.at(index).elements();
    if (elements.size() > kPercentilesMax)
        return server_error(
            "invalid reward percentile: over the query limit " + std::to_string(kPercentilesMax));
    for (const JsonValue& element : elements) {
        const auto number = element.number();
        if (!number) return invalid_argument(index, "expected a list of numbers");
        // std::to_string writes six digits, as Go's %f does.
        if (*number < 0 || *number > 100)
            return server_error("invalid reward percentile: " + std::to_string(*number));
        const std::size_t count = percentiles.size();
        if (count > 0 && *number <= percentiles.back())
            return server_error(
                "invalid reward percentile: #" + std::to_string(count - 1) + ":" +
                std::to_string(percentiles.back()) + " >= #" + std::to_string(count) + ":" +
                std::to_string(*number));
        percentiles.push_back(*number);
    }
    return percentiles;
}

}  // namespace

Answer<std::string> gas_price(const Call& call) {
    // The base fee may rise by an eighth until the next block: with this price a transaction
    // enters it all the same.
    const chain::Uint256 base_fee = call.door.backend().open_block().base_fee_per_gas;
    return json_quantity(base_fee + base_fee / 8 + call.door.config.priority_fee_wei);
}

Answer<std::string> max_priority_fee(const Call& call) {
    return json_quantity(call.door.config.priority_fee_wei);
}

Answer<std::string> base_fee(const Call& call) {
    return json_quantity(call.door.backend().open_block().base_fee_per_gas);
}

Answer<std::string> blob_base_fee(const Call& call) {
    return json_quantity(call.door.backend().open_block().blob_base_fee);
}

Answer<std::string> fee_history(const Call& call) {
    Door& door = call.door;
    TROUPE_TRY(asked, call.params.need(0, read_u64_or_number));
    TROUPE_TRY(newest, call.params.need(1, read_block_number));
    TROUPE_TRY(percentiles, read_percentiles(call.params, 2));
    const std::uint64_t head = door.head();
    if (newest.kind == BlockRef::Kind::kNumber && newest.number > head)
        return beyond_head(newest.number, head);
    TROUPE_TRY(found, door.number_of(newest));
    const std::uint64_t last = found.value_or(head);
    const std::uint64_t oldest_known = door.reader.oldest_block();
    const std::uint64_t count = std::min<std::uint64_t>(
        {asked, door.config.fee_history_blocks_max, last - oldest_known + 1});
    if (count == 0) {
        JsonWriter none;
        none.begin_object().key("oldestBlock").quantity(0).key("gasUsedRatio").begin_array();
        return none.end_array().end_object().take();
    }
    const std::uint64_t first = last + 1 - count;
    JsonWriter fees;
    JsonWriter ratios;
    JsonWriter rewards;
    JsonWriter zeros;
    for (auto* list : {&fees, &ratios, &rewards, &zeros})
        list->begin_array();
    chain::Header header;
    for (std::uint64_t number = first; number <= last; ++number) {
        const auto block = percentiles.empty() ? door.header_at(number) : door.block_at(number);
        if (!block) return block.error();
        if (*block == nullptr) return header_not_found();
        header = (*block)->block.header;
        fees.quantity(header.base_fee_per_gas);
        ratios.fraction(
            header.gas_limit == 0
                ? 0
                : static_cast<double>(header.gas_used) / static_cast<double>(header.gas_limit));
        zeros.number(0);
        if (!percentiles.empty())
            write_rewards(rewards, tips_of(**block), header.gas_used, percentiles);
    }
    fees.quantity(chain::execution::next_base_fee(header, door.chain.config));
    JsonWriter out;
    out.begin_object().key("oldestBlock").quantity(first);
    if (!percentiles.empty()) out.key("reward").raw(rewards.end_array().take());
    out.key("baseFeePerGas").raw(fees.end_array().take());
    out.key("gasUsedRatio").raw(ratios.end_array().take());
    out.key("baseFeePerBlobGas").begin_array();
    for (std::uint64_t i = 0; i <= count; ++i)
        out.quantity(1);
    out.end_array().key("blobGasUsedRatio").raw(zeros.end_array().take());
    return out.end_object().take();
}

}  // namespace troupe::node::jsonrpc::methods
