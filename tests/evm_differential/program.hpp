#pragma once

#include "chain/base/bytes.hpp"
#include "chain/base/uint256.hpp"
#include "chain/trie/trie_model.hpp"

#include <set>
#include <vector>

namespace troupe::evm_differential {

using Rng = chain::trie::model::Rng;

/// What programs of one case share: whom they may name, and which pieces are left out. Every piece
/// of every program has a number and random numbers of its own, so that leaving one out changes no
/// other: that is how a failing case is made small.
class PieceSource {
  public:
    PieceSource(
        std::uint64_t seed, std::vector<chain::Address> addresses, std::set<std::size_t> without)
        : seed_(seed), addresses_(std::move(addresses)), without_(std::move(without)) {}

    /// Random numbers for the next piece; empty where it is to be left out.
    [[nodiscard]] std::optional<Rng> next();
    [[nodiscard]] std::size_t count() const noexcept { return count_; }
    [[nodiscard]] const std::vector<chain::Address>& addresses() const noexcept {
        return addresses_;
    }

  private:
    std::uint64_t seed_;
    std::vector<chain::Address> addresses_;
    std::set<std::size_t> without_;
    std::size_t count_ = 0;
};

/// A number that implementations get wrong: near 0, a power of two, the sign bit, the largest.
[[nodiscard]] chain::Uint256 edge_word(Rng& rng);

/// EVM code of about `pieces` pieces that mostly runs: pieces push what they take.
[[nodiscard]] chain::Bytes random_program(PieceSource& source, std::size_t pieces);
/// The same as init code: mostly ends by returning some code.
[[nodiscard]] chain::Bytes random_init_code(PieceSource& source, std::size_t pieces);

}  // namespace troupe::evm_differential
