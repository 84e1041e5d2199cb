#pragma once

// How the handlers of the interpreter's loop are written (interpreter.cpp). ip, sp, gas, mem and
// msize are the running call's and live in registers; SAVE and LOAD_MEMORY exchange them with its
// frame around everything that may start, end or look at a call.

// clang-format off: as the handlers are
#define DISPATCH()                              \
    do {                                        \
        if constexpr (kFollows) goto follow;    \
        else goto*(ip->handler);                \
    } while (false)
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
#define IN_PLACE(name, statement)                  \
    name : {                                       \
        [[maybe_unused]] const Uint256& a = sp[-1]; \
        [[maybe_unused]] Uint256& b = sp[-2];      \
        statement;                                 \
        --sp;                                      \
        NEXT();                                    \
    }
#define LIMBS(name, operation)                                              \
    name : {                                                                \
        for (int i = 0; i < 4; ++i)                                         \
            sp[-2].limbs[i] = sp[-1].limbs[i] operation sp[-2].limbs[i];    \
        --sp;                                                               \
        NEXT();                                                             \
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
#define PUSH_COMPARE(name, expression)     \
    name : {                               \
        const bool answer = expression;    \
        put_word(sp[-1], answer ? 1 : 0);  \
        NEXT();                            \
    }
#define DUP(n)                        \
    kDup##n : {                       \
        move_word(*sp, *(sp - (n)));  \
        ++sp;                         \
        NEXT();                       \
    }
// Of an instruction that joins others (Operation): numbers of DUPs and SWAPs, and the constant.
#define N() (static_cast<std::ptrdiff_t>(ip->argument & 0xff))
#define M() (static_cast<std::ptrdiff_t>(ip->argument >> 8 & 0xff))
#define THIRD() (static_cast<std::ptrdiff_t>(ip->argument >> 16 & 0xff))
#define SMALL() (ip->argument >> 8)
#define EQUALS_SMALL(word) ((word).fits_u64() && (word).limbs[0] == SMALL())
#define IS_BELOW_SMALL(word) ((word).fits_u64() && (word).limbs[0] < SMALL())
#define IS_ABOVE_SMALL(word) (!(word).fits_u64() || (word).limbs[0] > SMALL())
#define PUSH_ANSWER(name, condition)    \
    name : {                            \
        const bool answer = condition;  \
        PUSH_SMALL(answer ? 1 : 0);     \
    }
#define AND_IS_ZERO(a, b)                                                             \
    ((((a).limbs[0] & (b).limbs[0]) | ((a).limbs[1] & (b).limbs[1]) |                 \
      ((a).limbs[2] & (b).limbs[2]) | ((a).limbs[3] & (b).limbs[3])) == 0)
#define DUP_OPERATION(name, statement)    \
    name : {                              \
        const Uint256& a = *(sp - N());   \
        Uint256& b = sp[-1];              \
        statement;                        \
        NEXT();                           \
    }
#define DUP_DUP_OPERATION(name, statement)                                \
    name : {                                                              \
        const Uint256& b = *(sp - N());                                   \
        const Uint256& a = M() == 1 ? b : *(sp + 1 - M());                \
        statement;                                                        \
        ++sp;                                                             \
        NEXT();                                                           \
    }
// A condition and the JUMPI behind it. Where that one is not linked it runs alone, with the word.
#define JUMP_IF(name, linked, words, condition, jumps)        \
    name : {                                                  \
        const bool answer = condition;                        \
        sp -= (words);                                        \
        if (answer != (jumps)) {                              \
            ip += 2;                                          \
        } else if (ip[1].handler == &&linked) {               \
            ++ip;                                             \
            ip = TARGET();                                    \
        } else {                                              \
            PUSH_SMALL(answer ? 1 : 0);                       \
        }                                                     \
        CHECK_BLOCK();                                        \
        NEXT();                                               \
    }
#define JUMP_IF_BOTH(name, words, condition)                             \
    JUMP_IF(name##JumpIf, kJumpIfTo, words, condition, true)             \
    JUMP_IF(name##JumpIfZero, kJumpIfZeroTo, words, condition, false)
// Takes the top word and goes there: to the start of a block, which is checked.
#define JUMP_ON()                                                      \
    do {                                                               \
        const Instruction* const target = frame->code->target(sp[-1]); \
        --sp;                                                          \
        if (target == nullptr) HALT(kInvalidJump);                     \
        ip = target;                                                   \
        CHECK_BLOCK();                                                 \
        NEXT();                                                        \
    } while (false)
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
#define COPY(name, source)                                                             \
    name : {                                                                           \
        const std::uint64_t end = range_end(sp[-1], sp[-3]);                           \
        GROW(end);                                                                     \
        CHARGE(copy_gas(sp[-3].limbs[0], gas::kCopyWord));                             \
        if (end != 0)                                                                  \
            copy_padded(mem + sp[-1].limbs[0], source, sp[-2], sp[-3].limbs[0]);       \
        sp -= 3;                                                                       \
        NEXT();                                                                        \
    }
#define CALL(name, begin)                       \
    name : {                                    \
        SAVE();                                 \
        next = engine->begin(CallKind::name);   \
        goto called;                            \
    }
