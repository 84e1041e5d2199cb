#include "sequencer/storage/chain_store.hpp"

#include <algorithm>
#include <utility>

namespace troupe::node {

std::unique_ptr<ChainStore> ChainStore::open(
    const std::filesystem::path& data_directory, std::string& failure,
    const StateOptions& options) {
    auto blocks = BlockDatabase::open(data_directory, failure);
    if (!blocks) return nullptr;
    auto state = StateDatabase::open(data_directory, options, failure);
    if (!state) return nullptr;
    std::unique_ptr<ChainStore> store(new ChainStore(std::move(blocks), std::move(state)));
    Failure wrong = store->read_heads();
    if (!wrong && !store->empty_) wrong = store->catch_up();
    if (wrong) {
        failure = data_directory.string() + ": " + *wrong;
        return nullptr;
    }
    return store;
}

Failure ChainStore::read_heads() {
    std::optional<HeaderRecord> head;
    if (Failure failure = blocks_->read_head(head)) return failure;
    if (!head) return std::nullopt;
    if (Failure failure = state_->read_genesis(chain_id_, genesis_hash_)) return failure;
    actors::Heads heads;
    if (Failure failure = state_->read_heads(heads.safe, heads.finalized)) return failure;
    heads.unsafe = head->header.number;
    heads.safe = std::min(heads.safe, heads.unsafe);
    heads.finalized = std::min(heads.finalized, heads.safe);
    empty_ = false;
    const std::lock_guard lock(mutex_);
    head_ = *head;
    heads_ = heads;
    return std::nullopt;
}

// state/ is written behind blocks/: after a crash it gets again what it missed.
Failure ChainStore::catch_up() {
    std::uint64_t next = 0;
    if (Failure failure = state_->first_missing(next)) return failure;
    for (const std::uint64_t last = head().header.number; next <= last; ++next) {
        auto missed = blocks_->block(next);
        if (!missed) return block_name(next) + " is missing or damaged";
        if (Failure failure = state_->give(std::move(*missed))) return failure;
    }
    return std::nullopt;
}

Failure ChainStore::initialise(const GenesisState& genesis) {
    // In this order: without block 0 the store is still empty, and the next start repeats.
    if (Failure failure = state_->initialise(genesis)) return failure;
    if (Failure failure = blocks_->put_genesis(genesis.block)) return failure;
    return read_heads();
}

HeaderRecord ChainStore::head() const {
    const std::lock_guard lock(mutex_);
    return head_;
}

Failure ChainStore::newest_hashes(
    std::uint64_t count_max, std::vector<chain::Hash32>& hashes) const {
    hashes.clear();
    const std::uint64_t end = head().header.number + 1;
    for (std::uint64_t number = end - std::min(end, count_max); number < end; ++number) {
        const auto record = blocks_->header(number);
        if (!record) return block_name(number) + " is missing or damaged";
        hashes.push_back(record->hash);
    }
    return std::nullopt;
}

actors::Heads ChainStore::heads() const {
    const std::lock_guard lock(mutex_);
    return heads_;
}

Failure ChainStore::note_heads(std::uint64_t safe, std::uint64_t finalized) {
    if (Failure failure = state_->put_heads(safe, finalized)) return failure;
    const std::lock_guard lock(mutex_);
    heads_.safe = safe;
    heads_.finalized = finalized;
    return std::nullopt;
}

actors::IoFailure ChainStore::commit(std::span<const actors::SealedBlockPtr> blocks) {
    if (blocks.empty()) return std::nullopt;
    std::uint64_t expected = head().header.number;
    for (const auto& sealed : blocks) {
        const auto& block = sealed->block;
        const std::size_t count = block.transactions.size();
        if (block.header.number != ++expected || block.senders.size() != count ||
            sealed->receipts.size() != count || sealed->transaction_hashes.size() != count)
            return block_name(block.header.number) +
                   " does not follow the head or is incomplete (a bug: nothing was written)";
    }
    if (Failure failure = blocks_->put(blocks)) return failure;
    for (const auto& sealed : blocks)
        if (Failure failure = state_->give(sealed)) return failure;

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
    auto found = blocks_->block(number);
    return found ? *found : nullptr;
}

ReadResult<actors::SealedBlockPtr> ChainStore::header(std::uint64_t number) const {
    TROUPE_TRY(record, blocks_->header(number));
    auto sealed = std::make_shared<actors::SealedBlock>();
    sealed->block.header = std::move(record.header);
    sealed->block.l1_origin = record.l1_origin;
    sealed->block.transactions.resize(record.transactions);
    sealed->hash = record.hash;
    sealed->last_sequence = record.last_sequence;
    return actors::SealedBlockPtr(std::move(sealed));
}

ReadResult<std::uint64_t> ChainStore::number_of(const chain::Hash32& block_hash) const {
    std::optional<std::uint64_t> number;
    if (Failure failure = state_->find_block(block_hash, number))
        return damaged("block hash index", *failure);
    if (!number) return ReadError::kNotFound;
    return *number;
}

ReadResult<StoredTransaction> ChainStore::transaction(const chain::Hash32& hash) const {
    std::optional<TransactionPlace> place;
    if (Failure failure = state_->find_transaction(hash, place))
        return damaged("transaction index", *failure);
    if (!place) return ReadError::kNotFound;
    TROUPE_TRY(chunk, blocks_->chunk(place->block, place->index));
    const std::size_t at = place->index % kChunkTransactions;
    // The index keeps half of the hash.
    if (chain::transaction_hash(chunk.transactions[at]) != hash) return ReadError::kNotFound;
    TROUPE_TRY(record, blocks_->header(place->block));
    const auto tx = chain::decode_transaction(chunk.transactions[at]);
    if (!tx) return damaged(block_name(place->block), "a transaction does not decode");

    StoredTransaction found;
    found.hash = hash;
    found.sender = chunk.senders[at];
    found.block_number = place->block;
    found.block_hash = record.hash;
    found.block_timestamp = record.header.timestamp;
    found.index = place->index;
    const std::uint64_t gas_before =
        at == 0 ? chunk.gas_before : chunk.receipts[at - 1].cumulative_gas_used;
    found.gas_used = chunk.receipts[at].cumulative_gas_used - gas_before;
    found.effective_gas_price = chain::effective_gas_price(*tx, record.header.base_fee_per_gas);
    std::uint64_t logs = chunk.logs_before;
    for (std::size_t i = 0; i < at; ++i)
        logs += chunk.receipts[i].logs.size();
    found.first_log_index = static_cast<std::uint32_t>(logs);
    found.raw = std::move(chunk.transactions[at]);
    found.receipt = std::move(chunk.receipts[at]);
    return found;
}

ReadResult<std::vector<AccountVersion>> ChainStore::account_history(
    const chain::Address& address, std::uint64_t first, std::uint64_t last,
    std::uint32_t count_max) const {
    std::vector<AccountVersion> versions;
    last = std::min(last, heads().unsafe);
    for (std::uint64_t number = first; number <= last && versions.size() < count_max; ++number) {
        auto change = blocks_->changed_account(number, address);
        if (change)
            versions.push_back(
                {.block_number = number,
                 .account = change->after,
                 .slots = std::move(change->slots)});
        else if (change.error() != ReadError::kNotFound)
            return change.error();
    }
    return versions;
}

}  // namespace troupe::node
