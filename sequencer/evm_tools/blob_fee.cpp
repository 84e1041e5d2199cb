#include "sequencer/evm_tools/blob_fee.hpp"

namespace troupe::node {

using chain::Uint256;

chain::Uint256 blob_base_fee(std::uint64_t excess_blob_gas, chain::Revision revision) {
    const std::uint64_t fraction =
        revision == chain::Revision::kCancun ? 3'338'477 : 5'007'716;  // EIP-4844, EIP-7691
    const Uint256 largest = Uint256() - 1;
    Uint256 sum;
    Uint256 term = fraction;
    // Terms grow until i passes excess / fraction, then shrink: 256 bits are full long before that
    // count is large, so the loop ends after a few hundred rounds at most.
    for (std::uint64_t i = 1; !term.is_zero(); ++i) {
        const auto next_sum = chain::add_checked(sum, term);
        const auto product = chain::mul_checked(term, excess_blob_gas);
        if (next_sum.overflow || product.overflow) return largest;
        sum = next_sum.value;
        term = product.value / (Uint256(fraction) * i);
    }
    return sum / fraction;
}

}  // namespace troupe::node
