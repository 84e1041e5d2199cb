#include "sequencer/jsonrpc/json_writer.hpp"
#include "sequencer/jsonrpc/method.hpp"

#include <set>

namespace troupe::node::jsonrpc {
namespace {

struct Type {
    std::string_view name;
    std::string_view schema;  ///< JSON Schema
    std::string_view words;   ///< for the reference page
};

constexpr Type kTypes[] = {
    {"Quantity", R"({"type":"string","pattern":"^0x(0|[1-9a-f][0-9a-f]*)$"})",
     "a number in hexadecimal without leading zeros"},
    {"Data", R"({"type":"string","pattern":"^0x([0-9a-f]{2})*$"})", "bytes in hexadecimal"},
    {"Hash", R"({"type":"string","pattern":"^0x[0-9a-f]{64}$"})", "32 bytes"},
    {"Address", R"({"type":"string","pattern":"^0x[0-9a-fA-F]{40}$"})", "20 bytes"},
    {"BlockNumber", R"({"type":"string"})",
     "a number, `earliest`, `latest`, `safe`, `finalized` or `pending`"},
    {"Block", R"({"oneOf":[{"type":"string"},{"type":"object"}]})",
     "as BlockNumber, or a hash, or EIP-1898's object"},
    {"Boolean", R"({"type":"boolean"})", "true or false"},
    {"Text", R"({"type":"string"})", "text"},
    {"List", R"({"type":"array"})", "a list"},
    {"Object", R"({"type":["object","null"]})", "an object"},
    {"TraceOptions", R"({"type":"object"})",
     "tracer (callTracer, prestateTracer, 4byteTracer; none: struct logs), tracerConfig, timeout, "
     "disableStack, disableStorage, enableMemory, enableReturnData, limit (of instructions)"},
    {"LogFilter",
     R"({"type":"object","properties":{"fromBlock":{},"toBlock":{},"blockHash":{},)"
     R"("address":{},"topics":{"type":"array","maxItems":4}}})",
     "fromBlock, toBlock or blockHash, address (one or up to 1,000), topics (up to 4 positions)"},
};

std::string_view schema_of(std::string_view type) noexcept {
    for (const Type& known : kTypes)
        if (known.name == type) return known.schema;
    return "{}";
}

std::string_view namespace_of(std::string_view method) noexcept {
    return method.substr(0, method.find_first_of("_."));
}

}  // namespace

std::string openrpc_document(std::string_view version) {
    JsonWriter out(32'768);
    out.begin_object().key("openrpc").quoted("1.3.2").key("info").begin_object();
    out.key("title").quoted("Troupe JSON-RPC").key("version").text(version).end_object();
    out.key("methods").begin_array();
    for (const Method& method : all_methods()) {
        out.begin_object().key("name").quoted(method.name).key("summary").text(method.doc);
        out.key("paramStructure").quoted("by-position").key("params").begin_array();
        for (const Param& param : method.used_params()) {
            out.begin_object().key("name").quoted(param.name).key("required").flag(param.required);
            out.key("schema").raw(schema_of(param.type)).end_object();
        }
        out.end_array().key("result").begin_object().key("name").quoted("result");
        out.key("schema").raw(schema_of(method.result)).end_object().end_object();
    }
    return out.end_array().end_object().take();
}

std::string modules_json() {
    std::set<std::string_view> names;
    for (const Method& method : all_methods())
        names.insert(namespace_of(method.name));
    JsonWriter out;
    out.begin_object();
    for (const auto name : names)
        out.key(name).quoted("1.0");
    return out.end_object().take();
}

std::string reference_page() {
    std::string page;
    std::string_view current;
    for (const Method& method : all_methods()) {
        const std::string_view space = namespace_of(method.name);
        if (space != current) {
            page += "\n### " + std::string(space) + "\n\n| method | parameters | result | |\n" +
                    "|---|---|---|---|\n";
            current = space;
        }
        std::string params;
        for (const Param& param : method.used_params()) {
            if (!params.empty()) params += ", ";
            params += std::string(param.name) + (param.required ? "" : "?") + ": " +
                      std::string(param.type);
        }
        page += "| `" + std::string(method.name) + "` | " + params + " | " +
                std::string(method.result) + " | " + std::string(method.doc) + " |\n";
    }
    page += "\n### Types\n\n| type | |\n|---|---|\n";
    for (const Type& type : kTypes)
        page += "| " + std::string(type.name) + " | " + std::string(type.words) + " |\n";
    return page;
}

}  // namespace troupe::node::jsonrpc
