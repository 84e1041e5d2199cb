#include "l1-client/inbox.hpp"

#include "chain/base/hex.hpp"
#include "l1-client/abi.hpp"

#include "contract_artifacts.hpp"

#include <algorithm>

namespace troupe::l1 {

namespace {

constexpr std::uint64_t kTransactionGas = 21'000;
constexpr std::uint64_t kGasPerToken = 4;        // EIP-7623: a zero byte is one token, others four
constexpr std::uint64_t kFloorGasPerToken = 10;  // EIP-7623
// Call to SystemConfig with its two cold slots, first write of the running hash, event, hashing.
constexpr std::uint64_t kInboxGas = 60'000;
constexpr std::uint64_t kGasPerWord = 12;  // copy 3, memory 3, keccak 6
constexpr std::uint64_t kMemoryQuadDivisor = 512;

}  // namespace

std::uint64_t inbox_gas_limit(chain::ByteView data) noexcept {
    const auto zeros = static_cast<std::uint64_t>(std::count(data.begin(), data.end(), 0));
    const std::uint64_t tokens = zeros + 4 * (data.size() - zeros);
    const std::uint64_t words = (data.size() + 31) / 32;
    const std::uint64_t execution =
        kInboxGas + kGasPerWord * words + words * words / kMemoryQuadDivisor;
    return kTransactionGas +
           std::max(kGasPerToken * tokens + execution, kFloorGasPerToken * tokens);
}

Result<PostingRight> posting_right(
    EthClient& l1, const chain::ChainConfig& config, const chain::Address& account) {
    TROUPE_TRY(
        answer, l1.call(
                    {account, config.system_config,
                     abi::encode_call(artifacts::system_config::kPostingSelector, {})}));
    abi::WordReader words(answer);
    const auto batcher = words.address();
    const auto paused = words.boolean();
    if (!batcher || !paused) {
        return Error{
            ErrorKind::kContractMissing,
            0,
            "SystemConfig at " + chain::to_hex(config.system_config) + " does not answer posting()",
            {}};
    }
    if (*batcher != account) {
        return PostingRight{
            false,
            "the L1's batcher is " + chain::to_hex(*batcher) + ", not " + chain::to_hex(account)};
    }
    if (*paused) return PostingRight{false, "the guardian has paused postings on the L1"};
    return PostingRight{true, {}};
}

}  // namespace troupe::l1
