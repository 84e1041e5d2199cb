#include "sequencer/evm_tools/mainnet_block.hpp"

#include "chain/execution/system_calls.hpp"
#include "chain/trie/trie.hpp"
#include "sequencer/evm_tools/blob_fee.hpp"
#include "sequencer/evm_tools/state_test.hpp"

#include <algorithm>
#include <chrono>

namespace troupe::node {

using namespace chain;

namespace {

execution::BlockEnv read_env(const JsonField& json, Revision revision) {
    execution::BlockEnv env;
    const JsonField block = json.at("block");
    env.rules.revision = revision;
    env.chain_id = json.at("chainId").u64();
    env.number = block.at("number").u64();
    env.timestamp = block.at("timestamp").u64();
    env.gas_limit = block.at("gasLimit").u64();
    env.coinbase = block.at("miner").address();
    env.base_fee_per_gas = block.at("baseFeePerGas").u256();
    env.prev_randao = block.at("mixHash").hash();
    env.parent_hash = block.at("parentHash").hash();
    env.parent_beacon_block_root = block.at("parentBeaconBlockRoot").hash();
    env.blob_base_fee = blob_base_fee(block.at("excessBlobGas").u64(), revision);
    return env;
}

Revision read_revision(const JsonField& name) {
    const auto revision = revision_from(name.text());
    if (!revision) name.fail("Cancun or Prague");
    return revision.value_or(Revision::kCancun);
}

execution::RecoveredTransaction read_transaction(const JsonField& json, std::uint64_t chain_id) {
    execution::RecoveredTransaction read;
    read.raw = json.bytes();
    auto tx = decode_transaction(read.raw);
    if (!tx) {
        json.fail("a transaction (" + std::string(chain::to_string(tx.error())) + ")");
        return read;
    }
    read.tx = std::move(*tx);
    const auto sender = recover_sender(read.tx);
    if (!sender) json.fail("a valid signature");
    if (sender) read.sender = *sender;
    // EIP-155 is this chain's demand; on mainnet a few transactions have no chain id.
    if (!read.tx.chain_id) read.tx.chain_id = chain_id;
    return read;
}

ExecutedBlock execute(
    const MainnetBlock& block, std::size_t count, evm::Machine& machine, World& world) {
    ExecutedBlock executed;
    std::uint64_t gas_used = 0;
    executed.receipts.reserve(count);
    world.apply(execution::begin_block(machine, world, block.env));
    for (std::size_t i = 0; i < count; ++i) {
        const auto& [tx, raw, sender] = block.transactions[i];
        auto outcome = execution::execute_transaction(machine, world, block.env, tx, sender);
        if (!outcome) {
            executed.refusal = "transaction " + std::to_string(i) + " is refused: " +
                               std::string(chain::to_string(outcome.error().error));
            return executed;
        }
        world.apply(*outcome);
        gas_used += outcome->gas_used;
        executed.receipts.push_back(
            {tx.type, outcome->success, gas_used, std::move(outcome->logs)});
    }
    return executed;
}

std::string unlike(const char* what, const std::string& got, const std::string& expected) {
    return std::string(what) + " is " + got + ", expected " + expected;
}

}  // namespace

std::string difference(const MainnetBlock& block, const ExecutedBlock& executed) {
    if (!executed.refusal.empty()) return executed.refusal;
    const std::uint64_t gas_used =
        executed.receipts.empty() ? 0 : executed.receipts.back().cumulative_gas_used;
    if (gas_used != block.gas_used)
        return unlike("gas used", std::to_string(gas_used), std::to_string(block.gas_used));
    std::vector<ByteView> transactions;
    for (const auto& transaction : block.transactions)
        transactions.emplace_back(transaction.raw);
    if (const Hash32 root = trie::ordered_root(transactions); root != block.transactions_root)
        return unlike("transactions root", to_hex(root), to_hex(block.transactions_root));
    Bloom bloom;
    std::vector<Bytes> receipts;
    for (const Receipt& receipt : executed.receipts) {
        merge_into(bloom, logs_bloom(receipt.logs));
        receipts.push_back(encode_receipt(receipt));
    }
    if (bloom != block.logs_bloom) return unlike("bloom", to_hex(bloom), to_hex(block.logs_bloom));
    if (const Hash32 root = trie::ordered_root(receipts); root != block.receipts_root)
        return unlike("receipts root", to_hex(root), to_hex(block.receipts_root));
    return {};
}

std::optional<MainnetBlock> read_mainnet_block(const std::string& path, std::string& failure) {
    JsonFault fault;
    MainnetBlock block;
    const Json parsed = read_json_file(path, fault);
    if (fault.text.empty()) {
        const JsonField json(&parsed, "", path, fault);
        block.file = path;
        block.env = read_env(json, read_revision(json.at("revision")));
        read_accounts(json.at("pre"), block.pre);
        block.pre.set_block_hash(block.env.number - 1, block.env.parent_hash);
        json.at("transactions").each_element([&](const JsonField& transaction) {
            block.transactions.push_back(read_transaction(transaction, block.env.chain_id));
        });
        const JsonField expect = json.at("expect");
        block.gas_used = expect.at("gasUsed").u64();
        block.transactions_root = expect.at("transactionsRoot").hash();
        block.receipts_root = expect.at("receiptsRoot").hash();
        const Bytes bloom = expect.at("logsBloom").bytes();
        if (bloom.size() == Bloom::kSize) {
            block.logs_bloom = Bloom::from(bloom);
        } else {
            expect.at("logsBloom").fail("256 bytes");
        }
    }
    failure = fault.text;
    if (!failure.empty()) return std::nullopt;
    return block;
}

std::string replay_until(
    const MainnetBlock& block, std::size_t count, evm::Machine& machine, World& world) {
    return execute(block, count, machine, world).refusal;
}

void replay_once(const MainnetBlock& block, evm::Machine& machine, ReplayResult& result) {
    using Clock = std::chrono::steady_clock;
    World world = block.pre;
    const auto begin = Clock::now();
    const ExecutedBlock executed = execute(block, block.transactions.size(), machine, world);
    const auto ns =
        static_cast<std::uint64_t>(std::chrono::nanoseconds(Clock::now() - begin).count());
    result.ns = result.ns == 0 ? ns : std::min(result.ns, ns);
    result.difference = difference(block, executed);
    result.state = std::move(world);
}

}  // namespace troupe::node
