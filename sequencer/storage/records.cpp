#include "sequencer/storage/records.hpp"

#include "chain/base/endian.hpp"
#include "chain/rlp/decode.hpp"
#include "chain/rlp/encode.hpp"

#include <algorithm>

namespace troupe::node {
namespace {

using chain::Bytes;
using chain::ByteView;
using chain::Error;
using chain::Result;
namespace rlp = chain::rlp;

constexpr std::uint64_t kMicroBlock = 1;
constexpr std::uint64_t kSeal = 2;
constexpr std::uint8_t kListHeader = 0xc0;  // the first byte of a list is not below it

void put_env(Bytes& out, const chain::execution::BlockEnv& env) {
    Bytes items;
    rlp::put_integer(items, env.number);
    rlp::put_integer(items, env.timestamp);
    rlp::put_integer(items, env.gas_limit);
    rlp::put_integer(items, env.chain_id);
    rlp::put_integer(items, env.base_fee_per_gas);
    rlp::put_string(items, env.coinbase);
    rlp::put_integer(items, env.l1_origin.number);
    rlp::put_string(items, env.l1_origin.hash);
    rlp::put_string(items, env.parent_hash);
    rlp::put_list_header(out, items.size());
    chain::append(out, items);
}

Result<chain::execution::BlockEnv> read_env(rlp::Reader& from) {
    TROUPE_TRY(items, from.list());
    chain::execution::BlockEnv env;
    TROUPE_TRY(number, items.u64());
    TROUPE_TRY(timestamp, items.u64());
    TROUPE_TRY(gas_limit, items.u64());
    TROUPE_TRY(chain_id, items.u64());
    TROUPE_TRY(base_fee, items.u256());
    TROUPE_TRY(coinbase, items.fixed<chain::Address>());
    TROUPE_TRY(origin_number, items.u64());
    TROUPE_TRY(origin_hash, items.fixed<chain::Hash32>());
    TROUPE_TRY(parent_hash, items.fixed<chain::Hash32>());
    TROUPE_CHECK(items.finish());
    env.number = number;
    env.timestamp = timestamp;
    env.gas_limit = gas_limit;
    env.chain_id = chain_id;
    env.base_fee_per_gas = base_fee;
    env.coinbase = coinbase;
    chain::execution::set_l1_origin(env, {origin_number, origin_hash});
    env.parent_hash = parent_hash;
    return env;
}

void put_raw_list(Bytes& out, std::span<const Bytes> transactions) {
    std::size_t size = 0;
    for (const Bytes& raw : transactions)
        size += rlp::string_size(raw);
    out.reserve(out.size() + size + 16);
    rlp::put_list_header(out, size);
    for (const Bytes& raw : transactions)
        rlp::put_string(out, raw);
}

Result<std::vector<Bytes>> read_raw_list(rlp::Reader& from) {
    TROUPE_TRY(items, from.list());
    std::vector<Bytes> transactions;
    while (!items.at_end()) {
        TROUPE_TRY(raw, items.string());
        transactions.emplace_back(raw.begin(), raw.end());
    }
    return transactions;
}

void put_addresses(Bytes& out, std::span<const chain::Address> addresses) {
    static_assert(sizeof(chain::Address) == chain::Address::kSize);
    rlp::put_string(
        out, ByteView(
                 reinterpret_cast<const std::uint8_t*>(addresses.data()),
                 addresses.size() * chain::Address::kSize));
}

Result<std::vector<chain::Address>> read_addresses(rlp::Reader& from, std::size_t count) {
    TROUPE_TRY(bytes, from.string());
    if (bytes.size() != count * chain::Address::kSize) return Error::kRlpWrongSize;
    std::vector<chain::Address> addresses(count);
    for (std::size_t i = 0; i < count; ++i)
        addresses[i] = chain::Address::from(bytes.subspan(i * chain::Address::kSize));
    return addresses;
}

// A receipt without its bloom, which follows from the logs.
void put_receipt(Bytes& out, const chain::Receipt& receipt) {
    rlp::put_integer(
        out, (static_cast<std::uint64_t>(receipt.type) << 1) | (receipt.success ? 1u : 0u));
    rlp::put_integer(out, receipt.cumulative_gas_used);
    Bytes logs;
    for (const chain::Log& log : receipt.logs) {
        Bytes topics;
        for (const chain::Hash32& topic : log.topics)
            chain::append(topics, topic);
        Bytes item;
        rlp::put_string(item, log.address);
        rlp::put_string(item, topics);
        rlp::put_string(item, log.data);
        rlp::put_list_header(logs, item.size());
        chain::append(logs, item);
    }
    rlp::put_list_header(out, logs.size());
    chain::append(out, logs);
}

Result<chain::Receipt> read_receipt(rlp::Reader& from) {
    TROUPE_TRY(kind, from.u64());
    TROUPE_TRY(gas, from.u64());
    TROUPE_TRY(logs, from.list());
    if (kind >> 1 > static_cast<std::uint64_t>(chain::TxType::kSetCode))
        return Error::kTxTypeUnknown;
    chain::Receipt receipt;
    receipt.type = static_cast<chain::TxType>(kind >> 1);
    receipt.success = (kind & 1) != 0;
    receipt.cumulative_gas_used = gas;
    while (!logs.at_end()) {
        TROUPE_TRY(item, logs.list());
        TROUPE_TRY(address, item.fixed<chain::Address>());
        TROUPE_TRY(topics, item.string());
        TROUPE_TRY(data, item.string());
        TROUPE_CHECK(item.finish());
        if (topics.size() % 32 != 0 || topics.size() > 128) return Error::kRlpWrongSize;
        chain::Log log;
        log.address = address;
        for (std::size_t at = 0; at < topics.size(); at += 32)
            log.topics.push_back(chain::Hash32::from(topics.subspan(at)));
        log.data.assign(data.begin(), data.end());
        receipt.logs.push_back(std::move(log));
    }
    return receipt;
}

// An account as one or four items; the reader is told by the list around them.
Result<chain::Account> read_account(rlp::Reader& from) {
    TROUPE_TRY(items, from.list());
    chain::Account account;
    TROUPE_TRY(nonce, items.u64());
    TROUPE_TRY(balance, items.u256());
    account.nonce = nonce;
    account.balance = balance;
    if (!items.at_end()) {
        TROUPE_TRY(storage_root, items.fixed<chain::Hash32>());
        TROUPE_TRY(code_hash, items.fixed<chain::Hash32>());
        account.storage_root = storage_root;
        account.code_hash = code_hash;
    }
    TROUPE_CHECK(items.finish());
    return account;
}

}  // namespace

void put_account(Bytes& out, const chain::Account& account) {
    const bool plain =
        account.storage_root == chain::kEmptyTrieRoot && account.code_hash == chain::kEmptyCodeHash;
    const std::size_t size = rlp::integer_size(account.nonce) + rlp::integer_size(account.balance) +
                             (plain ? 0 : 2 * 33);
    rlp::put_list_header(out, size);
    rlp::put_integer(out, account.nonce);
    rlp::put_integer(out, account.balance);
    if (!plain) {
        rlp::put_string(out, account.storage_root);
        rlp::put_string(out, account.code_hash);
    }
}

Bytes encode_account_value(const chain::Account& account) {
    Bytes out;
    out.reserve(32);
    put_account(out, account);
    return out;
}

Result<chain::Account> decode_account_value(ByteView value) {
    rlp::Reader in(value);
    TROUPE_TRY(account, read_account(in));
    TROUPE_CHECK(in.finish());
    return account;
}

Bytes encode(const actors::MicroBlockRecord& record) {
    Bytes out;
    rlp::put_integer(out, kMicroBlock);
    rlp::put_integer(out, record.sequence);
    put_env(out, record.env);
    rlp::put_integer(out, std::uint64_t{record.index_in_block});
    rlp::put_integer(out, std::uint64_t{record.transactions.size()});
    put_addresses(out, record.senders);
    put_raw_list(out, record.transactions);
    return out;
}

Bytes encode(const actors::SealRecord& record) {
    Bytes out;
    rlp::put_integer(out, kSeal);
    rlp::put_integer(out, record.sequence);
    put_env(out, record.env);
    rlp::put_string(out, record.block_hash);
    return out;
}

Result<OrderRecord> decode_order_record(ByteView value) {
    rlp::Reader in(value);
    TROUPE_TRY(kind, in.u64());
    TROUPE_TRY(sequence, in.u64());
    TROUPE_TRY(env, read_env(in));
    if (kind == kSeal) {
        TROUPE_TRY(block_hash, in.fixed<chain::Hash32>());
        TROUPE_CHECK(in.finish());
        actors::SealRecord record;
        record.sequence = sequence;
        record.env = env;
        record.block_hash = block_hash;
        return OrderRecord(std::move(record));
    }
    if (kind != kMicroBlock) return Error::kBatchVersionUnknown;
    TROUPE_TRY(index, in.u64());
    TROUPE_TRY(count, in.u64());
    if (index > UINT32_MAX || count > value.size()) return Error::kRlpIntegerTooLarge;
    TROUPE_TRY(senders, read_addresses(in, count));
    TROUPE_TRY(transactions, read_raw_list(in));
    TROUPE_CHECK(in.finish());
    if (transactions.size() != count) return Error::kRlpTooManyItems;
    actors::MicroBlockRecord record;
    record.sequence = sequence;
    record.env = env;
    record.index_in_block = static_cast<std::uint32_t>(index);
    record.senders = std::move(senders);
    record.transactions = std::move(transactions);
    return OrderRecord(std::move(record));
}

Bytes encode(const HeaderRecord& record) {
    Bytes out;
    rlp::put_string(out, record.hash);
    rlp::put_integer(out, record.l1_origin.number);
    rlp::put_string(out, record.l1_origin.hash);
    rlp::put_integer(out, record.last_sequence);
    rlp::put_integer(out, record.transactions);
    chain::append(out, chain::encode_header(record.header));
    return out;
}

Result<HeaderRecord> decode_header_record(ByteView value) {
    rlp::Reader in(value);
    HeaderRecord record;
    TROUPE_TRY(hash, in.fixed<chain::Hash32>());
    TROUPE_TRY(origin_number, in.u64());
    TROUPE_TRY(origin_hash, in.fixed<chain::Hash32>());
    TROUPE_TRY(last_sequence, in.u64());
    TROUPE_TRY(transactions, in.u64());
    TROUPE_TRY(header, chain::decode_header(in.rest()));
    record.hash = hash;
    record.l1_origin = {origin_number, origin_hash};
    record.last_sequence = last_sequence;
    record.transactions = transactions;
    record.header = std::move(header);
    return record;
}

Bytes encode_transaction_chunk(
    const actors::SealedBlock& block, std::size_t first, std::uint64_t logs_before) {
    const std::size_t count = std::min(kChunkTransactions, block.block.transactions.size() - first);
    Bytes out;
    rlp::put_integer(out, first == 0 ? 0 : block.receipts[first - 1].cumulative_gas_used);
    rlp::put_integer(out, logs_before);
    rlp::put_integer(out, std::uint64_t{count});
    put_addresses(out, std::span(block.block.senders).subspan(first, count));
    put_raw_list(out, std::span(block.block.transactions).subspan(first, count));
    for (std::size_t i = first; i < first + count; ++i)
        put_receipt(out, block.receipts[i]);
    return out;
}

Result<TransactionChunk> decode_transaction_chunk(ByteView value) {
    rlp::Reader in(value);
    TransactionChunk chunk;
    TROUPE_TRY(gas_before, in.u64());
    TROUPE_TRY(logs_before, in.u64());
    TROUPE_TRY(count, in.u64());
    if (count > kChunkTransactions) return Error::kRlpIntegerTooLarge;
    TROUPE_TRY(senders, read_addresses(in, count));
    TROUPE_TRY(transactions, read_raw_list(in));
    if (transactions.size() != count) return Error::kRlpTooManyItems;
    for (std::uint64_t i = 0; i < count; ++i) {
        TROUPE_TRY(receipt, read_receipt(in));
        chunk.receipts.push_back(std::move(receipt));
    }
    TROUPE_CHECK(in.finish());
    chunk.gas_before = gas_before;
    chunk.logs_before = logs_before;
    chunk.senders = std::move(senders);
    chunk.transactions = std::move(transactions);
    return chunk;
}

namespace {

// A list only where there is something in it: the next change begins with a string.
void put_slots(Bytes& out, std::span<const chain::execution::SlotChange> slots) {
    if (slots.empty()) return;
    Bytes items;
    for (const auto& slot : slots) {
        rlp::put_string(items, slot.slot);
        rlp::put_integer(items, slot.before);
        rlp::put_integer(items, slot.after);
    }
    rlp::put_list_header(out, items.size());
    chain::append(out, items);
}

Result<std::vector<chain::execution::SlotChange>> read_slots(rlp::Reader& from) {
    std::vector<chain::execution::SlotChange> slots;
    if (from.at_end() || from.rest()[0] < kListHeader) return slots;
    TROUPE_TRY(items, from.list());
    while (!items.at_end()) {
        TROUPE_TRY(slot, items.fixed<chain::Hash32>());
        TROUPE_TRY(before, items.u256());
        TROUPE_TRY(after, items.u256());
        slots.push_back({slot, before, after});
    }
    if (slots.empty()) return Error::kRlpNonCanonical;
    return slots;
}

}  // namespace

Bytes encode_changes(std::span<const chain::execution::AccountChange> changes) {
    Bytes out;
    out.reserve(changes.size() * 48);
    for (const auto& change : changes) {
        rlp::put_string(out, change.address);
        put_account(out, change.before);
        put_account(out, change.after);
        put_slots(out, change.slots);
    }
    return out;
}

Result<std::vector<chain::execution::AccountChange>> decode_changes(ByteView value) {
    rlp::Reader in(value);
    std::vector<chain::execution::AccountChange> changes;
    while (!in.at_end()) {
        TROUPE_TRY(address, in.fixed<chain::Address>());
        TROUPE_TRY(before, read_account(in));
        TROUPE_TRY(after, read_account(in));
        TROUPE_TRY(slots, read_slots(in));
        changes.push_back(
            {.address = address, .before = before, .after = after, .slots = std::move(slots)});
    }
    return changes;
}

Bytes encode(const TransactionPlace& place) {
    Bytes out;
    out.reserve(12);
    chain::append_be(out, place.block);
    chain::append_be(out, place.index);
    return out;
}

Result<TransactionPlace> decode_place(ByteView value) {
    if (value.size() != 12) return Error::kRlpWrongSize;
    return TransactionPlace{
        .block = chain::load_be<std::uint64_t>(value.data()),
        .index = chain::load_be<std::uint32_t>(value.data() + 8)};
}

}  // namespace troupe::node
