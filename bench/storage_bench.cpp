#include "bench/storage_bench.hpp"

#include "actors/partition/partition_set.hpp"
#include "bench/timing.hpp"
#include "chain/crypto/keccak.hpp"
#include "chain/execution/seal.hpp"
#include "chain/trie/trie.hpp"

#include <fmt/format.h>

#include <atomic>
#include <barrier>
#include <chrono>
#include <limits>
#include <memory>
#include <random>
#include <thread>

namespace troupe::bench {
namespace {

using actors::PartitionEngine;
using chain::Address;
using chain::Hash32;
using chain::Uint256;
using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kHolders = 1'000'000;
constexpr std::size_t kTransfers = 10'000;  // a block
constexpr int kBlocks = 12;                 // the fastest counts
constexpr std::uint32_t kPartitions = 8;    // as a node on two cores has
constexpr actors::TableSeed kSeed{0x1357'9bdf'0246'8ace, 0xfdb9'7531'eca8'6420};
constexpr std::size_t kNeverWide = std::numeric_limits<std::size_t>::max();

Address token() {
    Address address;
    address.bytes.fill(0x70);
    return address;
}

/// Where a token keeps what a holder has: the hash of holder and position of the mapping.
Hash32 slot_of(std::uint64_t holder) {
    std::array<std::uint8_t, 64> words{};
    chain::store_be(words.data() + 24, holder);
    return chain::crypto::keccak256(words);
}

/// Slots and their values after each block: the same for everybody who is measured.
class Balances {
  public:
    Balances() : slots_(kHolders), values_(kHolders) {
        for (std::uint64_t i = 0; i < kHolders; ++i) {
            slots_[i] = slot_of(i);
            values_[i] = Uint256{1'000'000'000'000'000'000u + i};
        }
    }
    struct Change {
        std::uint64_t holder;
        Uint256 value;
    };
    [[nodiscard]] const Hash32& slot(std::uint64_t holder) const { return slots_[holder]; }
    [[nodiscard]] const Uint256& loaded(std::uint64_t holder) const { return values_[holder]; }
    /// What a block changes, payer and payee of each transfer in turn.
    [[nodiscard]] static std::vector<Change> block(std::uint64_t number) {
        std::mt19937_64 random{number};
        std::vector<Change> changes;
        for (std::size_t i = 0; i < 2 * kTransfers; ++i)
            changes.push_back(
                {random() % kHolders, Uint256{1'000'000'000'000'000'000u + random() % 1'000'000}});
        return changes;
    }

  private:
    std::vector<Hash32> slots_;
    std::vector<Uint256> values_;
};

/// A trie of nodes with pointers, one hash after the other.
class PlainTrie {
  public:
    explicit PlainTrie(const Balances& balances) : balances_(balances) {
        for (std::uint64_t i = 0; i < kHolders; ++i)
            put(i, balances.loaded(i));
        root_ = trie_.root();
    }
    /// @return ns on a core
    double block(std::uint64_t number) {
        const auto changes = Balances::block(number);
        const double begin = thread_ns();
        for (const auto& [holder, value] : changes)
            put(holder, value);
        root_ = trie_.root();
        return thread_ns() - begin;
    }
    [[nodiscard]] const Hash32& root() const { return root_; }

  private:
    void put(std::uint64_t holder, const Uint256& value) {
        trie_.put(chain::crypto::keccak256(balances_.slot(holder)), chain::encode_slot(value));
    }
    const Balances& balances_;
    chain::trie::Trie trie_;
    Hash32 root_;
};

/// The partitions of a node, each driven by one of some threads.
class Partitions {
  public:
    Partitions(const Balances& balances, const Hash32& root, std::size_t wide_leaves)
        : balances_(balances) {
        for (std::uint32_t p = 0; p < kPartitions; ++p)
            engines_.push_back(
                std::make_unique<PartitionEngine>(p, kPartitions, kSeed, wide_leaves));
        set_ = actors::set_of(engines_);
        chain::Account account;
        account.nonce = 1;
        account.storage_root = root;
        const Hash32 key = chain::crypto::keccak256(token());
        actors::owner_of(set_, key[0]).load(token(), key, account);
        for (std::uint64_t i = 0; i < kHolders; ++i)
            actors::load_slot(set_, token(), balances.slot(i), balances.loaded(i), true);
        TROUPE_ASSERT(!actors::finish_loading(set_, 0));
    }

    struct Times {
        double wall_ns = 0;
        double longest_ns = 0;  ///< of a thread on a core
        double begin_ns = 0;    ///< of these, of the slowest partition: rounds wait for it
    };
    Times block(std::uint64_t number, unsigned threads) {
        execute(number);
        const auto board = std::make_shared<actors::SealBoard>(number, kPartitions);
        std::vector<Times> each(threads);
        std::barrier ready(threads + 1);
        std::vector<std::jthread> workers;
        for (unsigned t = 0; t < threads; ++t)
            workers.emplace_back([&, t] {
                ready.arrive_and_wait();
                each[t] = drive(t, threads, board);
            });
        const auto begin = Clock::now();
        ready.arrive_and_wait();
        workers.clear();  // joins
        Times times;
        times.wall_ns = std::chrono::duration<double, std::nano>(Clock::now() - begin).count();
        for (const Times& one : each) {
            times.longest_ns = std::max(times.longest_ns, one.longest_ns);
            times.begin_ns = std::max(times.begin_ns, one.begin_ns);
        }
        return times;
    }
    [[nodiscard]] const Hash32& root() const { return root_; }

