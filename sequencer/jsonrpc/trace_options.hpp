#pragma once

#include "chain/evm/tracers/call_tracer.hpp"
#include "chain/evm/tracers/struct_tracer.hpp"
#include "sequencer/jsonrpc/json_rpc_config.hpp"
#include "sequencer/jsonrpc/params.hpp"

#include <chrono>

namespace troupe::node::jsonrpc {

/// What a caller of debug_trace… wants to see.
struct TraceOptions {
    enum class Kind : std::uint8_t {
        kSteps,
        kCalls,
        kPrestate,
        kSelectors
    };
    Kind kind = Kind::kSteps;
    chain::evm::StructTracer::Options steps;
    chain::evm::CallTracer::Options calls;
    struct Prestate {
        bool diff = false;
        bool code = true;
        bool storage = true;
        bool include_empty = false;
    } prestate;
    std::chrono::milliseconds timeout{0};
};

/// geth's TraceConfig: tracer, tracerConfig, timeout ("5s", "300ms"), disableStack, disableStorage,
/// enableMemory, enableReturnData, limit [instructions]. What it does not know it passes over.
/// @param index  of the argument; without it everything is the default
[[nodiscard]] Answer<TraceOptions> read_trace_options(
    const Params& params, std::size_t index, const JsonRpcConfig& config);

}  // namespace troupe::node::jsonrpc
