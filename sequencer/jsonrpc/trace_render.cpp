#include "sequencer/jsonrpc/trace_render.hpp"

#include "chain/evm/opcodes.hpp"
#include "sequencer/jsonrpc/call_arguments.hpp"

#include <algorithm>

namespace troupe::node::jsonrpc {
namespace {

namespace evm = chain::evm;
using chain::Account;
using chain::ByteView;
using chain::Hash32;
using evm::HaltReason;

constexpr std::uint8_t kPrevRandao = 0x44;
constexpr std::size_t kStackWordsMax = 1'024;

bool is_create(const evm::CallFrame& frame) {
    return frame.kind == evm::CallKind::kCreate || frame.kind == evm::CallKind::kCreate2;
}

std::string_view type_of(const evm::CallFrame& frame) {
    if (frame.self_destruct) return "SELFDESTRUCT";
    switch (frame.kind) {
        case evm::CallKind::kCall:
            return "CALL";
        case evm::CallKind::kCallCode:
            return "CALLCODE";
        case evm::CallKind::kDelegateCall:
            return "DELEGATECALL";
        case evm::CallKind::kStaticCall:
            return "STATICCALL";
        case evm::CallKind::kCreate:
            return "CREATE";
        case evm::CallKind::kCreate2:
            return "CREATE2";
    }
    return "";
}

// What comes before the calls of a call.
void open_frame(JsonWriter& out, const evm::CallFrame& frame) {
    const bool failed = frame.reason != HaltReason::kSuccess;
    out.begin_object().key("from").data(frame.from);
    out.key("gas").quantity(frame.gas).key("gasUsed").quantity(frame.gas_used);
    if (!failed || !is_create(frame)) out.key("to").data(frame.to);
    out.key("input").data(frame.input);
    if (!frame.output.empty()) out.key("output").data(frame.output);
    if (!failed) return;
    out.key("error").text(vm_error(frame.reason, frame.last_opcode, frame.last_stack));
    if (frame.reason != HaltReason::kRevert) return;
    if (const auto words = revert_words(frame.output)) out.key("revertReason").text(*words);
}

// And after them.
void close_frame(JsonWriter& out, const evm::CallFrame& frame) {
    if (!frame.logs.empty()) {
        out.key("logs").begin_array();
        for (const evm::CallLog& log : frame.logs) {
            out.begin_object().key("address").data(log.log.address).key("topics").begin_array();
            for (const Hash32& topic : log.log.topics)
                out.data(topic);
            out.end_array().key("data").data(log.log.data);
            out.key("index").quantity(log.index).key("position").quantity(log.position);
            out.end_object();
        }
        out.end_array();
    }
    if (frame.self_destruct || frame.kind != evm::CallKind::kStaticCall)
        out.key("value").quantity(frame.value);
    out.key("type").quoted(type_of(frame)).end_object();
}

ByteView code_of(const chain::state::StateView& view, const Account& account) {
    return account.has_code() ? view.code(account.code_hash) : ByteView();
}

using Slots = std::map<Hash32, Hash32>;

// Balance, code, nonce and slots: the ones that are asked for and not empty.
void write_account(
    JsonWriter& out, const chain::Address& address, const chain::Uint256* balance,
    const ByteView* code, const Hash32* code_hash, std::uint64_t nonce, const Slots& slots) {
    out.key(chain::to_hex(address)).begin_object();
    if (balance != nullptr) out.key("balance").quantity(*balance);
    if (code != nullptr && !code->empty()) out.key("code").data(*code);
    if (code_hash != nullptr) out.key("codeHash").data(*code_hash);
    if (nonce != 0) out.key("nonce").number(nonce);
    if (!slots.empty()) {
        out.key("storage").begin_object();
        for (const auto& [slot, value] : slots)
            out.key(chain::to_hex(slot)).data(value);
        out.end_object();
    }
    out.end_object();
}

// All of an account as it was.
void write_before(
    JsonWriter& out, const chain::Address& address, const Account& account,
    const chain::state::StateView& view, const Slots& slots,
    const TraceOptions::Prestate& options) {
    const ByteView code = code_of(view, account);
    write_account(
        out, address, &account.balance, options.code ? &code : nullptr,
        account.has_code() ? &account.code_hash : nullptr, account.nonce, slots);
}

// What a transaction changed of an account.
struct Difference {
    bool any = false;
    Account before;
    Account after;
    Slots slots_before;  ///< of changed slots; those that were zero are not shown
    Slots slots_after;   ///< and those that became zero
};

Difference difference_of(
    const chain::Address& address, const std::set<Hash32>& slots,
    const chain::state::StateView& before, const chain::state::StateView& after) {
    Difference found;
    found.before = before.account(address).value_or(Account{});
    found.after = after.account(address).value_or(Account{});
    found.any = found.before.nonce != found.after.nonce ||
                found.before.balance != found.after.balance ||
                found.before.code_hash != found.after.code_hash;
    for (const Hash32& slot : slots) {
        const chain::Uint256 was = before.storage(address, slot);
        const chain::Uint256 is = after.storage(address, slot);
        if (was == is) continue;
        found.any = true;
        if (!was.is_zero()) found.slots_before[slot] = to_be32(was);
        if (!is.is_zero()) found.slots_after[slot] = to_be32(is);
    }
    return found;
}

void write_after(
    JsonWriter& out, const chain::Address& address, const Difference& found,
    const chain::state::StateView& after, const TraceOptions::Prestate& options) {
    const bool new_code = found.before.code_hash != found.after.code_hash;
    const ByteView code = code_of(after, found.after);
    write_account(
        out, address, found.before.balance != found.after.balance ? &found.after.balance : nullptr,
        new_code && options.code ? &code : nullptr, new_code ? &found.after.code_hash : nullptr,
        found.before.nonce != found.after.nonce ? found.after.nonce : 0,
        options.storage ? found.slots_after : Slots());
}

}  // namespace

std::string opcode_words(std::uint8_t opcode) {
    if (opcode == kPrevRandao) return "DIFFICULTY";  // its name before the Merge stayed in geth
    const std::string_view name = evm::kOpcodes[opcode].name;
    if (!name.empty()) return std::string(name);
    return "opcode " + chain::to_hex_quantity(std::uint64_t{opcode}) + " not defined";
}

std::string vm_error(HaltReason reason, std::uint8_t last_opcode, std::uint32_t last_stack) {
    const evm::OpcodeInfo& info = evm::kOpcodes[last_opcode];
    switch (reason) {
        case HaltReason::kInvalidOpcode:
            return "invalid opcode: " + opcode_words(last_opcode);
        case HaltReason::kStackUnderflow:
            return "stack underflow (" + std::to_string(last_stack) + " <=> " +
                   std::to_string(info.stack_in) + ")";
        case HaltReason::kStackOverflow:
            return "stack limit reached " + std::to_string(last_stack) + " (" +
                   std::to_string(kStackWordsMax + info.stack_in - info.stack_out) + ")";
        case HaltReason::kBalanceTooLow:
            return "insufficient balance for transfer";
        default:
            return halt_words(reason);
    }
}

void write_struct_log(
    JsonWriter& out, const evm::StructLog& log, const evm::StructTracer::Options& options) {
    out.begin_object().key("pc").number(log.pc).key("op").quoted(opcode_words(log.opcode));
    out.key("gas").number(static_cast<std::uint64_t>(log.gas));
    out.key("gasCost").number(static_cast<std::uint64_t>(log.gas_cost));
    out.key("depth").number(log.depth);
    if (log.fault)
        out.key("error").text(
            vm_error(*log.fault, log.opcode, static_cast<std::uint32_t>(log.stack.size())));
    if (options.stack) {
        out.key("stack").begin_array();
        for (const chain::Uint256& word : log.stack)
            out.quantity(word);
        out.end_array();
    }
    if (!log.return_data.empty()) out.key("returnData").data(log.return_data);
    if (!log.memory.empty()) {
        constexpr std::size_t kWord = 32;
        out.key("memory").begin_array();
        for (std::size_t at = 0; at + kWord <= log.memory.size(); at += kWord)
            out.data(ByteView(log.memory).subspan(at, kWord));
        out.end_array();
    }
    if (log.storage != nullptr) {
        out.key("storage").begin_object();
        for (const auto& [slot, value] : *log.storage)
            out.key(chain::to_hex(slot)).data(to_be32(value));
        out.end_object();
    }
    if (log.refund > 0) out.key("refund").number(static_cast<std::uint64_t>(log.refund));
    out.end_object();
}

void write_call_frames(
    JsonWriter& out, const std::vector<evm::CallFrame>& frames, std::uint64_t gas_limit,
    std::uint64_t gas_used) {
    std::vector<const evm::CallFrame*> open;  // from the outermost one in
    std::vector<bool> has_calls;
    const auto close_to = [&](std::size_t depth) {
        while (open.size() > depth) {
            if (has_calls.back()) out.end_array();
            close_frame(out, *open.back());
            open.pop_back();
            has_calls.pop_back();
        }
    };
    evm::CallFrame outermost;
    for (const evm::CallFrame& frame : frames) {
        close_to(frame.depth - 1);
        if (!open.empty() && !has_calls.back()) {
            out.key("calls").begin_array();
            has_calls.back() = true;
        }
        const evm::CallFrame* shown = &frame;
        if (open.empty()) {
            outermost = frame;
            outermost.gas = gas_limit;
            outermost.gas_used = gas_used;
            shown = &outermost;
        }
        open_frame(out, *shown);
        open.push_back(shown);
        has_calls.push_back(false);
    }
    close_to(0);
    if (frames.empty()) out.begin_object().end_object();
}

void write_prestate(
    JsonWriter& out, const Touched& touched, const chain::state::StateView& before,
    const TraceOptions::Prestate& options) {
    out.begin_object();
    for (const auto& [address, wanted] : touched) {
        const auto account = before.account(address);
        Slots slots;
        if (options.storage) {
            for (const Hash32& slot : wanted)
                slots[slot] = to_be32(before.storage(address, slot));
        }
        if (!account && !options.include_empty) continue;
        write_before(out, address, account.value_or(Account{}), before, slots, options);
    }
    out.end_object();
}

void write_state_diff(
    JsonWriter& out, const Touched& touched, const chain::state::StateView& before,
    const chain::state::StateView& after, const TraceOptions::Prestate& options) {
    std::map<chain::Address, Difference> changed;
    for (const auto& [address, slots] : touched) {
        Difference found =
            difference_of(address, options.storage ? slots : std::set<Hash32>(), before, after);
        if (found.any) changed.emplace(address, std::move(found));
    }
    out.begin_object().key("post").begin_object();
    for (const auto& [address, found] : changed)
        write_after(out, address, found, after, options);
    out.end_object().key("pre").begin_object();
    for (const auto& [address, found] : changed) {
        if (found.before.is_empty() && !options.include_empty) continue;
        write_before(out, address, found.before, before, found.slots_before, options);
    }
    out.end_object().end_object();
}

void write_selectors(
    JsonWriter& out, const std::map<evm::SelectorTracer::Key, std::uint64_t>& counts) {
    // Sorted as text, which is how Go writes a map.
    std::map<std::string, std::uint64_t> sorted;
    for (const auto& [key, count] : counts)
        sorted[chain::to_hex(key.selector) + "-" + std::to_string(key.size)] = count;
    out.begin_object();
    for (const auto& [key, count] : sorted)
        out.key(key).number(count);
    out.end_object();
}

}  // namespace troupe::node::jsonrpc
