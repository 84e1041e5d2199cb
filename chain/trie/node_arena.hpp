#pragma once

#include "chain/base/assert.hpp"
#include "chain/base/bytes.hpp"
#include "chain/trie/node_codec.hpp"

#include <array>
#include <memory>
#include <vector>

/// How SubTrie keeps its nodes: docs/formats/state-trie.md, "In memory".
namespace troupe::chain::trie {

/// Memory in units of 8 bytes behind 32-bit indices. Blocks never move; freed ones are used again
/// for the same size. Grows by whole chunks, gives nothing back before it dies.
class NodeArena {
  public:
    using Index = std::uint32_t;
    static constexpr std::size_t kUnitBytes = 8;
    static constexpr std::size_t kBlockUnitsMax = 192;  ///< largest block: 1,536 bytes

    [[nodiscard]] static constexpr std::size_t units(std::size_t bytes) noexcept {
        return (bytes + kUnitBytes - 1) / kUnitBytes;
    }

    /// @param units  1…kBlockUnitsMax
    [[nodiscard]] Index allocate(std::size_t units) {
        TROUPE_ASSERT(units <= kBlockUnitsMax);
        used_units_ += units;
        if (const Index index = free_[units]; index != 0) {
            std::memcpy(&free_[units], at(index), sizeof(Index));
            return index;
        }
        if (next_ + units > kChunkUnits) add_chunk();
        const std::size_t index = (chunks_.size() - 1) * kChunkUnits + next_;
        TROUPE_ASSERT(index < kIndexMax);
        next_ += units;
        return static_cast<Index>(index);
    }

    void free(Index index, std::size_t units) noexcept {
        used_units_ -= units;
        std::memcpy(at(index), &free_[units], sizeof(Index));
        free_[units] = index;
    }

    [[nodiscard]] std::uint8_t* at(Index index) const noexcept {
        return chunks_[index / kChunkUnits].get() + index % kChunkUnits * kUnitBytes;
    }

    [[nodiscard]] std::size_t memory_bytes() const noexcept {
        return chunks_.size() * kChunkUnits * kUnitBytes + chunks_.capacity() * sizeof(chunks_[0]);
    }
    /// Bytes of what is allocated and not freed.
    [[nodiscard]] std::size_t used_bytes() const noexcept { return used_units_ * kUnitBytes; }

  private:
    static constexpr std::size_t kChunkUnits = 2'048;               // 16 KiB
    static constexpr std::size_t kIndexMax = std::size_t{1} << 30;  // the top bits say the kind

    void add_chunk() {
        // What is left of the last chunk is lost: less than one block in 16 KiB.
        chunks_.push_back(std::make_unique_for_overwrite<std::uint8_t[]>(kChunkUnits * kUnitBytes));
        next_ = chunks_.size() == 1 ? 1 : 0;  // index 0 means "none"
    }

    std::vector<std::unique_ptr<std::uint8_t[]>> chunks_;
    std::size_t next_ = kChunkUnits;
    std::size_t used_units_ = 0;
    std::array<Index, kBlockUnitsMax + 1> free_{};  // first free block of each size
};

/// Bits set in 16: without the popcnt instruction, which not every x86-64 has, the library function
/// would be a call.
[[nodiscard]] constexpr std::size_t count_bits(std::uint32_t bits) noexcept {
    bits -= bits >> 1 & 0x5555;
    bits = (bits & 0x3333) + (bits >> 2 & 0x3333);
    bits = (bits + (bits >> 4)) & 0x0f0f;
    return (bits + (bits >> 8)) & 0x1f;
}

/// Names a node in a parent: nothing, a leaf, a branch, or a stub for what is on disk.
class NodeId {
  public:
    constexpr NodeId() noexcept = default;
    static constexpr NodeId leaf(NodeArena::Index index) noexcept {
        return NodeId(index | kLeafBit);
    }
    static constexpr NodeId branch(NodeArena::Index index) noexcept { return NodeId(index); }
    static constexpr NodeId stub(NodeArena::Index index) noexcept {
        return NodeId(index | kStubBit);
    }

    [[nodiscard]] constexpr bool is_none() const noexcept { return bits_ == 0; }
    [[nodiscard]] constexpr bool is_leaf() const noexcept { return (bits_ & kLeafBit) != 0; }
    [[nodiscard]] constexpr bool is_stub() const noexcept { return (bits_ & kStubBit) != 0; }
    [[nodiscard]] constexpr bool is_branch() const noexcept {
        return bits_ - 1 < kStubBit - 1;  // neither none nor one of the others
    }
    [[nodiscard]] constexpr NodeArena::Index index() const noexcept {
        return bits_ & (kStubBit - 1);
    }

