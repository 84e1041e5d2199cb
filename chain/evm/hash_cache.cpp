#include "chain/evm/hash_cache.hpp"

#include "chain/crypto/keccak.hpp"

namespace troupe::chain::evm {

void HashCache::fill(Entry& entry, const std::uint8_t* input) {
    std::memcpy(entry.input.data(), input, kInputBytes);
    entry.hash = uint256_from_be(crypto::keccak256({input, kInputBytes}));
    entry.used = true;
}

}  // namespace troupe::chain::evm
