#include "actors/admission/admission_engine.hpp"

#include "actors/admission/hints.hpp"
#include "chain/crypto/keccak.hpp"
#include "chain/evm/precompiles.hpp"

namespace troupe::actors {

using chain::execution::Refusal;

namespace {

void refuse(Chunk& chunk, std::uint32_t index, const chain::Hash32& hash, WordedRefusal refusal) {
    SubmitSink::Item item{index, {}};
    item.outcome.transaction_hash = hash;
    item.outcome.reason = refusal.reason;
    item.outcome.message = std::move(refusal.message);
    chunk.refused.push_back(std::move(item));
}

}  // namespace

chain::Result<chain::Transaction, Refusal> AdmissionEngine::read(chain::ByteView raw) const {
    auto decoded = chain::decode_transaction(raw);
    if (!decoded) return Refusal{decoded.error(), {}, {}};
    const auto form = chain::execution::check_form(*decoded, chain_id_, block_gas_limit_);
    if (!form) return form.error();
    return std::move(*decoded);
}

void AdmissionEngine::copy_fields(AdmittedTx& to, const chain::Transaction& from) const {
    to.type = from.type;
    to.to = from.to.value_or(chain::Address{});
    to.evm = !from.to || from.type == chain::TxType::kSetCode ||
             from.type == chain::TxType::kBlob || chain::evm::is_precompile(*from.to, rules_);
    to.nonce = from.nonce;
    to.gas_limit = from.gas_limit;
    to.gas_used = chain::execution::transfer_gas(from);
    to.max_fee_per_gas = from.max_fee_per_gas;
    to.max_priority_fee_per_gas = from.max_priority_fee_per_gas;
    to.value = from.value;
    to.max_cost = chain::execution::max_cost(from);
    to.hints = hints_of(from, seed_);
    to.words = words_of(from);
}

void AdmissionEngine::admit(Chunk& chunk, Throttle throttle) {
    // Owns nothing: the caller's chunk outlives the call.
    const ChunkPtr alone(std::shared_ptr<void>(), &chunk);
    admit(std::span(&alone, 1), throttle);
}

void AdmissionEngine::admit(std::span<const ChunkPtr> chunks, Throttle throttle) {
    txs_.clear();
    signatures_.clear();
    preimages_.clear();
    preimage_ends_.clear();
    for (const ChunkPtr& chunk : chunks)
        read_all(*chunk, throttle);
    hash_and_recover();
    std::size_t first = 0;
    for (const ChunkPtr& chunk : chunks) {
        const std::size_t count = chunk->txs.size();
        drop_unsigned(*chunk, first);
        first += count;
    }
    if (reader_) reader_->read(chunks);
    if (slots_) slots_->read(chunks);
}

void AdmissionEngine::read_all(Chunk& chunk, Throttle throttle) {
    chunk.txs.reserve(chunk.raw.size());  // txs_ points into it
    for (std::uint32_t i = 0; i < chunk.raw.size(); ++i) {
        const std::uint32_t index = chunk.first_index + i;
        if (throttle == Throttle::kRefuse) {
            refuse(
                chunk, index, chain::transaction_hash(chunk.raw[i]),
                {Reason::kOverCapacity, "L1 backlog: blocks wait to be posted to the L1"});
            continue;
        }
        const auto transaction = read(chunk.raw[i]);
        if (!transaction) {
            refuse(
                chunk, index, chain::transaction_hash(chunk.raw[i]), in_words(transaction.error()));
            continue;
        }
        AdmittedTx& tx = chunk.txs.emplace_back();
        copy_fields(tx, *transaction);
        tx.index = index;
        tx.raw = std::move(chunk.raw[i]);
        txs_.push_back(&tx);
        signatures_.push_back({{}, transaction->signature});
        chain::append_signing_preimage(preimages_, *transaction);
        preimage_ends_.push_back(preimages_.size());
    }
    chunk.raw.clear();
}

void AdmissionEngine::drop_unsigned(Chunk& chunk, std::size_t first) {
    auto kept = chunk.txs.begin();
    for (AdmittedTx& tx : chunk.txs) {
        if (!senders_[first++]) {
            refuse(chunk, tx.index, tx.hash, in_words({chain::Error::kTxSignatureInvalid, {}, {}}));
            continue;
        }
        if (&*kept != &tx) *kept = std::move(tx);
        ++kept;
    }
    chunk.txs.erase(kept, chunk.txs.end());
}

// Two batches of hashes around the senders: transactions and signing preimages; both addresses.
void AdmissionEngine::hash_and_recover() {
    const std::size_t count = txs_.size();
    if (count == 0) return;
    views_.resize(2 * count);
    hashes_.resize(2 * count);
    std::size_t begin = 0;
    for (std::size_t i = 0; i < count; ++i) {
        views_[i] = txs_[i]->raw;
        views_[count + i] = chain::ByteView(preimages_).subspan(begin, preimage_ends_[i] - begin);
        begin = preimage_ends_[i];
    }
    chain::crypto::keccak256_batch(views_, hashes_);
    for (std::size_t i = 0; i < count; ++i) {
        txs_[i]->hash = hashes_[i];
        signatures_[i].digest = hashes_[count + i];
    }
    find_senders();
    for (std::size_t i = 0; i < count; ++i) {
        if (senders_[i]) txs_[i]->sender = *senders_[i];
        views_[i] = txs_[i]->sender;
        views_[count + i] = txs_[i]->to;
    }
    chain::crypto::keccak256_batch(views_, hashes_);
    for (std::size_t i = 0; i < count; ++i) {
        AdmittedTx& tx = *txs_[i];
        tx.sender_place = {hashes_[i][0], table_hash(tx.sender, seed_)};
        tx.to_place = {hashes_[count + i][0], table_hash(tx.to, seed_)};
    }
}

void AdmissionEngine::find_senders() {
    const std::size_t count = txs_.size();
    const std::span hashes = std::span(hashes_).first(count);
    senders_.assign(count, std::nullopt);
    if (recent_) recent_->find(hashes, senders_);
    std::size_t unknown = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (!senders_[i]) signatures_[unknown++] = signatures_[i];
    }
    recovered_.assign(unknown, chain::Error::kTxSignatureInvalid);
    recovery_.recover(std::span(signatures_).first(unknown), recovered_);
    std::size_t next = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (senders_[i]) continue;
        if (const auto& sender = recovered_[next++]) senders_[i] = *sender;
    }
    if (recent_ && unknown != 0) recent_->add(hashes, senders_);
}

std::optional<AdmittedTx> AdmissionEngine::readmit(
    chain::Bytes raw, const chain::Address& sender) const {
    const auto transaction = read(raw);
    if (!transaction) return std::nullopt;
    return prepare(*transaction, std::move(raw), sender);
}

AdmittedTx AdmissionEngine::prepare(
    const chain::Transaction& tx, chain::Bytes raw, const chain::Address& sender) const {
    AdmittedTx admitted;
    copy_fields(admitted, tx);
    admitted.hash = chain::transaction_hash(raw);
    admitted.raw = std::move(raw);
    admitted.sender = sender;
    admitted.sender_place = {chain::crypto::keccak256(sender)[0], table_hash(sender, seed_)};
    admitted.to_place = {chain::crypto::keccak256(admitted.to)[0], table_hash(admitted.to, seed_)};
    return admitted;
}

}  // namespace troupe::actors
