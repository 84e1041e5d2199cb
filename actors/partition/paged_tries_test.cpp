#include "actors/partition/paged_tries.hpp"

#include "chain/trie/trie.hpp"
#include "tests/support/fake_accounts.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <random>

namespace troupe::actors::test {
namespace {

namespace data = boost::unit_test::data;

chain::Address address_of(std::uint64_t number) {
    chain::Address address;
    chain::store_be(address.data() + 12, number);
    return address;
}

/// All accounts of a state, in tries that keep nothing they need not, over a store that lags.
struct World {
    FakeAccounts store;
    PagedTries tries{0, chain::trie::kSubTries};
    chain::trie::Trie whole;
    std::deque<std::map<std::uint64_t, chain::Account>> unwritten;
    std::uint64_t block = 0;

    void seal(const std::map<std::uint64_t, chain::Account>& changes) {
        ++block;
        std::map<chain::Hash32, chain::Bytes> updates;
        for (const auto& [number, account] : changes) {
            const chain::Hash32 key = chain::crypto::keccak256(address_of(number));
            updates[key] = account.is_empty() ? chain::Bytes{} : chain::encode_account(account);
            whole.put(key, updates[key]);
        }
        std::vector<PagedTries::Updates> all;
        for (const auto& [key, value] : updates) {
            if (all.empty() || all.back().first_byte != key[0]) all.emplace_back(key[0]);
            all.back().of.push_back({key, value});
        }
        tries.apply(all, block);
        chain::trie::SubTrie::rehash(tries.all());
        tries.trim();
        unwritten.push_back(changes);
    }
    void write_one() {
        if (unwritten.empty()) return;
        for (const auto& [number, account] : unwritten.front())
            store.put(address_of(number), account);
        unwritten.pop_front();
        ++store.written;
    }
    [[nodiscard]] std::array<chain::trie::SubTrieRoot, chain::trie::kSubTries> roots() {
        std::array<chain::trie::SubTrieRoot, chain::trie::kSubTries> roots;
        for (std::size_t i = 0; i < roots.size(); ++i)
            roots[i] = tries.at(static_cast<std::uint8_t>(i)).root();
        return roots;
    }
    [[nodiscard]] chain::Hash32 root() { return chain::trie::combine_roots(roots()); }
    [[nodiscard]] std::size_t in_memory() {
        std::size_t leaves = 0;
        for (const auto* trie : tries.all())
            leaves += trie->size() - trie->size_on_disk();
        return leaves;
    }
};

chain::Account account_of(std::mt19937_64& random) {
    chain::Account account;
    account.nonce = random() % 1'000;
    account.balance = chain::Uint256{1 + random()};
    return account;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(paged_tries)

BOOST_AUTO_TEST_CASE(buckets_have_a_few_leaves_at_any_size) {
    for (std::uint64_t accounts = 10'000; accounts <= 1'000'000'000; accounts *= 3) {
        const double leaves = static_cast<double>(accounts) /
                              static_cast<double>(1ull << (4 * bucket_depth_for(accounts)));
        BOOST_TEST(leaves <= 24.999);
        BOOST_TEST(leaves > 1.4);
    }
    BOOST_TEST(bucket_depth_for(0) == chain::trie::kBucketDepthMin);
    BOOST_TEST(bucket_depth_for(~0ull) == chain::trie::kBucketDepthMax);
}

// 256 accounts in 4,096 buckets: mostly lone leaves; 20,000: buckets of five.
BOOST_DATA_TEST_CASE(
    the_root_is_that_of_all_accounts_however_far_the_store_is_behind,
    data::make({0u, 3u, 256u, 20'000u}), accounts) {
    std::mt19937_64 random{accounts};
    World world;
    for (std::uint64_t i = 0; i < accounts; ++i) {
        const chain::Account account = account_of(random);
        world.store.put(address_of(i), account);
        world.whole.put(chain::crypto::keccak256(address_of(i)), chain::encode_account(account));
    }
    world.tries.bound(world.store, {chain::trie::kBucketDepthMin, 0});
    BOOST_TEST((world.root() == world.whole.root()));
    BOOST_TEST(world.in_memory() <= 256u);  // a lone leaf is the root of its sub-trie
    const std::uint64_t addresses = accounts + accounts / 8 + 10;
    for (int round = 0; round < 60; ++round) {
        std::map<std::uint64_t, chain::Account> changes;
        for (std::uint64_t i = random() % 40; i > 0; --i) {
            const bool erase = random() % 3 == 0;
            changes[random() % addresses] = erase ? chain::Account{} : account_of(random);
        }
        world.seal(changes);
        BOOST_TEST_REQUIRE((world.root() == world.whole.root()));
        for (int i = 0; i < 3; ++i) {
            const chain::Hash32 key = chain::crypto::keccak256(address_of(random() % addresses));
            BOOST_TEST((chain::equal(world.tries.get(key), world.whole.get(key))));
            const auto proof =
                joined(chain::trie::prove_top(world.roots(), key), world.tries.prove(key));
            BOOST_TEST((proof == world.whole.prove(key)));
        }
        while (random() % 3 == 0)
            world.write_one();
    }
    while (!world.unwritten.empty())
        world.write_one();
    world.seal({});
    world.store.written = world.block;
    world.tries.trim();
    BOOST_TEST(world.in_memory() <= 256u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::actors::test
