#pragma once

#include "sequencer/jsonrpc/error.hpp"
#include "sequencer/jsonrpc/fair_pool.hpp"
#include "sequencer/jsonrpc/params.hpp"

#include <array>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// What a method of the API is: declared once in method_table.cpp, from which dispatch,
/// rpc.discover, rpc_modules, the metrics' labels and docs/json-rpc.md follow.
namespace troupe::node::jsonrpc {

class Door;
class Connection;
class SubmissionGroup;

/// On whose behalf calls come, and what their thread may be used for.
struct Caller {
    Peer peer;             ///< empty: whoever
    bool may_run = false;  ///< run the code of a call, which can take seconds
};

/// One call of a method. The document that `params` points into lives as long.
struct Call {
    Door& door;
    Params params;
    std::shared_ptr<const JsonDocument> document;
    std::shared_ptr<Connection> connection;  ///< empty over HTTP
    /// Of the batch that the call came in, null outside of one. Until the handler returns.
    SubmissionGroup* group = nullptr;
    /// Where a call of a batch leaves its run, so that those of one batch share a thread; null
    /// outside of a batch. Until the handler returns.
    std::vector<std::function<void()>>* runs = nullptr;
    Caller caller;  ///< may_run: the handler may run the call's code, on its thread
};

/// Takes the result as JSON, or the error. Any thread; the first call counts.
using Reply = std::function<void(Answer<std::string>)>;

using SyncHandler = Answer<std::string> (*)(const Call&);
using AsyncHandler = void (*)(const std::shared_ptr<Call>&, Reply);

struct Param {
    std::string_view name;
    std::string_view type;  ///< one of schema.cpp's: "Address", "Block", ...
    bool required = true;
};
inline constexpr std::size_t kParamsMax = 4;

struct Method {
    std::string_view name;
    std::array<Param, kParamsMax> params;  ///< used ones first, the others without a name
    std::string_view result;               ///< type, as Param::type
    std::string_view doc;                  ///< one or two sentences, with the method's limits
    // One of the three is set.
    SyncHandler inline_handler = nullptr;  ///< from memory: answers at once, on the network thread
    SyncHandler pool_handler = nullptr;    ///< may read the disk: on the query threads
    AsyncHandler async_handler = nullptr;  ///< returns at once and replies later

    [[nodiscard]] std::span<const Param> used_params() const noexcept {
        std::size_t count = 0;
        while (count < kParamsMax && !params[count].name.empty())
            ++count;
        return std::span(params).first(count);
    }
};

/// Every method, by namespace.
[[nodiscard]] std::span<const Method> all_methods() noexcept;
/// Null where there is none of that name.
[[nodiscard]] const Method* find_method(std::string_view name) noexcept;

/// The OpenRPC 1.3 document of the table. @param version  of the node
[[nodiscard]] std::string openrpc_document(std::string_view version);
/// docs/json-rpc.md's part that follows from the table, as Markdown.
[[nodiscard]] std::string reference_page();
/// What rpc_modules answers: {"eth":"1.0",…}
[[nodiscard]] std::string modules_json();

}  // namespace troupe::node::jsonrpc
