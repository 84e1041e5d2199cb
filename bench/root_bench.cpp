#include "bench/root_bench.hpp"

#include "chain/base/assert.hpp"
#include "chain/base/endian.hpp"
#include "chain/crypto/keccak.hpp"
#include "chain/trie/sub_trie.hpp"
#include "chain/types/account.hpp"

#include <algorithm>
#include <barrier>
#include <chrono>
#include <thread>

namespace troupe::bench {
namespace {

using namespace chain;
using trie::kSubTries;
using trie::SubTrie;
using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kAccounts = 1'000'000;
constexpr std::size_t kBlocks = 15;

void keccak_one_by_one(std::span<const ByteView> inputs, std::span<Hash32> outputs) noexcept {
    for (std::size_t i = 0; i < inputs.size(); ++i)
        outputs[i] = crypto::keccak256(inputs[i]);
}

struct Entry {
    Hash32 key;
    Account account;
};

std::vector<SubTrie*> pointers_to(std::vector<SubTrie>& tries) {
    std::vector<SubTrie*> pointers;
    for (SubTrie& sub_trie : tries)
        pointers.push_back(&sub_trie);
    return pointers;
}

Hash32 root_of(const std::vector<SubTrie>& tries) {
    std::array<trie::SubTrieRoot, kSubTries> roots;
    for (std::size_t i = 0; i < kSubTries; ++i)
        roots[i] = tries[i].root();
    return trie::combine_roots(roots);
}

}  // namespace

struct RootBench::Impl {
    std::vector<Entry> entries;  // in key order: those of one sub-trie stand together
    std::vector<SubTrie> tries = std::vector<SubTrie>(kSubTries);
    std::uint64_t random = 1;

    explicit Impl(std::uint64_t accounts) {
        std::uint8_t number[8];
        for (std::uint64_t i = 0; i < accounts; ++i) {
            store_be(number, i);
            Account account;
            account.balance = Uint256{1'000'000'000'000'000'000u + i};
            entries.push_back({crypto::keccak256(number), account});
        }
        for (const Entry& entry : entries)
            apply_one(tries, entry);
        SubTrie::rehash(pointers_to(tries));
        std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
            return a.key < b.key;
        });
    }

    static void apply_one(std::vector<SubTrie>& to, const Entry& entry) {
        const trie::TrieUpdate update{entry.key, encode_account(entry.account)};
        to[entry.key[0]].apply({&update, 1});
    }

    std::uint64_t next_random() {
        random = random * 6'364'136'223'846'793'005u + 1'442'695'040'888'963'407u;
        return random >> 33;
    }

    /// What a block changes, by sub-trie: indices of different entries.
    std::vector<std::vector<std::size_t>> change_accounts(std::uint64_t updates) {
        std::vector<std::size_t> chosen;
        while (chosen.size() < updates) {
            while (chosen.size() < updates)
                chosen.push_back(next_random() % entries.size());
            std::sort(chosen.begin(), chosen.end());
            chosen.erase(std::unique(chosen.begin(), chosen.end()), chosen.end());
        }
        std::vector<std::vector<std::size_t>> by_trie(kSubTries);
        for (const std::size_t index : chosen) {
            Account& account = entries[index].account;
            ++account.nonce;
            account.balance -= Uint256{21'000'000'000'000u + next_random()};
            by_trie[entries[index].key[0]].push_back(index);
        }
        // A partition sees its accounts in the order of transactions, not of keys.
        for (auto& indices : by_trie) {
            for (std::size_t i = indices.size(); i > 1; --i) {
                std::swap(indices[i - 1], indices[next_random() % i]);
            }
        }
        return by_trie;
    }

    /// One partition's part of a block: the sub-tries [first, last).
    void seal(
        const std::vector<std::vector<std::size_t>>& changes, std::size_t first, std::size_t last,
        trie::HashBatch hash) {
        std::vector<SubTrie*> pointers;
        std::vector<trie::TrieUpdate> updates;
        for (std::size_t i = first; i < last; ++i) {
            updates.clear();
            for (const std::size_t index : changes[i]) {
                updates.push_back({entries[index].key, encode_account(entries[index].account)});
            }
            tries[i].apply(updates);
            pointers.push_back(&tries[i]);
        }
        SubTrie::rehash(pointers, hash);
    }

    /// Nanoseconds from the changed accounts to the state root.
    double measure_block(std::uint64_t updates, unsigned threads, trie::HashBatch hash) {
        const auto changes = change_accounts(updates);
        std::barrier ready(threads + 1);
        std::barrier done(threads + 1);
        std::vector<std::jthread> workers;
        for (unsigned worker = 0; worker < threads; ++worker) {
            workers.emplace_back([&, worker] {
                ready.arrive_and_wait();
                const std::size_t share = kSubTries / threads;
                seal(
                    changes, worker * share,
                    worker + 1 == threads ? kSubTries : (worker + 1) * share, hash);
                done.arrive_and_wait();
            });
        }
        ready.arrive_and_wait();
        const auto start = Clock::now();
        done.arrive_and_wait();
        const Hash32 root = root_of(tries);
        const std::chrono::duration<double, std::nano> elapsed = Clock::now() - start;
        TROUPE_ASSERT(!root.is_zero());
        return elapsed.count();
    }
};

