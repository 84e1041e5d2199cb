#include "sequencer/jsonrpc/trace.hpp"

#include "chain/evm/tracers/prestate_tracer.hpp"
#include "chain/evm/tracers/selector_tracer.hpp"
#include "chain/execution/authorization.hpp"
#include "sequencer/jsonrpc/trace_render.hpp"

namespace troupe::node::jsonrpc {
namespace {

namespace evm = chain::evm;
using chain::execution::Outcome;

class StepsTrace final : public Trace {
  public:
    StepsTrace(const TraceOptions& options, evm::TraceBudget& budget)
        : options_(options.steps),
          tracer_(options_, budget, [this, &budget](const evm::StructLog& log) {
              const std::size_t before = logs_.size();
              write_struct_log(logs_, log, options_);
              budget.take(logs_.size() - before);
          }) {
        logs_.begin_array();
    }
    evm::Tracer& tracer() override { return tracer_; }
    void write(JsonWriter& out, const Outcome& outcome) override {
        logs_.end_array();
        out.begin_object().key("gas").number(outcome.gas_used);
        out.key("failed").flag(!outcome.success).key("returnValue").data(outcome.output);
        out.key("structLogs").raw(logs_.take()).end_object();
    }

  private:
    const evm::StructTracer::Options options_;
    JsonWriter logs_;
    evm::StructTracer tracer_;
};

class CallsTrace final : public Trace {
  public:
    CallsTrace(const TraceOptions& options, const TraceSubject& subject, evm::TraceBudget& budget)
        : subject_(subject), tracer_(with_log_index(options, subject), budget) {}
    evm::Tracer& tracer() override { return tracer_; }
    void write(JsonWriter& out, const Outcome& outcome) override {
        write_call_frames(out, tracer_.frames(), subject_.tx.gas_limit, outcome.gas_used);
    }

  private:
    static evm::CallTracer::Options with_log_index(
        const TraceOptions& options, const TraceSubject& subject) {
        evm::CallTracer::Options calls = options.calls;
        calls.first_log_index = subject.first_log_index;
        return calls;
    }
    const TraceSubject subject_;
    evm::CallTracer tracer_;
};

class PrestateTrace final : public Trace {
  public:
    PrestateTrace(
        const TraceOptions& options, const TraceSubject& subject, evm::TraceBudget& budget)
        : options_(options.prestate), subject_(subject), tracer_(subject.before, budget) {
        const chain::Transaction& tx = subject.tx;
        tracer_.touch(subject.sender);
        tracer_.touch(subject.env.coinbase);
        if (tx.to)
            tracer_.touch_called(*tx.to);
        else
            tracer_.touch(chain::contract_address(subject.sender, tx.nonce));
        for (const chain::Authorization& authorization : tx.authorizations)
            if (const auto signer = chain::execution::authority_of(authorization))
                tracer_.touch(*signer);
    }
    evm::Tracer& tracer() override { return tracer_; }
    void write(JsonWriter& out, const Outcome& outcome) override {
        if (!options_.diff)
            return write_prestate(out, tracer_.touched(), subject_.before, options_);
        chain::execution::Overlay after(subject_.before);
        after.apply(outcome);
        write_state_diff(out, tracer_.touched(), subject_.before, after, options_);
    }

  private:
    const TraceOptions::Prestate options_;
    const TraceSubject subject_;
    evm::PrestateTracer tracer_;
};

class SelectorsTrace final : public Trace {
  public:
    SelectorsTrace(const TraceSubject& subject, evm::TraceBudget& budget)
        : tracer_(subject.env.rules, budget) {}
    evm::Tracer& tracer() override { return tracer_; }
    void write(JsonWriter& out, const Outcome& /*outcome*/) override {
        write_selectors(out, tracer_.counts());
    }

  private:
    evm::SelectorTracer tracer_;
};

}  // namespace

std::unique_ptr<Trace> Trace::make(
    const TraceOptions& options, const TraceSubject& subject, evm::TraceBudget& budget) {
    switch (options.kind) {
        case TraceOptions::Kind::kCalls:
            return std::make_unique<CallsTrace>(options, subject, budget);
        case TraceOptions::Kind::kPrestate:
            return std::make_unique<PrestateTrace>(options, subject, budget);
        case TraceOptions::Kind::kSelectors:
            return std::make_unique<SelectorsTrace>(subject, budget);
        case TraceOptions::Kind::kSteps:
            break;
    }
    return std::make_unique<StepsTrace>(options, budget);
}

RpcError budget_spent(const evm::TraceBudget& budget) {
    return budget.spent() == evm::TraceBudget::Spent::kTime ? execution_timed_out()
                                                            : response_too_large();
}

}  // namespace troupe::node::jsonrpc
