#pragma once

// The handlers of the interpreter's loop (interpreter.cpp), first by opcode, then in the order of
// Operation (code.hpp).
#define LABEL(name) &&name

// clang-format off: as the opcodes are
#define OPCODE_HANDLERS                                                                          \
    LABEL(kStop), LABEL(kAdd), LABEL(kMul), LABEL(kSub), LABEL(kDiv), LABEL(kSDiv), LABEL(kMod), \
    LABEL(kSMod), LABEL(kAddMod), LABEL(kMulMod), LABEL(kExp), LABEL(kSignExtend),               \
    LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kLt),      \
    LABEL(kGt), LABEL(kSLt), LABEL(kSGt), LABEL(kEq), LABEL(kIsZero), LABEL(kAnd), LABEL(kOr),   \
    LABEL(kXor), LABEL(kNot), LABEL(kByte), LABEL(kShl), LABEL(kShr), LABEL(kSar),               \
    LABEL(kUndefined), LABEL(kUndefined), LABEL(kKeccak256), LABEL(kUndefined),                  \
    LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined),                  \
    LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined),                  \
    LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined),                  \
    LABEL(kUndefined), LABEL(kUndefined), LABEL(kAddress), LABEL(kBalance), LABEL(kOrigin),      \
    LABEL(kCaller), LABEL(kCallValue), LABEL(kCallDataLoad), LABEL(kCallDataSize),               \
    LABEL(kCallDataCopy), LABEL(kCodeSize), LABEL(kCodeCopy), LABEL(kGasPrice),                  \
    LABEL(kExtCodeSize), LABEL(kExtCodeCopy), LABEL(kReturnDataSize), LABEL(kReturnDataCopy),    \
    LABEL(kExtCodeHash), LABEL(kBlockHash), LABEL(kCoinbase), LABEL(kTimestamp), LABEL(kNumber), \
    LABEL(kPrevRandao), LABEL(kGasLimit), LABEL(kChainId), LABEL(kSelfBalance), LABEL(kBaseFee), \
    LABEL(kBlobHash), LABEL(kBlobBaseFee), LABEL(kUndefined), LABEL(kUndefined),                 \
    LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kPop), LABEL(kMLoad),         \
    LABEL(kMStore), LABEL(kMStore8), LABEL(kSLoad), LABEL(kSStore), LABEL(kJump), LABEL(kJumpI), \
    LABEL(kUndefined), LABEL(kMSize), LABEL(kGas), LABEL(kUndefined), LABEL(kTLoad),             \
    LABEL(kTStore), LABEL(kMCopy), LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined),      \
    LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined),                  \
    LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined),                  \
    LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined),                  \
    LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined),                  \
    LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined),                  \
    LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined),                  \
    LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined),                  \
    LABEL(kUndefined), LABEL(kUndefined), LABEL(kDup1), LABEL(kDup2), LABEL(kDup3),              \
    LABEL(kDup4), LABEL(kDup5), LABEL(kDup6), LABEL(kDup7), LABEL(kDup8), LABEL(kDup9),          \
    LABEL(kDup10), LABEL(kDup11), LABEL(kDup12), LABEL(kDup13), LABEL(kDup14), LABEL(kDup15),    \
    LABEL(kDup16), LABEL(kSwap1), LABEL(kSwap2), LABEL(kSwap3), LABEL(kSwap4), LABEL(kSwap5),    \
    LABEL(kSwap6), LABEL(kSwap7), LABEL(kSwap8), LABEL(kSwap9), LABEL(kSwap10), LABEL(kSwap11),  \
    LABEL(kSwap12), LABEL(kSwap13), LABEL(kSwap14), LABEL(kSwap15), LABEL(kSwap16),              \
    LABEL(kLog0), LABEL(kLog1), LABEL(kLog2), LABEL(kLog3), LABEL(kLog4), LABEL(kUndefined),     \
    LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined),                  \
    LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined),                  \
    LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined),                  \
    LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined),                  \
    LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined),                  \
    LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined),                  \
    LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined),                  \
    LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined),                  \
    LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined),                  \
    LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined),                  \
    LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined),                  \
    LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined),                  \
    LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined),                  \
    LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined),                  \
    LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined),                  \
    LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined),                  \
    LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined),                  \
    LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined), LABEL(kUndefined),                  \
    LABEL(kUndefined), LABEL(kUndefined), LABEL(kCreate), LABEL(kCall), LABEL(kCallCode),        \
    LABEL(kReturn), LABEL(kDelegateCall), LABEL(kCreate2), LABEL(kUndefined), LABEL(kUndefined), \
    LABEL(kUndefined), LABEL(kUndefined), LABEL(kStaticCall), LABEL(kUndefined),                 \
    LABEL(kUndefined), LABEL(kRevert), LABEL(kInvalid), LABEL(kSelfDestruct)

