#pragma once

#include "chain/evm/engine.hpp"
#include "chain/evm/gas.hpp"
#include "chain/evm/words.hpp"

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

// Division, out of line: `sp` is where the stack pointer is before the instruction; the answer goes
// where it belongs.
void divide_top(Uint256* sp) noexcept;
void modulo_top(Uint256* sp) noexcept;
void divide_signed_top(Uint256* sp) noexcept;
void modulo_signed_top(Uint256* sp) noexcept;
void add_mod_top(Uint256* sp) noexcept;
void mul_mod_top(Uint256* sp) noexcept;
void power_top(Uint256* sp) noexcept;

/// Copies `size` bytes of `source` from `offset` on; zeros beyond its end.
void copy_padded(
    std::uint8_t* to, ByteView source, const Uint256& offset, std::uint64_t size) noexcept;

/// CALLDATALOAD.
[[nodiscard]] Uint256 call_data_word(const Frame& frame, const Uint256& offset) noexcept;

/// SLOAD: replaces the slot's number by its value, which may be a linear word from then on.
/// @param word  on the stack of `frame`
/// @return gas left
[[nodiscard]] std::int64_t load_storage(
    Engine& engine, const Frame& frame, Uint256& word, std::int64_t gas_left);

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
