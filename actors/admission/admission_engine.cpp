#include "actors/admission/admission_engine.hpp"

#include "chain/crypto/keccak.hpp"
#include "chain/crypto/secp256k1.hpp"
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
             chain::evm::is_precompile(*from.to, rules_);
    to.nonce = from.nonce;
    to.gas_limit = from.gas_limit;
    to.gas_used = chain::execution::transfer_gas(from);
    to.max_fee_per_gas = from.max_fee_per_gas;
    to.max_priority_fee_per_gas = from.max_priority_fee_per_gas;
    to.value = from.value;
    to.max_cost = chain::execution::max_cost(from);
}

void AdmissionEngine::admit(Chunk& chunk, Throttle throttle) {
    candidates_.clear();
    chunk.txs.reserve(chunk.raw.size());
    for (std::uint32_t i = 0; i < chunk.raw.size(); ++i) {
        const std::uint32_t index = chunk.first_index + i;
        if (throttle == Throttle::kRefuse) {
            refuse(
                chunk, index, chain::transaction_hash(chunk.raw[i]),
                {Reason::kOverCapacity, "L1 backlog: blocks wait to be posted to the L1"});
            continue;
        }
        auto transaction = read(chunk.raw[i]);
        if (!transaction) {
            refuse(
                chunk, index, chain::transaction_hash(chunk.raw[i]), in_words(transaction.error()));
            continue;
        }
        Candidate& candidate = candidates_.emplace_back();
        copy_fields(candidate.tx, *transaction);
        candidate.tx.index = index;
        candidate.tx.raw = std::move(chunk.raw[i]);
        candidate.signature = transaction->signature;
        candidate.preimage = chain::signing_preimage(*transaction);
    }
    chunk.raw.clear();
    hash_and_recover();
    for (Candidate& candidate : candidates_) {
        if (candidate.recovered) {
            chunk.txs.push_back(std::move(candidate.tx));
        } else {
            refuse(
                chunk, candidate.tx.index, candidate.tx.hash,
                in_words({chain::Error::kTxSignatureInvalid, {}, {}}));
        }
    }
}

// Four batches of hashes: transaction, signing preimage, public key, and both addresses.
void AdmissionEngine::hash_and_recover() {
    const std::size_t count = candidates_.size();
    if (count == 0) return;
    views_.resize(2 * count);
    hashes_.resize(2 * count);
    keys_.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
        views_[i] = candidates_[i].tx.raw;
        views_[count + i] = candidates_[i].preimage;
    }
    chain::crypto::keccak256_batch(views_, hashes_);
    for (std::size_t i = 0; i < count; ++i) {
        candidates_[i].tx.hash = hashes_[i];
        const auto key =
            chain::crypto::recover_public_key(hashes_[count + i], candidates_[i].signature, true);
        candidates_[i].recovered = key.ok();
        keys_[i] = key.ok() ? *key : chain::crypto::PublicKey{};
        views_[i] = keys_[i];
    }
    const std::span<chain::ByteView> views{views_};
    const std::span<chain::Hash32> hashes{hashes_};
    chain::crypto::keccak256_batch(views.first(count), hashes.first(count));
    for (std::size_t i = 0; i < count; ++i) {
        AdmittedTx& tx = candidates_[i].tx;
        tx.sender = chain::Address::from(hashes_[i].view().subspan(12));
    }
    for (std::size_t i = 0; i < count; ++i) {
        views_[i] = candidates_[i].tx.sender;
        views_[count + i] = candidates_[i].tx.to;
    }
    chain::crypto::keccak256_batch(views_, hashes_);
    for (std::size_t i = 0; i < count; ++i) {
        AdmittedTx& tx = candidates_[i].tx;
        tx.sender_place = {hashes_[i][0], table_hash(tx.sender, seed_)};
        tx.to_place = {hashes_[count + i][0], table_hash(tx.to, seed_)};
    }
}

std::optional<AdmittedTx> AdmissionEngine::readmit(
    chain::Bytes raw, const chain::Address& sender) const {
    const auto transaction = read(raw);
    if (!transaction) return std::nullopt;
    AdmittedTx tx;
    copy_fields(tx, *transaction);
    tx.hash = chain::transaction_hash(raw);
    tx.raw = std::move(raw);
    tx.sender = sender;
    tx.sender_place = {chain::crypto::keccak256(tx.sender)[0], table_hash(tx.sender, seed_)};
    tx.to_place = {chain::crypto::keccak256(tx.to)[0], table_hash(tx.to, seed_)};
    return tx;
}

}  // namespace troupe::actors
