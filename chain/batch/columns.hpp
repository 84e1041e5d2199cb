#pragma once

#include "chain/base/bytes.hpp"
#include "chain/base/result.hpp"
#include "chain/base/uint256.hpp"
#include "chain/batch/decimal.hpp"

#include <vector>

/// docs/formats/batch.md, "Columns": the pieces a batch is made of, written and read.
namespace troupe::chain::batch {

/// Appends columns to a batch.
class ColumnWriter {
  public:
    explicit ColumnWriter(Bytes& out) noexcept : out_(out) {}

    /// LEB128: seven bits a byte, least significant first, the top bit says that more follow.
    void varint(std::uint64_t value);
    void byte(std::uint8_t value) { out_.push_back(value); }
    void bytes(ByteView value) { append(out_, value); }
    /// Lengths, then byte planes, the least significant bytes of all numbers first.
    void integers(const std::vector<std::uint64_t>& values);
    void integers(const std::vector<Uint256>& values);
    /// Exponents, then the mantissas as integers.
    void decimals(const std::vector<Decimal>& values);

  private:
    Bytes& out_;
};

/// Takes columns off a batch, front to back. Total: after an error the reader is not used again.
/// Nothing is allocated before the bytes that justify it are known to be there.
class ColumnReader {
  public:
    explicit ColumnReader(ByteView rest) noexcept : rest_(rest) {}

    [[nodiscard]] std::size_t remaining() const noexcept { return rest_.size(); }

    /// @error kBatchTruncated; kBatchNonCanonical: beyond 64 bits or not the shortest form
    [[nodiscard]] Result<std::uint64_t> varint() noexcept;
    /// @error kBatchTruncated
    [[nodiscard]] Result<ByteView> bytes(std::size_t count) noexcept;
    template <class Fixed>
    [[nodiscard]] Result<Fixed> fixed() noexcept {
        TROUPE_TRY(view, bytes(Fixed::kSize));
        return Fixed::from(view);
    }
    /// @error kBatchTruncated; kBatchNonCanonical: wider than the type, or a leading zero byte
    [[nodiscard]] Result<std::vector<std::uint64_t>> integers_u64(std::size_t count);
    [[nodiscard]] Result<std::vector<Uint256>> integers_u256(std::size_t count);
    /// The values themselves. @error as integers_u256; the errors of from_decimal_parts
    [[nodiscard]] Result<std::vector<Uint256>> decimals(std::size_t count);

  private:
    ByteView rest_;
};

}  // namespace troupe::chain::batch
