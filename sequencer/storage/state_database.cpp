#include "sequencer/storage/state_database.hpp"

#include "chain/base/endian.hpp"
#include "chain/base/hex.hpp"
#include "chain/crypto/keccak.hpp"
#include "chain/rlp/decode.hpp"
#include "chain/rlp/encode.hpp"
#include "sequencer/logging/log.hpp"
#include "sequencer/storage/state_keys.hpp"
#include "sequencer/storage/stored_account.hpp"
#include "sequencer/storage/stored_slot.hpp"
#include "sequencer/thread_name.hpp"

#include <algorithm>
#include <numeric>

namespace troupe::node {
namespace {

using chain::Bytes;
using chain::ByteView;
using chain::Hash32;

constexpr std::size_t kPlaceKeyBytes = 16;  // of the transaction hash; 2^64 work to collide
constexpr std::string_view kGenesisName = "genesis";
constexpr std::string_view kHeadsName = "heads";
constexpr std::string_view kIndexedName = "indexed";    // last block in the indexes
constexpr std::string_view kAccountsName = "accounts";  // last block in the accounts

Key place_key(const Hash32& hash) {
    return key_of(kPlaces).part(hash.view().first(kPlaceKeyBytes));
}

Bytes encode_number(std::uint64_t number) {
    Bytes out;
    chain::append_be(out, number);
    return out;
}

Failure decode_number(const Database::Read& read, const char* what, std::uint64_t& number) {
    if (read.failure) return read.failure;
    if (!read.value || read.value->size() != 8)
        return std::string("state/: the entry \"") + what + "\" is missing or damaged";
    number = chain::load_be<std::uint64_t>(read.value->data());
    return std::nullopt;
}

}  // namespace

std::size_t StateDatabase::AddressHash::operator()(const chain::Address& address) const noexcept {
    return chain::load_le<std::uint64_t>(address.data());
}

StateDatabase::StateDatabase(std::unique_ptr<Database> database, const StateOptions& options)
    : database_(std::move(database)),
      options_(options),
      readers_(options.readers),
      writer_([this] { run(); }) {}

std::unique_ptr<StateDatabase> StateDatabase::open(
    const std::filesystem::path& data_directory, const StateOptions& options,
    std::string& failure) {
    DatabaseOptions settings;
    settings.cache_bytes = options.cache_bytes;
    settings.write_buffer_bytes = options.write_buffer_bytes;
    settings.filters = true;
    auto database = Database::open(data_directory / "state", settings, failure);
    if (!database) return nullptr;
    std::unique_ptr<StateDatabase> opened(new StateDatabase(std::move(database), options));
    Failure wrong = opened->migrate_accounts();
    if (!wrong) wrong = opened->migrate_slots();
    if (wrong) {
        failure = *wrong;
        return nullptr;
    }
    const auto accounts = opened->database_->get(meta_key(kAccountsName));
    std::uint64_t written = 0;
    if (accounts.value && !decode_number(accounts, "accounts", written)) opened->written_ = written;
    return opened;
}

StateDatabase::~StateDatabase() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        flush_wanted_ = true;
    }
    wake_.notify_all();
    writer_.join();
}

Failure StateDatabase::initialise(const GenesisState& genesis) {
    constexpr std::size_t kBatchBytes = 8 * 1024 * 1024;
    WriteBatch batch;
    for (const FundedAddress& entry : genesis.funded) {
        batch.put(account_key(entry.key), encode_stored(entry.address, genesis.funded_account));
        if (batch.bytes() < kBatchBytes) continue;
        if (Failure failure = database_->write(batch, Database::Sync::kNo)) return failure;
        batch.clear();
    }
    for (const auto& entry : genesis.accounts) {  // after those: what it names counts
        batch.put(
            account_key(chain::crypto::keccak256(entry.address)),
            encode_stored(entry.address, entry.account));
        if (!entry.code.empty()) batch.put(key_of(kCode).part(entry.account.code_hash), entry.code);
        for (const auto& slot : entry.storage) {
            if (slot.value.is_zero()) continue;
            batch.put(
                slot_key(entry.address, chain::crypto::keccak256(slot.key)),
                encode_stored_slot(slot.key, slot.value));
        }
        if (batch.bytes() < kBatchBytes) continue;
        if (Failure failure = database_->write(batch, Database::Sync::kNo)) return failure;
        batch.clear();
    }
    Bytes about;
    chain::rlp::put_integer(about, genesis.chain_id);
    chain::rlp::put_string(about, genesis.block.hash);
    batch.put(meta_key(kGenesisName), about);
    batch.put(key_of(kNumbers).part(genesis.block.hash), encode_number(0));
    batch.put(meta_key(kIndexedName), encode_number(0));
    batch.put(meta_key(kAccountsName), encode_number(0));
    return database_->write(batch, Database::Sync::kYes);
}

Failure StateDatabase::read_genesis(std::uint64_t& chain_id, Hash32& hash) const {
    const auto read = database_->get(meta_key(kGenesisName));
    if (read.failure) return read.failure;
    if (!read.value) return "state/: the entry about the genesis is missing";
    chain::rlp::Reader in(*read.value);
    const auto id = in.u64();
    const auto genesis = in.fixed<Hash32>();
    if (!id || !genesis) return "state/: the entry about the genesis is damaged";
    chain_id = *id;
    hash = *genesis;
    return std::nullopt;
}

