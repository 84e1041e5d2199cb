#pragma once

#include "chain/base/bytes.hpp"
#include "chain/base/result.hpp"

#include <memory>
#include <optional>
#include <span>
#include <vector>

/// Modified Merkle-Patricia trie: Yellow Paper, Appendix D.
namespace troupe::chain::trie {

inline constexpr std::size_t kTrieKeyBytesMax = 1'024;  ///< longest key a Trie takes

/// A whole trie in memory over keys of any length. For small tries, tests and witnesses; the world
/// state lives in SubTrie.
class Trie {
  public:
    Trie();
    ~Trie();
    Trie(Trie&&) noexcept;
    Trie& operator=(Trie&&) noexcept;
    Trie(const Trie&) = delete;
    Trie& operator=(const Trie&) = delete;

    /// Sets `key` to `value`; an empty value erases. O(key length).
    void put(ByteView key, ByteView value);
    void erase(ByteView key);
    /// The value, or an empty view. Valid until the next put or erase.
    [[nodiscard]] ByteView get(ByteView key) const noexcept;
    /// Hashes what has changed since the last call. kEmptyTrieRoot when empty.
    [[nodiscard]] Hash32 root();
    /// The RLP of each node from the root towards `key` that is not inlined in its parent: proof of
    /// its value or of its absence. Call root() first.
    [[nodiscard]] std::vector<Bytes> prove(ByteView key) const;
    /// The smallest key that is greater than `key`, and the greatest that is smaller.
    [[nodiscard]] std::optional<Bytes> next_key(ByteView key) const;
    [[nodiscard]] std::optional<Bytes> previous_key(ByteView key) const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// Root of the trie { RLP(i) -> values[i] }: transactions_root and receipts_root of a block. No
/// value is empty. Builds no trie: reduces the values level by level, hashing in batches.
[[nodiscard]] Hash32 ordered_root(std::span<const Bytes> values);
[[nodiscard]] Hash32 ordered_root(std::span<const ByteView> values);

/// Follows `proof` (nodes from the root down, as Trie::prove and eth_getProof give them).
/// @return the value at `key`; empty when the proof shows that there is none
/// @error  kProofInvalid, kProofIncomplete, kTrieNodeMalformed
[[nodiscard]] Result<Bytes> verify_proof(
    const Hash32& root, ByteView key, std::span<const Bytes> proof);

}  // namespace troupe::chain::trie
