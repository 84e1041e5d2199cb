#include "chain/batch/transaction_columns.hpp"

#include "chain/base/endian.hpp"

#include <numeric>

namespace troupe::chain::batch {
namespace {

using Transactions = std::vector<TransactionFields>;

constexpr std::uint64_t kRecipientNone = 0;   // contract creation
constexpr std::uint64_t kRecipientNew = 1;    // the next address of the column of addresses
constexpr std::uint64_t kRecipientKnown = 2;  // plus the address's index in that column

constexpr std::uint64_t kYParityBit = std::uint64_t{1} << 63;  // EIP-2098: s < 2^255 leaves it free

struct Recipients {
    std::vector<std::uint64_t> references;  // one per transaction
    std::vector<Address> addresses;         // each once, in order of first use
};

// Sorting finds repetitions without a hash table whose cost users could drive up by their choice
// of addresses.
Recipients collect_recipients(const Transactions& transactions) {
    // The address's first eight bytes decide nearly always, and lie beside the index.
    struct Use {
        std::uint64_t prefix;
        std::uint32_t index;
    };
    std::vector<Use> order;
    order.reserve(transactions.size());
    for (std::uint32_t i = 0; i < transactions.size(); ++i) {
        if (transactions[i].to)
            order.push_back({load_be<std::uint64_t>(transactions[i].to->data()), i});
    }
    std::sort(order.begin(), order.end(), [&](const Use& a, const Use& b) {
        if (a.prefix != b.prefix) return a.prefix < b.prefix;
        const auto by_address = *transactions[a.index].to <=> *transactions[b.index].to;
        return by_address != 0 ? by_address < 0 : a.index < b.index;
    });
    std::vector<std::uint32_t> first_use(transactions.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
        const bool repeated =
            i > 0 && order[i].prefix == order[i - 1].prefix &&
            transactions[order[i].index].to == transactions[order[i - 1].index].to;
        first_use[order[i].index] = repeated ? first_use[order[i - 1].index] : order[i].index;
    }

    Recipients recipients;
    recipients.references.reserve(transactions.size());
    std::vector<std::uint64_t> index_of(transactions.size());
    for (std::uint32_t i = 0; i < transactions.size(); ++i) {
        if (!transactions[i].to) {
            recipients.references.push_back(kRecipientNone);
        } else if (first_use[i] == i) {
            index_of[i] = recipients.addresses.size();
            recipients.addresses.push_back(*transactions[i].to);
            recipients.references.push_back(kRecipientNew);
        } else {
            recipients.references.push_back(kRecipientKnown + index_of[first_use[i]]);
        }
    }
    return recipients;
}

Status resolve_recipients(
    ColumnReader& reader, const std::vector<std::uint64_t>& references, Transactions& out) {
    std::vector<Address> addresses;
    for (std::size_t i = 0; i < out.size(); ++i) {
        const std::uint64_t reference = references[i];
        if (reference == kRecipientNone) continue;
        if (reference == kRecipientNew) {
            TROUPE_TRY(address, reader.fixed<Address>());
            addresses.push_back(address);
            out[i].to = address;
            continue;
        }
        const std::uint64_t index = reference - kRecipientKnown;
        if (index >= addresses.size()) return Error::kBatchNonCanonical;
        out[i].to = addresses[static_cast<std::size_t>(index)];
    }
    return {};
}

// One column: `member` of the transactions whose type has it.
template <class Has, class Value>
auto gather(const Transactions& transactions, Has has, Value value_of) {
    std::vector<decltype(value_of(transactions[0]))> values;
    values.reserve(transactions.size());
    for (const TransactionFields& tx : transactions) {
        if (has(tx.type)) values.push_back(value_of(tx));
    }
    return values;
}

constexpr bool every_type(TxType) noexcept {
    return true;
}

void write_strings(
    ColumnWriter& writer, const Transactions& transactions, bool (*has)(TxType),
    ByteView TransactionFields::*member) {
    const auto strings = gather(transactions, has, [&](const auto& tx) { return tx.*member; });
    std::vector<std::uint64_t> lengths;
    lengths.reserve(strings.size());
    for (const ByteView string : strings) {
        lengths.push_back(string.size());
    }
    writer.integers(lengths);
    for (const ByteView string : strings) {
        writer.bytes(string);
    }
}

Status read_strings(
    ColumnReader& reader, bool (*has)(TxType), ByteView TransactionFields::*member,
    Transactions& out) {
    const auto count = std::count_if(
        out.begin(), out.end(), [&](const TransactionFields& tx) { return has(tx.type); });
    TROUPE_TRY(lengths, reader.integers_u64(static_cast<std::size_t>(count)));
    auto length = lengths.cbegin();
    for (TransactionFields& tx : out) {
        if (!has(tx.type)) continue;
        if (*length > reader.remaining()) return Error::kBatchTruncated;
        TROUPE_TRY(string, reader.bytes(static_cast<std::size_t>(*length++)));
        tx.*member = string;
    }
    return {};
}

void write_signatures(ColumnWriter& writer, const Transactions& transactions) {
    for (const TransactionFields& tx : transactions) {
        writer.bytes(to_be32(tx.r));
    }
    for (const TransactionFields& tx : transactions) {
        TROUPE_ASSERT((tx.s.limbs[3] & kYParityBit) == 0);
        Uint256 s_and_parity = tx.s;
        if (tx.y_parity) s_and_parity.limbs[3] |= kYParityBit;
        writer.bytes(to_be32(s_and_parity));
    }
}

Status read_signatures(ColumnReader& reader, Transactions& out) {
    for (TransactionFields& tx : out) {
        TROUPE_TRY(r, reader.fixed<Hash32>());
        tx.r = uint256_from_be(r);
    }
    for (TransactionFields& tx : out) {
        TROUPE_TRY(s_and_parity, reader.fixed<Hash32>());
        tx.s = uint256_from_be(s_and_parity);
        tx.y_parity = (tx.s.limbs[3] & kYParityBit) != 0;
        tx.s.limbs[3] &= ~kYParityBit;
    }
    return {};
}

Status read_types(ColumnReader& reader, Transactions& out) {
    TROUPE_TRY(types, reader.bytes(out.size()));
    for (std::size_t i = 0; i < out.size(); ++i) {
        out[i].type = static_cast<TxType>(types[i]);
        if (types[i] > static_cast<std::uint8_t>(TxType::kSetCode) || !is_batchable(out[i].type)) {
            return Error::kBatchTransactionInvalid;
        }
    }
    return {};
}

Status read_tips(ColumnReader& reader, Transactions& out) {
    const auto count = std::count_if(
        out.begin(), out.end(), [](const TransactionFields& tx) { return has_tip(tx.type); });
    TROUPE_TRY(tips, reader.decimals(static_cast<std::size_t>(count)));
    auto tip = tips.cbegin();
    for (TransactionFields& tx : out) {
        if (has_tip(tx.type)) tx.tip = *tip++;
    }
    return {};
}

}  // namespace

void write_transactions(ColumnWriter& writer, const Transactions& transactions) {
    const Recipients recipients = collect_recipients(transactions);
    for (const TransactionFields& tx : transactions) {
        writer.byte(static_cast<std::uint8_t>(tx.type));
    }
    writer.integers(gather(transactions, every_type, [](const auto& tx) { return tx.nonce; }));
    writer.integers(gather(transactions, every_type, [](const auto& tx) { return tx.gas_limit; }));
    writer.decimals(gather(
        transactions, every_type, [](const auto& tx) { return to_decimal_parts(tx.fee_cap); }));
    writer.decimals(
        gather(transactions, has_tip, [](const auto& tx) { return to_decimal_parts(tx.tip); }));
    writer.integers(recipients.references);
    writer.decimals(gather(
        transactions, every_type, [](const auto& tx) { return to_decimal_parts(tx.value); }));
    write_strings(writer, transactions, every_type, &TransactionFields::data);
    write_strings(writer, transactions, has_access_list, &TransactionFields::access_list);
    write_strings(writer, transactions, has_authorizations, &TransactionFields::authorizations);
    for (const Address& address : recipients.addresses) {
        writer.bytes(address);
    }
    write_signatures(writer, transactions);
}

Result<Transactions> read_transactions(ColumnReader& reader, std::size_t count) {
    TROUPE_ASSERT(count <= reader.remaining() / kTransactionColumnsBytesMin);
    Transactions out(count);
    TROUPE_CHECK(read_types(reader, out));
    TROUPE_TRY(nonces, reader.integers_u64(count));
    TROUPE_TRY(gas_limits, reader.integers_u64(count));
    TROUPE_TRY(fee_caps, reader.decimals(count));
    TROUPE_CHECK(read_tips(reader, out));
    TROUPE_TRY(references, reader.integers_u64(count));
    TROUPE_TRY(values, reader.decimals(count));
    for (std::size_t i = 0; i < count; ++i) {
        out[i].nonce = nonces[i];
        out[i].gas_limit = gas_limits[i];
        out[i].fee_cap = fee_caps[i];
        out[i].value = values[i];
    }
    TROUPE_CHECK(read_strings(reader, every_type, &TransactionFields::data, out));
    TROUPE_CHECK(read_strings(reader, has_access_list, &TransactionFields::access_list, out));
    TROUPE_CHECK(read_strings(reader, has_authorizations, &TransactionFields::authorizations, out));
    TROUPE_CHECK(resolve_recipients(reader, references, out));
    TROUPE_CHECK(read_signatures(reader, out));
    return out;
}

}  // namespace troupe::chain::batch
