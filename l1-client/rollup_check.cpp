#include "l1-client/rollup_check.hpp"

#include "chain/base/hex.hpp"
#include "l1-client/abi.hpp"

#include "contract_artifacts.hpp"

namespace troupe::l1 {

using chain::Address;
using chain::Bytes;
using chain::Hash32;

namespace {

Result<Bytes> view(EthClient& l1, const Address& contract, std::uint32_t selector) {
    return l1.call({Address{}, contract, abi::encode_call(selector, {})});
}

Error not_ours(EthClient& l1, const char* name, const Address& address, const std::string& why) {
    return {
        ErrorKind::kContractMissing,
        0,
        std::string(name) + " at " + chain::to_hex(address) + " on " + l1.origin() + ": " + why,
        {}};
}

/// Code is there, and calls itself `kind`.
Status check_contract(
    EthClient& l1, const char* name, const Address& address, std::string_view kind) {
    TROUPE_TRY(code, l1.code(address));
    if (code.empty()) return not_ours(l1, name, address, "there is no contract");
    static_assert(
        artifacts::system_config::kKindSelector == artifacts::batch_inbox::kKindSelector &&
        artifacts::system_config::kKindSelector == artifacts::output_registry::kKindSelector);
    const auto answer = view(l1, address, artifacts::system_config::kKindSelector);
    if (!answer && answer.error().kind != ErrorKind::kReverted) return answer.error();
    Bytes expected(kind.begin(), kind.end());
    expected.resize(32);
    if (!answer || *answer != expected) {
        return not_ours(l1, name, address, "the contract is not a " + std::string(kind));
    }
    return {};
}

Status check_word(
    EthClient& l1, const char* name, const Address& address, std::uint32_t selector,
    const Hash32& expected, const char* what) {
    TROUPE_TRY(answer, view(l1, address, selector));
    if (chain::equal(answer, expected)) return {};
    return not_ours(
        l1, name, address,
        std::string(what) + " is " + chain::to_hex(answer) + ", expected " +
            chain::to_hex(expected));
}

Status check_start(EthClient& l1, const chain::ChainConfig& config) {
    TROUPE_TRY(start, l1.header(config.l1_start.number));
    if (start && start->hash == config.l1_start.hash &&
        start->timestamp == config.l1_start_timestamp) {
        return {};
    }
    return Error{
        ErrorKind::kWrongChain,
        0,
        l1.origin() + ": the rollup starts from L1 block " +
            std::to_string(config.l1_start.number) + " " + chain::to_hex(config.l1_start.hash) +
            " at " + std::to_string(config.l1_start_timestamp) + ", which is " +
            (start ? chain::to_hex(start->hash) + " at " + std::to_string(start->timestamp)
                   : std::string("not there")),
        {}};
}

}  // namespace

Status check_rollup(EthClient& l1, const chain::ChainConfig& config) {
    TROUPE_TRY(chain_id, l1.chain_id());
    if (chain_id != config.l1_chain_id) {
        return Error{
            ErrorKind::kWrongChain,
            0,
            l1.origin() + " is chain " + std::to_string(chain_id) + ", expected " +
                std::to_string(config.l1_chain_id),
            {}};
    }
    static constexpr auto kConfig = "SystemConfig";
    static constexpr auto kInbox = "BatchInbox";
    static constexpr auto kRegistry = "OutputRegistry";
    TROUPE_CHECK(check_contract(l1, kConfig, config.system_config, "troupe.SystemConfig.1"));
    TROUPE_CHECK(check_contract(l1, kInbox, config.batch_inbox, "troupe.BatchInbox.1"));
    TROUPE_CHECK(check_contract(l1, kRegistry, config.output_registry, "troupe.OutputRegistry.1"));
    TROUPE_CHECK(check_word(
        l1, kConfig, config.system_config, artifacts::system_config::kChainIdSelector,
        abi::word(config.chain_id), "the L2's chain id"));
    TROUPE_CHECK(check_word(
        l1, kInbox, config.batch_inbox, artifacts::batch_inbox::kSystemConfigSelector,
        abi::word(config.system_config), "its SystemConfig"));
    TROUPE_CHECK(check_word(
        l1, kRegistry, config.output_registry, artifacts::output_registry::kSystemConfigSelector,
        abi::word(config.system_config), "its SystemConfig"));
    return check_start(l1, config);
}

Result<Roles> read_roles(EthClient& l1, const chain::ChainConfig& config) {
    namespace calls = artifacts::system_config;
    Roles roles;
    const auto read = [&](std::uint32_t selector, Address& into) -> Status {
        TROUPE_TRY(answer, view(l1, config.system_config, selector));
        const auto address = abi::WordReader(answer).address();
        if (!address) return not_ours(l1, "SystemConfig", config.system_config, "no address");
        into = *address;
        return {};
    };
    TROUPE_CHECK(read(calls::kOwnerSelector, roles.owner));
    TROUPE_CHECK(read(calls::kGuardianSelector, roles.guardian));
    TROUPE_CHECK(read(calls::kBatcherSelector, roles.batcher));
    TROUPE_CHECK(read(calls::kProposerSelector, roles.proposer));
    TROUPE_TRY(paused, view(l1, config.system_config, calls::kPausedSelector));
    const auto flag = abi::WordReader(paused).boolean();
    if (!flag) return not_ours(l1, "SystemConfig", config.system_config, "no boolean");
    roles.paused = *flag;
    return roles;
}

}  // namespace troupe::l1
