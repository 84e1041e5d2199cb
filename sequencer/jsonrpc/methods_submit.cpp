#include "sequencer/jsonrpc/methods.hpp"
#include "sequencer/jsonrpc/render.hpp"
#include "sequencer/jsonrpc/submission.hpp"

#include <algorithm>

namespace troupe::node::jsonrpc::methods {
namespace {

// The receipt as it will be sealed, but for the block's hash; nothing where it is not known yet.
std::optional<std::string> soft_receipt(
    Door& door, const chain::Hash32& hash, chain::ByteView raw) {
    const auto recent = door.hub.find(hash);
    if (!recent) return std::nullopt;
    const actors::SoftReceipt& soft = *recent->receipt;
    ReceiptFacts facts;
    facts.place = {hash, soft.sender, soft.block_number, std::nullopt, 0, soft.transaction_index};
    facts.gas_used = soft.gas_used;
    facts.effective_gas_price = soft.effective_gas_price;
    if (recent->block != nullptr) {
        facts = receipt_facts(*recent->block, soft.transaction_index, 0);
        for (std::uint32_t i = 0; i < soft.transaction_index; ++i)
            facts.first_log_index +=
                static_cast<std::uint32_t>(recent->block->receipts[i].logs.size());
    } else {
        if (!soft.receipt.logs.empty()) {
            const auto first = door.soft.first_log_index(*recent->micro_block, soft);
            if (!first) return std::nullopt;  // the feed is a moment behind
            facts.first_log_index = *first;
        }
        const auto open = door.backend().open_block();
        // Closed since, not sealed yet: clients get it when it is.
        if (open.number != soft.block_number && !soft.receipt.logs.empty()) return std::nullopt;
        facts.place.block_timestamp = open.timestamp;
        fill_parties(raw, facts);
    }
    JsonWriter out(1'024);
    write_receipt(out, soft.receipt, facts);
    return out.take();
}

// Milliseconds: a number, a quantity, or (0, null, left out) the default.
Answer<std::uint64_t> read_timeout(const Call& call) {
    TROUPE_TRY(asked, call.params.take<std::uint64_t>(1, read_u64_or_number, 0));
    const auto& config = call.door.config;
    if (asked == 0) return std::uint64_t{config.sync_timeout_ms};
    return std::min<std::uint64_t>(asked, config.sync_timeout_max_ms);
}

void hand_over(const Call& call, chain::Bytes raw, std::function<void(Answer<Submitted>)> reply) {
    if (call.group != nullptr)
        call.group->add(std::move(raw), std::move(reply));
    else
        submit(call.door, std::move(raw), std::move(reply));
}

}  // namespace

void send_raw_transaction(const std::shared_ptr<Call>& call, Reply reply) {
    auto raw = call->params.need(0, read_bytes);
    if (!raw) return reply(raw.error());
    hand_over(*call, std::move(*raw), [reply](const Answer<Submitted>& answer) {
        if (!answer) return reply(answer.error());
        reply(json_data(answer->hash));
    });
}

void send_raw_transaction_sync(const std::shared_ptr<Call>& call, Reply reply) {
    auto read = call->params.need(0, read_bytes);
    if (!read) return reply(read.error());
    const auto timeout = read_timeout(*call);
    if (!timeout) return reply(timeout.error());
    const auto raw = std::make_shared<const chain::Bytes>(std::move(*read));
    const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(*timeout);
    hand_over(
        *call, *raw, [call, reply, raw, until, waited = *timeout](const Answer<Submitted>& answer) {
            if (!answer) return reply(answer.error());
            if (answer->held)
                return reply(sync_not_ready(answer->hash, answer->next_nonce, answer->nonce));
            Door& door = call->door;
            const chain::Hash32 hash = answer->hash;
            if (auto receipt = soft_receipt(door, hash, *raw)) return reply(std::move(*receipt));
            const auto check = [&door, reply, raw, hash] {
                auto receipt = soft_receipt(door, hash, *raw);
                if (receipt) reply(std::move(*receipt));
                return receipt.has_value();
            };
            const auto late = [reply, hash, waited] { reply(sync_timed_out(hash, waited)); };
            if (!door.wait_for(check, until, late)) late();
        });
}

}  // namespace troupe::node::jsonrpc::methods
