#include "sequencer/jsonrpc/trace_options.hpp"

#include "sequencer/jsonrpc/fields.hpp"

#include <algorithm>
#include <charconv>

namespace troupe::node::jsonrpc {
namespace {

// A duration as Go writes it, of one unit: "5s", "1500ms", "2m".
std::optional<std::chrono::milliseconds> duration(std::string_view text) {
    std::uint32_t count = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (fault != std::errc()) return std::nullopt;
    const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
    if (unit == "ms") return std::chrono::milliseconds(count);
    if (unit == "s") return std::chrono::seconds(count);
    if (unit == "m") return std::chrono::minutes(count);
    return std::nullopt;
}

Answer<TraceOptions::Kind> kind_of(const std::optional<std::string>& name) {
    using enum TraceOptions::Kind;
    if (!name || name->empty()) return kSteps;
    if (*name == "callTracer") return kCalls;
    if (*name == "prestateTracer") return kPrestate;
    if (*name == "4byteTracer") return kSelectors;
    return server_error(
        "tracer not found: there are callTracer, prestateTracer, 4byteTracer and, without a name, "
        "struct logs; none is written in JavaScript");
}

Answer<bool> flag(const Fields& fields, std::string_view key) {
    TROUPE_TRY(value, fields.take(key, read_flag));
    return value.value_or(false);
}

Answer<bool> read_tracer_config(const Fields& all, std::size_t index, TraceOptions& options) {
    const auto object = all.find("tracerConfig");
    if (!object) return true;
    if (!object->is(JsonValue::Kind::kObject))
        return invalid_argument(index, "tracerConfig must be an object");
    const Fields fields(*object, index);
    TROUPE_TRY(only_top_call, flag(fields, "onlyTopCall"));
    TROUPE_TRY(with_log, flag(fields, "withLog"));
    TROUPE_TRY(diff, flag(fields, "diffMode"));
    TROUPE_TRY(disable_code, flag(fields, "disableCode"));
    TROUPE_TRY(disable_storage, flag(fields, "disableStorage"));
    TROUPE_TRY(include_empty, flag(fields, "includeEmpty"));
    options.calls.only_top_call = only_top_call;
    options.calls.with_log = with_log;
    options.prestate = {diff, !disable_code, !disable_storage, include_empty};
    return true;
}

}  // namespace

Answer<TraceOptions> read_trace_options(
    const Params& params, std::size_t index, const JsonRpcConfig& config) {
    TraceOptions options;
    options.timeout = std::chrono::milliseconds(config.trace_ms);
    if (!params.has(index)) return options;
    const JsonValue object = params.at(index);
    if (!object.is(JsonValue::Kind::kObject))
        return invalid_argument(
            index, "json: cannot unmarshal non-object into Go value of type tracers.TraceConfig");
    const Fields fields(object, index);
    TROUPE_TRY(tracer, fields.take("tracer", read_text));
    TROUPE_TRY(kind, kind_of(tracer));
    options.kind = kind;
    TROUPE_TRY(disable_stack, flag(fields, "disableStack"));
    TROUPE_TRY(disable_storage, flag(fields, "disableStorage"));
    TROUPE_TRY(enable_memory, flag(fields, "enableMemory"));
    TROUPE_TRY(disable_memory, flag(fields, "disableMemory"));
    TROUPE_TRY(enable_return_data, flag(fields, "enableReturnData"));
    TROUPE_TRY(limit, fields.take("limit", read_u64_or_number));
    options.steps.stack = !disable_stack;
    options.steps.storage = !disable_storage;
    options.steps.memory = enable_memory && !disable_memory;
    options.steps.return_data = enable_return_data;
    options.steps.steps_max = limit.value_or(0);
    TROUPE_TRY(timeout, fields.take("timeout", read_text));
    if (timeout) {
        const auto wanted = duration(*timeout);
        if (!wanted)
            return server_error("time: invalid duration \"" + timeout->substr(0, 32) + "\"");
        options.timeout = std::min(*wanted, std::chrono::milliseconds(config.trace_ms_max));
    }
    TROUPE_TRY(read, read_tracer_config(fields, index, options));
    static_cast<void>(read);
    return options;
}

}  // namespace troupe::node::jsonrpc
