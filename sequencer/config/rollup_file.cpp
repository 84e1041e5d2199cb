#include "sequencer/config/rollup_file.hpp"

#include "chain/batch/span_batch.hpp"
#include "sequencer/config/genesis_file.hpp"
#include "sequencer/storage/data_directory.hpp"
#include "sequencer/storage/genesis_state.hpp"

#include <fmt/format.h>

namespace troupe::node {
namespace {

constexpr const char* kFormat = "troupe rollup config";
constexpr std::uint64_t kVersion = 1;
constexpr const char* kCancun = "cancun";
constexpr const char* kPrague = "prague";
/// A block with the largest transaction must fit (chain::batch::block_bytes_max).
constexpr std::uint64_t kChannelBytesMin = chain::kTransactionBytesMax * 4 / 3 + 4;

// Absent in files of before contracts: the defaults are what such a chain has always had.
chain::Rules read_rules(const JsonField& field) {
    chain::Rules rules;
    if (const JsonField revision = field.at("revision"); revision.present()) {
        const std::string name = revision.text();
        if (name == kCancun)
            rules.revision = chain::Revision::kCancun;
        else if (name != kPrague)
            revision.fail("\"cancun\" or \"prague\"");
    }
    if (const JsonField p256 = field.at("p256_verify"); p256.present())
        rules.p256_verify = p256.flag();
    return rules;
}

static_assert([] {
    chain::ChainConfig least;
    least.channel_bytes_max = least.batch_bytes_max = kChannelBytesMin;
    return chain::batch::block_bytes_max(least) >= chain::kTransactionBytesMax;
}());

chain::ChainConfig read_chain(const JsonField& field) {
    field.only(
        {"chain_id", "l1_chain_id", "system_config", "batch_inbox", "output_registry", "l1_start",
         "gas_limit", "revision", "p256_verify", "fee_vault", "base_fee_elasticity",
         "base_fee_denominator", "sequencer_drift_max_s", "channel_timeout_blocks",
         "channel_bytes_max", "batch_bytes_max", "batch_blocks_max"});
    chain::ChainConfig chain;
    chain.chain_id = field.at("chain_id").u64();
    chain.l1_chain_id = field.at("l1_chain_id").u64();
    chain.system_config = field.at("system_config").address();
    chain.batch_inbox = field.at("batch_inbox").address();
    chain.output_registry = field.at("output_registry").address();
    const JsonField start = field.at("l1_start");
    start.only({"number", "hash", "timestamp"});
    chain.l1_start = {start.at("number").u64(), start.at("hash").hash()};
    chain.l1_start_timestamp = start.at("timestamp").u64();
    chain.gas_limit = field.at("gas_limit").u64();
    chain.rules = read_rules(field);
    chain.fee_vault = field.at("fee_vault").address();
    const auto rule = [&](const char* key, std::uint64_t& value, std::uint64_t least = 1) {
        value = field.at(key).u64();
        if (value < least) field.at(key).fail(fmt::format("a number above {}", least - 1));
    };
    rule("base_fee_elasticity", chain.base_fee_elasticity);
    rule("base_fee_denominator", chain.base_fee_denominator);
    rule("sequencer_drift_max_s", chain.sequencer_drift_max_s);
    rule("channel_timeout_blocks", chain.channel_timeout_blocks);
    rule("channel_bytes_max", chain.channel_bytes_max, kChannelBytesMin);
    rule("batch_bytes_max", chain.batch_bytes_max, kChannelBytesMin);
    rule("batch_blocks_max", chain.batch_blocks_max);
    return chain;
}

OrderedJson write_chain(const chain::ChainConfig& chain) {
    OrderedJson json;
    json["chain_id"] = chain.chain_id;
    json["l1_chain_id"] = chain.l1_chain_id;
    json["system_config"] = chain::to_hex(chain.system_config);
    json["batch_inbox"] = chain::to_hex(chain.batch_inbox);
    json["output_registry"] = chain::to_hex(chain.output_registry);
    json["l1_start"]["number"] = chain.l1_start.number;
    json["l1_start"]["hash"] = chain::to_hex(chain.l1_start.hash);
    json["l1_start"]["timestamp"] = chain.l1_start_timestamp;
    json["gas_limit"] = chain.gas_limit;
    json["revision"] = chain.rules.revision == chain::Revision::kCancun ? kCancun : kPrague;
    json["p256_verify"] = chain.rules.p256_verify;
    json["fee_vault"] = chain::to_hex(chain.fee_vault);
    json["base_fee_elasticity"] = chain.base_fee_elasticity;
    json["base_fee_denominator"] = chain.base_fee_denominator;
    json["sequencer_drift_max_s"] = chain.sequencer_drift_max_s;
    json["channel_timeout_blocks"] = chain.channel_timeout_blocks;
    json["channel_bytes_max"] = chain.channel_bytes_max;
    json["batch_bytes_max"] = chain.batch_bytes_max;
    json["batch_blocks_max"] = chain.batch_blocks_max;
    return json;
}

// The ids and limits that stand in both halves of the file must be the same ones.
std::string check_agreement(const RollupFile& rollup) {
    const auto differ = [](const char* key, std::uint64_t chain, const char* genesis_key,
                           std::uint64_t genesis) {
        return std::string("chain.") + key + " is " + std::to_string(chain) + ", but genesis." +
               genesis_key + " is " + std::to_string(genesis);
    };
    if (rollup.chain.chain_id != rollup.genesis.chain_id)
        return differ("chain_id", rollup.chain.chain_id, "config.chainId", rollup.genesis.chain_id);
    if (rollup.chain.gas_limit != rollup.genesis.gas_limit)
        return differ("gas_limit", rollup.chain.gas_limit, "gasLimit", rollup.genesis.gas_limit);
    if (rollup.genesis.timestamp < rollup.chain.l1_start_timestamp)
        return differ(
                   "l1_start.timestamp", rollup.chain.l1_start_timestamp, "timestamp",
                   rollup.genesis.timestamp) +
               ": a block is never older than its L1 origin";
    if (rollup.funded.count != 0) return {};
    const chain::Hash32 hash = genesis_hash_of(rollup.genesis, rollup.chain);
    if (hash != rollup.genesis_hash)
        return "genesis_hash is " + chain::to_hex(rollup.genesis_hash) + ", but this genesis has " +
               chain::to_hex(hash);
    return {};
}

}  // namespace

std::optional<RollupFile> read_rollup_file(const std::string& path, std::string& failure) {
    JsonFault fault;
    const Json document = read_json_file(path, fault);
    RollupFile rollup;
    if (fault.text.empty()) {
        const JsonField root(&document, "", path, fault);
        if (root.at("format").text() != kFormat)
            root.at("format").fail(std::string("\"") + kFormat + "\"");
        if (const std::uint64_t version = root.at("version").u64(); version != kVersion)
            root.at("version").fail(
                std::to_string(kVersion) + " (run the troupe that knows version " +
                std::to_string(version) + ", or `troupe deploy` again)");
        root.only({"format", "version", "chain", "genesis_hash", "genesis", "funded"});
        if (const JsonField funded = root.at("funded"); funded.present()) {
            funded.only({"first_key", "count", "balance"});
            rollup.funded.first_key = funded.at("first_key").hash();
            rollup.funded.count = funded.at("count").u64();
            if (rollup.funded.count > kFundedKeysMax)
                funded.at("count").fail(fmt::format("{} at most", kFundedKeysMax));
            rollup.funded.balance = funded.at("balance").u256();
        }
        rollup.chain = read_chain(root.at("chain"));
        rollup.genesis_hash = root.at("genesis_hash").hash();
        rollup.genesis = read_genesis(root.at("genesis"));
    }
    failure = fault.text;
    if (!failure.empty()) return std::nullopt;
    if (std::string disagreement = check_agreement(rollup); !disagreement.empty()) {
        failure = path + ": " + disagreement;
        return std::nullopt;
    }
    return rollup;
}

std::string write_rollup_file(const std::string& path, const RollupFile& rollup) {
    OrderedJson json;
    json["format"] = kFormat;
    json["version"] = kVersion;
    json["chain"] = write_chain(rollup.chain);
    json["genesis_hash"] = chain::to_hex(rollup.genesis_hash);
    json["genesis"] = write_genesis(rollup.genesis);
    if (rollup.funded.count != 0) {
        json["funded"]["first_key"] = chain::to_hex(rollup.funded.first_key);
        json["funded"]["count"] = rollup.funded.count;
        json["funded"]["balance"] = chain::to_hex_quantity(rollup.funded.balance);
    }
    return write_file_atomically(path, json.dump(2) + "\n");
}

chain::Genesis whole_genesis(const RollupFile& rollup) {
    if (rollup.funded.count == 0) return rollup.genesis;
    return with_funded(rollup.genesis, rollup.funded);
}

chain::Hash32 genesis_hash_of(
    const chain::Genesis& genesis, const chain::ChainConfig& config, const FundedKeys& funded) {
    return make_genesis_state(genesis, config, funded).block.hash;
}

}  // namespace troupe::node
