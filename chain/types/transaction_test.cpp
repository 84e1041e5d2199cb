#include "chain/types/transaction.hpp"

#include "chain/base/hex.hpp"

#include <boost/test/unit_test.hpp>

namespace troupe::chain {

BOOST_AUTO_TEST_SUITE(transaction)

Bytes hex_bytes(std::string_view text) {
    return *from_hex(text);
}

/// The worked example of EIP-155.
const std::string kEip155Raw =
    "0xf86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a764000080"
    "25a028ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276"
    "a067cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83";

BOOST_AUTO_TEST_CASE(the_example_of_eip_155_decodes_recovers_and_encodes) {
    const Bytes raw = hex_bytes(kEip155Raw);
    const auto tx = decode_transaction(raw);
    BOOST_REQUIRE(tx.ok());
    BOOST_TEST((tx->type == TxType::kLegacy));
    BOOST_TEST(*tx->chain_id == 1u);
    BOOST_TEST(tx->nonce == 9u);
    BOOST_TEST((tx->max_fee_per_gas == Uint256{20'000'000'000}));
    BOOST_TEST(tx->gas_limit == 21'000u);
    BOOST_TEST((tx->value == Uint256{1'000'000'000'000'000'000}));
    BOOST_TEST((encode_transaction(*tx) == raw));
    BOOST_TEST(
        to_hex(signing_preimage(*tx)) ==
        "0xec098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a7640000"
        "80018080");
    BOOST_TEST(to_hex(*recover_sender(*tx)) == "0x9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f");
}

BOOST_AUTO_TEST_CASE(the_example_of_eip_155_is_signed_to_the_same_bytes) {
    auto tx = *decode_transaction(hex_bytes(kEip155Raw));
    tx.signature = {};
    crypto::PrivateKey key;
    key.bytes.fill(0x46);
    BOOST_TEST(sign_transaction(tx, key).ok());
    BOOST_TEST(to_hex(encode_transaction(tx)) == kEip155Raw);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::chain
