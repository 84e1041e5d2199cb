#pragma once

#include "chain/base/bytes.hpp"
#include "chain/base/result.hpp"
#include "chain/base/uint256.hpp"

/// Recursive Length Prefix, Yellow Paper, Appendix B: strict reading. Only the one canonical
/// encoding of an item is accepted; nothing is allocated.
namespace troupe::chain::rlp {

enum class Kind : std::uint8_t {
    kString,
    kList,
};

/// One item: where its payload lies in the input, and the whole item with its header.
struct Item {
    Kind kind = Kind::kString;
    ByteView payload;
    ByteView whole;
};

/// Reads items one after the other from a list's payload, or from any concatenation of items.
/// After an error the reader stays where it was.
class Reader {
  public:
    explicit Reader(ByteView items) noexcept : rest_(items) {}

    [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }
    [[nodiscard]] ByteView rest() const noexcept { return rest_; }

    /// The next item, of either kind.
    /// @error kRlpTruncated, kRlpNonCanonical
    [[nodiscard]] Result<Item> next() noexcept;
    /// The next item's bytes. @error as next(); kRlpUnexpectedKind: it is a list
    [[nodiscard]] Result<ByteView> string() noexcept;
    /// A reader over the next item's elements. @error as next(); kRlpUnexpectedKind: it is a string
    [[nodiscard]] Result<Reader> list() noexcept;
    /// The next item as an integer. @error as string(); kRlpLeadingZero, kRlpIntegerTooLarge
    [[nodiscard]] Result<std::uint64_t> u64() noexcept;
    [[nodiscard]] Result<Uint256> u256() noexcept;
    /// The next item as exactly `Fixed` (Address, Hash32, Bloom). @error as string(); kRlpWrongSize
    template <class Fixed>
    [[nodiscard]] Result<Fixed> fixed() noexcept {
        const ByteView before = rest_;
        TROUPE_TRY(bytes, string());
        if (bytes.size() == Fixed::kSize) return Fixed::from(bytes);
        rest_ = before;
        return Error::kRlpWrongSize;
    }
    /// Checks that nothing is left. @error kRlpTooManyItems
    [[nodiscard]] Status finish() const noexcept;

  private:
    /// The next item as big-endian bytes without leading zeros.
    [[nodiscard]] Result<ByteView> integer(std::size_t bytes_max) noexcept;

    ByteView rest_;
};

/// Reads `input` as exactly one list and returns a reader over its elements.
/// @error as Reader::list(); kRlpTrailingBytes: bytes follow the list
[[nodiscard]] Result<Reader> read_single_list(ByteView input) noexcept;

inline constexpr std::size_t kRlpDepthMax = 1'024;  ///< nesting that validate() follows

/// Checks that `input` is exactly one canonical item, all nested items included. Not recursive.
/// @error any of the above; kRlpTooDeep beyond kRlpDepthMax
[[nodiscard]] Status validate(ByteView input);

}  // namespace troupe::chain::rlp
