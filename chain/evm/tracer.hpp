#pragma once

#include "chain/base/bytes.hpp"
#include "chain/base/uint256.hpp"
#include "chain/evm/halt_reason.hpp"
#include "chain/types/receipt.hpp"

#include <optional>
#include <span>

namespace troupe::chain::evm {

/// An instruction that is about to run (EIP-3155). The views are valid during the call only.
struct Step {
    std::uint32_t pc = 0;
    std::uint8_t opcode = 0;
    std::int64_t gas = 0;  ///< left before it
    std::int64_t gas_cost =
        0;                    ///< its static part; what operands cost shows in the next step's gas
    std::uint32_t depth = 0;  ///< 1 for the outermost call
    std::int64_t refund = 0;
    Address address;                 ///< whose storage it works on
    std::span<const Uint256> stack;  ///< bottom first
    ByteView memory;
    ByteView return_data;
    /// What ends the call before the instruction runs: no such opcode, stack, or static gas.
    std::optional<HaltReason> fault;
};

enum class CallKind : std::uint8_t {
    kCall,
    kCallCode,
    kDelegateCall,
    kStaticCall,
    kCreate,
    kCreate2
};

/// A call or creation that begins, or that is refused before it begins: too deep, or without the
/// value that it should move. Its exit follows at once then.
struct Enter {
    CallKind kind = CallKind::kCall;
    std::uint32_t depth = 0;  ///< 1 for the outermost call
    Address from;
    Address to;    ///< whose storage the code works on; of a creation the new contract
    Address code;  ///< where the code comes from
    Uint256 value;
    std::int64_t gas = 0;
    std::int64_t caller_gas = 0;  ///< what the caller keeps meanwhile; 0 of the outermost call
    ByteView input;               ///< init code of a creation
};

/// A call or creation that ended; exits come in the reverse order of the enters.
struct Exit {
    std::uint32_t depth = 0;
    HaltReason reason = HaltReason::kSuccess;
    std::int64_t gas_left = 0;
    ByteView output;
};

/// SELFDESTRUCT, before anything has moved. The call ends with it.
struct SelfDestruct {
    std::uint32_t depth = 0;  ///< of the call that ends
    Address address;
    Address beneficiary;
    Uint256 balance;
};

/// Watches code run. Only code that was decoded for it calls it: without a tracer the interpreter
/// has no trace of tracing.
class Tracer {
  public:
    virtual ~Tracer() = default;
    virtual void on_step(const Step& step) = 0;
    virtual void on_enter(const Enter& enter) = 0;
    virtual void on_exit(const Exit& exit) = 0;
    /// A log was written; it goes again when a call around it fails.
    virtual void on_log(std::uint32_t /*depth*/, const Log& /*log*/) {}
    virtual void on_self_destruct(const SelfDestruct& /*what*/) {}
    /// Whether it has seen enough: every call ends with its next instruction then, out of gas. What
    /// the transaction came to means nothing after that.
    [[nodiscard]] virtual bool stopped() const { return false; }
};

}  // namespace troupe::chain::evm
