#include "chain/evm/tracers/call_tracer.hpp"

namespace troupe::chain::evm {
namespace {

constexpr std::size_t kFrameBytes = 400;  // of a call's text without input and output
constexpr std::size_t kLogBytes = 200;

}  // namespace

void CallTracer::on_step(const Step& step) {
    budget_.step();
    open_.back().last_opcode = step.opcode;
    open_.back().last_stack = static_cast<std::uint32_t>(step.stack.size());
}

void CallTracer::on_enter(const Enter& enter) {
    const bool outermost = open_.empty();
    if (!outermost) ++open_.back().calls;
    const Address from = outermost ? enter.from : open_.back().address;
    Open open;
    open.address = enter.to;
    open.logs = live_logs_;
    if (outermost || !options_.only_top_call) {
        open.frame = frames_.size();
        CallFrame& frame = frames_.emplace_back();
        frame.kind = enter.kind;
        frame.depth = enter.depth;
        frame.from = from;
        frame.to = enter.code;
        frame.value = enter.value;
        frame.gas = static_cast<std::uint64_t>(enter.gas);
        frame.input.assign(enter.input.begin(), enter.input.end());
        budget_.take(kFrameBytes + 2 * enter.input.size());
    }
    open_.push_back(open);
}

void CallTracer::on_exit(const Exit& exit) {
    const Open open = open_.back();
    open_.pop_back();
    const bool success = exit.reason == HaltReason::kSuccess;
    if (!success) live_logs_ = open.logs;
    if (options_.only_top_call && !open_.empty()) return;
    CallFrame& frame = frames_[open.frame];
    frame.gas_used = frame.gas - static_cast<std::uint64_t>(exit.gas_left);
    frame.reason = exit.reason;
    frame.last_opcode = open.last_opcode;
    frame.last_stack = open.last_stack;
    if (success || exit.reason == HaltReason::kRevert)
        frame.output.assign(exit.output.begin(), exit.output.end());
    budget_.take(2 * frame.output.size());
    if (!success) drop_logs(open.frame);
}

void CallTracer::drop_logs(std::size_t first_frame) {
    for (std::size_t i = first_frame; i < frames_.size(); ++i)
        frames_[i].logs.clear();
}

void CallTracer::on_log(std::uint32_t depth, const Log& log) {
    const std::uint32_t index = live_logs_++;
    if (!options_.with_log || (options_.only_top_call && depth > 1)) return;
    const Open& open = open_.back();
    frames_[open.frame].logs.push_back({log, index, options_.only_top_call ? 0 : open.calls});
    budget_.take(kLogBytes + 2 * log.data.size());
}

void CallTracer::on_self_destruct(const SelfDestruct& what) {
    ++open_.back().calls;
    if (options_.only_top_call) return;
    CallFrame& frame = frames_.emplace_back();
    frame.self_destruct = true;
    frame.depth = what.depth + 1;
    frame.from = what.address;
    frame.to = what.beneficiary;
    frame.value = what.balance;
    budget_.take(kFrameBytes);
}

}  // namespace troupe::chain::evm
