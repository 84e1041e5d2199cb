#include "sequencer/storage/funded_keys.hpp"

#include "chain/crypto/consecutive_keys.hpp"
#include "chain/crypto/keccak.hpp"
#include "chain/execution/seal.hpp"
#include "chain/trie/sub_trie.hpp"

#include <algorithm>
#include <map>
#include <thread>

namespace troupe::node {
namespace {

constexpr std::size_t kTogether = 65'536;  // keys of one piece of work

void make_some(const FundedKeys& funded, std::uint64_t first, std::span<FundedAddress> out) {
    std::vector<chain::Address> addresses(out.size());
    chain::crypto::consecutive_addresses(
        chain::crypto::PrivateKey::from(funded.first_key), first, addresses);
    const std::vector<chain::ByteView> views(addresses.begin(), addresses.end());
    std::vector<chain::Hash32> keys(out.size());
    chain::crypto::keccak256_batch(views, keys);
    for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = {keys[i], addresses[i]};
}

}  // namespace

std::vector<FundedAddress> funded_addresses(const FundedKeys& funded) {
    std::vector<FundedAddress> all(funded.count);
    const std::size_t threads = std::max(1u, std::thread::hardware_concurrency());
    std::vector<std::jthread> workers;
    for (std::size_t worker = 0; worker < threads; ++worker)
        workers.emplace_back([&, worker] {
            for (std::size_t at = worker * kTogether; at < all.size(); at += threads * kTogether)
                make_some(
                    funded, at, std::span(all).subspan(at, std::min(kTogether, all.size() - at)));
        });
    workers.clear();  // joins
    std::sort(all.begin(), all.end(), [](const FundedAddress& a, const FundedAddress& b) {
        return a.key < b.key;
    });
    return all;
}

chain::Genesis with_funded(chain::Genesis genesis, const FundedKeys& funded) {
    const auto by_address = [](const chain::GenesisAccount& a, const chain::GenesisAccount& b) {
        return a.address < b.address;
    };
    const auto named = static_cast<std::ptrdiff_t>(genesis.alloc.size());
    for (const FundedAddress& entry : funded_addresses(funded))
        genesis.alloc.push_back({.address = entry.address, .balance = funded.balance});
    std::sort(genesis.alloc.begin() + named, genesis.alloc.end(), by_address);
    std::inplace_merge(
        genesis.alloc.begin(), genesis.alloc.begin() + named, genesis.alloc.end(), by_address);
    // Of equal ones the first stays: std::inplace_merge is stable, so that is the named one.
    const auto end = std::unique(
        genesis.alloc.begin(), genesis.alloc.end(),
        [](const auto& a, const auto& b) { return a.address == b.address; });
    genesis.alloc.erase(end, genesis.alloc.end());
    return genesis;
}

chain::Hash32 genesis_state_root(
    const std::vector<chain::GenesisAccount>& alloc, const std::vector<FundedAddress>& funded,
    const chain::Uint256& balance) {
    using chain::trie::SubTrie;
    std::map<chain::Hash32, chain::Bytes> named;
    for (const chain::GenesisAccount& entry : alloc) {
        const chain::Account account = chain::execution::genesis_account(entry);
        named[chain::crypto::keccak256(entry.address)] =
            account.is_empty() ? chain::Bytes{} : chain::encode_account(account);
    }
    chain::Account rich;
    rich.balance = balance;
    const chain::Bytes value = rich.is_empty() ? chain::Bytes{} : chain::encode_account(rich);
    std::array<chain::trie::SubTrieRoot, chain::trie::kSubTries> roots;
    auto next = funded.begin();
    auto next_named = named.begin();
    for (std::size_t first = 0; first < roots.size(); ++first) {
        std::vector<chain::trie::TrieUpdate> updates;
        for (; next != funded.end() && next->key[0] == first; ++next)
            updates.push_back({next->key, value});
        for (; next_named != named.end() && next_named->first[0] == first; ++next_named)
            updates.push_back({next_named->first, next_named->second});
        SubTrie trie;
        trie.apply(updates);
        SubTrie* const pointer = &trie;
        SubTrie::rehash({&pointer, 1});
        roots[first] = trie.root();
    }
    return chain::trie::combine_roots(roots);
}

}  // namespace troupe::node
