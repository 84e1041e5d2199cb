// Any bytes as a batch: refused, or the one encoding of what was read.
#include "chain/base/assert.hpp"
#include "chain/batch/span_batch.hpp"

namespace {

using namespace troupe::chain;
using namespace troupe::chain::batch;

constexpr std::uint64_t kChainId = 1;  // of the example in docs/formats/batch.md

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    ChainConfig config;
    config.chain_id = kChainId;
    const ByteView input{data, size};
    const auto batch = decode_span_batch(input, config);
    if (!batch) return 0;
    TROUPE_ASSERT(equal(encode_span_batch(*batch, config), input));
    for (const BatchBlock& block : batch->blocks) {
        for (const Bytes& raw : block.transactions) {
            TROUPE_ASSERT(decode_transaction(raw).ok());
            TROUPE_ASSERT(check_batchable(raw, config).ok());
        }
    }
    return 0;
}
