#include "sequencer/jsonrpc/method.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>

namespace troupe::node::jsonrpc {
namespace {

BOOST_AUTO_TEST_SUITE(method_table)

BOOST_AUTO_TEST_CASE(every_method_is_declared_once_and_whole) {
    std::set<std::string_view> names;
    for (const Method& method : all_methods()) {
        BOOST_TEST(names.insert(method.name).second, method.name << " twice");
        BOOST_TEST(find_method(method.name) == &method);
        BOOST_TEST(!method.doc.empty());
        const int handlers = (method.inline_handler != nullptr) + (method.pool_handler != nullptr) +
                             (method.async_handler != nullptr);
        BOOST_TEST(handlers == 1, method.name);
    }
    BOOST_TEST(find_method("eth_foo") == nullptr);
    BOOST_TEST(find_method("") == nullptr);
}

// What wallets call at least, as recorded from viem, ethers, cast and hardhat.
BOOST_AUTO_TEST_CASE(the_least_that_clients_call_is_there) {
    for (const char* name :
         {"eth_chainId",
          "eth_blockNumber",
          "eth_gasPrice",
          "eth_maxPriorityFeePerGas",
          "eth_feeHistory",
          "eth_getBlockByNumber",
          "eth_getBlockByHash",
          "eth_getBalance",
          "eth_getCode",
          "eth_getStorageAt",
          "eth_getTransactionCount",
          "eth_sendRawTransaction",
          "eth_call",
          "eth_estimateGas",
          "eth_getTransactionReceipt",
          "eth_getTransactionByHash",
          "eth_getLogs",
          "eth_newFilter",
          "eth_newBlockFilter",
          "eth_newPendingTransactionFilter",
          "eth_getFilterChanges",
          "eth_uninstallFilter",
          "eth_subscribe",
          "eth_unsubscribe",
          "net_version",
          "web3_clientVersion"})
        BOOST_TEST(find_method(name) != nullptr, name);
}

BOOST_AUTO_TEST_CASE(openrpc_and_modules_are_json_that_names_every_method) {
    const auto document = nlohmann::json::parse(openrpc_document("troupe/test"));
    BOOST_TEST(document["methods"].size() == all_methods().size());
    for (const auto& method : document["methods"])
        for (const auto& param : method["params"])
            BOOST_TEST(!param["schema"].empty(), method["name"] << " " << param["name"]);
    const auto modules = nlohmann::json::parse(modules_json());
    for (const char* name : {"eth", "net", "web3", "txpool", "debug", "troupe", "rpc"})
        BOOST_TEST(modules.contains(name));
}

// TROUPE_WRITE_DOCS=1 writes the page anew.
BOOST_AUTO_TEST_CASE(the_reference_page_is_current) {
    constexpr const char* kPage = "docs/json-rpc.md";
    constexpr std::string_view kBegin = "<!-- methods: written by json_rpc_test -->\n";
    std::ifstream in(kPage);
    const std::string page{std::istreambuf_iterator<char>(in), {}};
    const std::size_t begin = page.find(kBegin);
    BOOST_REQUIRE(begin != page.npos);
    const std::string wanted = page.substr(0, begin + kBegin.size()) + reference_page();
    if (std::getenv("TROUPE_WRITE_DOCS") != nullptr) std::ofstream(kPage) << wanted;
    BOOST_TEST((page == wanted), kPage << " is old: run json_rpc_test with TROUPE_WRITE_DOCS=1");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace troupe::node::jsonrpc
