#include "prover-bridge/sender_recovery.hpp"

#include "chain/crypto/recover_batch.hpp"

#include <algorithm>
#include <span>
#include <thread>

namespace troupe::prover {
namespace {

using chain::Bytes;
using chain::Error;
using chain::Result;
using chain::execution::RecoveredTransaction;

// Together they take about ten times as long as starting a thread: fewer are not worth one.
constexpr std::size_t kTransactionsPerThreadMin = 64;

// Fills `out` from `transactions` until one is refused.
chain::Status recover_range(
    std::span<const Bytes> transactions, std::span<RecoveredTransaction> out) {
    chain::Status decoded;
    std::vector<chain::crypto::RecoveryInput> signatures;
    signatures.reserve(transactions.size());
    for (std::size_t i = 0; i < transactions.size(); ++i) {
        auto tx = chain::decode_transaction(transactions[i]);
        if (!tx) {
            decoded = tx.error();
            break;
        }
        signatures.push_back({chain::signing_hash(*tx), tx->signature});
        out[i].tx = *std::move(tx);
        out[i].raw = transactions[i];
    }
    std::vector<chain::crypto::RecoveryResult> senders(
        signatures.size(), Error::kTxSignatureInvalid);
    chain::crypto::recover_batch(signatures, senders);
    for (std::size_t i = 0; i < senders.size(); ++i) {
        if (!senders[i]) return senders[i].error();  // stands before the one that does not decode
        out[i].sender = *senders[i];
    }
    return decoded;
}

}  // namespace

Result<std::vector<RecoveredTransaction>> recover_senders(
    const std::vector<Bytes>& transactions, unsigned threads) {
    const std::size_t count = transactions.size();
    const std::size_t parts =
        std::clamp<std::size_t>(count / kTransactionsPerThreadMin, 1, std::max(threads, 1U));
    std::vector<RecoveredTransaction> recovered(count);
    std::vector<chain::Status> statuses(parts);
    const auto work = [&](std::size_t part) {
        const std::size_t begin = count * part / parts;
        const std::size_t size = count * (part + 1) / parts - begin;
        statuses[part] = recover_range(
            std::span{transactions}.subspan(begin, size),
            std::span{recovered}.subspan(begin, size));
    };
    {
        std::vector<std::jthread> helpers;
        for (std::size_t part = 1; part < parts; ++part)
            helpers.emplace_back(work, part);
        work(0);
    }
    // Parts are in order, so the first error of the first part that has one is the first of all.
    for (const chain::Status& status : statuses)
        if (!status) return status.error();
    return recovered;
}

}  // namespace troupe::prover
