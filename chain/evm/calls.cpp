#include "chain/crypto/keccak.hpp"
#include "chain/evm/engine.hpp"
#include "chain/evm/gas.hpp"
#include "chain/rlp/encode.hpp"

#include <algorithm>

namespace troupe::chain::evm {
namespace {

/// End of a range of memory; nothing where it is beyond what gas can buy. Empty ranges need none.
bool end_of_range(const Uint256& offset, const Uint256& size, std::uint64_t& end) noexcept {
    if (size.is_zero()) {
        end = 0;
        return true;
    }
    if (!offset.fits_u64() || !size.fits_u64() || offset.limbs[0] > gas::kMemoryBytesMax ||
        size.limbs[0] > gas::kMemoryBytesMax)
        return false;
    end = offset.limbs[0] + size.limbs[0];
    return end <= gas::kMemoryBytesMax;
}

Address created_address_2(const Address& from, const Uint256& salt, ByteView init_code) {
    std::uint8_t preimage[85] = {0xff};  // EIP-1014
    std::memcpy(preimage + 1, from.data(), 20);
    std::memcpy(preimage + 21, to_be32(salt).data(), 32);
    std::memcpy(preimage + 53, crypto::keccak256(init_code).data(), 32);
    return Address::from(crypto::keccak256(preimage).view().subspan(12));
}

}  // namespace

Address created_address(const Address& from, std::uint64_t nonce) {
    Bytes items;
    rlp::put_string(items, from);
    rlp::put_integer(items, nonce);
    return Address::from(crypto::keccak256(rlp::list_of(items)).view().subspan(12));
}

std::int64_t Engine::expand(Frame& frame, std::uint64_t end, std::int64_t gas_left_now) {
    if (end <= frame.memory_size) return gas_left_now;
    const std::uint64_t words = gas::words(end);
    gas_left_now -= gas::memory_cost(words) - gas::memory_cost(frame.memory_size / 32);
    if (gas_left_now < 0) return gas_left_now;
    const std::ptrdiff_t moved = memory.grow(frame.memory_base, frame.memory_size, words * 32);
    frame.memory_size = words * 32;
    if (moved != 0) {
        for (std::uint32_t i = 1; i < depth; ++i) {  // the input of calls is their caller's memory
            if (frames[i].input_size != 0) frames[i].input += moved;
        }
    }
    return gas_left_now;
}

void Engine::run(const CallPlan& plan, ByteView init_code) {
    depth = 0;
    return_data.clear();
    linear.begin();
    memory.trim();
    stacks.trim();
    const bool create = plan.kind == CallKind::kCreate;
    const Next next = create ? begin_code(plan, init_code) : begin(plan);
    if (next == Next::kEnter) interpret(this);
}

/// A call or creation that is over before any code ran.
void Engine::finish_immediately(
    const CallPlan& plan, HaltReason reason, std::int64_t gas_left_over) {
    static_cast<void>(plan);
    if (tracer != nullptr) tracer->on_exit({depth + 1, reason, gas_left_over, return_data});
    if (depth == 0) {
        result = reason;
        gas_left = gas_left_over;
        return;
    }
    frame().gas += gas_left_over;
}

/// Moves the value and runs a precompile or makes a frame. @return kContinue: it is over
Next Engine::begin(const CallPlan& plan) {
    const state::Journal::Checkpoint checkpoint = journal.checkpoint();
    const Address code_address = journal.record(plan.code).address;
    if (tracer != nullptr)
        tracer->on_enter(
            {plan.kind, depth + 1, plan.caller, journal.record(plan.self).address, code_address,
             plan.value, plan.gas, depth == 0 ? 0 : frame().gas, plan.input});
    return_data.clear();
    if (plan.moves_value) {
        journal.take_balance(plan.from, plan.value);
        journal.add_balance(plan.self, plan.value);
    }
    if (is_precompile(code_address, env->rules)) {
        const PrecompileResult ran = run_precompile(
            code_address, plan.input, static_cast<std::uint64_t>(plan.gas), env->rules,
            return_data);
        const HaltReason reason =
            ran.success ? HaltReason::kSuccess : HaltReason::kPrecompileFailed;
        if (!ran.success) journal.revert(checkpoint);
        finish_immediately(plan, reason, static_cast<std::int64_t>(ran.gas_left));
        halt = reason;
        return Next::kContinue;
    }
    state::Journal::AccountId code_id = plan.code;
    ByteView code = journal.code(code_id);
    if (delegations()) {
        if (const auto delegate = delegate_of(code)) {
            code_id = journal.account(*delegate);
            code = journal.code(code_id);
            // A designator behind a designator is code that begins with 0xef: it does not run.
            if (is_precompile(*delegate, env->rules)) code = {};
        }
    }
    if (code.empty()) {
        finish_immediately(plan, HaltReason::kSuccess, plan.gas);
        halt = HaltReason::kSuccess;
        return Next::kContinue;
    }
    Uint256* top = depth == 0 ? nullptr : frame().sp;
    const std::size_t memory_base = depth == 0 ? 0 : frame().memory_base + frame().memory_size;
    if (frames.size() == depth) frames.emplace_back();
    Frame& made = frames[depth++];
    if (tracer != nullptr) {
        made.own_code = std::make_unique<Code>(code, CodeKind::kSteps, handlers());
        made.code = made.own_code.get();
    } else {
        made.code = &cache.get(journal.record(code_id).code_hash, code, handlers());
    }
    ++made.code->users;
    made.ip = made.code->entry();
    made.stack = made.sp = stacks.stack_after(top);
    made.gas = plan.gas;
    made.memory_base = memory_base;
    made.memory_size = 0;
    made.input = plan.input.data();
    made.input_size = plan.input.size();
    made.self = plan.self;
    made.address = journal.record(plan.self).address;
    made.caller = plan.caller;
    made.value = plan.value;
    made.checkpoint = checkpoint;
    made.output_offset = plan.output_offset;
    made.output_size = plan.output_size;
    made.kind = plan.kind;
    made.is_static = plan.is_static;
    return Next::kEnter;
}

/// Creates the account and makes a frame for the init code. @return kContinue: it is over
Next Engine::begin_code(const CallPlan& plan, ByteView init_code) {
    const Address address = journal.record(plan.self).address;
    if (tracer != nullptr)
        tracer->on_enter(
            {plan.kind, depth + 1, plan.caller, address, address, plan.value, plan.gas,
             depth == 0 ? 0 : frame().gas, init_code});
    return_data.clear();
    if (journal.is_taken(plan.self)) {
        finish_immediately(plan, HaltReason::kAddressTaken, 0);
        halt = HaltReason::kAddressTaken;
        return Next::kContinue;
    }
    const state::Journal::Checkpoint checkpoint = journal.checkpoint();
    journal.mark_created(plan.self);
    journal.set_nonce(plan.self, 1);  // EIP-161
    journal.take_balance(plan.from, plan.value);
    journal.add_balance(plan.self, plan.value);
    Uint256* top = depth == 0 ? nullptr : frame().sp;
    const std::size_t memory_base = depth == 0 ? 0 : frame().memory_base + frame().memory_size;
    if (frames.size() == depth) frames.emplace_back();
    Frame& made = frames[depth++];
    made.own_code = std::make_unique<Code>(
        init_code, tracer != nullptr ? CodeKind::kSteps : CodeKind::kBlocks, handlers());
    made.code = made.own_code.get();
    ++made.code->users;
    made.ip = made.code->entry();
    made.stack = made.sp = stacks.stack_after(top);
    made.gas = plan.gas;
    made.memory_base = memory_base;
    made.memory_size = 0;
    made.input = nullptr;
    made.input_size = 0;
    made.self = plan.self;
    made.address = address;
    made.caller = plan.caller;
    made.value = plan.value;
    made.checkpoint = checkpoint;
    made.output_offset = 0;
    made.output_size = 0;
    made.kind = plan.kind;
    made.is_static = false;
    return Next::kEnter;
}

Next Engine::call(CallKind kind) {
    Frame& from = frame();
    const bool has_value = kind == CallKind::kCall || kind == CallKind::kCallCode;
    Uint256* const sp = from.sp;
    const Uint256 wanted = sp[-1];
    const Address to = to_address(sp[-2]);
    const Uint256 value = has_value ? sp[-3] : Uint256{};
    const Uint256* rest = sp - (has_value ? 3 : 2);
    const Uint256 input_offset = rest[-1];
    const Uint256 input_size = rest[-2];
    const Uint256 output_offset = rest[-3];
    const Uint256 output_size = rest[-4];
    from.sp = sp - (has_value ? 7 : 6);

    halt = HaltReason::kOutOfGas;
    if (kind == CallKind::kCall && from.is_static && !value.is_zero()) {
        halt = HaltReason::kStaticViolation;
        return Next::kHalt;
    }
    std::uint64_t input_end = 0;
    std::uint64_t output_end = 0;
    if (!end_of_range(input_offset, input_size, input_end) ||
        !end_of_range(output_offset, output_size, output_end))
        return Next::kHalt;
    std::int64_t gas_now = expand(from, std::max(input_end, output_end), from.gas);
    if (gas_now < 0) return Next::kHalt;

    const state::Journal::AccountId target = journal.account(to);
    if (warm(target)) gas_now -= gas::kColdAccountExtra;
    if (!value.is_zero()) {
        gas_now -= gas::kCallValue;
        if (gas_now < 0) return Next::kHalt;
        if (kind == CallKind::kCall && journal.is_empty(target)) gas_now -= gas::kNewAccount;
    }
    if (gas_now < 0) return Next::kHalt;
    if (delegations()) {
        if (const auto delegate = delegate_of(journal.code(target))) {
            gas_now -= warm(journal.account(*delegate)) ? gas::kColdAccount : gas::kWarmAccess;
            if (gas_now < 0) return Next::kHalt;
        }
    }
    // EIP-150: all but one 64th.
    std::int64_t given = gas_now - gas_now / 64;
    if (wanted.fits_u64() && wanted.limbs[0] < static_cast<std::uint64_t>(given))
        given = static_cast<std::int64_t>(wanted.limbs[0]);
    gas_now -= given;
    if (!value.is_zero()) given += gas::kCallStipend;
    from.gas = gas_now;
    return_data.clear();
    CallPlan plan;
    plan.kind = kind;
    plan.is_static = from.is_static || kind == CallKind::kStaticCall;
    plan.gas = given;
    plan.from = from.self;
    plan.self = kind == CallKind::kCall || kind == CallKind::kStaticCall ? target : from.self;
    plan.code = target;
    plan.caller = kind == CallKind::kDelegateCall ? from.caller : from.address;
    plan.value = kind == CallKind::kDelegateCall ? from.value : value;
    plan.moves_value = kind == CallKind::kCall && !value.is_zero();
    if (!input_size.is_zero())
        plan.input = {memory.at(from.memory_base + input_offset.limbs[0]), input_size.limbs[0]};
    plan.output_offset = output_size.is_zero() ? 0 : output_offset.limbs[0];
    plan.output_size = output_size.limbs[0];
    if (depth > gas::kCallDepthMax || (!value.is_zero() && !journal.can_pay(from.self, value)))
        return refuse(plan, plan.input);
    if (begin(plan) == Next::kEnter) return Next::kEnter;
    Frame& caller = frame();
    const std::size_t copied = std::min(plan.output_size, return_data.size());
    if (copied > 0)
        std::memcpy(memory.at(caller.memory_base + plan.output_offset), return_data.data(), copied);
    return push_result(halt == HaltReason::kSuccess);
}

/// A call that is too deep, or whose value its caller doesn't have: the gas comes back.
Next Engine::refuse(const CallPlan& plan, ByteView input) {
    if (tracer != nullptr) {
        tracer->on_enter(
            {plan.kind, depth + 1, plan.caller, journal.record(plan.self).address,
             journal.record(plan.code).address, plan.value, plan.gas, frame().gas, input});
        tracer->on_exit(
            {depth + 1,
             depth > gas::kCallDepthMax ? HaltReason::kCallTooDeep : HaltReason::kBalanceTooLow,
             plan.gas,
             {}});
    }
    frame().gas += plan.gas;
    return push_result(false);
}

Next Engine::push_result(bool success) {
    *frame().sp++ = success ? 1 : 0;
    return Next::kContinue;
}

Next Engine::create(CallKind kind) {
    Frame& from = frame();
    halt = HaltReason::kStaticViolation;
    if (from.is_static) return Next::kHalt;
    const Uint256 value = from.sp[-1];
    const Uint256 offset = from.sp[-2];
    const Uint256 size = from.sp[-3];
    const Uint256 salt = kind == CallKind::kCreate2 ? from.sp[-4] : Uint256{};
    from.sp -= kind == CallKind::kCreate2 ? 4 : 3;
    halt = HaltReason::kOutOfGas;
    std::uint64_t end = 0;
    if (!end_of_range(offset, size, end)) return Next::kHalt;
    std::int64_t gas_now = expand(from, end, from.gas);
    if (gas_now < 0) return Next::kHalt;
    if (size.limbs[0] > kInitCodeBytesMax) {
        halt = HaltReason::kInitCodeTooLarge;
        return Next::kHalt;
    }
    const auto words = static_cast<std::int64_t>(gas::words(size.limbs[0]));
    gas_now -= words * gas::kInitCodeWord;
    if (kind == CallKind::kCreate2) gas_now -= words * gas::kKeccakWord;
    if (gas_now < 0) return Next::kHalt;
    from.gas = gas_now;
    return_data.clear();
    const std::uint64_t nonce = journal.nonce(from.self);
    const bool refused =
        depth > gas::kCallDepthMax || (!value.is_zero() && !journal.can_pay(from.self, value));
    if (nonce == ~std::uint64_t{0} || (refused && tracer == nullptr))  // EIP-2681
        return push_result(false);
    const std::int64_t given = gas_now - gas_now / 64;
    from.gas -= given;
    if (!refused) journal.set_nonce(from.self, nonce + 1);
    ByteView init_code;
    if (!size.is_zero()) init_code = {memory.at(from.memory_base + offset.limbs[0]), size.limbs[0]};
    const Address address = kind == CallKind::kCreate
                                ? created_address(from.address, nonce)
                                : created_address_2(from.address, salt, init_code);
    CallPlan plan;
    plan.kind = kind;
    plan.gas = given;
    plan.from = from.self;
    plan.self = journal.account(address);
    plan.code = plan.self;
    plan.caller = from.address;
    plan.value = value;
    plan.moves_value = true;
    if (refused) return refuse(plan, init_code);
    journal.warm_account(plan.self);  // EIP-2929: stays warm when the creation fails
    if (begin_code(plan, init_code) == Next::kEnter) return Next::kEnter;
    return push_result(false);
}

/// The end of a creation: checks the code and pays for it.
void Engine::deploy(Frame& from, HaltReason& reason, ByteView code) {
    const auto cost = static_cast<std::int64_t>(code.size()) * gas::kCodeByte;
    if (code.size() > gas::kCodeBytesMax)
        reason = HaltReason::kCodeTooLarge;  // EIP-170
    else if (!code.empty() && code[0] == 0xef)
        reason = HaltReason::kCodeStartsWithEf;  // EIP-3541
    else if (from.gas < cost)
        reason = HaltReason::kOutOfGas;  // EIP-2
    else {
        from.gas -= cost;
        journal.set_code(from.self, code);
    }
}

bool Engine::leave(HaltReason reason, std::size_t output_offset, std::size_t output_size) {
    Frame& ended = frame();
    linear.clear();
    ByteView output;
    if (output_size > 0) output = {memory.at(ended.memory_base + output_offset), output_size};
    const bool create = ended.is_create();
    if (create && reason == HaltReason::kSuccess) deploy(ended, reason, output);
    const bool success = reason == HaltReason::kSuccess;
    if (!success) journal.revert(ended.checkpoint);
    if (!success && reason != HaltReason::kRevert) {
        ended.gas = 0;
        output = {};
    }
    if (tracer != nullptr) tracer->on_exit({depth, reason, ended.gas, output});
    // What a creation returns is code, not data; the transaction's own is what it deployed.
    if (create && success && depth > 1) output = {};
    return_data.assign(output.begin(), output.end());
    --ended.code->users;
    ended.own_code.reset();
    const std::int64_t gas_returned = ended.gas;
    --depth;
    if (depth == 0) {
        result = reason;
        gas_left = gas_returned;
        return false;
    }
    Frame& caller = frame();
    caller.gas += gas_returned;
    if (create) {
        *caller.sp++ = success ? uint256_from_be(ended.address) : Uint256{};
        return true;
    }
    const std::size_t copied = std::min(ended.output_size, return_data.size());
    if (copied > 0)
        std::memcpy(
            memory.at(caller.memory_base + ended.output_offset), return_data.data(), copied);
    *caller.sp++ = success ? 1 : 0;
    return true;
}

/// EIP-6780: the balance goes; the account itself only if this transaction created it.
void Engine::self_destruct_to(state::Journal::AccountId beneficiary) {
    const state::Journal::AccountId self = frame().self;
    const Uint256 balance = journal.balance(self);
    if (tracer != nullptr)
        tracer->on_self_destruct(
            {depth, frame().address, journal.record(beneficiary).address, balance});
    const bool created = journal.record(self).created;
    if (beneficiary != self) {
        journal.take_balance(self, balance);
        journal.add_balance(beneficiary, balance);
    } else if (created) {
        journal.take_balance(self, balance);
    }
    if (created) journal.mark_destroyed(self);
}

}  // namespace troupe::chain::evm
