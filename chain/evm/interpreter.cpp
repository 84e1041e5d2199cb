#include "chain/crypto/keccak.hpp"
#include "chain/evm/instructions.hpp"
#include "chain/evm/interpreter_macros.hpp"
#include "chain/evm/interpreter_table.hpp"

#include <algorithm>
#include <bit>

// Labels as values ("computed goto"): what direct threading is made of; GCC and Clang have them.
#pragma GCC diagnostic ignored "-Wpedantic"

namespace troupe::chain::evm {

using state::Journal;

// clang-format off: one handler after the other
// Twice: as it is, and with every operation shown to engine->linear before it runs, for as long as
// there are linear words on the stack.
// @return null when the outermost call is over; else the other one goes on
template <bool kFollows>
HandlerTable loop(Engine* engine) {
    static const void* const kHandlers[kOperationCount] = {OPCODE_HANDLERS, OPERATION_HANDLERS};
    if (engine == nullptr) return kHandlers;

    Frame* frame;
    const Instruction* ip;
    Uint256* sp;
    Uint256* stack;
    std::int64_t gas;
    std::uint8_t* mem;
    std::size_t msize;
    HaltReason why;
    Next next;

resume:
    frame = &engine->frame();
    ip = frame->ip;
    sp = frame->sp;
    stack = frame->stack;
    gas = frame->gas;
    LOAD_MEMORY();
    DISPATCH();

[[maybe_unused]] follow:
    if constexpr (kFollows) {
        if (engine->linear.empty()) {
            SAVE();
            return kHandlers;
        }
        const std::uint16_t operation = engine->operations.of(ip->handler);
        engine->linear.follow(
            engine->journal, operation, ip->argument, stack, sp, frame->self);
        goto*(kHandlers[operation]);
    }

    // Checks and jumps ---------------------------------------------------------------------------
kBlock : {
    CHECK_BLOCK();
    NEXT();
}
kStep : {
    frame->memory_size = msize;
    if (const auto fault = trace_step(*engine, *frame, ip, sp, gas)) {
        why = *fault;
        goto failed;
    }
    gas -= static_cast<std::int64_t>(ip->argument & 0xffffffff);
    ip += 2;  // its pc lies behind it
    DISPATCH();
}
kContinue : {
    frame->code->go_on(ip);
    DISPATCH();
}
kGoOn : {
    ip = TARGET();
    DISPATCH();
}
kGoOnBlock : {
    ip = TARGET();
    CHECK_BLOCK();
    NEXT();
}
kJump : {
    const Instruction* target = frame->code->target(sp[-1]);
    --sp;
    if (target == nullptr) HALT(kInvalidJump);
    ip = target;
    DISPATCH();
}
kJumpI : {
    sp -= 2;
    if (sp[0].is_zero()) NEXT();
    const Instruction* target = frame->code->target(sp[1]);
    if (target == nullptr) HALT(kInvalidJump);
    ip = target;
    DISPATCH();
}
kLinkJump : {
    frame->code->link(ip, Operation::kJumpTo, Operation::kJumpNowhere);
    DISPATCH();
}
kLinkJumpIf : {
    if (!sp[-1].is_zero()) {
        frame->code->link(ip, Operation::kJumpIfTo, Operation::kJumpIfNowhere);
        DISPATCH();
    }
    --sp;
    ++ip;
    CHECK_BLOCK();
    NEXT();
}
kLinkJumpIfZero : {
    if (sp[-1].is_zero()) {
        frame->code->link(ip, Operation::kJumpIfZeroTo, Operation::kJumpIfZeroNowhere);
        DISPATCH();
    }
    --sp;
    ++ip;
    CHECK_BLOCK();
    NEXT();
}
kJumpTo : {
    ip = TARGET();
    CHECK_BLOCK();
    NEXT();
}
kJumpIfTo : {
    --sp;
    if (!sp[0].is_zero()) ip = TARGET();
    else ++ip;
    CHECK_BLOCK();
    NEXT();
}
kJumpIfZeroTo : {
    --sp;
    if (sp[0].is_zero()) ip = TARGET();
    else ++ip;
    CHECK_BLOCK();
    NEXT();
}
kJumpNowhere : { HALT(kInvalidJump); }
kJumpIfNowhere : {
    --sp;
    if (!sp[0].is_zero()) HALT(kInvalidJump);
    NEXT();
}

kJumpIfZeroNowhere : {
    --sp;
    if (sp[0].is_zero()) HALT(kInvalidJump);
    ++ip;
    CHECK_BLOCK();
    NEXT();
}

    // Stack --------------------------------------------------------------------------------------
kPush : { PUSH_SMALL(ip->argument); }
kPushWide : {
    move_word(*sp++, CONSTANT());
    NEXT();
}
kPop : {
    --sp;
    NEXT();
}
    DUP(1) DUP(2) DUP(3) DUP(4) DUP(5) DUP(6) DUP(7) DUP(8)
    DUP(9) DUP(10) DUP(11) DUP(12) DUP(13) DUP(14) DUP(15) DUP(16)
    SWAP(1) SWAP(2) SWAP(3) SWAP(4) SWAP(5) SWAP(6) SWAP(7) SWAP(8)
    SWAP(9) SWAP(10) SWAP(11) SWAP(12) SWAP(13) SWAP(14) SWAP(15) SWAP(16)

    // Arithmetic ---------------------------------------------------------------------------------
    IN_PLACE(kAdd, add_words(b, a, b))
    IN_PLACE(kSub, subtract_words(b, a, b))
    IN_PLACE(kMul, multiply_words(b, a, b))
    IN_PLACE(kDiv, divide_top(sp))
    IN_PLACE(kMod, modulo_top(sp))
    IN_PLACE(kSDiv, divide_signed_top(sp))
    IN_PLACE(kSMod, modulo_signed_top(sp))
    LIMBS(kAnd, &)
    LIMBS(kOr, |)
    LIMBS(kXor, ^)
    COMPARE(kLt, less_words(a, b))
    COMPARE(kGt, less_words(b, a))
    COMPARE(kSLt, less_words_signed(a, b))
    COMPARE(kSGt, less_words_signed(b, a))
    COMPARE(kEq, a == b)
    IN_PLACE(kShl, if (a.fits_u64() && a.limbs[0] < 256) shift_word_left(b, b, a.limbs[0]);
                   else put_word(b, 0))
    IN_PLACE(kShr, if (a.fits_u64() && a.limbs[0] < 256) shift_word_right(b, b, a.limbs[0]);
                   else put_word(b, 0))
    IN_PLACE(kSar, move_word(b, shift_right_signed(b, a.fits_u64() ? a.limbs[0] : 256)))
    IN_PLACE(kByte, put_word(b, a.fits_u64() && a.limbs[0] < 32
                       ? b.limbs[3 - a.limbs[0] / 8] >> (56 - a.limbs[0] % 8 * 8) & 0xff : 0))
    IN_PLACE(kSignExtend, if (a.fits_u64() && a.limbs[0] < 31) extend_word(b, a.limbs[0]))
kIsZero : {
    put_word(sp[-1], sp[-1].is_zero() ? 1 : 0);
    NEXT();
}
kNot : {
    for (std::uint64_t& limb : sp[-1].limbs) limb = ~limb;
    NEXT();
}
kAddMod : {
    add_mod_top(sp);
    sp -= 2;
    NEXT();
}
kMulMod : {
    mul_mod_top(sp);
    sp -= 2;
    NEXT();
}
kExp : {
    CHARGE(exponent_gas(sp[-2]));
    power_top(sp);
    --sp;
    NEXT();
}
kKeccak256 : {
    const std::uint64_t end = range_end(sp[-1], sp[-2]);
    GROW(end);
    const std::uint64_t size = sp[-2].limbs[0];
    CHARGE(copy_gas(size, gas::kKeccakWord));
    const ByteView input = end == 0 ? ByteView{} : ByteView{mem + sp[-1].limbs[0], size};
    --sp;
    if (size == HashCache::kInputBytes)
        move_word(sp[-1], engine->hash_cache.of(input.data()));
    else
        sp[-1] = load_word(crypto::keccak256(input).data());
    if (engine->hashes != nullptr) [[unlikely]]
        engine->hashes->add(input, to_be32(sp[-1]));
    NEXT();
}

    // Memory -------------------------------------------------------------------------------------
kMLoad : {
    GROW_WORD(sp[-1], 32);
    const Uint256 word = load_word(mem + sp[-1].limbs[0]);
    move_word(sp[-1], word);
    NEXT();
}
kMStore : {
    GROW_WORD(sp[-1], 32);
    store_word(mem + sp[-1].limbs[0], sp[-2]);
    sp -= 2;
    NEXT();
}
kMStore8 : {
    GROW_WORD(sp[-1], 1);
    mem[sp[-1].limbs[0]] = static_cast<std::uint8_t>(sp[-2].limbs[0]);
    sp -= 2;
    NEXT();
}
kMSize : { PUSH_SMALL(msize); }
kMCopy : {
    const std::uint64_t end =
        std::max(range_end(sp[-1], sp[-3]), range_end(sp[-2], sp[-3]));
    GROW(end);
    const std::uint64_t size = sp[-3].limbs[0];
    CHARGE(copy_gas(size, gas::kCopyWord));
    if (end != 0) std::memmove(mem + sp[-1].limbs[0], mem + sp[-2].limbs[0], size);
    sp -= 3;
    NEXT();
}

    // The call and its surroundings --------------------------------------------------------------
kAddress : { PUSH_WORD(uint256_from_be(frame->address)); }
kCaller : { PUSH_WORD(uint256_from_be(frame->caller)); }
kOrigin : { PUSH_WORD(engine->origin); }
kCallValue : { PUSH_WORD(frame->value); }
kGasPrice : { PUSH_WORD(engine->gas_price); }
kCallDataLoad : {
    const Uint256 word = call_data_word(*frame, sp[-1]);
    move_word(sp[-1], word);
    NEXT();
}
kCallDataSize : { PUSH_SMALL(frame->input_size); }
kCodeSize : { PUSH_SMALL(frame->code->bytes().size()); }
kReturnDataSize : { PUSH_SMALL(engine->return_data.size()); }
    COPY(kCallDataCopy, (ByteView{frame->input, frame->input_size}))
    COPY(kCodeCopy, frame->code->bytes())
kReturnDataCopy : {
    const std::uint64_t from_end = range_end(sp[-2], sp[-3]);
    if (from_end > engine->return_data.size() ||
        (sp[-3].is_zero() && (!sp[-2].fits_u64() || sp[-2].limbs[0] > engine->return_data.size())))
        HALT(kReturnDataOutOfBounds);
    const std::uint64_t end = range_end(sp[-1], sp[-3]);
    GROW(end);
    CHARGE(copy_gas(sp[-3].limbs[0], gas::kCopyWord));
    if (end != 0)
        std::memcpy(mem + sp[-1].limbs[0], engine->return_data.data() + sp[-2].limbs[0],
                    sp[-3].limbs[0]);
    sp -= 3;
    NEXT();
}
kGas : { PUSH_SMALL(static_cast<std::uint64_t>(gas)); }

    // Accounts -----------------------------------------------------------------------------------
kBalance : {
    const Journal::AccountId id = touch(*engine, sp[-1], gas);
    if (gas < 0) goto out_of_gas;
    sp[-1] = engine->journal.balance(id);
    NEXT();
}
kSelfBalance : { PUSH_WORD(engine->journal.balance(frame->self)); }
kExtCodeSize : {
    const Journal::AccountId id = touch(*engine, sp[-1], gas);
    if (gas < 0) goto out_of_gas;
    put_word(sp[-1], engine->journal.code(id).size());
    NEXT();
}
kExtCodeHash : {
    const Journal::AccountId id = touch(*engine, sp[-1], gas);
    if (gas < 0) goto out_of_gas;
    sp[-1] = engine->journal.is_empty(id)  // EIP-1052
                 ? Uint256{}
                 : uint256_from_be(engine->journal.code_hash(id));
    NEXT();
}
kExtCodeCopy : {
    const std::uint64_t end = range_end(sp[-2], sp[-4]);
    GROW(end);
    CHARGE(copy_gas(sp[-4].limbs[0], gas::kCopyWord));
    const Journal::AccountId id = touch(*engine, sp[-1], gas);
    if (gas < 0) goto out_of_gas;
    const ByteView code = engine->journal.code(id);
    if (end != 0) copy_padded(mem + sp[-2].limbs[0], code, sp[-3], sp[-4].limbs[0]);
    sp -= 4;
    NEXT();
}

    // The block ----------------------------------------------------------------------------------
kBlockHash : {
    sp[-1] = block_hash(*engine, sp[-1]);
    NEXT();
}
kCoinbase : { PUSH_WORD(uint256_from_be(engine->env->coinbase)); }
kTimestamp : { PUSH_SMALL(engine->env->timestamp); }
kNumber : { PUSH_SMALL(engine->env->number); }
kPrevRandao : { PUSH_WORD(uint256_from_be(engine->env->prev_randao)); }
kGasLimit : { PUSH_SMALL(engine->env->gas_limit); }
kChainId : { PUSH_SMALL(engine->env->chain_id); }
kBaseFee : { PUSH_WORD(engine->env->base_fee_per_gas); }
kBlobBaseFee : { PUSH_WORD(engine->env->blob_base_fee); }
kBlobHash : {
    const Uint256& index = sp[-1];
    sp[-1] = index.fits_u64() && index.limbs[0] < engine->blob_hashes.size()
                 ? uint256_from_be(engine->blob_hashes[index.limbs[0]])
                 : Uint256{};
    NEXT();
}

    // Storage ------------------------------------------------------------------------------------
kSLoad : {
    gas = load_storage(*engine, *frame, sp[-1], gas);
    if (gas < 0) goto out_of_gas;
    if (!kFollows && !engine->linear.empty()) [[unlikely]] {
        ++ip;
        SAVE();
        return kHandlers;
    }
    NEXT();
}
kSStore : {
    if (frame->is_static) HALT(kStaticViolation);
    gas = store_storage(*engine, frame->self, sp[-1], sp[-2], gas);
    if (gas < 0) goto out_of_gas;
    sp -= 2;
    NEXT();
}
kTLoad : {
    sp[-1] = engine->journal.transient(frame->self, sp[-1]);
    NEXT();
}
kTStore : {
    if (frame->is_static) HALT(kStaticViolation);
    engine->journal.set_transient(frame->self, sp[-1], sp[-2]);
    sp -= 2;
    NEXT();
}
    LOG(0) LOG(1) LOG(2) LOG(3) LOG(4)

    // Calls --------------------------------------------------------------------------------------
    CALL(kCreate, create) CALL(kCreate2, create)
    CALL(kCall, call) CALL(kCallCode, call) CALL(kDelegateCall, call) CALL(kStaticCall, call)
called:
    if (next == Next::kHalt) {
        why = engine->halt;
        goto failed;
    }
    if (next == Next::kContinue) {
        sp = frame->sp;
        gas = frame->gas;
        LOAD_MEMORY();
        NEXT();
    }
    // A frame may have moved the vector they live in; the caller is the one below the new one.
    engine->frames[engine->depth - 2].ip = ip + 1;
    goto resume;

    // Ends ---------------------------------------------------------------------------------------
kStop : {
    SAVE();
    if (engine->leave(HaltReason::kSuccess, 0, 0)) goto resume;
    return nullptr;
}
kReturn : {
    why = HaltReason::kSuccess;
    goto give_output;
}
kRevert : {
    why = HaltReason::kRevert;
    goto give_output;
}
give_output : {
    const std::uint64_t end = range_end(sp[-1], sp[-2]);
    GROW(end);
    SAVE();
    if (engine->leave(why, end == 0 ? 0 : sp[-1].limbs[0], sp[-2].limbs[0])) goto resume;
    return nullptr;
}
kSelfDestruct : {
    if (frame->is_static) HALT(kStaticViolation);
    Journal& journal = engine->journal;
    const Journal::AccountId beneficiary = journal.account(to_address(sp[-1]));
    if (engine->warm(beneficiary)) CHARGE(gas::kColdAccount);
    if (journal.can_pay(frame->self, 1) && journal.is_empty(beneficiary))
        CHARGE(gas::kNewAccount);
    engine->self_destruct_to(beneficiary);
    SAVE();
    if (engine->leave(HaltReason::kSuccess, 0, 0)) goto resume;
    return nullptr;
}
kInvalid:
kUndefined:
    HALT(kInvalidOpcode);

block_failed : {
    const auto check = std::bit_cast<BlockCheck>(ip->argument);
    if (gas < 0) HALT(kOutOfGas);
    if (sp - stack < static_cast<std::ptrdiff_t>(check.stack_needed)) HALT(kStackUnderflow);
    HALT(kStackOverflow);
}
out_of_gas:
    why = HaltReason::kOutOfGas;
failed:
    SAVE();
    if (engine->leave(why, 0, 0)) goto resume;
    return nullptr;

    // Pairs --------------------------------------------------------------------------------------
kPushAdd : {
    add_words(sp[-1], sp[-1], Uint256{ip->argument});
    NEXT();
}
kPushSubFrom : {
    subtract_words(sp[-1], Uint256{ip->argument}, sp[-1]);
    NEXT();
}
kPushAnd : {
    put_word(sp[-1], sp[-1].limbs[0] & ip->argument);
    NEXT();
}
kPushAndWide : {
    for (int i = 0; i < 4; ++i) sp[-1].limbs[i] &= CONSTANT().limbs[i];
    NEXT();
}
kPushShl : {
    if (ip->argument < 256) shift_word_left(sp[-1], sp[-1], ip->argument);
    else put_word(sp[-1], 0);
    NEXT();
}
kPushShr : {
    if (ip->argument < 256) shift_word_right(sp[-1], sp[-1], ip->argument);
    else put_word(sp[-1], 0);
    NEXT();
}
    PUSH_COMPARE(kPushEq, sp[-1].fits_u64() && sp[-1].limbs[0] == ip->argument)
    PUSH_COMPARE(kPushLt, !sp[-1].fits_u64() || sp[-1].limbs[0] > ip->argument)  // constant < top
    PUSH_COMPARE(kPushGt, sp[-1].fits_u64() && sp[-1].limbs[0] < ip->argument)   // constant > top
kPushMLoad : {
    if (ip->argument > gas::kMemoryBytesMax) goto out_of_gas;
    GROW(ip->argument + 32);
    const Uint256 word = load_word(mem + ip->argument);
    move_word(*sp++, word);
    NEXT();
}
kPushMStore : {
    if (ip->argument > gas::kMemoryBytesMax) goto out_of_gas;
    GROW(ip->argument + 32);
    store_word(mem + ip->argument, sp[-1]);
    --sp;
    NEXT();
}
kPushDup1 : {
    put_word(sp[0], ip->argument);
    put_word(sp[1], ip->argument);
    sp += 2;
    NEXT();
}
kPops : {
    sp -= ip->argument;
    NEXT();
}
kDupDup : {
    move_word(sp[0], *(sp - N()));
    move_word(sp[1], *(sp + 1 - M()));
    sp += 2;
    NEXT();
}
kDupSwap : {  // what SWAP takes away comes to the top, the copy goes to its place
    const Uint256 copy = *(sp - N());
    move_word(*sp, *(sp - M()));
    move_word(*(sp - M()), copy);
    ++sp;
    NEXT();
}
kSwapDup : {
    swap_words(sp[-1], *(sp - 1 - N()));
    move_word(*sp, *(sp - M()));
    ++sp;
    NEXT();
}
kSwapSwap : {  // of two different numbers
    rotate_words(sp[-1], *(sp - 1 - M()), *(sp - 1 - N()));
    NEXT();
}
kSwapSwapSwap : {  // of three
    rotate_words(sp[-1], *(sp - 1 - THIRD()), *(sp - 1 - M()), *(sp - 1 - N()));
    NEXT();
}
kSwap1Pop : {
    move_word(sp[-2], sp[-1]);
    --sp;
    NEXT();
}
kSwap2Pop : {  // what was third comes to the top, then goes
    move_word(sp[-3], sp[-1]);
    --sp;
    NEXT();
}
kSwapPop : {
    move_word(*(sp - 1 - N()), sp[-1]);
    --sp;
    NEXT();
}
kPushDup : {
    put_word(sp[0], SMALL());
    move_word(sp[1], *(sp + 1 - N()));
    sp += 2;
    NEXT();
}
kPushDupAdd : {
    add_words(*sp, *(sp + 1 - N()), Uint256{SMALL()});
    ++sp;
    NEXT();
}
kPushDupAnd : {
    const std::uint64_t bits = (sp + 1 - N())->limbs[0] & SMALL();
    PUSH_SMALL(bits);
}
    PUSH_ANSWER(kPushDupEq, EQUALS_SMALL(*(sp + 1 - N())))
    PUSH_ANSWER(kPushDupLt, IS_BELOW_SMALL(*(sp + 1 - N())))
    PUSH_ANSWER(kPushDupGt, IS_ABOVE_SMALL(*(sp + 1 - N())))
kPushDupAddMLoad : {
    add_words(*sp, *(sp + 1 - N()), Uint256{SMALL()});
    GROW_WORD(*sp, 32);
    const Uint256 word = load_word(mem + sp->limbs[0]);
    move_word(*sp++, word);
    NEXT();
}
kPushDupAddMStore : {
    Uint256 offset;
    add_words(offset, *(sp + 1 - N()), Uint256{SMALL()});
    GROW_WORD(offset, 32);
    store_word(mem + offset.limbs[0], sp[-1]);
    --sp;
    NEXT();
}
    DUP_OPERATION(kDupAdd, add_words(b, a, b))
    DUP_OPERATION(kDupSub, subtract_words(b, a, b))
    DUP_OPERATION(kDupMul, multiply_words(b, a, b))
    DUP_OPERATION(kDupAnd, for (int i = 0; i < 4; ++i) b.limbs[i] &= a.limbs[i])
    DUP_OPERATION(kDupEq, put_word(b, a == b ? 1 : 0))
    DUP_OPERATION(kDupLt, put_word(b, less_words(a, b) ? 1 : 0))
    DUP_OPERATION(kDupGt, put_word(b, less_words(b, a) ? 1 : 0))
    DUP_DUP_OPERATION(kDupDupAdd, add_words(*sp, a, b))
    DUP_DUP_OPERATION(kDupDupSub, subtract_words(*sp, a, b))
    DUP_DUP_OPERATION(kDupDupMul, multiply_words(*sp, a, b))
    DUP_DUP_OPERATION(kDupDupEq, put_word(*sp, a == b ? 1 : 0))
    DUP_DUP_OPERATION(kDupDupLt, put_word(*sp, less_words(a, b) ? 1 : 0))
    DUP_DUP_OPERATION(kDupDupGt, put_word(*sp, less_words(b, a) ? 1 : 0))
kDupMLoad : {
    const Uint256& offset = *(sp - N());
    GROW_WORD(offset, 32);
    const Uint256 word = load_word(mem + offset.limbs[0]);
    move_word(*sp++, word);
    NEXT();
}
kDupMStore : {
    const Uint256& offset = *(sp - N());
    GROW_WORD(offset, 32);
    store_word(mem + offset.limbs[0], sp[-1]);
    --sp;
    NEXT();
}
kSwap1Sub : {
    subtract_words(sp[-2], sp[-2], sp[-1]);
    --sp;
    NEXT();
}
kSwap1Div : {
    swap_words(sp[-1], sp[-2]);
    divide_top(sp);
    --sp;
    NEXT();
}
kSwap1MStore : {
    GROW_WORD(sp[-2], 32);
    store_word(mem + sp[-2].limbs[0], sp[-1]);
    sp -= 2;
    NEXT();
}
kPushSwap1 : {
    move_word(sp[0], sp[-1]);
    put_word(sp[-1], ip->argument);
    ++sp;
    NEXT();
}
kPushSignExtend : {
    if (ip->argument < 31) extend_word(sp[-1], ip->argument);
    NEXT();
}
kPushAddMLoad : {
    add_words(sp[-1], sp[-1], Uint256{ip->argument});
    GROW_WORD(sp[-1], 32);
    const Uint256 word = load_word(mem + sp[-1].limbs[0]);
    move_word(sp[-1], word);
    NEXT();
}
kAddMStore : {
    add_words(sp[-2], sp[-1], sp[-2]);
    GROW_WORD(sp[-2], 32);
    store_word(mem + sp[-2].limbs[0], sp[-3]);
    sp -= 3;
    NEXT();
}
kSwap1Swap2 : {  // the third comes to the top
    rotate_words(sp[-1], sp[-3], sp[-2]);
    NEXT();
}
kSwap2Swap1 : {  // the top goes down to the third
    rotate_words(sp[-1], sp[-2], sp[-3]);
    NEXT();
}
kJumpOn : { JUMP_ON(); }
kPopsJump : {
    sp -= ip->argument;
    JUMP_ON();
}
kSwap1Jump : {
    swap_words(sp[-1], sp[-2]);
    JUMP_ON();
}
kSwapSwapPopsJump : {
    rotate_words(sp[-1], *(sp - 1 - M()), *(sp - 1 - N()));
    sp -= ip->argument >> 16;
    JUMP_ON();
}
kPushThenJump : {
    put_word(*sp++, ip->argument);
    ++ip;
    if (ip->handler != &&kJumpTo) DISPATCH();
    ip = TARGET();
    CHECK_BLOCK();
    NEXT();
}
    JUMP_IF_BOTH(kAnd, 2, !AND_IS_ZERO(sp[-1], sp[-2]))
    JUMP_IF_BOTH(kEq, 2, sp[-1] == sp[-2])
    JUMP_IF_BOTH(kLt, 2, less_words(sp[-1], sp[-2]))
    JUMP_IF_BOTH(kGt, 2, less_words(sp[-2], sp[-1]))
    JUMP_IF_BOTH(kSLt, 2, less_words_signed(sp[-1], sp[-2]))
    JUMP_IF_BOTH(kDup, 0, !(sp - N())->is_zero())
    JUMP_IF_BOTH(kDupLt, 1, less_words(*(sp - N()), sp[-1]))
    JUMP_IF_BOTH(kDupGt, 1, less_words(sp[-1], *(sp - N())))
    JUMP_IF_BOTH(kPushDupAnd, 0, ((sp + 1 - N())->limbs[0] & SMALL()) != 0)
    JUMP_IF_BOTH(kPushDupEq, 0, EQUALS_SMALL(*(sp + 1 - N())))
    JUMP_IF_BOTH(kPushDupLt, 0, IS_BELOW_SMALL(*(sp + 1 - N())))
}

HandlerTable interpret(Engine* engine) {
    if (engine == nullptr) return loop<false>(nullptr);
    while (loop<false>(engine) != nullptr && loop<true>(engine) != nullptr) {
    }
    return nullptr;
}

}  // namespace troupe::chain::evm
