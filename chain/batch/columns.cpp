#include "chain/batch/columns.hpp"

namespace troupe::chain::batch {
namespace {

constexpr std::size_t kVarintBytesMax = 10;  // 64 bits, seven a byte

unsigned byte_count(std::uint64_t value) noexcept {
    return Uint256{value}.byte_count();
}
unsigned byte_count(const Uint256& value) noexcept {
    return value.byte_count();
}

std::uint8_t byte_at(std::uint64_t value, unsigned index) noexcept {
    return static_cast<std::uint8_t>(value >> (8 * index));
}
std::uint8_t byte_at(const Uint256& value, unsigned index) noexcept {
    return byte_at(value.limbs[index / 8], index % 8);
}

void set_byte(std::uint64_t& value, unsigned index, std::uint8_t byte) noexcept {
    value |= static_cast<std::uint64_t>(byte) << (8 * index);
}
void set_byte(Uint256& value, unsigned index, std::uint8_t byte) noexcept {
    set_byte(value.limbs[index / 8], index % 8, byte);
}

template <class Integer>
void put_integers(Bytes& out, const std::vector<Integer>& values) {
    const std::size_t lengths_at = out.size();
    unsigned width = 0;
    for (const Integer& value : values) {
        const unsigned length = byte_count(value);
        width = std::max(width, length);
        out.push_back(static_cast<std::uint8_t>(length));
    }
    for (unsigned plane = 0; plane < width; ++plane) {
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (out[lengths_at + i] > plane) out.push_back(byte_at(values[i], plane));
        }
    }
}

template <class Integer>
Result<std::vector<Integer>> take_integers(ColumnReader& reader, std::size_t count) {
    TROUPE_TRY(lengths, reader.bytes(count));
    unsigned width = 0;
    for (const std::uint8_t length : lengths) {
        width = std::max<unsigned>(width, length);
    }
    if (width > sizeof(Integer)) return Error::kBatchNonCanonical;

    std::vector<Integer> values(count);
    for (unsigned plane = 0; plane < width; ++plane) {
        std::size_t plane_size = 0;
        for (const std::uint8_t length : lengths) {
            plane_size += length > plane ? 1 : 0;
        }
        TROUPE_TRY(bytes, reader.bytes(plane_size));
        std::size_t next = 0;
        for (std::size_t i = 0; i < count; ++i) {
            if (lengths[i] <= plane) continue;
            const std::uint8_t byte = bytes[next++];
            if (byte == 0 && lengths[i] == plane + 1) return Error::kBatchNonCanonical;
            set_byte(values[i], plane, byte);
        }
    }
    return values;
}

}  // namespace

void ColumnWriter::varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) {
        out_.push_back(static_cast<std::uint8_t>(value | 0x80));
    }
    out_.push_back(static_cast<std::uint8_t>(value));
}

void ColumnWriter::integers(const std::vector<std::uint64_t>& values) {
    put_integers(out_, values);
}
void ColumnWriter::integers(const std::vector<Uint256>& values) {
    put_integers(out_, values);
}

void ColumnWriter::decimals(const std::vector<Decimal>& values) {
    std::vector<Uint256> mantissas;
    mantissas.reserve(values.size());
    for (const Decimal& value : values) {
        byte(value.exponent);
        mantissas.push_back(value.mantissa);
    }
    integers(mantissas);
}

Result<std::uint64_t> ColumnReader::varint() noexcept {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < kVarintBytesMax; ++i) {
        if (i == rest_.size()) return Error::kBatchTruncated;
        const std::uint8_t byte = rest_[i];
        const std::uint64_t bits = byte & 0x7f;
        if (i + 1 == kVarintBytesMax && bits > 1) return Error::kBatchNonCanonical;
        value |= bits << (7 * i);
        if ((byte & 0x80) != 0) continue;
        if (byte == 0 && i != 0) return Error::kBatchNonCanonical;
        rest_ = rest_.subspan(i + 1);
        return value;
    }
    return Error::kBatchNonCanonical;
}

Result<ByteView> ColumnReader::bytes(std::size_t count) noexcept {
    if (count > rest_.size()) return Error::kBatchTruncated;
    const ByteView taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
}

Result<std::vector<std::uint64_t>> ColumnReader::integers_u64(std::size_t count) {
    return take_integers<std::uint64_t>(*this, count);
}
Result<std::vector<Uint256>> ColumnReader::integers_u256(std::size_t count) {
    return take_integers<Uint256>(*this, count);
}

Result<std::vector<Uint256>> ColumnReader::decimals(std::size_t count) {
    TROUPE_TRY(exponents, bytes(count));
    TROUPE_TRY(values, integers_u256(count));
    for (std::size_t i = 0; i < count; ++i) {
        TROUPE_TRY(value, from_decimal_parts({values[i], exponents[i]}));
        values[i] = value;
    }
    return std::move(values);
}

}  // namespace troupe::chain::batch
