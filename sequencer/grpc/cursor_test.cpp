#include "sequencer/grpc/cursor.hpp"

#include <boost/test/unit_test.hpp>

namespace troupe::node {

namespace {

chain::Hash32 genesis(std::uint8_t first) {
    chain::Hash32 hash;
    hash[0] = first;
    return hash;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cursor)

BOOST_AUTO_TEST_CASE(decoding_gives_back_what_was_encoded) {
    for (const std::uint64_t position : {0ULL, 1ULL, 0xffff'ffff'ffff'ffffULL}) {
        const Cursor made{CursorKind::kBlocks, position, 77};
        const auto bytes = encode_cursor(made, genesis(1));
        BOOST_TEST(bytes.size() == 19u);
        BOOST_TEST((decode_cursor(bytes, CursorKind::kBlocks, genesis(1)) == made));
    }
}

BOOST_AUTO_TEST_CASE(another_chain_or_kind_is_refused) {
    const auto bytes = encode_cursor({CursorKind::kBlocks, 5, 0}, genesis(1));
    BOOST_TEST(!decode_cursor(bytes, CursorKind::kBlocks, genesis(2)).has_value());
    BOOST_TEST(!decode_cursor(bytes, CursorKind::kAccount, genesis(1)).has_value());
}

BOOST_AUTO_TEST_CASE(every_single_flipped_bit_and_every_cut_is_noticed) {
    const auto bytes = encode_cursor({CursorKind::kAccount, 123'456, 9}, genesis(1));
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
        auto damaged = bytes;
        damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
        BOOST_TEST(!decode_cursor(damaged, CursorKind::kAccount, genesis(1)).has_value());
    }
    for (std::size_t size = 0; size < bytes.size(); ++size)
        BOOST_TEST(
            !decode_cursor(bytes.substr(0, size), CursorKind::kAccount, genesis(1)).has_value());
    BOOST_TEST(!decode_cursor(bytes + "x", CursorKind::kAccount, genesis(1)).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::node