  private:
    void execute(std::uint64_t number) {
        for (PartitionEngine* engine : set_)
            engine->open_state().begin_round(0);
        chain::state::Effect effect;
        effect.kind = chain::state::EffectKind::kWrite;
        effect.field = chain::state::Field::kStorage;
        effect.address = token();
        for (const auto& [holder, value] : Balances::block(number)) {
            effect.slot = balances_.slot(holder);
            effect.value = value;
            const std::uint64_t hash = actors::slot_hash(token(), effect.slot, kSeed);
            actors::OpenState& state = actors::owner_of_slot(set_, hash).open_state();
            state.reserve(1);
            state.apply(hash, effect, false);
        }
    }
    // Partitions thread, thread + threads, …: what the actors do on so many cores.
    Times drive(unsigned thread, unsigned threads, const actors::SealBoardPtr& board) {
        Times times;
        double used = 0;
        const auto timed = [&used](const auto& work) {
            const double begin = thread_ns();
            work();
            used += thread_ns() - begin;
        };
        for (std::size_t p = thread; p < set_.size(); p += threads) {
            const double before = used;
            timed([&] { set_[p]->begin_seal(board); });
            times.begin_ns = std::max(times.begin_ns, used - before);
        }
        for (bool sealing = true; sealing;) {
            sealing = false;
            bool worked = false;
            for (std::size_t p = thread; p < set_.size(); p += threads) {
                if (!set_[p]->sealing()) continue;
                sealing = true;
                if (set_[p]->waiting()) continue;
                worked = true;
                std::optional<actors::PartitionSeal> seal;
                timed([&] { seal = set_[p]->seal_step().seal; });
                if (seal && !seal->changes.empty()) root_ = seal->changes[0].after.storage_root;
            }
            if (!worked) std::this_thread::yield();
        }
        times.longest_ns = used;
        return times;
    }

    const Balances& balances_;
    std::vector<std::unique_ptr<PartitionEngine>> engines_;
    actors::PartitionSet set_;
    Hash32 root_;  // written by the thread that has the token's account
};

Result result(const std::string& stack, unsigned cores, double ns, const std::string& note) {
    Result result;
    result.workload = "W12";
    result.stack = stack;
    result.cores = cores;
    result.accounts = kHolders;
    result.ns_per_update = ns;
    result.updates_per_block = 2 * kTransfers;
    result.note = note;
    return result;
}

void measure_partitions(
    const Balances& balances, const Hash32& loaded, const std::vector<Hash32>& roots,
    std::size_t wide_leaves, const std::string& name, double plain_ns,
    std::vector<Result>& results) {
    Partitions partitions(balances, loaded, wide_leaves);
    std::uint64_t number = 0;
    for (const unsigned threads : {1u, 2u}) {
        Partitions::Times best{1e18, 1e18, 1e18};
        for (int i = 0; i < kBlocks; ++i) {
            const Partitions::Times times = partitions.block(++number, threads);
            best.wall_ns = std::min(best.wall_ns, times.wall_ns);
            best.longest_ns = std::min(best.longest_ns, times.longest_ns);
            best.begin_ns = std::min(best.begin_ns, times.begin_ns);
            TROUPE_ASSERT(partitions.root() == roots[number - 1]);
        }
        results.push_back(result(
            "storage", threads, best.longest_ns / (2 * kTransfers),
            fmt::format(
                "{}: the longer thread {:.2f} ms, {:.1f} x the plain trie; wall {:.2f} ms, rounds "
                "wait {:.2f} ms",
                name, best.longest_ns / 1e6, plain_ns / best.longest_ns, best.wall_ns / 1e6,
                best.begin_ns / 1e6)));
    }
}

/// A block of token transfers without its execution.
Result measure_block_tries() {
    std::vector<chain::Bytes> transactions(kTransfers, chain::Bytes(176));
    std::vector<chain::Receipt> receipts(kTransfers);
    for (std::size_t i = 0; i < kTransfers; ++i) {
        chain::store_be(transactions[i].data(), i);
        receipts[i].cumulative_gas_used = 35'000 * (i + 1);
        chain::Log log;
        log.address = token();
        log.topics = {slot_of(1), slot_of(i), slot_of(i + 1)};
        log.data = chain::Bytes(32);
        receipts[i].logs.push_back(log);
    }
    double best = 1e18;
    for (int i = 0; i < kBlocks; ++i) {
        const double begin = thread_ns();
        const chain::Header header = chain::execution::seal_header(
            chain::execution::BlockEnv{}, Hash32{}, transactions, receipts);
        TROUPE_ASSERT(header.gas_used > 0);
        best = std::min(best, thread_ns() - begin);
    }
    Result one = result(
        "block tries", 1, best / kTransfers,
        fmt::format(
            "both tries and the bloom of {} token transfers: {:.2f} ms", kTransfers, best / 1e6));
    one.updates_per_block = kTransfers;
    return one;
}

}  // namespace

std::vector<Result> storage_bench() {
    std::vector<Result> results;
    const Balances balances;
    std::vector<Hash32> roots;
    double plain_ns = 1e18;
    Hash32 loaded;
    {
        PlainTrie plain(balances);
        loaded = plain.root();
        for (std::uint64_t number = 1; number <= 2 * kBlocks; ++number) {
            plain_ns = std::min(plain_ns, plain.block(number));
            roots.push_back(plain.root());
        }
    }
    results.push_back(result(
        "storage", 1, plain_ns / (2 * kTransfers),
        fmt::format("plain trie: {:.2f} ms a block of {} transfers", plain_ns / 1e6, kTransfers)));
    measure_partitions(balances, loaded, roots, kNeverWide, "in one partition", plain_ns, results);
    measure_partitions(
        balances, loaded, roots, PartitionEngine::kWideLeaves, "wide", plain_ns, results);
    results.push_back(measure_block_tries());
    return results;
}

}  // namespace troupe::bench