Failure StateDatabase::first_missing(std::uint64_t& number) const {
    std::uint64_t indexed = 0;
    std::uint64_t accounts = 0;
    if (Failure failure = decode_number(database_->get(meta_key(kIndexedName)), "indexed", indexed))
        return failure;
    if (Failure failure =
            decode_number(database_->get(meta_key(kAccountsName)), "accounts", accounts))
        return failure;
    number = std::min(indexed, accounts) + 1;
    return std::nullopt;
}

Failure StateDatabase::give(actors::SealedBlockPtr block) {
    std::unique_lock lock(mutex_);
    done_.wait(lock, [&] { return failure_ || waiting_.size() < options_.waiting_max; });
    if (failure_) return failure_;
    waiting_.push_back(std::move(block));
    wake_.notify_one();
    return std::nullopt;
}

Failure StateDatabase::flush() {
    std::unique_lock lock(mutex_);
    flush_wanted_ = true;
    wake_.notify_one();
    done_.wait(lock, [&] { return failure_ || (!flush_wanted_ && waiting_.empty()); });
    return failure_;
}

// The writer: one block at a time; it stays findable in waiting_ until its indexes are written.
void StateDatabase::run() {
    name_this_thread("state writer");
    std::unique_lock lock(mutex_);
    while (true) {
        wake_.wait(lock, [&] { return stopping_ || flush_wanted_ || !waiting_.empty(); });
        if (failure_) {
            if (stopping_) return;
            waiting_.clear();
            flush_wanted_ = false;
            done_.notify_all();
            continue;
        }
        if (!waiting_.empty()) {
            const actors::SealedBlockPtr block = waiting_.front();
            lock.unlock();
            write_indexes(*block);
            take_changes(*block);
            if (dirty_.size() + dirty_slots_.size() >= options_.dirty_max ||
                dirty_last_ - dirty_first_ >= options_.dirty_blocks_max)
                write_accounts();
            lock.lock();
            if (!waiting_.empty()) waiting_.pop_front();
            done_.notify_all();
            continue;
        }
        if (flush_wanted_) {
            lock.unlock();
            write_accounts();
            lock.lock();
            flush_wanted_ = !waiting_.empty();
            done_.notify_all();
        }
        if (stopping_ && waiting_.empty()) return;
    }
}

void StateDatabase::note_failure(Failure failure) {
    if (!failure) return;
    log_error(Component::kStorage, "{}", *failure);
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = std::move(failure);
}

void StateDatabase::write_indexes(const actors::SealedBlock& block) {
    const std::uint64_t number = block.block.header.number;
    // In the order of the keys: LevelDB's table of recent writes then stays in the cache.
    std::vector<std::uint32_t> order(block.transaction_hashes.size());
    for (std::size_t i = 0; i < order.size(); ++i)
        order[i] = static_cast<std::uint32_t>(i);
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
        return block.transaction_hashes[a] < block.transaction_hashes[b];
    });
    batch_.clear();
    for (const std::uint32_t index : order)
        batch_.put(
            place_key(block.transaction_hashes[index]),
            encode(TransactionPlace{.block = number, .index = index}));
    batch_.put(key_of(kNumbers).part(block.hash), encode_number(number));
    batch_.put(meta_key(kIndexedName), encode_number(number));
    note_failure(database_->write(batch_, Database::Sync::kNo));
}

void StateDatabase::take_changes(const actors::SealedBlock& block) {
    for (const auto& change : block.changes) {
        dirty_[change.address] = change.after;
        for (const auto& slot : change.slots)
            dirty_slots_[{change.address, slot.slot}] = slot.after;
    }
    for (const auto& code : block.codes)
        dirty_codes_.try_emplace(code.hash, code.code);
    dirty_last_ = block.block.header.number;
    if (dirty_first_ == 0) dirty_first_ = dirty_last_;
}

// Into the batch, contract by contract, each in the order of its keys.
void StateDatabase::write_slots() {
    std::vector<const std::pair<const actors::SlotKey, chain::Uint256>*> entries;
    std::vector<ByteView> slots;
    for (const auto& entry : dirty_slots_) {
        entries.push_back(&entry);
        slots.push_back(entry.first.slot);
    }
    std::vector<Hash32> keys(slots.size());
    chain::crypto::keccak256_batch(slots, keys);
    std::vector<std::uint32_t> order(keys.size());
    std::iota(order.begin(), order.end(), 0u);
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
        const chain::Address& first = entries[a]->first.address;
        const chain::Address& second = entries[b]->first.address;
        return first != second ? first < second : keys[a] < keys[b];
    });
    for (const std::uint32_t i : order) {
        const auto& [key, value] = *entries[i];
        if (value.is_zero())
            batch_.erase(slot_key(key.address, keys[i]));
        else
            batch_.put(slot_key(key.address, keys[i]), encode_stored_slot(key.slot, value));
    }
}

