#pragma once

#include "chain/evm/tracers/trace_budget.hpp"
#include "chain/execution/overlay.hpp"
#include "sequencer/jsonrpc/json_writer.hpp"
#include "sequencer/jsonrpc/trace_options.hpp"

#include <memory>

namespace troupe::node::jsonrpc {

/// What is traced, as it is before it runs. The references must live until Trace::result().
struct TraceSubject {
    const chain::Transaction& tx;
    const chain::Address& sender;
    const chain::execution::BlockEnv& env;
    const chain::state::StateView& before;
    std::uint32_t first_log_index = 0;  ///< of the transaction in its block
};

/// The trace of one transaction in the making: the tracer that was asked for, then its result.
class Trace {
  public:
    [[nodiscard]] static std::unique_ptr<Trace> make(
        const TraceOptions& options, const TraceSubject& subject, chain::evm::TraceBudget& budget);
    virtual ~Trace() = default;

    [[nodiscard]] virtual chain::evm::Tracer& tracer() = 0;
    /// The result as geth writes it. @pre the transaction ran with tracer()
    virtual void write(JsonWriter& out, const chain::execution::Outcome& outcome) = 0;
};

/// What to say of a budget that is spent. @pre it is
[[nodiscard]] RpcError budget_spent(const chain::evm::TraceBudget& budget);

}  // namespace troupe::node::jsonrpc