  private:
    static constexpr std::uint32_t kLeafBit = std::uint32_t{1} << 31;
    static constexpr std::uint32_t kStubBit = std::uint32_t{1} << 30;
    explicit constexpr NodeId(std::uint32_t bits) noexcept : bits_(bits) {}
    std::uint32_t bits_ = 0;
};

/// A leaf's block: this head, then `stored_size` bytes of the value. The value of a plain account
/// (no storage, no code) ends in 66 bytes that are always the same: they are not kept.
struct Leaf {
    Hash32 key;
    std::uint16_t stored_size;
    std::uint8_t is_plain_account;

    static constexpr std::size_t kHeadBytes = 35;

    [[nodiscard]] const std::uint8_t* stored() const noexcept { return key.data() + kHeadBytes; }
    [[nodiscard]] std::uint8_t* stored() noexcept { return key.data() + kHeadBytes; }
};
static_assert(offsetof(Leaf, is_plain_account) + 1 == Leaf::kHeadBytes);

/// Stands for the nodes of a bucket that are on disk (SubTrie::evict): the first bytes of one of
/// its keys. The parent keeps the reference.
struct Stub {
    std::array<std::uint8_t, 8> path;

    static constexpr std::size_t kNibbles = 16;  ///< more than the depth of any bucket
    static constexpr std::size_t kUnits = 1;
};

/// A branch at nibble `depth` of the keys below it. Children are packed: the one under nibble n is
/// number popcount(present below n). The block: this head, `capacity` child ids, and `capacity`
/// references of 32 bytes (see write_reference()). An extension is not a node of its own: a branch
/// more than one nibble below its parent has one, whose path stands in every leaf below.
struct Branch {
    std::uint16_t present;    // bit n: a child under nibble n
    std::uint16_t is_inline;  // bit n: its reference is the node itself
    std::uint16_t stale;      // bit n: its reference is to be computed again
    std::uint8_t depth;
    std::uint8_t capacity;

    static constexpr std::size_t kReferenceBytes = 32;

    [[nodiscard]] static constexpr std::uint16_t bit(std::size_t nibble) noexcept {
        return static_cast<std::uint16_t>(1u << nibble);
    }
    [[nodiscard]] static constexpr std::size_t references_offset(std::size_t capacity) noexcept {
        return 8 + NodeArena::units(capacity * sizeof(NodeId)) * NodeArena::kUnitBytes;
    }
    [[nodiscard]] static constexpr std::size_t units(std::size_t capacity) noexcept {
        return NodeArena::units(references_offset(capacity) + capacity * kReferenceBytes);
    }
    /// Capacities in use: few sizes, so that freed blocks are used again soon.
    [[nodiscard]] static constexpr std::uint8_t capacity_for(std::size_t children) noexcept {
        if (children <= 4) return static_cast<std::uint8_t>(std::max<std::size_t>(children, 2));
        return static_cast<std::uint8_t>((children + 1) / 2 * 2);
    }

    [[nodiscard]] std::size_t count() const noexcept { return count_bits(present); }
    [[nodiscard]] bool has(std::size_t nibble) const noexcept {
        return (present & bit(nibble)) != 0;
    }
    [[nodiscard]] std::size_t ordinal(std::size_t nibble) const noexcept {
        return count_bits(present & (bit(nibble) - 1u));
    }
    [[nodiscard]] NodeId* children() noexcept {
        return static_cast<NodeId*>(static_cast<void*>(bytes() + 8));
    }
    [[nodiscard]] const NodeId* children() const noexcept {
        return const_cast<Branch*>(this)->children();
    }
    [[nodiscard]] NodeId child(std::size_t nibble) const noexcept {
        return children()[ordinal(nibble)];
    }
    [[nodiscard]] std::uint8_t* reference(std::size_t child_ordinal) noexcept {
        return bytes() + references_offset(capacity) + child_ordinal * kReferenceBytes;
    }
    [[nodiscard]] const std::uint8_t* reference(std::size_t child_ordinal) const noexcept {
        return const_cast<Branch*>(this)->reference(child_ordinal);
    }

  private:
    [[nodiscard]] std::uint8_t* bytes() noexcept {
        return static_cast<std::uint8_t*>(static_cast<void*>(this));
    }
};
static_assert(sizeof(Branch) == 8);
static_assert(Branch::units(kBranchChildren) <= NodeArena::kBlockUnitsMax);

}  // namespace troupe::chain::trie
