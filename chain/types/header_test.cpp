#include "chain/types/header.hpp"

#include "chain/crypto/keccak.hpp"
#include "chain/rlp/decode.hpp"
#include "chain/rlp/encode.hpp"
#include "chain/types/block.hpp"

#include <boost/test/unit_test.hpp>

namespace troupe::chain {

BOOST_AUTO_TEST_SUITE(header)

namespace {

Header full_header() {
    Header header;
    header.parent_hash.bytes.fill(1);
    header.coinbase.bytes.fill(2);
    header.state_root.bytes.fill(3);
    header.logs_bloom.bytes[7] = 4;
    header.number = 5;
    header.gas_limit = 30'000'000;
    header.gas_used = 21'000;
    header.timestamp = 1'800'000'000;
    header.extra_data = {6, 7};
    header.prev_randao.bytes.fill(8);
    header.base_fee_per_gas = 1'000'000'000;
    header.parent_beacon_block_root.bytes.fill(9);
    return header;
}

/// The header's encoding with item `index` replaced by `item`.
Bytes with_item(const Header& header, std::size_t index, const Bytes& item) {
    const Bytes encoded = encode_header(header);
    auto fields = *rlp::read_single_list(encoded);
    Bytes items;
    for (std::size_t i = 0; !fields.at_end(); ++i) {
        const auto field = *fields.next();
        append(items, i == index ? ByteView(item) : field.whole);
    }
    return rlp::list_of(items);
}

}  // namespace

BOOST_AUTO_TEST_CASE(headers_have_21_fields_and_read_back) {
    const Bytes encoded = encode_header(full_header());
    auto fields = *rlp::read_single_list(encoded);
    int count = 0;
    for (; !fields.at_end(); ++count)
        BOOST_TEST(fields.next().ok());
    BOOST_TEST(count == 21);  // EIP-7685 adds the 21st
    BOOST_TEST((*decode_header(encoded) == full_header()));
    BOOST_TEST((hash_header(full_header()) == crypto::keccak256(encoded)));
}

BOOST_AUTO_TEST_CASE(fields_that_a_rollup_block_lacks_must_hold_their_constants) {
    Bytes zero_hash;
    rlp::put_string(zero_hash, Hash32{});
    Bytes nonce_one;
    rlp::put_string(nonce_one, Bytes{0, 0, 0, 0, 0, 0, 0, 1});
    const std::pair<std::size_t, Bytes> changes[] = {
        {1, zero_hash},    // ommers_hash
        {7, {0x01}},       // difficulty
        {14, nonce_one},   // nonce
        {16, zero_hash},   // withdrawals_root
        {17, {0x01}},      // blob_gas_used
        {18, {0x01}},      // excess_blob_gas
        {20, zero_hash}};  // requests_hash
    for (const auto& [index, item] : changes) {
        BOOST_TEST(
            (decode_header(with_item(full_header(), index, item)).error() ==
             Error::kBlockTransactionInvalid));
    }
}

BOOST_AUTO_TEST_CASE(extra_data_has_at_most_32_bytes) {
    Header header = full_header();
    header.extra_data.assign(32, 1);
    BOOST_TEST(decode_header(encode_header(header)).ok());
    header.extra_data.push_back(1);
    BOOST_TEST((decode_header(encode_header(header)).error() == Error::kRlpWrongSize));
}

BOOST_AUTO_TEST_CASE(an_output_root_depends_on_every_part_in_its_place) {
    Hash32 a;
    Hash32 b;
    a.bytes.fill(1);
    b.bytes.fill(2);
    const Hash32 zero;
    Bytes preimage(32, 0);  // version 0
    append(preimage, a);
    append(preimage, zero);
    append(preimage, b);
    BOOST_TEST((output_root(a, zero, b) == crypto::keccak256(preimage)));
    BOOST_TEST((output_root(b, zero, a) != output_root(a, zero, b)));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::chain
