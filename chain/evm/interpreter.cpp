#include "chain/crypto/keccak.hpp"
#include "chain/evm/instructions.hpp"

#include <algorithm>
#include <bit>

// Labels as values ("computed goto"): what direct threading is made of; GCC and Clang have them.
#pragma GCC diagnostic ignored "-Wpedantic"

namespace troupe::chain::evm {

using state::Journal;

// clang-format off: one handler after the other

// The loop. ip, sp, gas, mem and msize are the running call's and live in registers; SAVE and LOAD
// exchange them with its frame around everything that may start, end or look at a call.

#define DISPATCH() goto*(ip->handler)
#define NEXT()      \
    do {            \
        ++ip;       \
        DISPATCH(); \
    } while (false)
#define SAVE()          \
    do {                \
        frame->ip = ip; \
        frame->sp = sp; \
        frame->gas = gas; \
    } while (false)
#define LOAD_MEMORY()                                \
    do {                                             \
        mem = engine->memory.at(frame->memory_base); \
        msize = frame->memory_size;                  \
    } while (false)
#define CHARGE(cost)                                \
    do {                                            \
        gas -= (cost);                              \
        if (gas < 0) [[unlikely]] goto out_of_gas;  \
    } while (false)
#define GROW(end)                                            \
    do {                                                     \
        if ((end) > msize) [[unlikely]] {                    \
            if ((end) > gas::kMemoryBytesMax) goto out_of_gas; \
            gas = engine->expand(*frame, (end), gas);        \
            if (gas < 0) goto out_of_gas;                    \
            LOAD_MEMORY();                                   \
        }                                                    \
    } while (false)
#define GROW_WORD(offset, size)                                                      \
    do {                                                                             \
        if (!(offset).fits_u64() || (offset).limbs[0] > gas::kMemoryBytesMax) [[unlikely]] \
            goto out_of_gas;                                                         \
        GROW((offset).limbs[0] + (size));                                            \
    } while (false)
#define CHECK_BLOCK()                                                                         \
    do {                                                                                      \
        const std::uint64_t check = ip->argument;                                             \
        gas -= static_cast<std::int64_t>(check & 0xffffffff);                                 \
        const std::ptrdiff_t height = sp - stack;                                             \
        if ((gas | (height - static_cast<std::ptrdiff_t>(check >> 32 & 0xffff)) |             \
             (static_cast<std::ptrdiff_t>(StackPool::kWordsMax) - height -                    \
              static_cast<std::ptrdiff_t>(check >> 48))) < 0) [[unlikely]]                    \
            goto block_failed;                                                                \
    } while (false)
#define TARGET() (reinterpret_cast<const Instruction*>(ip->argument))
#define CONSTANT() (*reinterpret_cast<const Uint256*>(ip->argument))
#define HALT(reason)                    \
    do {                                \
        why = HaltReason::reason;       \
        goto failed;                    \
    } while (false)
#define PUSH_WORD(value)                  \
    do {                                  \
        const Uint256 pushed = (value);   \
        move_word(*sp++, pushed);         \
        NEXT();                           \
    } while (false)
#define PUSH_SMALL(value)          \
    do {                           \
        put_word(*sp++, (value));  \
        NEXT();                    \
    } while (false)
#define BINARY(name, expression)           \
    name : {                               \
        const Uint256& a = sp[-1];         \
        Uint256& b = sp[-2];               \
        const Uint256 answer = expression; \
        move_word(b, answer);              \
        --sp;                              \
        NEXT();                            \
    }
#define COMPARE(name, expression)                  \
    name : {                                       \
        const Uint256& a = sp[-1];                 \
        Uint256& b = sp[-2];                       \
        const bool answer = expression;            \
        put_word(b, answer ? 1 : 0);               \
        --sp;                                      \
        NEXT();                                    \
    }
#define DUP(n)                        \
    kDup##n : {                       \
        move_word(*sp, *(sp - (n)));  \
        ++sp;                         \
        NEXT();                       \
    }
