#include "sequencer/jsonrpc/json_writer.hpp"

#include "chain/crypto/keccak.hpp"

#include <array>
#include <cmath>

namespace troupe::node::jsonrpc {
namespace {

// Bytes of the UTF-8 sequence at `at`, or 0 where there is none: overlong forms, surrogates and
// what lies beyond U+10FFFF are none (RFC 3629).
std::size_t sequence_size(std::string_view text, std::size_t at) noexcept {
    const auto byte = [&](std::size_t i) {
        return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U;
    };
    const auto follows = [&](std::size_t i) { return (byte(i) & 0xc0U) == 0x80U; };
    const unsigned lead = byte(0);
    if (lead < 0x80) return 1;
    if (lead >= 0xc2 && lead <= 0xdf) return follows(1) ? 2 : 0;
    if (lead >= 0xe0 && lead <= 0xef) {
        const bool bad = (lead == 0xe0 && byte(1) < 0xa0) || (lead == 0xed && byte(1) > 0x9f);
        return follows(1) && follows(2) && !bad ? 3 : 0;
    }
    if (lead >= 0xf0 && lead <= 0xf4) {
        const bool bad = (lead == 0xf0 && byte(1) < 0x90) || (lead == 0xf4 && byte(1) > 0x8f);
        return follows(1) && follows(2) && follows(3) && !bad ? 4 : 0;
    }
    return 0;
}

}  // namespace

JsonWriter& JsonWriter::text(std::string_view value) {
    separate();
    out_ += '"';
    for (std::size_t i = 0; i < value.size();) {
        const char c = value[i];
        const std::size_t size = sequence_size(value, i);
        if (size == 0) {
            out_ += "\\ufffd";
            ++i;
            continue;
        }
        if (c == '"' || c == '\\') {
            (out_ += '\\') += c;
        } else if (size == 1 && static_cast<unsigned char>(c) < 0x20) {
            const std::array<std::uint8_t, 1> byte{static_cast<std::uint8_t>(c)};
            out_.append("\\u00").append(chain::to_hex(byte).substr(2));
        } else {
            out_.append(value.substr(i, size));
        }
        i += size;
    }
    out_ += '"';
    return *this;
}

JsonWriter& JsonWriter::fraction(double value) {
    constexpr double kUnit = 1e9;
    const auto units = static_cast<std::uint64_t>(std::llround(value * kUnit));
    constexpr std::uint64_t kWhole = 1'000'000'000;
    std::string out = std::to_string(units / kWhole);
    std::string decimals = std::to_string(kWhole + units % kWhole).substr(1);
    decimals.resize(decimals.find_last_not_of('0') + 1);
    if (!decimals.empty()) (out += '.') += decimals;
    return raw(out);
}

std::string checksum_hex(const chain::Address& address) {
    std::string text = chain::to_hex(address);
    const auto* digits = reinterpret_cast<const std::uint8_t*>(text.data() + 2);
    const std::string hash = chain::to_hex(chain::crypto::keccak256({digits, text.size() - 2}));
    for (std::size_t i = 2; i < text.size(); ++i)
        if (text[i] >= 'a' && hash[i] >= '8') text[i] = static_cast<char>(text[i] - 'a' + 'A');
    return text;
}

std::string json_text(std::string_view value) {
    return JsonWriter().text(value).take();
}

}  // namespace troupe::node::jsonrpc
