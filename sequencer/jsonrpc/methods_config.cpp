#include "chain/evm/precompiles.hpp"
#include "chain/execution/system_calls.hpp"
#include "sequencer/jsonrpc/door.hpp"
#include "sequencer/jsonrpc/json_writer.hpp"
#include "sequencer/jsonrpc/methods.hpp"

#include <boost/crc.hpp>

namespace troupe::node::jsonrpc::methods {
namespace {

struct Precompile {
    std::string_view name;  ///< as EIP-7910 has it
    std::uint16_t address;
};
// Sorted by name, as EIP-7910 wants objects.
constexpr Precompile kPrecompiles[] = {
    {"BLAKE2F", 0x09},
    {"BLS12_G1ADD", 0x0b},
    {"BLS12_G1MSM", 0x0c},
    {"BLS12_G2ADD", 0x0d},
    {"BLS12_G2MSM", 0x0e},
    {"BLS12_MAP_FP2_TO_G2", 0x11},
    {"BLS12_MAP_FP_TO_G1", 0x10},
    {"BLS12_PAIRING_CHECK", 0x0f},
    {"BN254_ADD", 0x06},
    {"BN254_MUL", 0x07},
    {"BN254_PAIRING", 0x08},
    {"ECREC", 0x01},
    {"ID", 0x04},
    {"KZG_POINT_EVALUATION", 0x0a},
    {"MODEXP", 0x05},
    {"P256VERIFY", 0x100},
    {"RIPEMD160", 0x03},
    {"SHA256", 0x02},
};

constexpr std::uint64_t kBlobFeeFractionPrague = 5'007'716;  // EIP-7691

chain::Address address_of(std::uint16_t number) {
    chain::Address address;
    address.bytes[18] = static_cast<std::uint8_t>(number >> 8);
    address.bytes[19] = static_cast<std::uint8_t>(number & 0xff);
    return address;
}

using ForkId = chain::FixedBytes<4, struct ForkIdTag>;

// EIP-2124: nothing but the genesis hash, because all upgrades are there from block 0 on.
ForkId fork_id(const chain::Hash32& genesis_hash) {
    boost::crc_32_type crc;
    crc.process_bytes(genesis_hash.data(), chain::Hash32::kSize);
    const std::uint32_t sum = crc.checksum();
    ForkId id;
    for (unsigned i = 0; i < 4; ++i)
        id.bytes[i] = static_cast<std::uint8_t>(sum >> (24 - 8 * i));
    return id;
}

void write_capability(JsonWriter& out, std::string_view name, std::uint64_t oldest) {
    out.key(name).begin_object().key("disabled").flag(false);
    out.key("oldestBlock").quantity(oldest).end_object();
}

}  // namespace

Answer<std::string> chain_config(const Call& call) {
    const ChainDescription& chain = call.door.chain;
    const bool prague = chain.config.rules.revision >= chain::Revision::kPrague;
    JsonWriter out;
    out.begin_object().key("current").begin_object().key("activationTime").number(0);
    // The chain takes no blob transactions.
    out.key("blobSchedule").begin_object().key("baseFeeUpdateFraction");
    out.number(kBlobFeeFractionPrague).key("max").number(0).key("target").number(0).end_object();
    out.key("chainId").quantity(chain.config.chain_id);
    out.key("forkId").data(fork_id(chain.genesis_hash)).key("precompiles").begin_object();
    for (const Precompile& precompile : kPrecompiles) {
        const chain::Address address = address_of(precompile.address);
        if (chain::evm::is_precompile(address, chain.config.rules))
            out.key(precompile.name).data(address);
    }
    out.end_object().key("systemContracts").begin_object();
    out.key("BEACON_ROOTS_ADDRESS").data(chain::execution::kBeaconRootsAddress);
    if (prague) out.key("HISTORY_STORAGE_ADDRESS").data(chain::execution::kHistoryAddress);
    out.end_object().end_object().key("next").null().key("last").null();
    return out.end_object().take();
}

Answer<std::string> capabilities(const Call& call) {
    Door& door = call.door;
    const std::uint64_t head = door.head();
    const std::uint64_t oldest = door.reader.oldest_block();
    TROUPE_TRY(block, door.header_at(head));
    if (block == nullptr) return header_not_found();
    JsonWriter out;
    out.begin_object().key("head").begin_object().key("number").quantity(head);
    out.key("hash").data(block->hash).end_object();
    for (const std::string_view name : {"state", "tx", "logs", "receipts", "blocks"})
        write_capability(out, name, oldest);
    write_capability(out, "stateproofs", head);
    return out.end_object().take();
}

Answer<std::string> rollup_version(const Call& call) {
    return json_text(call.door.chain.version);
}

Answer<std::string> rollup_config(const Call& call) {
    const ChainDescription& chain = call.door.chain;
    const chain::ChainConfig& config = chain.config;
    constexpr std::uint32_t kSecondMs = 1'000;
    JsonWriter out;
    out.begin_object().key("genesis").begin_object();
    out.key("l1").begin_object().key("hash").data(config.l1_start.hash);
    out.key("number").number(config.l1_start.number).end_object();
    out.key("l2").begin_object().key("hash").data(chain.genesis_hash);
    out.key("number").number(0).end_object();
    out.key("system_config").begin_object().key("gasLimit").number(config.gas_limit);
    out.end_object().end_object();
    // Whole seconds, and one where blocks come faster.
    out.key("block_time").number((chain.block_time_ms + kSecondMs - 1) / kSecondMs);
    out.key("block_time_ms").number(chain.block_time_ms);
    out.key("max_sequencer_drift").number(config.sequencer_drift_max_s);
    out.key("channel_timeout").number(config.channel_timeout_blocks);
    out.key("l1_chain_id").number(config.l1_chain_id).key("l2_chain_id").number(config.chain_id);
    out.key("batch_inbox_address").data(config.batch_inbox);
    out.key("l1_system_config_address").data(config.system_config);
    out.key("output_registry_address").data(config.output_registry);
    return out.end_object().take();
}

}  // namespace troupe::node::jsonrpc::methods
