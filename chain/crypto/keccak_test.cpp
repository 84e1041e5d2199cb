#include "chain/crypto/keccak.hpp"

#include "chain/base/hex.hpp"
#include "chain/crypto/keccak_batch.hpp"
#include "chain/crypto/keccak_permutation.hpp"
#include "chain/types/account.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <random>
#include <string_view>

namespace troupe::chain::crypto {

BOOST_AUTO_TEST_SUITE(keccak)

namespace {

ByteView bytes_of(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string hash_of(std::string_view text) {
    return to_hex(keccak256(bytes_of(text)));
}

/// Bytes i mod 251, so that no two blocks are alike.
Bytes counting_bytes(std::size_t size) {
    Bytes bytes(size);
    for (std::size_t i = 0; i < size; ++i)
        bytes[i] = static_cast<std::uint8_t>(i % 251);
    return bytes;
}

}  // namespace

BOOST_AUTO_TEST_CASE(known_hashes_have_their_values) {
    // Yellow Paper: the code hash of an account without code
    BOOST_TEST((keccak256({}) == kEmptyCodeHash));
    // Yellow Paper, Appendix D: the root of the empty trie
    BOOST_TEST((keccak256(Bytes{0x80}) == kEmptyTrieRoot));
    // ERC-20: the topic of Transfer(address,address,uint256)
    BOOST_TEST(
        hash_of("Transfer(address,address,uint256)") ==
        "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef");
    // EIP-1967: the implementation slot is this minus one
    BOOST_TEST(
        hash_of("eip1967.proxy.implementation") ==
        "0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbd");
}

BOOST_AUTO_TEST_CASE(lengths_around_the_block_size_have_their_values) {
    // A Python Keccak that equals hashlib's SHA3-256 when it pads as SHA-3 does
    BOOST_TEST(
        to_hex(keccak256(counting_bytes(135))) ==
        "0xcbdfd9dee5faad3818d6b06f95a219fd290b0e1706f6a82e5a595b9ce9faca62");
    BOOST_TEST(
        to_hex(keccak256(counting_bytes(136))) ==
        "0x7ce759f1ab7f9ce437719970c26b0a66ff11fe3e38e17df89cf5d29c7d7f807e");
    BOOST_TEST(
        to_hex(keccak256(counting_bytes(137))) ==
        "0xac73d4fae68b8453f764007c1a20ce95994187861f0c3227a3a8e99a73a3b1db");
    BOOST_TEST(
        to_hex(keccak256(counting_bytes(1'100))) ==
        "0xb3bd86844571de85af24c50eb7a07367a8cbca7cfe282047180197731bb2a44a");
}

BOOST_DATA_TEST_CASE(
    every_path_gives_the_portable_hash, boost::unit_test::data::xrange(200u), seed) {
    std::mt19937_64 rng{seed};
    std::vector<Bytes> storage(1 + rng() % 40);
    for (Bytes& bytes : storage) {
        // One in four sits on a block's edge; exact buffers let a sanitizer see a read beyond.
        const std::size_t size = rng() % 4 == 0 ? 136 * (rng() % 9) - (rng() % 2) : rng() % 1'101;
        bytes.resize(size > 1'100 ? 0 : size);
        for (auto& byte : bytes)
            byte = static_cast<std::uint8_t>(rng());
    }
    const std::vector<ByteView> inputs(storage.begin(), storage.end());
    for (const auto path : {KeccakPath::kScalar, KeccakPath::kAvx2, KeccakPath::kAvx512}) {
        if (!keccak_path_available(path)) continue;
        std::vector<Hash32> outputs(inputs.size());
        keccak256_batch_on(path, inputs, outputs);
        for (std::size_t i = 0; i < inputs.size(); ++i) {
            BOOST_TEST((outputs[i] == keccak256(inputs[i])));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_batch_longer_than_the_sorting_window_keeps_its_order) {
    std::vector<Bytes> storage;
    for (std::size_t i = 0; i < 1'000; ++i)
        storage.push_back(counting_bytes(i * 7 % 700));
    const std::vector<ByteView> inputs(storage.begin(), storage.end());
    for (const auto path : {KeccakPath::kAvx2, KeccakPath::kAvx512}) {
        if (!keccak_path_available(path)) continue;
        std::vector<Hash32> outputs(inputs.size());
        keccak256_batch_on(path, inputs, outputs);
        for (std::size_t i = 0; i < inputs.size(); ++i) {
            BOOST_TEST((outputs[i] == keccak256(inputs[i])));
        }
    }
}

BOOST_AUTO_TEST_CASE(addresses_and_slots_are_hashed_like_any_bytes) {
    std::vector<Address> addresses(150);
    std::vector<Hash32> slots(150);
    for (std::size_t i = 0; i < 150; ++i) {
        addresses[i].bytes.fill(static_cast<std::uint8_t>(i));
        slots[i].bytes.fill(static_cast<std::uint8_t>(255 - i));
    }
    std::vector<Hash32> address_hashes(150);
    std::vector<Hash32> slot_hashes(150);
    keccak256_batch(std::span<const Address>(addresses), address_hashes);
    keccak256_batch(std::span<const Hash32>(slots), slot_hashes);
    for (std::size_t i = 0; i < 150; ++i) {
        BOOST_TEST((address_hashes[i] == keccak256(addresses[i])));
        BOOST_TEST((slot_hashes[i] == keccak256(slots[i])));
    }
}

BOOST_AUTO_TEST_CASE(the_portable_permutation_is_the_permutation) {
    std::mt19937_64 rng{1};
    std::uint64_t chosen[25];
    std::uint64_t portable[25];
    for (std::size_t i = 0; i < 25; ++i)
        chosen[i] = portable[i] = rng();
    for (int round = 0; round < 1'000; ++round) {
        keccak_permute(chosen);
        keccak_permute_portable(portable);
    }
    BOOST_TEST(std::equal(chosen, chosen + 25, portable));
}

BOOST_AUTO_TEST_CASE(an_empty_batch_is_nothing_to_do) {
    keccak256_batch(std::span<const ByteView>{}, {});
    BOOST_TEST(std::string_view(keccak_path()).size() > 0u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::chain::crypto