void StateDatabase::write_accounts() {
    if (dirty_first_ == 0) return;
    std::vector<const std::pair<const chain::Address, chain::Account>*> entries;
    std::vector<ByteView> addresses;
    for (const auto& entry : dirty_) {
        entries.push_back(&entry);
        addresses.push_back(entry.first);
    }
    std::vector<Hash32> keys(addresses.size());
    chain::crypto::keccak256_batch(addresses, keys);
    std::vector<std::uint32_t> order(keys.size());
    std::iota(order.begin(), order.end(), 0u);
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
        return keys[a] < keys[b];
    });
    batch_.clear();
    for (const std::uint32_t i : order) {
        const auto& [address, account] = *entries[i];
        if (account.is_empty())
            batch_.erase(account_key(keys[i]));
        else
            batch_.put(account_key(keys[i]), encode_stored(address, account));
    }
    for (const auto& [hash, code] : dirty_codes_)
        batch_.put(key_of(kCode).part(hash), code);
    write_slots();
    batch_.put(meta_key(kAccountsName), encode_number(dirty_last_));
    Failure failure = database_->write(batch_, Database::Sync::kNo);
    if (!failure) written_ = dirty_last_;
    note_failure(std::move(failure));
    batch_.clear();
    dirty_.clear();
    dirty_slots_.clear();
    dirty_codes_.clear();
    dirty_first_ = 0;
}

Failure StateDatabase::find_transaction(
    const Hash32& hash, std::optional<TransactionPlace>& place) const {
    place.reset();
    std::vector<actors::SealedBlockPtr> recent;
    {
        const std::lock_guard lock(mutex_);
        recent.assign(waiting_.begin(), waiting_.end());
    }
    for (const auto& block : recent) {
        const auto& hashes = block->transaction_hashes;
        const auto found = std::find(hashes.begin(), hashes.end(), hash);
        if (found == hashes.end()) continue;
        place = TransactionPlace{
            .block = block->block.header.number,
            .index = static_cast<std::uint32_t>(found - hashes.begin())};
        return std::nullopt;
    }
    const auto read = database_->get(place_key(hash));
    if (read.failure || !read.value) return read.failure;
    const auto stored = decode_place(*read.value);
    if (!stored) return "state/: an entry of the transaction index is damaged";
    place = *stored;
    return std::nullopt;
}

Failure StateDatabase::find_block(const Hash32& hash, std::optional<std::uint64_t>& number) const {
    number.reset();
    {
        const std::lock_guard lock(mutex_);
        for (const auto& block : waiting_)
            if (block->hash == hash) number = block->block.header.number;
    }
    if (number) return std::nullopt;
    const auto read = database_->get(key_of(kNumbers).part(hash));
    if (read.failure || !read.value) return read.failure;
    std::uint64_t stored = 0;
    Failure failure = decode_number(read, "block hash", stored);
    if (!failure) number = stored;
    return failure;
}

Failure StateDatabase::load_accounts(
    const std::function<void(const chain::Address&, const chain::Account&)>& visit) {
    if (Failure failure = flush()) return failure;
    Failure damage;
    const auto each = [&](ByteView key, ByteView value) {
        const auto stored = decode_stored(key, value);
        if (!stored) {
            damage = damaged_account(key);
            return false;
        }
        visit(stored->address, stored->account);
        return true;
    };
    if (Failure failure = database_->scan(key_of(kAccounts), key_of(kAccounts + 1), each))
        return failure;
    return damage;
}

Failure StateDatabase::load_codes(const std::function<void(const Bytes&)>& visit) {
    if (Failure failure = flush()) return failure;
    Failure damage;
    const auto each = [&](ByteView key, ByteView value) {
        const Bytes code(value.begin(), value.end());
        if (key.size() != 1 + Hash32::kSize ||
            chain::crypto::keccak256(code) != Hash32::from(key.subspan(1))) {
            damage = "state/: code " + chain::to_hex(key.subspan(1)) + " is damaged";
            return false;
        }
        visit(code);
        return true;
    };
    if (Failure failure = database_->scan(key_of(kCode), key_of(kCode + 1), each)) return failure;
    return damage;
}

Failure StateDatabase::put_heads(std::uint64_t safe, std::uint64_t finalized) {
    Bytes value;
    chain::rlp::put_integer(value, safe);
    chain::rlp::put_integer(value, finalized);
    WriteBatch batch;
    batch.put(meta_key(kHeadsName), value);
    return database_->write(batch, Database::Sync::kNo);
}

Failure StateDatabase::read_heads(std::uint64_t& safe, std::uint64_t& finalized) const {
    safe = 0;
    finalized = 0;
    const auto read = database_->get(meta_key(kHeadsName));
    if (read.failure || !read.value) return read.failure;
    chain::rlp::Reader in(*read.value);
    const auto stored_safe = in.u64();
    const auto stored_finalized = in.u64();
    if (!stored_safe || !stored_finalized) return "state/: the noted heads are damaged";
    safe = *stored_safe;
    finalized = *stored_finalized;
    return std::nullopt;
}

}  // namespace troupe::node
