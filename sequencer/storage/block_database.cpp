#include "sequencer/storage/block_database.hpp"

#include "chain/crypto/keccak.hpp"
#include "sequencer/logging/log.hpp"
#include "sequencer/storage/key.hpp"

namespace troupe::node {
namespace {

using chain::Bytes;
using chain::ByteView;

// After the block number. docs/formats/storage.md has the table.
constexpr std::uint8_t kChanges = 'c';
constexpr std::uint8_t kHeader = 'h';
constexpr std::uint8_t kCodes = 'k';
constexpr std::uint8_t kTransactions = 't';

Key block_key(std::uint64_t number, std::uint8_t kind) {
    return Key().number(number).byte(kind);
}

std::uint32_t chunk_start(std::size_t index) {
    return static_cast<std::uint32_t>(index / kChunkTransactions * kChunkTransactions);
}

void put_block(WriteBatch& batch, const actors::SealedBlock& sealed) {
    const std::uint64_t number = sealed.block.header.number;
    const std::size_t count = sealed.block.transactions.size();
    HeaderRecord record;
    record.header = sealed.block.header;
    record.hash = sealed.hash;
    record.l1_origin = sealed.block.l1_origin;
    record.last_sequence = sealed.last_sequence;
    record.transactions = count;
    batch.put(block_key(number, kHeader), encode(record));

    std::uint64_t logs = 0;
    for (std::size_t first = 0; first < count; first += kChunkTransactions) {
        batch.put(
            block_key(number, kTransactions).index(chunk_start(first)),
            encode_transaction_chunk(sealed, first, logs));
        for (std::size_t i = first; i < std::min(count, first + kChunkTransactions); ++i)
            logs += sealed.receipts[i].logs.size();
    }
    for (const auto& code : sealed.codes)
        batch.put(block_key(number, kCodes).part(code.hash), code.code);
    const std::span changes(sealed.changes);
    for (std::size_t first = 0; first < changes.size(); first += kChunkChanges) {
        const auto part = changes.subspan(first, std::min(kChunkChanges, changes.size() - first));
        batch.put(block_key(number, kChanges).part(part.front().address), encode_changes(part));
    }
}

}  // namespace

ReadError damaged(const std::string& what, const std::string& why) {
    log_error(Component::kStorage, "{}: {}", what, why);
    return ReadError::kStorage;
}

std::string block_name(std::uint64_t number) {
    return "block " + std::to_string(number);
}

std::unique_ptr<BlockDatabase> BlockDatabase::open(
    const std::filesystem::path& data_directory, std::string& failure) {
    DatabaseOptions options;
    options.write_buffer_bytes = 16 * 1024 * 1024;  // as large as a file: each buffer becomes one
    auto database = Database::open(data_directory / "blocks", options, failure);
    if (!database) return nullptr;
    return std::unique_ptr<BlockDatabase>(new BlockDatabase(std::move(database)));
}

Failure BlockDatabase::read_head(std::optional<HeaderRecord>& head) const {
    head.reset();
    std::optional<std::uint64_t> number;
    // A batch holds whole blocks, so the last key, whatever it is, is of the newest one.
    const auto last = [&](ByteView key, ByteView) {
        if (key.size() > 8) number = chain::load_be<std::uint64_t>(key.data());
        return false;
    };
    if (Failure failure = database_->scan_back({}, {}, last)) return failure;
    if (!number) return std::nullopt;
    auto record = header(*number);
    if (!record) return "the newest block in blocks/, " + std::to_string(*number) + ", is damaged";
    head = std::move(*record);
    return std::nullopt;
}

Failure BlockDatabase::put_genesis(const HeaderRecord& genesis) {
    WriteBatch batch;
    batch.put(block_key(genesis.header.number, kHeader), encode(genesis));
    return database_->write(batch, Database::Sync::kYes);
}

Failure BlockDatabase::put(std::span<const actors::SealedBlockPtr> blocks) {
    WriteBatch batch;
    for (const auto& sealed : blocks)
        put_block(batch, *sealed);
    return database_->write(batch, Database::Sync::kYes);
}

ReadResult<HeaderRecord> BlockDatabase::header(std::uint64_t number) const {
    const auto read = database_->get(block_key(number, kHeader));
    if (read.failure) return damaged(block_name(number), *read.failure);
    if (!read.value) return ReadError::kNotFound;
    auto record = decode_header_record(*read.value);
    if (!record) return damaged(block_name(number), std::string(chain::to_string(record.error())));
    return std::move(*record);
}

// Chunks in order. False: damaged or not `count` transactions in all; the cause is logged.
bool BlockDatabase::read_transactions(
    std::uint64_t number, std::uint64_t count,
    const std::function<void(TransactionChunk)>& visit) const {
    bool broken = false;
    std::uint64_t seen = 0;
    const auto each = [&](ByteView, ByteView value) {
        auto chunk = decode_transaction_chunk(value);
        broken = !chunk;
        if (broken) return false;
        seen += chunk->transactions.size();
        visit(std::move(*chunk));
        return true;
    };
    Failure failure = database_->scan(
        block_key(number, kTransactions), block_key(number, kTransactions + 1), each);
    if (!failure && (broken || seen != count)) failure = "transactions are damaged or missing";
    if (failure) log_error(Component::kStorage, "{}: {}", block_name(number), *failure);
    return !failure;
}

ReadResult<std::vector<chain::execution::AccountChange>> BlockDatabase::changes(
    std::uint64_t number) const {
    std::vector<chain::execution::AccountChange> all;
    bool broken = false;
    const auto each = [&](ByteView, ByteView value) {
        const auto part = decode_changes(value);
        broken = !part;
        if (!broken) all.insert(all.end(), part->begin(), part->end());
        return !broken;
    };
    if (Failure failure =
            database_->scan(block_key(number, kChanges), block_key(number, kChanges + 1), each))
        return damaged(block_name(number), *failure);
    if (broken) return damaged(block_name(number), "change set is damaged");
    return all;
}

ReadResult<std::vector<chain::execution::DeployedCode>> BlockDatabase::codes(
    std::uint64_t number) const {
    std::vector<chain::execution::DeployedCode> all;
    bool broken = false;
    const auto each = [&](ByteView key, ByteView value) {
        broken = key.size() != 9 + chain::Hash32::kSize;
        if (!broken)
            all.push_back({chain::Hash32::from(key.subspan(9)), {value.begin(), value.end()}});
        return !broken;
    };
    if (Failure failure =
            database_->scan(block_key(number, kCodes), block_key(number, kCodes + 1), each))
        return damaged(block_name(number), *failure);
    if (broken) return damaged(block_name(number), "a code is damaged");
    return all;
}

ReadResult<actors::SealedBlockPtr> BlockDatabase::block(std::uint64_t number) const {
    TROUPE_TRY(record, header(number));
    auto sealed = std::make_shared<actors::SealedBlock>();
    sealed->block.header = std::move(record.header);
    sealed->block.l1_origin = record.l1_origin;
    sealed->hash = record.hash;
    sealed->last_sequence = record.last_sequence;
    const auto take = [&](TransactionChunk chunk) {
        auto& block = sealed->block;
        std::move(
            chunk.transactions.begin(), chunk.transactions.end(),
            std::back_inserter(block.transactions));
        block.senders.insert(block.senders.end(), chunk.senders.begin(), chunk.senders.end());
        std::move(
            chunk.receipts.begin(), chunk.receipts.end(), std::back_inserter(sealed->receipts));
    };
    if (!read_transactions(number, record.transactions, take)) return ReadError::kStorage;
    TROUPE_TRY(account_changes, changes(number));
    sealed->changes = std::move(account_changes);
    TROUPE_TRY(deployed, codes(number));
    sealed->codes = std::move(deployed);
    const auto& transactions = sealed->block.transactions;
    const std::vector<ByteView> views(transactions.begin(), transactions.end());
    sealed->transaction_hashes.resize(views.size());
    chain::crypto::keccak256_batch(views, sealed->transaction_hashes);
    return actors::SealedBlockPtr(std::move(sealed));
}

ReadResult<std::vector<Bytes>> BlockDatabase::raw_transactions(std::uint64_t number) const {
    TROUPE_TRY(record, header(number));
    std::vector<Bytes> transactions;
    const auto take = [&](TransactionChunk chunk) {
        std::move(
            chunk.transactions.begin(), chunk.transactions.end(), std::back_inserter(transactions));
    };
    if (!read_transactions(number, record.transactions, take)) return ReadError::kStorage;
    return transactions;
}

ReadResult<TransactionChunk> BlockDatabase::chunk(std::uint64_t number, std::uint32_t index) const {
    const auto read = database_->get(block_key(number, kTransactions).index(chunk_start(index)));
    if (read.failure) return damaged(block_name(number), *read.failure);
    if (!read.value) return damaged(block_name(number), "transactions are missing");
    auto chunk = decode_transaction_chunk(*read.value);
    if (!chunk || index - chunk_start(index) >= chunk->transactions.size())
        return damaged(block_name(number), "transactions are damaged");
    return std::move(*chunk);
}

ReadResult<chain::execution::AccountChange> BlockDatabase::changed_account(
    std::uint64_t number, const chain::Address& address) const {
    // The part that could hold the address is the last one that starts at or below it.
    const Key above = block_key(number, kChanges).part(address).byte(0);
    ReadResult<chain::execution::AccountChange> found = ReadError::kNotFound;
    bool broken = false;
    const auto last = [&](ByteView, ByteView value) {
        const auto part = decode_changes(value);
        broken = !part;
        if (broken) return false;
        const auto change = std::lower_bound(
            part->begin(), part->end(), address,
            [](const auto& entry, const auto& wanted) { return entry.address < wanted; });
        if (change != part->end() && change->address == address) found = *change;
        return false;
    };
    if (Failure failure = database_->scan_back(block_key(number, kChanges), above, last))
        return damaged(block_name(number), *failure);
    if (broken) return damaged(block_name(number), "change set is damaged");
    return found;
}

}  // namespace troupe::node
