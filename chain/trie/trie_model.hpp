#pragma once

#include "chain/crypto/keccak.hpp"
#include "chain/rlp/encode.hpp"
#include "chain/trie/node_codec.hpp"
#include "chain/types/account.hpp"

#include <map>

/// For tests only: the trie as the Yellow Paper's Appendix D defines it, by recursion over the set
/// of keys and values. Too simple to be wrong, and to be fast.
namespace troupe::chain::trie::model {

using Pairs = std::map<Bytes, Bytes>;  ///< key -> value; an empty value is no value

namespace detail {

/// HP, Appendix C.
inline Bytes hex_prefix(ByteView path, bool is_leaf) {
    Bytes nibbles;
    nibbles.push_back(static_cast<std::uint8_t>((is_leaf ? 2 : 0) + path.size() % 2));
    if (path.size() % 2 == 0) nibbles.push_back(0);
    append(nibbles, path);
    Bytes out;
    for (std::size_t i = 0; i < nibbles.size(); i += 2) {
        out.push_back(static_cast<std::uint8_t>(16 * nibbles[i] + nibbles[i + 1]));
    }
    return out;
}

Bytes c(const Pairs& pairs, std::size_t depth);

/// n(J, i): how a parent names the node.
inline Bytes n(const Pairs& pairs, std::size_t depth) {
    if (pairs.empty()) return {0x80};
    const Bytes node = c(pairs, depth);
    if (node.size() < 32) return node;
    Bytes out;
    rlp::put_string(out, crypto::keccak256(node));
    return out;
}

/// c(J, i): the node over `pairs`, which all share their first `depth` nibbles.
inline Bytes c(const Pairs& pairs, std::size_t depth) {
    const Bytes& first = pairs.begin()->first;
    Bytes items;
    if (pairs.size() == 1) {
        rlp::put_string(items, hex_prefix(ByteView(first).subspan(depth), true));
        rlp::put_string(items, pairs.begin()->second);
        return rlp::list_of(items);
    }
    std::size_t shared = first.size();
    for (const auto& [key, value] : pairs) {
        std::size_t same = 0;
        while (same < std::min(key.size(), shared) && key[same] == first[same])
            ++same;
        shared = std::min(shared, same);
    }
    if (shared > depth) {
        const ByteView path = ByteView(first).subspan(depth, shared - depth);
        rlp::put_string(items, hex_prefix(path, false));
        append(items, n(pairs, shared));
        return rlp::list_of(items);
    }
    Bytes value;
    std::array<Pairs, 16> under;
    for (const auto& [key, pair_value] : pairs) {
        if (key.size() == depth) {
            value = pair_value;
        } else {
            under[key[depth]].emplace(key, pair_value);
        }
    }
    for (const Pairs& child : under)
        append(items, n(child, depth + 1));
    rlp::put_string(items, value);
    return rlp::list_of(items);
}

}  // namespace detail

inline Hash32 root_of(const Pairs& pairs) {
    Pairs by_nibbles;
    for (const auto& [key, value] : pairs) {
        Bytes path;
        for (const std::uint8_t byte : key) {
            path.push_back(byte / 16);
            path.push_back(byte % 16);
        }
        if (!value.empty()) by_nibbles.emplace(std::move(path), value);
    }
    return by_nibbles.empty() ? kEmptyTrieRoot : crypto::keccak256(detail::c(by_nibbles, 0));
}

/// SplitMix64: the same numbers on every machine.
class Rng {
  public:
    explicit Rng(std::uint64_t seed) : state_(seed) {}

    std::uint64_t next() {
        std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
        z = (z ^ z >> 27) * 0x94d049bb133111eb;
        return z ^ z >> 31;
    }
    std::size_t below(std::size_t bound) { return static_cast<std::size_t>(next() % bound); }
    Bytes bytes(std::size_t count) {
        Bytes out(count);
        for (auto& byte : out)
            byte = static_cast<std::uint8_t>(next());
        return out;
    }

  private:
    std::uint64_t state_;
};

}  // namespace troupe::chain::trie::model
