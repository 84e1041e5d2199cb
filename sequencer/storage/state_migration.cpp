// The part of StateDatabase that takes over entries of older formats.
#include "sequencer/logging/log.hpp"
#include "sequencer/storage/state_database.hpp"
#include "sequencer/storage/state_keys.hpp"

#include <chrono>

namespace troupe::node {
namespace {

constexpr std::size_t kBatchEntries = 20'000;
constexpr std::chrono::seconds kSayEvery{5};

}  // namespace

// Each batch takes over some entries and forgets them under their old keys: after a crash, what is
// left is still to be done.
Failure StateDatabase::write_anew(const OldEntries& old, const TakeOver& take_over) {
    const Key begin = key_of(old.prefix);
    const Key end = key_of(old.prefix + 1);
    std::uint64_t done = 0;
    auto said = std::chrono::steady_clock::now();
    while (true) {
        WriteBatch batch;
        std::size_t count = 0;
        Failure damage;
        const auto each = [&](chain::ByteView key, chain::ByteView value) {
            damage = take_over(key, value, batch);
            if (damage) return false;
            batch.erase(key);
            return ++count < kBatchEntries;
        };
        if (Failure failure = database_->scan(begin, end, each)) return failure;
        if (damage) return damage;
        if (count == 0) break;
        if (done == 0)
            log_info(
                Component::kStorage, "state/ has format {}: its {} are written anew", old.format,
                old.what);
        if (Failure failure = database_->write(batch, Database::Sync::kYes)) return failure;
        done += count;
        const auto now = std::chrono::steady_clock::now();
        if (now - said < kSayEvery) continue;
        said = now;
        log_info(Component::kStorage, "{} {} are written anew", done, old.what);
    }
    if (done == 0) return std::nullopt;
    database_->compact(begin, end);  // else every start would read over what was erased
    log_info(Component::kStorage, "all {} {} are written anew", done, old.what);
    return std::nullopt;
}

}  // namespace troupe::node
