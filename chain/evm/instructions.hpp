#pragma once

#include "chain/base/endian.hpp"
#include "chain/evm/engine.hpp"
#include "chain/evm/gas.hpp"

/// What is too long for the interpreter's loop, or needed by several of its instructions.
namespace troupe::chain::evm {

/// End of a range of memory, or more than kMemoryBytesMax where no gas can buy it. An empty range
/// ends at 0, wherever it is.
[[nodiscard]] inline std::uint64_t range_end(const Uint256& offset, const Uint256& size) noexcept {
    if (size.is_zero()) return 0;
    if (!offset.fits_u64() || !size.fits_u64() || offset.limbs[0] > gas::kMemoryBytesMax ||
        size.limbs[0] > gas::kMemoryBytesMax)
        return gas::kMemoryBytesMax + 1;
    return offset.limbs[0] + size.limbs[0];
}

/// What a copy costs by its words. @pre size <= kMemoryBytesMax
[[nodiscard]] inline std::int64_t copy_gas(std::uint64_t size, std::int64_t per_word) noexcept {
    return static_cast<std::int64_t>(gas::words(size)) * per_word;
}

/// EXP's operands cost by the length of the exponent.
[[nodiscard]] inline std::int64_t exponent_gas(const Uint256& exponent) noexcept {
    return static_cast<std::int64_t>(exponent.byte_count()) * gas::kExpByte;
}

[[nodiscard]] inline Uint256 load_word(const std::uint8_t* from) noexcept {
    return {
        load_be<std::uint64_t>(from), load_be<std::uint64_t>(from + 8),
        load_be<std::uint64_t>(from + 16), load_be<std::uint64_t>(from + 24)};
}

inline void store_word(std::uint8_t* to, const Uint256& word) noexcept {
    store_be(to, word.limbs[3]);
    store_be(to + 8, word.limbs[2]);
    store_be(to + 16, word.limbs[1]);
    store_be(to + 24, word.limbs[0]);
}

/// Words move by limbs. As two 16-byte halves they would wait for the 8-byte stores of the
/// instruction before to reach the cache: two stores are not forwarded to one load.
inline void move_word(Uint256& to, const Uint256& from) noexcept {
    const std::uint64_t l0 = from.limbs[0];
    const std::uint64_t l1 = from.limbs[1];
    const std::uint64_t l2 = from.limbs[2];
    const std::uint64_t l3 = from.limbs[3];
    to.limbs[0] = l0;
    to.limbs[1] = l1;
    to.limbs[2] = l2;
    to.limbs[3] = l3;
}
inline void swap_words(Uint256& a, Uint256& b) noexcept {
    for (int i = 0; i < 4; ++i) {
        const std::uint64_t limb = a.limbs[i];
        a.limbs[i] = b.limbs[i];
        b.limbs[i] = limb;
    }
}
inline void put_word(Uint256& to, std::uint64_t value) noexcept {
    to.limbs[0] = value;
    to.limbs[1] = 0;
    to.limbs[2] = 0;
    to.limbs[3] = 0;
}

/// Copies `size` bytes of `source` from `offset` on; zeros beyond its end.
void copy_padded(
    std::uint8_t* to, ByteView source, const Uint256& offset, std::uint64_t size) noexcept;

/// CALLDATALOAD.
[[nodiscard]] Uint256 call_data_word(const Frame& frame, const Uint256& offset) noexcept;

/// SLOAD: replaces the slot's number by its value. @return gas left
[[nodiscard]] std::int64_t load_storage(
    Engine& engine, state::Journal::AccountId self, Uint256& word, std::int64_t gas_left);

/// SSTORE: EIP-2200, EIP-2929, EIP-3529. @return gas left; negative: not enough
[[nodiscard]] std::int64_t store_storage(
    Engine& engine, state::Journal::AccountId self, const Uint256& key, const Uint256& value,
    std::int64_t gas_left);

/// The account that a word names. Takes the extra gas from `gas_left` when it was cold.
[[nodiscard]] state::Journal::AccountId touch(
    Engine& engine, const Uint256& word, std::int64_t& gas_left);

/// BLOCKHASH.
[[nodiscard]] Uint256 block_hash(const Engine& engine, const Uint256& number) noexcept;

/// LOG0 to LOG4; the topics are on the stack below `sp`, under offset and size.
void emit_log(
    Engine& engine, const Frame& frame, const Uint256* sp, unsigned topics,
    const std::uint8_t* data, std::uint64_t size);

/// The check and the hook before an instruction that is traced. @return why it can't run
[[nodiscard]] std::optional<HaltReason> trace_step(
    Engine& engine, const Frame& frame, const Instruction* ip, const Uint256* sp,
    std::int64_t gas_left);

}  // namespace troupe::chain::evm
