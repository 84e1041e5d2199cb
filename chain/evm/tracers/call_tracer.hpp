#pragma once

#include "chain/evm/tracers/trace_budget.hpp"

#include <vector>

namespace troupe::chain::evm {

/// A log of a call, and where it stands.
struct CallLog {
    Log log;
    std::uint32_t index = 0;     ///< among the logs that stand when it is written
    std::uint32_t position = 0;  ///< calls that this call had made before
};

/// A call, creation or SELFDESTRUCT.
struct CallFrame {
    CallKind kind = CallKind::kCall;
    bool self_destruct = false;
    std::uint32_t depth = 0;  ///< 1 for the outermost
    Address from;             ///< the contract whose code called
    Address to;               ///< whose code runs; of a creation the new contract
    Uint256 value;
    std::uint64_t gas = 0;
    std::uint64_t gas_used = 0;
    Bytes input;
    Bytes output;
    HaltReason reason = HaltReason::kSuccess;
    std::uint8_t last_opcode = 0;  ///< what it ended with, where it ended badly
    std::uint32_t last_stack = 0;  ///< words before that
    std::vector<CallLog> logs;     ///< none where it or a call around it failed
};

/// The calls of a transaction, each before those that it makes.
/// @spec go-ethereum's callTracer
class CallTracer final : public BudgetedTracer {
  public:
    struct Options {
        bool only_top_call = false;
        bool with_log = false;
        std::uint32_t first_log_index = 0;  ///< of the transaction in its block
    };
    CallTracer(Options options, TraceBudget& budget)
        : BudgetedTracer(budget), options_(options), live_logs_(options.first_log_index) {}

    void on_step(const Step& step) override;
    void on_enter(const Enter& enter) override;
    void on_exit(const Exit& exit) override;
    void on_log(std::uint32_t depth, const Log& log) override;
    void on_self_destruct(const SelfDestruct& what) override;

    /// Depth first; the depth says what belongs to what. Empty where nothing ran.
    [[nodiscard]] const std::vector<CallFrame>& frames() const noexcept { return frames_; }

  private:
    /// A call that is under way.
    struct Open {
        std::size_t frame = 0;    ///< in frames_; the outermost one's where inner ones are left out
        Address address;          ///< whose storage it works on
        std::uint32_t logs = 0;   ///< that stood when it began
        std::uint32_t calls = 0;  ///< that it has made
        std::uint8_t last_opcode = 0;
        std::uint32_t last_stack = 0;
    };
    void drop_logs(std::size_t first_frame);

    const Options options_;
    std::uint32_t live_logs_;
    std::vector<CallFrame> frames_;
    std::vector<Open> open_;
};

}  // namespace troupe::chain::evm
