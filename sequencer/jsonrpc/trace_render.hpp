#pragma once

#include "chain/evm/tracers/selector_tracer.hpp"
#include "chain/state/state_view.hpp"
#include "sequencer/jsonrpc/json_writer.hpp"
#include "sequencer/jsonrpc/trace_options.hpp"

#include <map>
#include <set>

/// Traces as JSON, with exactly the fields that geth gives them and in its order.
namespace troupe::node::jsonrpc {

/// A struct log. `options` says which parts it has.
void write_struct_log(
    JsonWriter& out, const chain::evm::StructLog& log,
    const chain::evm::StructTracer::Options& options);

/// The tree of calls. @param gas_limit, gas_used  of the transaction: the outermost call's are its
void write_call_frames(
    JsonWriter& out, const std::vector<chain::evm::CallFrame>& frames, std::uint64_t gas_limit,
    std::uint64_t gas_used);

using Touched = std::map<chain::Address, std::set<chain::Hash32>>;
/// What the touched accounts held.
void write_prestate(
    JsonWriter& out, const Touched& touched, const chain::state::StateView& before,
    const TraceOptions::Prestate& options);
/// {"post":…,"pre":…}: what has changed, after and before.
void write_state_diff(
    JsonWriter& out, const Touched& touched, const chain::state::StateView& before,
    const chain::state::StateView& after, const TraceOptions::Prestate& options);

/// {"0x12345678-64":1,…}
void write_selectors(
    JsonWriter& out, const std::map<chain::evm::SelectorTracer::Key, std::uint64_t>& counts);

/// core/vm's words for how a call ended. `last_opcode` and `last_stack` are where it ended.
[[nodiscard]] std::string vm_error(
    chain::evm::HaltReason reason, std::uint8_t last_opcode, std::uint32_t last_stack);
/// An opcode's name as geth has it: "KECCAK256", "opcode 0xc not defined".
[[nodiscard]] std::string opcode_words(std::uint8_t opcode);

}  // namespace troupe::node::jsonrpc
