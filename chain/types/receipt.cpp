#include "chain/types/receipt.hpp"

#include "chain/crypto/keccak.hpp"
#include "chain/rlp/decode.hpp"
#include "chain/rlp/encode.hpp"

namespace troupe::chain {
namespace {

constexpr std::size_t kTopicsMax = 4;         // LOG4 is the widest
constexpr std::size_t kBloomEntries = 1'024;  // hashed together, about: they stay in the cache

std::size_t topics_payload(const Log& log) noexcept {
    return 33 * log.topics.size();
}

std::size_t log_payload(const Log& log) noexcept {
    return rlp::string_size(log.address) + rlp::list_size(topics_payload(log)) +
           rlp::string_size(log.data);
}

void put_log(Bytes& out, const Log& log) {
    rlp::put_list_header(out, log_payload(log));
    rlp::put_string(out, log.address);
    rlp::put_list_header(out, topics_payload(log));
    for (const Hash32& topic : log.topics)
        rlp::put_string(out, topic);
    rlp::put_string(out, log.data);
}

std::size_t logs_payload(const std::vector<Log>& logs) noexcept {
    std::size_t payload = 0;
    for (const Log& log : logs)
        payload += rlp::list_size(log_payload(log));
    return payload;
}

void put_logs(Bytes& out, const std::vector<Log>& logs) {
    rlp::put_list_header(out, logs_payload(logs));
    for (const Log& log : logs)
        put_log(out, log);
}

Result<Log> read_log(rlp::Reader fields) {
    TROUPE_TRY(address, fields.fixed<Address>());
    TROUPE_TRY(topics, fields.list());
    TROUPE_TRY(data, fields.string());
    TROUPE_CHECK(fields.finish());
    Log log{.address = address, .topics = {}, .data = Bytes(data.begin(), data.end())};
    while (!topics.at_end()) {
        if (log.topics.size() == kTopicsMax) return Error::kRlpTooManyItems;
        TROUPE_TRY(topic, topics.fixed<Hash32>());
        log.topics.push_back(topic);
    }
    return log;
}

}  // namespace

namespace {

/// @param hash  of an address or a topic
void set_bits(Bloom& bloom, const Hash32& hash) noexcept {
    for (std::size_t i = 0; i < 6; i += 2) {
        const unsigned bit = (hash[i] & 7u) << 8 | hash[i + 1];
        bloom[Bloom::kSize - 1 - bit / 8] |= static_cast<std::uint8_t>(1u << bit % 8);
    }
}

}  // namespace

void add_to_bloom(Bloom& bloom, ByteView entry) noexcept {
    set_bits(bloom, crypto::keccak256(entry));
}

Bloom logs_bloom(const std::vector<Log>& logs) noexcept {
    Bloom bloom;
    for (const Log& log : logs) {
        add_to_bloom(bloom, log.address);
        for (const Hash32& topic : log.topics)
            add_to_bloom(bloom, topic);
    }
    return bloom;
}

std::vector<Bloom> logs_blooms(std::span<const Receipt> receipts) {
    std::vector<Bloom> blooms(receipts.size());
    std::vector<ByteView> entries;
    std::vector<std::size_t> owners;  // of entries: whose they are
    std::vector<Hash32> hashes;
    const auto flush = [&] {
        hashes.resize(entries.size());
        crypto::keccak256_batch(entries, hashes);
        for (std::size_t i = 0; i < entries.size(); ++i)
            set_bits(blooms[owners[i]], hashes[i]);
        entries.clear();
        owners.clear();
    };
    for (std::size_t i = 0; i < receipts.size(); ++i)
        for (const Log& log : receipts[i].logs) {
            entries.emplace_back(log.address);
            entries.insert(entries.end(), log.topics.begin(), log.topics.end());
            owners.resize(entries.size(), i);
            if (entries.size() >= kBloomEntries) flush();
        }
    flush();
    return blooms;
}

bool covers(const Bloom& bloom, const Bloom& part) noexcept {
    for (std::size_t i = 0; i < Bloom::kSize; ++i)
        if ((part[i] & ~bloom[i]) != 0) return false;
    return true;
}

void merge_into(Bloom& into, const Bloom& from) noexcept {
    for (std::size_t i = 0; i < Bloom::kSize; ++i)
        into[i] |= from[i];
}

Bytes encode_logs(const std::vector<Log>& logs) {
    Bytes out;
    out.reserve(rlp::list_size(logs_payload(logs)));
    put_logs(out, logs);
    return out;
}

Bytes encode_receipt(const Receipt& receipt) {
    return encode_receipt(receipt, logs_bloom(receipt.logs));
}

Bytes encode_receipt(const Receipt& receipt, const Bloom& bloom) {
    const std::size_t payload = 1 + rlp::integer_size(receipt.cumulative_gas_used) +
                                rlp::string_size(bloom) +
                                rlp::list_size(logs_payload(receipt.logs));
    Bytes out;
    out.reserve(1 + rlp::list_size(payload));
    if (receipt.type != TxType::kLegacy) out.push_back(static_cast<std::uint8_t>(receipt.type));
    rlp::put_list_header(out, payload);
    rlp::put_integer(out, std::uint64_t{receipt.success});
    rlp::put_integer(out, receipt.cumulative_gas_used);
    rlp::put_string(out, bloom);
    put_logs(out, receipt.logs);
    return out;
}

Result<Receipt> decode_receipt(ByteView raw) {
    if (raw.empty()) return Error::kRlpTruncated;
    Receipt receipt;
    if (raw[0] < 0xc0) {
        if (raw[0] == 0 || raw[0] > static_cast<std::uint8_t>(TxType::kSetCode)) {
            return Error::kTxTypeUnknown;
        }
        receipt.type = static_cast<TxType>(raw[0]);
        raw = raw.subspan(1);
    }
    TROUPE_TRY(fields, rlp::read_single_list(raw));
    TROUPE_TRY(status, fields.u64());
    if (status > 1) return Error::kRlpIntegerTooLarge;
    TROUPE_TRY(cumulative_gas_used, fields.u64());
    TROUPE_TRY(bloom, fields.fixed<Bloom>());
    TROUPE_TRY(logs, fields.list());
    TROUPE_CHECK(fields.finish());
    while (!logs.at_end()) {
        TROUPE_TRY(log_fields, logs.list());
        TROUPE_TRY(log, read_log(log_fields));
        receipt.logs.push_back(std::move(log));
    }
    if (bloom != logs_bloom(receipt.logs)) return Error::kRlpNonCanonical;
    receipt.success = status == 1;
    receipt.cumulative_gas_used = cumulative_gas_used;
    return receipt;
}

}  // namespace troupe::chain
