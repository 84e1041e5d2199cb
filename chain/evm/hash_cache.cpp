#include "chain/evm/hash_cache.hpp"

#include "chain/crypto/keccak.hpp"

namespace troupe::chain::evm {

void HashCache::fill(Entry& entry, const Input& words) {
    entry.input = words;
    std::array<std::uint8_t, kInputBytes> bytes;
    std::memcpy(bytes.data(), words.data(), kInputBytes);
    entry.hash = uint256_from_be(crypto::keccak256(bytes));
    entry.used = true;
}

}  // namespace troupe::chain::evm
