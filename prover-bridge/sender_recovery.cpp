#include "prover-bridge/sender_recovery.hpp"

#include <algorithm>
#include <span>
#include <thread>

namespace troupe::prover {
namespace {

using chain::Bytes;
using chain::Error;
using chain::Result;
using chain::execution::RecoveredTransaction;

// Recovery takes tens of microseconds, about as long as starting a thread: fewer are not worth one.
constexpr std::size_t kTransactionsPerThreadMin = 16;

Result<RecoveredTransaction> recover(const Bytes& raw) {
    TROUPE_TRY(tx, chain::decode_transaction(raw));
    TROUPE_TRY(sender, chain::recover_sender(tx));
    return RecoveredTransaction{std::move(tx), raw, sender};
}

// Fills `out` from `transactions` until one is refused.
chain::Status recover_range(
    std::span<const Bytes> transactions, std::span<RecoveredTransaction> out) {
    for (std::size_t i = 0; i < transactions.size(); ++i) {
        TROUPE_TRY(recovered, recover(transactions[i]));
        out[i] = std::move(recovered);
    }
    return {};
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
