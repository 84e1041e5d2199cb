#include "sequencer/evm_tools/trace_printer.hpp"

#include "chain/base/hex.hpp"
#include "sequencer/evm_tools/opcode_name.hpp"

#include <fmt/format.h>

namespace troupe::node {

using namespace chain;

void TracePrinter::on_step(const evm::Step& step) {
    if (waits_) {
        const bool same_call = pending_.depth == step.depth;
        flush(same_call ? pending_.gas - step.gas : pending_.gas_cost, {});
    }
    std::string stack;
    for (const Uint256& word : step.stack)
        stack += fmt::format("{}\"{}\"", stack.empty() ? "" : ",", to_hex_quantity(word));
    pending_.head = fmt::format(
        R"({{"pc":{},"op":{},"gas":"{:#x}","gasCost":)", step.pc, step.opcode, step.gas);
    pending_.tail = fmt::format(
        R"(,"memSize":{},"stack":[{}],"depth":{},"refund":{},"opName":"{}")", step.memory.size(),
        stack, step.depth, step.refund, opcode_name(step.opcode));
    if (options_.memory) pending_.tail += fmt::format(R"(,"memory":"{}")", to_hex(step.memory));
    if (options_.return_data)
        pending_.tail += fmt::format(R"(,"returnData":"{}")", to_hex(step.return_data));
    pending_.gas = step.gas;
    pending_.gas_cost = step.gas_cost;
    pending_.depth = step.depth;
    waits_ = true;
    if (step.fault) flush(step.gas_cost, std::string(evm::to_string(*step.fault)));
}

void TracePrinter::on_enter(const evm::Enter& /*enter*/) {
    if (waits_) flush(pending_.gas_cost, {});
}

void TracePrinter::on_exit(const evm::Exit& exit) {
    if (!waits_) return;
    const bool ended_well =
        exit.reason == evm::HaltReason::kSuccess || exit.reason == evm::HaltReason::kRevert;
    flush(
        ended_well ? pending_.gas - exit.gas_left : pending_.gas_cost,
        ended_well ? std::string() : std::string(evm::to_string(exit.reason)));
}

void TracePrinter::flush(std::int64_t gas_cost, const std::string& error) {
    fmt::print(out_, "{}\"{:#x}\"{}", pending_.head, gas_cost, pending_.tail);
    if (!error.empty()) fmt::print(out_, R"(,"error":"{}")", error);
    fmt::print(out_, "}}\n");
    waits_ = false;
}

}  // namespace troupe::node
