#include "sequencer/storage/chain_store.hpp"

#include "chain/base/endian.hpp"
#include "chain/base/hex.hpp"
#include "chain/crypto/keccak.hpp"
#include "chain/rlp/decode.hpp"
#include "chain/rlp/encode.hpp"
#include "sequencer/logging/log.hpp"

#include <unordered_map>

namespace troupe::node {
namespace {

using chain::Bytes;
using chain::ByteView;
using chain::Hash32;

// First byte of every key. docs/formats/storage.md has the table.
constexpr std::uint8_t kAccounts = 'a';
constexpr std::uint8_t kChanges = 'c';
constexpr std::uint8_t kCheckpoints = 'd';
constexpr std::uint8_t kHeaders = 'h';
constexpr std::uint8_t kCode = 'k';
constexpr std::uint8_t kMeta = 'm';
constexpr std::uint8_t kNumbers = 'n';
constexpr std::uint8_t kPlaces = 'p';
constexpr std::uint8_t kSlots = 's';
constexpr std::uint8_t kTransactions = 't';

constexpr std::size_t kPlaceKeyBytes = 16;  // of the transaction hash; 2^64 work to collide

// A key on the stack: a prefix byte and parts.
class Key {
  public:
    explicit Key(std::uint8_t prefix) { bytes_[size_++] = prefix; }
    Key& number(std::uint64_t value) {
        chain::store_be(bytes_.data() + size_, value);
        size_ += 8;
        return *this;
    }
    Key& index(std::uint32_t value) {
        chain::store_be(bytes_.data() + size_, value);
        size_ += 4;
        return *this;
    }
    Key& part(ByteView bytes) {
        std::copy(bytes.begin(), bytes.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(size_));
        size_ += bytes.size();
        return *this;
    }
    operator ByteView() const {
        return {bytes_.data(), size_};
    }  // NOLINT(google-explicit-constructor)