RootBench::RootBench(std::uint64_t accounts) : impl_(std::make_unique<Impl>(accounts)) {}
RootBench::~RootBench() = default;

RootBenchResult RootBench::run(std::uint64_t updates, unsigned threads, bool scalar) {
    trie::HashBatch hash = crypto::keccak256_batch;
    if (scalar) hash = keccak_one_by_one;
    std::vector<double> blocks;
    for (std::size_t block = 0; block < kBlocks; ++block) {
        blocks.push_back(impl_->measure_block(updates, threads, hash));
    }
    std::nth_element(blocks.begin(), blocks.begin() + kBlocks / 2, blocks.end());
    RootBenchResult result;
    result.ns_per_update = blocks[kBlocks / 2] / static_cast<double>(updates);
    result.accounts = impl_->entries.size();
    result.updates = updates;
    result.threads = threads;
    result.path = scalar ? "scalar" : crypto::keccak_path();
    std::size_t memory = 0;
    for (const SubTrie& sub_trie : impl_->tries)
        memory += sub_trie.memory_bytes();
    result.bytes_per_account = static_cast<double>(memory) / static_cast<double>(result.accounts);
    return result;
}

bool RootBench::root_is_right() const {
    std::vector<SubTrie> fresh(kSubTries);
    for (const Entry& entry : impl_->entries)
        Impl::apply_one(fresh, entry);
    SubTrie::rehash(pointers_to(fresh), keccak_one_by_one);
    return root_of(fresh) == root_of(impl_->tries);
}

std::vector<Result> root_bench() {
    RootBench bench(kAccounts);
    std::vector<Result> results;
    for (const std::uint64_t updates : {10'000u, 50'000u}) {
        for (const unsigned threads : {1u, 2u}) {
            for (const bool scalar : {false, true}) {
                if (threads > std::max(1u, std::thread::hardware_concurrency())) continue;
                const RootBenchResult measured = bench.run(updates, threads, scalar);
                Result result;
                result.workload = "W12";
                result.stack = "root";
                result.cores = threads;
                result.accounts = measured.accounts;
                result.ns_per_update = measured.ns_per_update;
                result.updates_per_block = updates;
                result.path = measured.path;
                result.note = std::to_string(updates) + " updates a block, " +
                              std::to_string(static_cast<int>(measured.bytes_per_account)) +
                              " bytes an account";
                results.push_back(result);
            }
        }
    }
    TROUPE_ASSERT(bench.root_is_right());
    return results;
}

}  // namespace troupe::bench
