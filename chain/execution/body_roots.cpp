#include "chain/execution/body_roots.hpp"

#include "chain/base/assert.hpp"

#include <vector>

namespace troupe::chain::execution {

void BodyRoots::add(std::span<const Bytes> transactions, std::span<const Receipt> receipts) {
    TROUPE_ASSERT(transactions.size() == receipts.size());
    if (receipts.empty()) return;
    transactions_.add(std::vector<ByteView>(transactions.begin(), transactions.end()));
    const std::vector<Bloom> blooms = logs_blooms(receipts);
    std::vector<Bytes> encoded;
    encoded.reserve(receipts.size());
    for (std::size_t i = 0; i < receipts.size(); ++i) {
        encoded.push_back(encode_receipt(receipts[i], blooms[i]));
        if (!receipts[i].logs.empty()) merge_into(logs_bloom_, blooms[i]);
    }
    receipts_.add(std::vector<ByteView>(encoded.begin(), encoded.end()));
    gas_used_ = receipts.back().cumulative_gas_used;
    count_ += receipts.size();
}

void BodyRoots::fill(Header& header) {
    header.transactions_root = transactions_.root();
    header.receipts_root = receipts_.root();
    header.logs_bloom = logs_bloom_;
    header.gas_used = gas_used_;
}

}  // namespace troupe::chain::execution