  private:
    std::array<std::uint8_t, 64> bytes_{};
    std::size_t size_ = 0;
};

ByteView text(std::string_view words) {
    return {reinterpret_cast<const std::uint8_t*>(words.data()), words.size()};
}

Key meta_key(std::string_view name) {
    return Key(kMeta).part(text(name));
}

Key place_key(const Hash32& hash) {
    return Key(kPlaces).part(hash.view().first(kPlaceKeyBytes));
}

struct AddressHash {
    std::size_t operator()(const chain::Address& address) const noexcept {
        return chain::load_le<std::uint64_t>(address.data());
    }
};

Bytes encode_heads(std::uint64_t safe, std::uint64_t finalized) {
    Bytes out;
    chain::rlp::put_integer(out, safe);
    chain::rlp::put_integer(out, finalized);
    return out;
}

Bytes encode_checkpoint(const DerivationCheckpoint& checkpoint) {
    Bytes out;
    chain::rlp::put_string(out, checkpoint.l1.hash);
    chain::rlp::put_integer(out, checkpoint.l1_timestamp);
    chain::rlp::put_integer(out, checkpoint.safe.number);
    chain::rlp::put_string(out, checkpoint.safe.hash);
    chain::rlp::put_integer(out, checkpoint.safe.timestamp);
    chain::rlp::put_integer(out, checkpoint.safe.l1_origin.number);
    chain::rlp::put_string(out, checkpoint.safe.l1_origin.hash);
    return out;
}

chain::Result<DerivationCheckpoint> decode_checkpoint(std::uint64_t l1_number, ByteView value) {
    chain::rlp::Reader in(value);
    TROUPE_TRY(l1_hash, in.fixed<Hash32>());
    TROUPE_TRY(l1_timestamp, in.u64());
    TROUPE_TRY(number, in.u64());
    TROUPE_TRY(hash, in.fixed<Hash32>());
    TROUPE_TRY(timestamp, in.u64());
    TROUPE_TRY(origin_number, in.u64());
    TROUPE_TRY(origin_hash, in.fixed<Hash32>());
    TROUPE_CHECK(in.finish());
    DerivationCheckpoint checkpoint;
    checkpoint.l1 = {l1_number, l1_hash};
    checkpoint.l1_timestamp = l1_timestamp;
    checkpoint.safe = {number, hash, timestamp, {origin_number, origin_hash}};
    return checkpoint;
}

ReadError damaged(const std::string& what, const std::string& why) {
    log_error(Component::kStorage, "{}: {}", what, why);
    return ReadError::kStorage;
}

std::string block_name(std::uint64_t number) {
    return "block " + std::to_string(number);
}

}  // namespace

std::unique_ptr<ChainStore> ChainStore::open(
    const std::filesystem::path& data_directory, std::string& failure) {
    auto database = Database::open(data_directory / "chain", DatabaseOptions{}, failure);
    if (!database) return nullptr;
    std::unique_ptr<ChainStore> store(new ChainStore(std::move(database)));
    if (Failure wrong = store->read_meta()) {
        failure = *wrong;
        return nullptr;
    }
    return store;
}

Failure ChainStore::read_meta() {
    const auto genesis = database_->get(meta_key("genesis"));
    if (genesis.failure) return genesis.failure;
    if (!genesis.value) return std::nullopt;
    empty_ = false;
    chain::rlp::Reader in(*genesis.value);
    const auto chain_id = in.u64();
    const auto hash = in.fixed<Hash32>();
    const auto head = database_->get(meta_key("head"));
    if (head.failure) return head.failure;
    if (!chain_id || !hash || !head.value || head.value->size() != 8)
        return "chain store: the entries about the chain itself are damaged";
    chain_id_ = *chain_id;
    genesis_hash_ = *hash;
    const auto record = header_record(chain::load_be<std::uint64_t>(head.value->data()));
    if (!record) return "chain store: the head block is missing or damaged";
    head_ = *record;
    heads_.unsafe = head_.header.number;
    const auto heads = database_->get(meta_key("heads"));
    if (heads.failure) return heads.failure;
    if (heads.value) {
        chain::rlp::Reader numbers(*heads.value);
        const auto safe = numbers.u64();
        const auto finalized = numbers.u64();
        if (!safe || !finalized) return "chain store: the noted heads are damaged";
        heads_.safe = std::min(*safe, heads_.unsafe);
        heads_.finalized = std::min(*finalized, heads_.safe);
    }
    return std::nullopt;
}

Failure ChainStore::initialise(const GenesisState& genesis) {
    constexpr std::size_t kBatchBytes = 8 * 1024 * 1024;
    WriteBatch batch;
    for (const auto& entry : genesis.accounts) {
        batch.put(Key(kAccounts).part(entry.address), encode_account_value(entry.account));
        if (!entry.code.empty()) batch.put(Key(kCode).part(entry.account.code_hash), entry.code);
        for (const auto& slot : entry.storage) {
            Bytes value;
            chain::rlp::put_integer(value, slot.value);
            batch.put(Key(kSlots).part(entry.address).part(slot.key), value);
        }
        if (batch.bytes() < kBatchBytes) continue;
        // Without the head below, a store that was cut here is still empty: the next start repeats.
        if (Failure failure = database_->write(batch, Database::Sync::kNo)) return failure;
        batch.clear();
    }
    const std::uint64_t number = genesis.block.header.number;
    batch.put(Key(kHeaders).number(number), encode(genesis.block));
    Bytes be_number;
    chain::append_be(be_number, number);
    batch.put(Key(kNumbers).part(genesis.block.hash), be_number);
    Bytes about;
    chain::rlp::put_integer(about, genesis.chain_id);
    chain::rlp::put_string(about, genesis.block.hash);
    batch.put(meta_key("genesis"), about);
    batch.put(meta_key("head"), be_number);
    if (Failure failure = database_->write(batch, Database::Sync::kYes)) return failure;
    return read_meta();
}

HeaderRecord ChainStore::head() const {
    const std::lock_guard lock(mutex_);
    return head_;
}

actors::Heads ChainStore::heads() const {
    const std::lock_guard lock(mutex_);
    return heads_;
}

Failure ChainStore::load_accounts(
    const std::function<void(const chain::Address&, const chain::Account&)>& visit) const {
    Failure damage;
    const auto each = [&](ByteView key, ByteView value) {
        const auto account = decode_account_value(value);
        if (key.size() != 1 + chain::Address::kSize || !account) {
            damage = "chain store: account " + chain::to_hex(key.subspan(1)) + " is damaged";
            return false;
        }
        visit(chain::Address::from(key.subspan(1)), *account);
        return true;
    };
    if (Failure failure = database_->scan(Key(kAccounts), Key(kAccounts + 1), each)) return failure;
    return damage;
}

Failure ChainStore::note_heads(std::uint64_t safe, std::uint64_t finalized) {
    WriteBatch batch;
    batch.put(meta_key("heads"), encode_heads(safe, finalized));
    if (Failure failure = database_->write(batch, Database::Sync::kNo)) return failure;
    const std::lock_guard lock(mutex_);
    heads_.safe = safe;
    heads_.finalized = finalized;
    return std::nullopt;
}

Failure ChainStore::put_checkpoint(const DerivationCheckpoint& checkpoint) {
    WriteBatch batch;
    batch.put(Key(kCheckpoints).number(checkpoint.l1.number), encode_checkpoint(checkpoint));
    std::size_t kept = 1;
    const auto each = [&](ByteView key, ByteView) {
        if (++kept > kCheckpointsMax) batch.erase(key);
        return true;
    };
    if (Failure failure = database_->scan_back(
            Key(kCheckpoints), Key(kCheckpoints).number(checkpoint.l1.number), each))
        return failure;
    return database_->write(batch, Database::Sync::kNo);
}

Failure ChainStore::read_checkpoints(std::vector<DerivationCheckpoint>& checkpoints) const {
    checkpoints.clear();
    Failure damage;
    const auto each = [&](ByteView key, ByteView value) {
        if (key.size() != 9) return false;
        const auto checkpoint =
            decode_checkpoint(chain::load_be<std::uint64_t>(key.data() + 1), value);
        if (!checkpoint) {
            damage = "chain store: a derivation checkpoint is damaged";
            return false;
        }
        checkpoints.push_back(*checkpoint);
        return true;
    };
    if (Failure failure = database_->scan_back(Key(kCheckpoints), Key(kCheckpoints + 1), each))
        return failure;
    return damage;
}

Failure ChainStore::drop_checkpoints_above(std::uint64_t number) {
    WriteBatch batch;
    const auto each = [&](ByteView key, ByteView) {
        batch.erase(key);
        return true;
    };
    if (Failure failure =
            database_->scan(Key(kCheckpoints).number(number + 1), Key(kCheckpoints + 1), each))
        return failure;
    return database_->write(batch, Database::Sync::kNo);
}

void ChainStore::put_block(WriteBatch& batch, const actors::SealedBlock& sealed) const {
    const std::uint64_t number = sealed.block.header.number;
    const std::size_t count = sealed.block.transactions.size();
    HeaderRecord record;
    record.header = sealed.block.header;
    record.hash = sealed.hash;
    record.l1_origin = sealed.block.l1_origin;
    record.last_sequence = sealed.last_sequence;
    record.transactions = count;
    batch.put(Key(kHeaders).number(number), encode(record));
    Bytes be_number;
    chain::append_be(be_number, number);
    batch.put(Key(kNumbers).part(sealed.hash), be_number);

    std::uint64_t logs = 0;
    for (std::size_t first = 0; first < count; first += kChunkTransactions) {
        batch.put(
            Key(kTransactions).number(number).index(static_cast<std::uint32_t>(first)),
            encode_transaction_chunk(sealed, first, logs));
        for (std::size_t i = first; i < std::min(count, first + kChunkTransactions); ++i)
            logs += sealed.receipts[i].logs.size();
    }
    for (std::size_t i = 0; i < count; ++i) {
        batch.put(
            place_key(sealed.transaction_hashes[i]),
            encode(TransactionPlace{.block = number, .index = static_cast<std::uint32_t>(i)}));
    }
    const std::span changes(sealed.changes);
    for (std::size_t first = 0; first < changes.size(); first += kChunkChanges) {
        const auto chunk = changes.subspan(first, std::min(kChunkChanges, changes.size() - first));
        batch.put(Key(kChanges).number(number).part(chunk.front().address), encode_changes(chunk));
    }
}

actors::IoFailure ChainStore::commit(std::span<const actors::SealedBlockPtr> blocks) {
    if (blocks.empty()) return std::nullopt;
    std::uint64_t expected = head().header.number;
    WriteBatch batch;
    std::unordered_map<chain::Address, const chain::Account*, AddressHash> accounts;
    for (const auto& sealed : blocks) {
        const auto& block = sealed->block;
        if (block.header.number != ++expected ||
            block.senders.size() != block.transactions.size() ||
            sealed->receipts.size() != block.transactions.size() ||
            sealed->transaction_hashes.size() != block.transactions.size())
            return "chain store: " + block_name(block.header.number) +
                   " does not follow the head or is incomplete (a bug: nothing was written)";
        put_block(batch, *sealed);
        for (const auto& change : sealed->changes)
            accounts[change.address] = &change.after;
    }
    for (const auto& [address, account] : accounts) {
        if (account->is_empty())
            batch.erase(Key(kAccounts).part(address));
        else
            batch.put(Key(kAccounts).part(address), encode_account_value(*account));
    }
    Bytes be_number;
    chain::append_be(be_number, expected);
    batch.put(meta_key("head"), be_number);
    if (Failure failure = database_->write(batch, Database::Sync::kYes)) return failure;

    const actors::SealedBlock& last = *blocks.back();
    const std::lock_guard lock(mutex_);
    head_.header = last.block.header;
    head_.hash = last.hash;
    head_.l1_origin = last.block.l1_origin;
    head_.last_sequence = last.last_sequence;
    head_.transactions = last.block.transactions.size();
    heads_.unsafe = expected;
    return std::nullopt;
}

actors::SealedBlockPtr ChainStore::block(std::uint64_t number) {
    auto found = std::as_const(*this).block(number);
    return found ? *found : nullptr;
}

ReadResult<HeaderRecord> ChainStore::header_record(std::uint64_t number) const {
    const auto read = database_->get(Key(kHeaders).number(number));
    if (read.failure) return damaged(block_name(number), *read.failure);
    if (!read.value) return ReadError::kNotFound;
    auto record = decode_header_record(*read.value);
    if (!record) return damaged(block_name(number), std::string(chain::to_string(record.error())));
    return std::move(*record);
}

ReadResult<actors::SealedBlockPtr> ChainStore::header(std::uint64_t number) const {
    TROUPE_TRY(record, header_record(number));
    auto sealed = std::make_shared<actors::SealedBlock>();
    sealed->block.header = std::move(record.header);
    sealed->block.l1_origin = record.l1_origin;
    sealed->hash = record.hash;
    sealed->last_sequence = record.last_sequence;
    return actors::SealedBlockPtr(std::move(sealed));
}

bool ChainStore::read_body(actors::SealedBlock& sealed, std::uint64_t transactions) const {
    const std::uint64_t number = sealed.block.header.number;
    const char* wrong = nullptr;
    const auto each_chunk = [&](ByteView, ByteView value) {
        auto chunk = decode_transaction_chunk(value);
        if (!chunk) {
            wrong = "transactions are damaged";
            return false;
        }
        for (std::size_t i = 0; i < chunk->transactions.size(); ++i) {
            sealed.block.transactions.push_back(std::move(chunk->transactions[i]));
            sealed.block.senders.push_back(chunk->senders[i]);
            sealed.receipts.push_back(std::move(chunk->receipts[i]));
        }
        return true;
    };
    const auto each_changes = [&](ByteView, ByteView value) {
        auto changes = decode_changes(value);
        if (!changes) {
            wrong = "change set is damaged";
            return false;
        }
        sealed.changes.insert(sealed.changes.end(), changes->begin(), changes->end());
        return true;
    };
    Failure failure = database_->scan(
        Key(kTransactions).number(number), Key(kTransactions).number(number + 1), each_chunk);
    if (!failure)
        failure = database_->scan(
            Key(kChanges).number(number), Key(kChanges).number(number + 1), each_changes);
    if (!failure && wrong) failure = wrong;
    if (!failure && sealed.block.transactions.size() != transactions)
        failure = "transactions are missing";
    if (failure) log_error(Component::kStorage, "{}: {}", block_name(number), *failure);
    return !failure;
}

ReadResult<actors::SealedBlockPtr> ChainStore::block(std::uint64_t number) const {
    TROUPE_TRY(record, header_record(number));
    auto sealed = std::make_shared<actors::SealedBlock>();
    sealed->block.header = record.header;
    sealed->block.l1_origin = record.l1_origin;
    sealed->hash = record.hash;
    sealed->last_sequence = record.last_sequence;
    if (!read_body(*sealed, record.transactions)) return ReadError::kStorage;
    const auto& transactions = sealed->block.transactions;
    const std::vector<ByteView> views(transactions.begin(), transactions.end());
    sealed->transaction_hashes.resize(views.size());
    chain::crypto::keccak256_batch(views, sealed->transaction_hashes);
    return actors::SealedBlockPtr(std::move(sealed));
}

ReadResult<std::vector<Bytes>> ChainStore::raw_transactions(std::uint64_t number) const {
    TROUPE_TRY(record, header_record(number));
    std::vector<Bytes> transactions;
    bool broken = false;
    const auto each = [&](ByteView, ByteView value) {
        auto chunk = decode_transaction_chunk(value);
        broken = !chunk;
        if (broken) return false;
        std::move(
            chunk->transactions.begin(), chunk->transactions.end(),
            std::back_inserter(transactions));
        return true;
    };
    if (Failure failure = database_->scan(
            Key(kTransactions).number(number), Key(kTransactions).number(number + 1), each))
        return damaged(block_name(number), *failure);
    if (broken || transactions.size() != record.transactions)
        return damaged(block_name(number), "transactions are damaged or missing");
    return transactions;
}

ReadResult<std::uint64_t> ChainStore::number_of(const Hash32& block_hash) const {
    const auto read = database_->get(Key(kNumbers).part(block_hash));
    if (read.failure) return damaged("block hash index", *read.failure);
    if (!read.value) return ReadError::kNotFound;
    if (read.value->size() != 8) return damaged("block hash index", "wrong size");
    return chain::load_be<std::uint64_t>(read.value->data());
}

ReadResult<StoredTransaction> ChainStore::transaction(const Hash32& hash) const {
    const auto read = database_->get(place_key(hash));
    if (read.failure) return damaged("transaction index", *read.failure);
    if (!read.value) return ReadError::kNotFound;
    const auto place = decode_place(*read.value);
    if (!place) return damaged("transaction index", "wrong size");
    const auto first =
        static_cast<std::uint32_t>(place->index / kChunkTransactions * kChunkTransactions);
    const auto value = database_->get(Key(kTransactions).number(place->block).index(first));
    if (value.failure) return damaged(block_name(place->block), *value.failure);
    auto chunk = value.value ? decode_transaction_chunk(*value.value)
                             : chain::Result<TransactionChunk>(chain::Error::kRlpTruncated);
    const std::size_t at = place->index - first;
    if (!chunk || at >= chunk->transactions.size())
        return damaged(block_name(place->block), "transactions are damaged");
    if (chain::transaction_hash(chunk->transactions[at]) != hash) return ReadError::kNotFound;
    TROUPE_TRY(record, header_record(place->block));
    const auto tx = chain::decode_transaction(chunk->transactions[at]);
    if (!tx) return damaged(block_name(place->block), "a transaction does not decode");

    StoredTransaction found;
    found.hash = hash;
    found.sender = chunk->senders[at];
    found.block_number = place->block;
    found.block_hash = record.hash;
    found.block_timestamp = record.header.timestamp;
    found.index = place->index;
    const std::uint64_t gas_before =
        at == 0 ? chunk->gas_before : chunk->receipts[at - 1].cumulative_gas_used;
    found.gas_used = chunk->receipts[at].cumulative_gas_used - gas_before;
    found.effective_gas_price = chain::effective_gas_price(*tx, record.header.base_fee_per_gas);
    std::uint64_t logs = chunk->logs_before;
    for (std::size_t i = 0; i < at; ++i)
        logs += chunk->receipts[i].logs.size();
    found.first_log_index = static_cast<std::uint32_t>(logs);
    found.raw = std::move(chunk->transactions[at]);
    found.receipt = std::move(chunk->receipts[at]);
    return found;
}

ReadResult<std::vector<AccountVersion>> ChainStore::account_history(
    const chain::Address& address, std::uint64_t first, std::uint64_t last,
    std::uint32_t count_max) const {
    std::vector<AccountVersion> versions;
    last = std::min(last, heads().unsafe);
    for (std::uint64_t number = first; number <= last && versions.size() < count_max; ++number) {
        bool broken = false;
        // The chunk that could hold the address is the last one that starts at or below it.
        const Key at = Key(kChanges).number(number).part(address);
        const ByteView at_bytes = at;
        Bytes above(at_bytes.begin(), at_bytes.end());
        above.push_back(0);
        const auto each = [&](ByteView, ByteView value) {
            const auto changes = decode_changes(value);
            broken = !changes;
            if (broken) return false;
            const auto found = std::lower_bound(
                changes->begin(), changes->end(), address,
                [](const auto& change, const auto& wanted) { return change.address < wanted; });
            if (found != changes->end() && found->address == address)
                versions.push_back({.block_number = number, .account = found->after});
            return false;
        };
        if (Failure failure = database_->scan_back(Key(kChanges).number(number), above, each))
            return damaged(block_name(number), *failure);
        if (broken) return damaged(block_name(number), "change set is damaged");
    }
    return versions;
}

}  // namespace troupe::node
