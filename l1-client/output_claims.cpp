#include "l1-client/output_claims.hpp"

#include "chain/base/hex.hpp"
#include "l1-client/abi.hpp"
#include "l1-client/log_range.hpp"

#include "contract_artifacts.hpp"

#include <algorithm>

namespace troupe::l1 {

namespace registry = artifacts::output_registry;

namespace {

Error unexpected(const L1Log& log) {
    return {
        ErrorKind::kMalformed,
        0,
        "OutputRegistry at " + chain::to_hex(log.address) + ": unexpected event in L1 block " +
            std::to_string(log.block_number),
        {}};
}

/// OutputClaimed(uint256 indexed index, uint64 indexed l2Block, bytes32 outputRoot, uint64 l1Block,
/// uint64 timestamp)
Status apply_claim(const L1Log& log, std::vector<OutputClaim>& claims) {
    if (log.topics.size() != 3) return unexpected(log);
    const auto index = abi::WordReader(log.topics[1]).u64();
    const auto l2_block = abi::WordReader(log.topics[2]).u64();
    abi::WordReader words(log.data);
    const auto root = words.bytes32();
    const auto l1_block = words.u64();
    const auto timestamp = words.u64();
    if (!index || !l2_block || !root || !l1_block || !timestamp || *index != claims.size()) {
        return unexpected(log);
    }
    claims.push_back({*index, *l2_block, *root, *l1_block, *timestamp});
    return {};
}

/// ClaimsDeleted(uint256 indexed firstIndex, uint256 count, address indexed by)
Status apply_deletion(const L1Log& log, std::vector<OutputClaim>& claims) {
    if (log.topics.size() != 3) return unexpected(log);
    const auto first = abi::WordReader(log.topics[1]).u64();
    if (!first || *first > claims.size()) return unexpected(log);
    claims.resize(*first);
    return {};
}

}  // namespace

chain::Bytes encode_claim(
    std::uint64_t l2_block, const chain::Hash32& output_root, const chain::L1Origin& origin) {
    using abi::word;
    return abi::encode_call(
        registry::kClaimSelector,
        {word(output_root), word(l2_block), word(origin.number), word(origin.hash)});
}

Result<std::vector<OutputClaim>> read_claims(EthClient& l1, const chain::ChainConfig& config) {
    TROUPE_TRY(head, l1.block_number());
    const std::uint64_t first = config.l1_start.number;
    TROUPE_TRY(
        logs, logs_in_range(
                  l1, {config.output_registry, registry::kOutputClaimedTopic, first, head, {}}));
    TROUPE_TRY(
        deletions,
        logs_in_range(
            l1, {config.output_registry, registry::kClaimsDeletedTopic, first, head, {}}));
    std::move(deletions.begin(), deletions.end(), std::back_inserter(logs));
    std::sort(logs.begin(), logs.end(), [](const L1Log& a, const L1Log& b) {
        return std::pair(a.block_number, a.log_index) < std::pair(b.block_number, b.log_index);
    });
    std::vector<OutputClaim> claims;
    for (const L1Log& log : logs) {
        if (log.topics.empty()) return unexpected(log);
        TROUPE_CHECK(
            log.topics[0] == registry::kOutputClaimedTopic ? apply_claim(log, claims)
                                                           : apply_deletion(log, claims));
    }
    return claims;
}

Result<std::uint64_t> latest_claimed_block(EthClient& l1, const chain::ChainConfig& config) {
    TROUPE_TRY(
        answer, l1.call(
                    {chain::Address{}, config.output_registry,
                     abi::encode_call(registry::kLatestL2BlockSelector, {})}));
    const auto number = abi::WordReader(answer).u64();
    if (!number) {
        return Error{
            ErrorKind::kContractMissing,
            0,
            "OutputRegistry at " + chain::to_hex(config.output_registry) +
                " does not answer latestL2Block()",
            {}};
    }
    return *number;
}

}  // namespace troupe::l1
