#pragma once

#include "chain/base/bytes.hpp"
#include "chain/base/result.hpp"
#include "chain/base/uint256.hpp"

#include <initializer_list>
#include <string>

/// As much of the Solidity ABI as Troupe's contracts need: every argument and result is one word.
/// @spec Solidity documentation, "Contract ABI Specification", Function Selector and Encoding
namespace troupe::l1::abi {

/// One argument: 32 bytes.
[[nodiscard]] chain::Hash32 word(const chain::Address& address) noexcept;
[[nodiscard]] chain::Hash32 word(const chain::Uint256& value) noexcept;
[[nodiscard]] inline chain::Hash32 word(std::uint64_t value) noexcept {
    return word(chain::Uint256{value});
}
[[nodiscard]] inline chain::Hash32 word(const chain::Hash32& value) noexcept {
    return value;
}

/// The calldata: selector ‖ words.
[[nodiscard]] chain::Bytes encode_call(
    std::uint32_t selector, std::initializer_list<chain::Hash32> arguments);
/// Creation code ‖ words of the constructor's arguments.
[[nodiscard]] chain::Bytes encode_creation(
    chain::ByteView code, std::initializer_list<chain::Hash32> arguments);

/// Reads the words of a result, of event data or of topics; each is checked against its type.
class WordReader {
  public:
    explicit WordReader(chain::ByteView words) noexcept : rest_(words) {}
    /// @error kHexWrongSize: fewer than 32 bytes remain
    [[nodiscard]] chain::Result<chain::Hash32> bytes32() noexcept;
    /// @error as bytes32; kNumberInvalid: the word is no such value
    [[nodiscard]] chain::Result<chain::Address> address() noexcept;
    [[nodiscard]] chain::Result<std::uint64_t> u64() noexcept;
    [[nodiscard]] chain::Result<bool> boolean() noexcept;

  private:
    chain::ByteView rest_;
};

}  // namespace troupe::l1::abi

namespace troupe::l1 {

/// What a contract said when it refused, in words: "NotBatcher(0x…, 0x…)" for our custom errors,
/// the text of require(), the code of a Panic, or the bare bytes.
[[nodiscard]] std::string describe_revert(chain::ByteView data);

}  // namespace troupe::l1
