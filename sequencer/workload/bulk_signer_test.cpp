#include "sequencer/workload/bulk_signer.hpp"

#include "chain/crypto/keccak.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

namespace troupe::node::test {

BOOST_AUTO_TEST_SUITE(bulk_signer)

BOOST_AUTO_TEST_CASE(every_signature_is_its_keys_and_has_low_s) {
    for (const std::size_t count : {1u, 2u, 100u, 1'024u}) {
        std::vector<chain::Hash32> digests;
        std::vector<chain::crypto::PrivateKey> keys;
        for (std::size_t i = 0; i < count; ++i) {
            digests.push_back(chain::crypto::keccak256(chain::to_be32(i)));
            keys.push_back(chain::crypto::PrivateKey::from(
                chain::crypto::keccak256(chain::to_be32(i % 7 + 1'000'000))));
        }
        digests[0] = chain::to_be32(chain::Uint256() - 1);  // above n
        const auto nonce = chain::uint256_from_be(chain::crypto::keccak256(chain::to_be32(count)));
        std::vector<chain::crypto::EcdsaSignature> signatures(count);
        sign_in_bulk(nonce, digests, keys, signatures);
        for (std::size_t i = 0; i < count; ++i) {
            const auto key = *chain::crypto::public_key_of(keys[i]);
            BOOST_REQUIRE(chain::crypto::verify(digests[i], signatures[i], key));
            const auto signer = chain::crypto::recover_signer(digests[i], signatures[i]);
            BOOST_REQUIRE(signer.ok());
            BOOST_REQUIRE((*signer == chain::crypto::address_of(key)));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::node::test