#define SWAP(n)                              \
    kSwap##n : {                             \
        swap_words(sp[-1], *(sp - 1 - (n))); \
        NEXT();                              \
    }
#define LOG(n)                                                                  \
    kLog##n : {                                                                 \
        if (frame->is_static) HALT(kStaticViolation);                           \
        const std::uint64_t end = range_end(sp[-1], sp[-2]);                    \
        GROW(end);                                                              \
        CHARGE(static_cast<std::int64_t>(sp[-2].limbs[0]) * gas::kLogByte);     \
        emit_log(*engine, *frame, sp, n, end == 0 ? mem : mem + sp[-1].limbs[0], \
                 sp[-2].limbs[0]);                                              \
        sp -= 2 + (n);                                                          \
        NEXT();                                                                 \
    }
#define LABEL(name) &&name

HandlerTable interpret(Engine* engine) {
    static const void* const kHandlers[kOperationCount] = {
        // By opcode, then by Operation.
        LABEL(kStop), LABEL(kAdd), LABEL(kMul), LABEL(kSub), LABEL(kDiv), LABEL(kSDiv),
        LABEL(kMod), LABEL(kSMod), LABEL(kAddMod), LABEL(kMulMod), LABEL(kExp), LABEL(kSignExtend),
        LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kLt),
        LABEL(kGt), LABEL(kSLt), LABEL(kSGt), LABEL(kEq), LABEL(kIsZero), LABEL(kAnd), LABEL(kOr),
        LABEL(kXor), LABEL(kNot), LABEL(kByte), LABEL(kShl), LABEL(kShr), LABEL(kSar),
        LABEL(kUndefined), LABEL(kUndefined), LABEL(kKeccak256), LABEL(kUndefined),
        LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined),
        LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined),
        LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined),
        LABEL(kUndefined), LABEL(kUndefined), LABEL(kAddress), LABEL(kBalance), LABEL(kOrigin),
        LABEL(kCaller), LABEL(kCallValue), LABEL(kCallDataLoad), LABEL(kCallDataSize),
        LABEL(kCallDataCopy), LABEL(kCodeSize), LABEL(kCodeCopy), LABEL(kGasPrice),
        LABEL(kExtCodeSize), LABEL(kExtCodeCopy), LABEL(kReturnDataSize), LABEL(kReturnDataCopy),
        LABEL(kExtCodeHash), LABEL(kBlockHash), LABEL(kCoinbase), LABEL(kTimestamp),
        LABEL(kNumber), LABEL(kPrevRandao), LABEL(kGasLimit), LABEL(kChainId), LABEL(kSelfBalance),
        LABEL(kBaseFee), LABEL(kBlobHash), LABEL(kBlobBaseFee), LABEL(kUndefined),
        LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kPop),
        LABEL(kMLoad), LABEL(kMStore), LABEL(kMStore8), LABEL(kSLoad), LABEL(kSStore),
        LABEL(kJump), LABEL(kJumpI), LABEL(kUndefined), LABEL(kMSize), LABEL(kGas),
        LABEL(kUndefined), LABEL(kTLoad), LABEL(kTStore), LABEL(kMCopy), LABEL(kUndefined),
        LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined),
        LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined),
        LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined),
        LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined),
        LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined),
        LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined),
        LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined),
        LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kDup1),
        LABEL(kDup2), LABEL(kDup3), LABEL(kDup4), LABEL(kDup5), LABEL(kDup6), LABEL(kDup7),
        LABEL(kDup8), LABEL(kDup9), LABEL(kDup10), LABEL(kDup11), LABEL(kDup12), LABEL(kDup13),
        LABEL(kDup14), LABEL(kDup15), LABEL(kDup16), LABEL(kSwap1), LABEL(kSwap2), LABEL(kSwap3),
        LABEL(kSwap4), LABEL(kSwap5), LABEL(kSwap6), LABEL(kSwap7), LABEL(kSwap8), LABEL(kSwap9),
        LABEL(kSwap10), LABEL(kSwap11), LABEL(kSwap12), LABEL(kSwap13), LABEL(kSwap14),
        LABEL(kSwap15), LABEL(kSwap16), LABEL(kLog0), LABEL(kLog1), LABEL(kLog2), LABEL(kLog3),
        LABEL(kLog4), LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined),
        LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined),
        LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined),
        LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined),
        LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined),
        LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined),
        LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined),
        LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined),
        LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined),
        LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined),
        LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined),
        LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined),
        LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined),
        LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined),
        LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined),
        LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined),
        LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined),
        LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined),
        LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kCreate), LABEL(kCall),
        LABEL(kCallCode), LABEL(kReturn), LABEL(kDelegateCall), LABEL(kCreate2), LABEL(kUndefined),
        LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kStaticCall),
        LABEL(kUndefined), LABEL(kUndefined), LABEL(kRevert), LABEL(kInvalid),
        LABEL(kSelfDestruct), LABEL(kBlock), LABEL(kStep), LABEL(kPush), LABEL(kPushWide),
        LABEL(kJumpTo), LABEL(kJumpIfTo), LABEL(kJumpNowhere), LABEL(kJumpIfNowhere),
        LABEL(kUndefined), LABEL(kPushAdd), LABEL(kPushSubFrom), LABEL(kPushAnd),
        LABEL(kPushAndWide), LABEL(kPushShl), LABEL(kPushShr), LABEL(kPushEq), LABEL(kPushLt),
        LABEL(kPushGt), LABEL(kPushMLoad), LABEL(kPushMStore), LABEL(kPushDup1),
        LABEL(kIsZeroJumpIfTo), LABEL(kSwap1Pop), LABEL(kSwap2Pop), LABEL(kPopPop),
        LABEL(kDup2Add), LABEL(kDup1MLoad),
    };
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
kIsZeroJumpIfTo : {
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
    BINARY(kAdd, a + b)
    BINARY(kSub, a - b)
    BINARY(kMul, a* b)
    BINARY(kDiv, a / b)
    BINARY(kMod, a % b)
    BINARY(kSDiv, divide_signed(a, b).quotient)
    BINARY(kSMod, divide_signed(a, b).remainder)
    BINARY(kAnd, a& b)
    BINARY(kOr, a | b)
    BINARY(kXor, a ^ b)
    COMPARE(kLt, a < b)
    COMPARE(kGt, b < a)
    COMPARE(kSLt, signed_less(a, b))
    COMPARE(kSGt, signed_less(b, a))
    COMPARE(kEq, a == b)
    BINARY(kShl, a.fits_u64() ? b << a.limbs[0] : Uint256{})
    BINARY(kShr, a.fits_u64() ? b >> a.limbs[0] : Uint256{})
    BINARY(kSar, shift_right_signed(b, a.fits_u64() ? a.limbs[0] : 256))
    BINARY(
        kByte, a.fits_u64() && a.limbs[0] < 32
                   ? Uint256{b.limbs[3 - a.limbs[0] / 8] >> (56 - a.limbs[0] % 8 * 8) & 0xff}
                   : Uint256{})
    BINARY(
        kSignExtend,
        extend_sign(b, a.fits_u64() && a.limbs[0] < 31 ? static_cast<unsigned>(a.limbs[0]) + 1 : 32))
kIsZero : {
    put_word(sp[-1], sp[-1].is_zero() ? 1 : 0);
    NEXT();
}
kNot : {
    const Uint256 answer = ~sp[-1];
    move_word(sp[-1], answer);
    NEXT();
}
kAddMod : {
    const Uint256 answer = add_mod(sp[-1], sp[-2], sp[-3]);
    move_word(sp[-3], answer);
    sp -= 2;
    NEXT();
}
kMulMod : {
    const Uint256 answer = mul_mod(sp[-1], sp[-2], sp[-3]);
    move_word(sp[-3], answer);
    sp -= 2;
    NEXT();
}
kExp : {
    CHARGE(exponent_gas(sp[-2]));
    const Uint256 answer = power(sp[-1], sp[-2]);
    move_word(sp[-2], answer);
    --sp;
    NEXT();
}
kKeccak256 : {
    const std::uint64_t end = range_end(sp[-1], sp[-2]);
    GROW(end);
    const std::uint64_t size = sp[-2].limbs[0];
    CHARGE(copy_gas(size, gas::kKeccakWord));
    const Hash32 hash =
        crypto::keccak256(end == 0 ? ByteView{} : ByteView{mem + sp[-1].limbs[0], size});
    --sp;
    sp[-1] = load_word(hash.data());
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
kCallDataCopy : {
    const std::uint64_t end = range_end(sp[-1], sp[-3]);
    GROW(end);
    CHARGE(copy_gas(sp[-3].limbs[0], gas::kCopyWord));
    if (end != 0)
        copy_padded(mem + sp[-1].limbs[0], {frame->input, frame->input_size}, sp[-2],
                    sp[-3].limbs[0]);
    sp -= 3;
    NEXT();
}
kCodeCopy : {
    const std::uint64_t end = range_end(sp[-1], sp[-3]);
    GROW(end);
    CHARGE(copy_gas(sp[-3].limbs[0], gas::kCopyWord));
    if (end != 0)
        copy_padded(mem + sp[-1].limbs[0], frame->code->bytes(), sp[-2], sp[-3].limbs[0]);
    sp -= 3;
    NEXT();
}
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
    gas = load_storage(*engine, frame->self, sp[-1], gas);
    if (gas < 0) goto out_of_gas;
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
kCreate : {
    SAVE();
    next = engine->create(CallKind::kCreate);
    goto called;
}
kCreate2 : {
    SAVE();
    next = engine->create(CallKind::kCreate2);
    goto called;
}
kCall : {
    SAVE();
    next = engine->call(CallKind::kCall);
    goto called;
}
kCallCode : {
    SAVE();
    next = engine->call(CallKind::kCallCode);
    goto called;
}
kDelegateCall : {
    SAVE();
    next = engine->call(CallKind::kDelegateCall);
    goto called;
}
kStaticCall : {
    SAVE();
    next = engine->call(CallKind::kStaticCall);
    goto called;
}
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
    const Uint256 answer = sp[-1] + Uint256{ip->argument};
    move_word(sp[-1], answer);
    NEXT();
}
kPushSubFrom : {
    const Uint256 answer = Uint256{ip->argument} - sp[-1];
    move_word(sp[-1], answer);
    NEXT();
}
kPushAnd : {
    put_word(sp[-1], sp[-1].limbs[0] & ip->argument);
    NEXT();
}
kPushAndWide : {
    const Uint256 answer = sp[-1] & CONSTANT();
    move_word(sp[-1], answer);
    NEXT();
}
kPushShl : {
    const Uint256 answer = sp[-1] << ip->argument;
    move_word(sp[-1], answer);
    NEXT();
}
kPushShr : {
    const Uint256 answer = sp[-1] >> ip->argument;
    move_word(sp[-1], answer);
    NEXT();
}
kPushEq : {
    const bool answer = sp[-1].fits_u64() && sp[-1].limbs[0] == ip->argument;
    put_word(sp[-1], answer ? 1 : 0);
    NEXT();
}
kPushLt : {  // constant < top
    const bool answer = !sp[-1].fits_u64() || sp[-1].limbs[0] > ip->argument;
    put_word(sp[-1], answer ? 1 : 0);
    NEXT();
}
kPushGt : {  // constant > top
    const bool answer = sp[-1].fits_u64() && sp[-1].limbs[0] < ip->argument;
    put_word(sp[-1], answer ? 1 : 0);
    NEXT();
}
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
kPopPop : {
    sp -= 2;
    NEXT();
}
kDup2Add : {
    const Uint256 answer = sp[-1] + sp[-2];
    move_word(sp[-1], answer);
    NEXT();
}
kDup1MLoad : {
    GROW_WORD(sp[-1], 32);
    const Uint256 word = load_word(mem + sp[-1].limbs[0]);
    move_word(*sp++, word);
    NEXT();
}
}

}  // namespace troupe::chain::evm
