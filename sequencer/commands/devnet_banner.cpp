#include "sequencer/commands/devnet_banner.hpp"

#include "chain/base/hex.hpp"
#include "sequencer/commands/dev_accounts.hpp"
#include "sequencer/jsonrpc/json_writer.hpp"
#include "sequencer/version.hpp"

#include <fmt/format.h>

namespace troupe::node {
namespace {

class Banner {
  public:
    explicit Banner(bool colour) : colour_(colour) {}
    void heading(std::string_view text) {
        text_ += colour_ ? fmt::format("\n\x1b[1m{}\x1b[0m\n", text) : fmt::format("\n{}\n", text);
    }
    void row(std::string_view name, std::string_view value) {
        text_ += fmt::format("  {:<15}{}\n", name, value);
    }
    void line(std::string_view text) { text_ += fmt::format("  {}\n", text); }
    [[nodiscard]] std::string take() { return std::move(text_); }

  private:
    bool colour_;
    std::string text_;
};

void accounts(Banner& banner) {
    banner.heading("Accounts, 10000 ETH each");
    for (std::size_t i = 0; i < kDevAccounts; ++i)
        banner.line(fmt::format("({}) {}", i, jsonrpc::checksum_hex(dev_addresses()[i])));
    banner.heading("Private keys");
    for (std::size_t i = 0; i < kDevAccounts; ++i)
        banner.line(fmt::format("({}) {}", i, chain::to_hex(dev_keys()[i])));
    banner.heading("Wallet");
    banner.row("mnemonic", kDevMnemonic);
    banner.row("path", "m/44'/60'/0'/0/");
    banner.line("Everybody knows these keys: never send them anything of worth.");
}

void addresses(Banner& banner, const DevnetFacts& facts) {
    const std::string rpc = fmt::format("{}:{}", facts.host, facts.rpc_port);
    banner.heading("Listening");
    banner.row("page", "http://" + rpc + "/");
    banner.row("JSON-RPC", "http://" + rpc);
    banner.row("WebSocket", "ws://" + rpc);
    banner.row("gRPC", facts.grpc + (facts.admin.empty() ? "" : ", admin " + facts.admin));
    if (!facts.metrics.empty())
        banner.row("metrics", "http://" + facts.metrics + "/metrics, /healthz, /readyz");
    banner.row(
        "L1", facts.l1_url.empty()
                  ? "none: batches are made and thrown away, and no block becomes final"
                  : fmt::format("{} (anvil), chain id {}", facts.l1_url, facts.chain.l1_chain_id));
    banner.heading("Chain");
    banner.row("chain id", std::to_string(facts.chain.chain_id));
    banner.row("block time", fmt::format("{} ms", facts.block_time_ms));
    banner.row("gas limit", std::to_string(facts.chain.gas_limit));
    banner.row(
        "rules", facts.chain.rules.revision == chain::Revision::kCancun ? "Cancun" : "Prague");
    banner.row("rollup config", facts.rollup_path);
    banner.row("data", facts.data_directory);
}

void examples(Banner& banner, const DevnetFacts& facts) {
    const std::string url = fmt::format("http://{}:{}", facts.host, facts.rpc_port);
    const std::string from_key = chain::to_hex(dev_keys()[0]);
    const std::string to = jsonrpc::checksum_hex(dev_addresses()[9]);
    banner.heading("Copy and paste");
    banner.line("cast    export ETH_RPC_URL=" + url);
    if (facts.well_known_accounts)
        banner.line("        cast send " + to + " --value 1ether --private-key " + from_key);
    banner.line(fmt::format(
        "viem    const chain = defineChain({{ id: {}, name: 'Troupe', blockTime: {},",
        facts.chain.chain_id, facts.block_time_ms));
    banner.line("          nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },");
    banner.line("          rpcUrls: { default: { http: ['" + url + "'] } } })");
    banner.line(fmt::format(
        "MetaMask  open the page and press \"Add to wallet\", or add by hand: RPC URL {}, "
        "chain id {}, currency ETH",
        url, facts.chain.chain_id));
    banner.line(
        "          This chain is new. If the wallet knew one with this id, clear its activity data "
        "(Settings, Advanced).");
    if (facts.well_known_accounts)
        banner.line(
            "troupe  troupe wallet send --dev-account 0 --to " + to + " --value 1ether --node " +
            facts.grpc + " --wait");
    banner.line("        troupe status --rpc " + url);
    if (!facts.l1_url.empty())
        banner.line(
            "        troupe verify --l1 " + facts.l1_url + " --rollup " + facts.rollup_path);
}

}  // namespace

std::string devnet_banner(const DevnetFacts& facts, bool colour) {
    Banner banner(colour);
    banner.heading(std::string("troupe devnet ") + kVersion);
    if (facts.well_known_accounts) accounts(banner);
    addresses(banner, facts);
    examples(banner, facts);
    banner.line("");
    banner.line("Ready. Ctrl-C stops everything.");
    return banner.take() + "\n";
}

}  // namespace troupe::node
