#include "chain/types/block.hpp"

#include "chain/crypto/keccak.hpp"

namespace troupe::chain {

Hash32 output_root(
    const Hash32& state_root, const Hash32& message_root, const Hash32& block_hash) noexcept {
    std::uint8_t preimage[4 * Hash32::kSize] = {};  // version 0 comes first
    std::copy(state_root.begin(), state_root.end(), preimage + 32);
    std::copy(message_root.begin(), message_root.end(), preimage + 64);
    std::copy(block_hash.begin(), block_hash.end(), preimage + 96);
    return crypto::keccak256(preimage);
}

}  // namespace troupe::chain