#define OPERATION_HANDLERS                                                                       \
    LABEL(kBlock), LABEL(kStep), LABEL(kPush), LABEL(kPushWide), LABEL(kContinue), LABEL(kGoOn), \
    LABEL(kGoOnBlock), LABEL(kLinkJump), LABEL(kLinkJumpIf), LABEL(kLinkJumpIfZero),             \
    LABEL(kJumpTo), LABEL(kJumpIfTo), LABEL(kJumpNowhere), LABEL(kJumpIfNowhere),                \
    LABEL(kJumpIfZeroNowhere), LABEL(kUndefined), LABEL(kPushAdd), LABEL(kPushSubFrom),          \
    LABEL(kPushAnd), LABEL(kPushAndWide), LABEL(kPushShl), LABEL(kPushShr), LABEL(kPushEq),      \
    LABEL(kPushLt), LABEL(kPushGt), LABEL(kPushMLoad), LABEL(kPushMStore), LABEL(kPushDup1),     \
    LABEL(kJumpIfZeroTo), LABEL(kPops), LABEL(kDupDup), LABEL(kDupSwap), LABEL(kSwapDup),        \
    LABEL(kSwapSwap), LABEL(kSwapSwapSwap), LABEL(kSwap1Swap2), LABEL(kSwap2Swap1),              \
    LABEL(kSwap1Pop), LABEL(kSwap2Pop), LABEL(kSwapPop), LABEL(kPushDup), LABEL(kPushDupAdd),    \
    LABEL(kPushDupAnd), LABEL(kPushDupEq), LABEL(kPushDupLt), LABEL(kPushDupGt),                 \
    LABEL(kPushDupAddMLoad), LABEL(kPushDupAddMStore), LABEL(kDupAdd), LABEL(kDupSub),           \
    LABEL(kDupMul), LABEL(kDupAnd), LABEL(kDupEq), LABEL(kDupLt), LABEL(kDupGt),                 \
    LABEL(kDupMLoad), LABEL(kDupMStore), LABEL(kDupDupAdd), LABEL(kDupDupSub),                   \
    LABEL(kDupDupMul), LABEL(kDupDupEq), LABEL(kDupDupLt), LABEL(kDupDupGt), LABEL(kSwap1Sub),   \
    LABEL(kSwap1Div), LABEL(kSwap1MStore), LABEL(kPushSwap1), LABEL(kPushSignExtend),            \
    LABEL(kPushAddMLoad), LABEL(kAddMStore), LABEL(kJumpOn), LABEL(kPopsJump),                   \
    LABEL(kSwap1Jump), LABEL(kSwapSwapPopsJump), LABEL(kPushThenJump), LABEL(kAndJumpIf),        \
    LABEL(kAndJumpIfZero), LABEL(kEqJumpIf), LABEL(kEqJumpIfZero), LABEL(kLtJumpIf),             \
    LABEL(kLtJumpIfZero), LABEL(kGtJumpIf), LABEL(kGtJumpIfZero), LABEL(kSLtJumpIf),             \
    LABEL(kSLtJumpIfZero), LABEL(kDupJumpIf), LABEL(kDupJumpIfZero), LABEL(kDupLtJumpIf),        \
    LABEL(kDupLtJumpIfZero), LABEL(kDupGtJumpIf), LABEL(kDupGtJumpIfZero),                       \
    LABEL(kPushDupAndJumpIf), LABEL(kPushDupAndJumpIfZero), LABEL(kPushDupEqJumpIf),             \
    LABEL(kPushDupEqJumpIfZero), LABEL(kPushDupLtJumpIf), LABEL(kPushDupLtJumpIfZero)
