#include "sequencer/jsonrpc/chain_json.hpp"

#include "sequencer/jsonrpc/json_writer.hpp"

namespace troupe::node::jsonrpc {
namespace {

void write_currency(JsonWriter& out) {
    out.key("nativeCurrency").begin_object().key("name").text("Ether").key("symbol").text("ETH");
    out.key("decimals").number(18).end_object();
}

}  // namespace

std::string chain_json(const ChainDescription& chain, std::string_view host) {
    const std::uint64_t id = chain.config.chain_id;
    const std::string name = "Troupe " + std::to_string(id);
    const std::string http = "http://" + std::string(host);
    const std::string ws = "ws://" + std::string(host);
    const auto one = [](JsonWriter& out, const std::string& text) {
        out.begin_array().text(text).end_array();
    };
    JsonWriter out(1'024);
    out.begin_object().key("name").text(name).key("chain").text("ETH");
    out.key("shortName").text("troupe-" + std::to_string(id));
    out.key("chainId").number(id).key("networkId").number(id);
    write_currency(out);
    out.key("rpc").begin_array().text(http).text(ws).end_array();
    out.key("explorers").begin_array().begin_object();
    out.key("name").text(name).key("url").text(http).key("standard").text("EIP3091");
    out.end_object().end_array();

    out.key("viem").begin_object().key("id").number(id).key("name").text(name);
    out.key("blockTime").number(chain.block_time_ms);
    write_currency(out);
    out.key("rpcUrls").begin_object().key("default").begin_object().key("http");
    one(out, http);
    out.key("webSocket");
    one(out, ws);
    out.end_object().end_object();
    out.key("blockExplorers").begin_object().key("default").begin_object();
    out.key("name").text(name).key("url").text(http).end_object().end_object().end_object();

    out.key("wallet").begin_object().key("chainId").quantity(id).key("chainName").text(name);
    write_currency(out);
    out.key("rpcUrls");
    one(out, http);
    out.key("blockExplorerUrls");
    one(out, http);
    return out.end_object().end_object().take();
}

}  // namespace troupe::node::jsonrpc
