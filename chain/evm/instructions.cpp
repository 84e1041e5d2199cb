#include "chain/evm/instructions.hpp"

#include <algorithm>
#include <bit>

namespace troupe::chain::evm {

using state::Journal;

void divide_top(Uint256* sp) noexcept {
    move_word(sp[-2], divide(sp[-1], sp[-2]).quotient);
}
void modulo_top(Uint256* sp) noexcept {
    move_word(sp[-2], divide(sp[-1], sp[-2]).remainder);
}
void divide_signed_top(Uint256* sp) noexcept {
    move_word(sp[-2], divide_signed(sp[-1], sp[-2]).quotient);
}
void modulo_signed_top(Uint256* sp) noexcept {
    move_word(sp[-2], divide_signed(sp[-1], sp[-2]).remainder);
}
void add_mod_top(Uint256* sp) noexcept {
    move_word(sp[-3], add_mod(sp[-1], sp[-2], sp[-3]));
}
void mul_mod_top(Uint256* sp) noexcept {
    move_word(sp[-3], mul_mod(sp[-1], sp[-2], sp[-3]));
}
void power_top(Uint256* sp) noexcept {
    move_word(sp[-2], power(sp[-1], sp[-2]));
}

void copy_padded(
    std::uint8_t* to, ByteView source, const Uint256& offset, std::uint64_t size) noexcept {
    std::uint64_t copied = 0;
    if (offset.fits_u64() && offset.limbs[0] < source.size()) {
        copied = std::min<std::uint64_t>(size, source.size() - offset.limbs[0]);
        std::memcpy(to, source.data() + offset.limbs[0], copied);
    }
    if (size > copied) std::memset(to + copied, 0, size - copied);
}

Uint256 call_data_word(const Frame& frame, const Uint256& offset) noexcept {
    if (!offset.fits_u64() || offset.limbs[0] >= frame.input_size) return {};
    const std::uint64_t at = offset.limbs[0];
    if (frame.input_size - at >= 32) return load_word(frame.input + at);
    std::uint8_t padded[32] = {};
    std::memcpy(padded, frame.input + at, frame.input_size - at);
    return load_word(padded);
}

std::int64_t load_storage(
    Engine& engine, const Frame& frame, Uint256& word, std::int64_t gas_left) {
    Journal& journal = engine.journal;
    const Journal::SlotId slot = journal.slot(frame.self, word);
    if (journal.warm_slot(slot)) {
        gas_left -= gas::kColdSlotExtra;
        if (gas_left < 0) return gas_left;
    }
    const Journal::SlotRecord& record = journal.load_slot(slot);
    word = record.now;
    if (record.is_linear()) [[unlikely]]
        engine.linear.add(journal, static_cast<std::size_t>(&word - frame.stack), slot);
    return gas_left;
}

std::int64_t store_storage(
    Engine& engine, Journal::AccountId self, const Uint256& key, const Uint256& value,
    std::int64_t gas_left) {
    if (gas_left <= gas::kStorageStipend) return -1;
    Journal& journal = engine.journal;
    const Journal::SlotId id = journal.slot(self, key);
    if (journal.warm_slot(id)) gas_left -= gas::kColdSlot;
    const Journal::SlotRecord slot = journal.load_slot(id);
    if (slot.is_linear()) [[unlikely]]
        engine.linear.store(journal, id, value);
    if (value == slot.now) return gas_left - gas::kWarmAccess;
    if (slot.now == slot.before) {
        gas_left -= slot.before.is_zero() ? gas::kStorageSet : gas::kStorageReset;
        if (!slot.before.is_zero() && value.is_zero()) journal.refund += gas::kStorageClearRefund;
    } else {
        gas_left -= gas::kWarmAccess;
        if (!slot.before.is_zero()) {
            if (slot.now.is_zero()) journal.refund -= gas::kStorageClearRefund;
            if (value.is_zero()) journal.refund += gas::kStorageClearRefund;
        }
        if (value == slot.before) {
            const std::int64_t paid = slot.before.is_zero() ? gas::kStorageSet : gas::kStorageReset;
            journal.refund += paid - gas::kWarmAccess;
        }
    }
    if (gas_left >= 0) journal.set_slot(id, value);
    return gas_left;
}

Journal::AccountId touch(Engine& engine, const Uint256& word, std::int64_t& gas_left) {
    const Journal::AccountId id = engine.journal.account(to_address(word));
    if (engine.warm(id)) gas_left -= gas::kColdAccountExtra;
    return id;
}

Uint256 block_hash(const Engine& engine, const Uint256& number) noexcept {
    const std::uint64_t now = engine.env->number;
    if (!number.fits_u64() || number.limbs[0] >= now || now - number.limbs[0] > 256) return {};
    return uint256_from_be(engine.journal.view().block_hash(number.limbs[0]));
}

void emit_log(
    Engine& engine, const Frame& frame, const Uint256* sp, unsigned topics,
    const std::uint8_t* data, std::uint64_t size) {
    Log log;
    log.address = frame.address;
    log.topics.reserve(topics);
    for (unsigned i = 0; i < topics; ++i)
        log.topics.push_back(to_be32(sp[-3 - static_cast<int>(i)]));
    if (size > 0) log.data.assign(data, data + size);
    if (engine.tracer != nullptr) engine.tracer->on_log(engine.depth, log);
    engine.journal.add_log(std::move(log));
}

std::optional<HaltReason> trace_step(
    Engine& engine, const Frame& frame, const Instruction* ip, const Uint256* sp,
    std::int64_t gas_left) {
    const auto check = std::bit_cast<BlockCheck>(ip->argument);
    const std::uint32_t pc = Code::pc_of(ip);
    const ByteView code = frame.code->bytes();
    const auto height = static_cast<std::size_t>(sp - frame.stack);
    Step what;
    what.pc = pc;
    what.opcode = pc < code.size() ? code[pc] : 0;
    what.gas = gas_left;
    what.gas_cost = check.gas;
    what.depth = engine.depth;
    what.refund = engine.journal.refund;
    what.address = frame.address;
    what.stack = {frame.stack, height};
    if (frame.memory_size > 0)
        what.memory = {engine.memory.at(frame.memory_base), frame.memory_size};
    what.return_data = engine.return_data;
    if (kOpcodes[what.opcode].name.empty() || what.opcode == 0xfe)
        what.fault = HaltReason::kInvalidOpcode;
    else if (height < check.stack_needed)
        what.fault = HaltReason::kStackUnderflow;
    else if (height + check.stack_growth > StackPool::kWordsMax)
        what.fault = HaltReason::kStackOverflow;
    else if (gas_left < static_cast<std::int64_t>(check.gas))
        what.fault = HaltReason::kOutOfGas;
    engine.tracer->on_step(what);
    if (engine.tracer->stopped()) return HaltReason::kOutOfGas;
    return what.fault;
}

}  // namespace troupe::chain::evm
