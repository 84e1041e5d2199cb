#include "chain/crypto/consecutive_keys.hpp"

#include "chain/crypto/keccak.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

namespace troupe::chain::crypto {

BOOST_AUTO_TEST_SUITE(consecutive_keys)

BOOST_AUTO_TEST_CASE(addresses_are_those_of_the_keys_one_by_one) {
    const PrivateKey first = PrivateKey::from(keccak256(Bytes{1}));
    // 2,100: two whole turns and a part of one.
    for (const std::size_t count : {0u, 1u, 2u, 1'024u, 1'025u, 2'100u}) {
        std::vector<Address> addresses(count);
        consecutive_addresses(first, 7, addresses);
        for (std::size_t i = 0; i < count; ++i) {
            const PrivateKey key = consecutive_key(first, 7 + i);
            BOOST_TEST_REQUIRE((addresses[i] == address_of(*public_key_of(key))));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::chain::crypto
