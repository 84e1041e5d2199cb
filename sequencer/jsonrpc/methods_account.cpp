#include "sequencer/jsonrpc/account_reader.hpp"
#include "sequencer/jsonrpc/json_writer.hpp"
#include "sequencer/jsonrpc/methods.hpp"

namespace troupe::node::jsonrpc::methods {
namespace {

// What the call is about (its first argument) at a block (another one), then the account there.
void with_account(
    const std::shared_ptr<Call>& call, std::size_t block_index, const Reply& reply,
    AccountWanted wanted, std::function<std::string(const actors::AccountAnswer&)> write) {
    const auto address = call->params.need(0, read_address);
    if (!address) return reply(address.error());
    const auto block = call->params.take(block_index, read_block_ref, BlockRef());
    if (!block) return reply(block.error());
    wanted.address = *address;
    wanted.block = *block;
    read_account(
        call->door, std::move(wanted),
        [call, reply, write = std::move(write)](Answer<actors::AccountAnswer> answer) {
            if (!answer) return reply(answer.error());
            reply(write(*answer));
        });
}

// A slot as a caller names it.
struct SlotName {
    chain::Hash32 slot;
    bool quantity = false;  // given as a number: it is said back as one
};

Answer<SlotName> read_slot_name(const JsonValue& value, std::size_t argument) {
    constexpr std::size_t kWholeText = 66;
    const auto text = value.text();
    if (!text)
        return invalid_argument(
            argument, "json: cannot unmarshal non-string into Go value of type string");
    const auto slot = read_slot(*text);
    if (!slot) return invalid_params(slot.error().text);
    return SlotName{*slot, text->size() != kWholeText};
}

}  // namespace

void get_balance(const std::shared_ptr<Call>& call, Reply reply) {
    with_account(call, 1, reply, {}, [](const actors::AccountAnswer& answer) {
        return json_quantity(answer.account.balance);
    });
}

void get_transaction_count(const std::shared_ptr<Call>& call, Reply reply) {
    const auto block = call->params.take(1, read_block_ref, BlockRef());
    const bool pending = block && block->kind == BlockRef::Kind::kPending;
    with_account(call, 1, reply, {}, [call, pending](const actors::AccountAnswer& answer) {
        if (!pending) return json_quantity(answer.account.nonce);
        // What is held and follows without a gap will run as soon as what is before it has.
        const auto address = call->params.need(0, read_address);
        return json_quantity(call->door.held.next_after(*address, answer.pending_nonce));
    });
}

void get_code(const std::shared_ptr<Call>& call, Reply reply) {
    with_account(call, 1, reply, {.with_code = true}, [](const actors::AccountAnswer& answer) {
        return json_data(answer.code);
    });
}

void get_storage_at(const std::shared_ptr<Call>& call, Reply reply) {
    if (!call->params.has(1)) return reply(missing_argument(1));
    const auto name = read_slot_name(call->params.at(1), 1);
    if (!name) return reply(name.error());
    with_account(call, 2, reply, {.slots = {name->slot}}, [](const actors::AccountAnswer& answer) {
        return json_data(chain::to_be32(answer.slots[0].value));
    });
}

void get_proof(const std::shared_ptr<Call>& call, Reply reply) {
    const auto address = call->params.need(0, read_address);
    if (!address) return reply(address.error());
    if (!call->params.has(1)) return reply(missing_argument(1));
    if (!call->params.at(1).is(JsonValue::Kind::kArray))
        return reply(invalid_argument(1, "expected a list of storage keys"));
    const auto elements = call->params.at(1).elements();
    if (elements.size() > actors::kQuerySlotsMax)
        return reply(
            invalid_params("too many keys (max " + std::to_string(actors::kQuerySlotsMax) + ")"));
    AccountWanted wanted{.with_proof = true};
    std::vector<SlotName> names;
    for (const JsonValue& element : elements) {
        auto name = read_slot_name(element, 1);
        if (!name) return reply(name.error());
        wanted.slots.push_back(name->slot);
        names.push_back(*name);
    }
    const auto write = [at = *address, names](const actors::AccountAnswer& answer) {
        JsonWriter out;
        out.begin_object().key("address").data(at).key("accountProof").begin_array();
        for (const auto& node : answer.proof)
            out.data(node);
        out.end_array().key("balance").quantity(answer.account.balance);
        out.key("codeHash").data(answer.account.code_hash);
        out.key("nonce").quantity(answer.account.nonce);
        out.key("storageHash").data(answer.account.storage_root);
        out.key("storageProof").begin_array();
        for (std::size_t i = 0; i < answer.slots.size(); ++i) {
            const auto& slot = answer.slots[i];
            out.begin_object().key("key");
            if (names[i].quantity)
                out.quantity(chain::uint256_from_be(slot.slot));
            else
                out.data(slot.slot);
            out.key("value").quantity(slot.value).key("proof").begin_array();
            for (const auto& node : slot.proof)
                out.data(node);
            out.end_array().end_object();
        }
        return out.end_array().end_object().take();
    };
    with_account(call, 2, reply, std::move(wanted), write);
}

}  // namespace troupe::node::jsonrpc::methods
