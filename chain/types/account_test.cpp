#include "chain/types/account.hpp"

#include "chain/base/hex.hpp"
#include "chain/rlp/encode.hpp"

#include <boost/test/unit_test.hpp>

namespace troupe::chain {

BOOST_AUTO_TEST_SUITE(account)

BOOST_AUTO_TEST_CASE(an_account_is_the_list_of_its_four_fields) {
    const Account account{.nonce = 1, .balance = 1'000, .storage_root = {}, .code_hash = {}};
    const std::string zeros(64, '0');
    // 1 + 3 + 33 + 33 = 70 = 0x46 bytes of payload
    BOOST_TEST(to_hex(encode_account(account)) == "0xf846018203e8a0" + zeros + "a0" + zeros);
}

BOOST_AUTO_TEST_CASE(accounts_read_back) {
    Account account{.nonce = ~std::uint64_t{0}, .balance = Uint256{} - 1};
    account.storage_root.bytes.fill(0xab);
    BOOST_TEST((*decode_account(encode_account(account)) == account));
    BOOST_TEST((*decode_account(encode_account({})) == Account{}));
}

BOOST_AUTO_TEST_CASE(three_fields_five_fields_and_short_hashes_are_refused) {
    Bytes fields;
    rlp::put_integer(fields, std::uint64_t{1});
    rlp::put_integer(fields, std::uint64_t{2});
    rlp::put_string(fields, Hash32{});
    BOOST_TEST((decode_account(rlp::list_of(fields)).error() == Error::kRlpTruncated));
    Bytes five = fields;
    rlp::put_string(five, Hash32{});
    BOOST_TEST(decode_account(rlp::list_of(five)).ok());
    rlp::put_string(five, Hash32{});
    BOOST_TEST((decode_account(rlp::list_of(five)).error() == Error::kRlpTooManyItems));
    rlp::put_string(fields, Address{});
    BOOST_TEST((decode_account(rlp::list_of(fields)).error() == Error::kRlpWrongSize));
}

BOOST_AUTO_TEST_CASE(an_account_without_nonce_balance_and_code_is_empty) {
    BOOST_TEST(Account{}.is_empty());
    BOOST_TEST(!Account{.nonce = 1}.is_empty());
    BOOST_TEST(!Account{.balance = 1}.is_empty());
    BOOST_TEST(!Account{.code_hash = {}}.is_empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::chain
