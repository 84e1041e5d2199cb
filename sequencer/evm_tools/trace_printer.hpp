#pragma once

#include "chain/evm/tracer.hpp"

#include <cstdio>
#include <string>

namespace troupe::node {

struct TraceOptions {
    bool memory = false;       ///< each line has the memory
    bool return_data = false;  ///< each line has the return data of the last call
};

/// Prints a line per instruction: pc, op, gas, gasCost, memSize, stack, depth, refund, opName, and
/// error where it ended its call. gasCost is what the instruction took; of one that began a call or
/// a creation its static part, without what it passed on.
/// @spec EIP-3155
class TracePrinter final : public chain::evm::Tracer {
  public:
    TracePrinter(const TraceOptions& options, std::FILE* out) : options_(options), out_(out) {}

    void on_step(const chain::evm::Step& step) override;
    void on_enter(const chain::evm::Enter& enter) override;
    void on_exit(const chain::evm::Exit& exit) override;

  private:
    /// A line waits for what comes next: that tells its cost, and whether it went wrong.
    struct Pending {
        std::string head;  ///< up to gasCost
        std::string tail;  ///< after it
        std::int64_t gas = 0;
        std::int64_t gas_cost = 0;
        std::uint32_t depth = 0;
    };

    void flush(std::int64_t gas_cost, const std::string& error);

    TraceOptions options_;
    std::FILE* out_;
    Pending pending_;
    bool waits_ = false;
};

}  // namespace troupe::node
