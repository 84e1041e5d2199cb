#include "chain/types/transaction.hpp"

#include "chain/base/hex.hpp"
#include "chain/crypto/keccak.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <functional>
#include <random>

namespace troupe::chain {

BOOST_AUTO_TEST_SUITE(transaction)

namespace {

Bytes hex_bytes(std::string_view text) {
    return *from_hex(text);
}

crypto::PrivateKey test_key() {
    crypto::PrivateKey key;
    key.bytes.fill(0x46);
    return key;
}

Address test_sender() {
    return crypto::address_of(*crypto::public_key_of(test_key()));
}

/// A plain transfer of `type`; blobs and authorizations where the type asks for them.
Transaction transfer(TxType type) {
    Transaction tx;
    tx.type = type;
    tx.chain_id = 901;
    tx.max_priority_fee_per_gas = 2;
    tx.max_fee_per_gas = type >= TxType::kDynamicFee ? 3 : 2;
    tx.gas_limit = 21'000;
    tx.to = Address{};
    if (type == TxType::kBlob) tx.blob_versioned_hashes.emplace_back()[0] = 0x01;
    if (type == TxType::kSetCode) tx.authorizations.emplace_back();
    return tx;
}

/// What the decoder says of a signed transfer after `change`.
Error refusal(TxType type, const std::function<void(Transaction&)>& change) {
    Transaction tx = transfer(type);
    change(tx);
    BOOST_TEST(sign_transaction(tx, test_key()).ok());
    return decode_transaction(encode_transaction(tx)).error();
}

constexpr TxType kAllTypes[] = {
    TxType::kLegacy, TxType::kAccessList, TxType::kDynamicFee, TxType::kBlob, TxType::kSetCode};

template <class Fixed>
Fixed random_fixed(std::mt19937_64& rng) {
    Fixed fixed;
    for (auto& byte : fixed.bytes)
        byte = static_cast<std::uint8_t>(rng());
    return fixed;
}

/// Numbers of all lengths, short ones more often.
Uint256 random_number(std::mt19937_64& rng, unsigned bits_max) {
    Uint256 number;
    const auto bits = rng() % (bits_max + 1);
    for (unsigned bit = 0; bit < bits; ++bit) {
        number.limbs[bit / 64] |= (rng() & 1) << bit % 64;
    }
    return number;
}

/// A transaction of `type` with every field the type has, signed by `key`.
Transaction random_transaction(std::mt19937_64& rng, TxType type, const crypto::PrivateKey& key) {
    Transaction tx;
    tx.type = type;
    if (type != TxType::kLegacy || rng() % 2 == 0) tx.chain_id = random_number(rng, 64).low_u64();
    tx.nonce = random_number(rng, 63).low_u64();
    tx.max_fee_per_gas = random_number(rng, 128);
    tx.max_priority_fee_per_gas = tx.max_fee_per_gas;
    if (type >= TxType::kDynamicFee && !tx.max_fee_per_gas.is_zero()) {
        tx.max_priority_fee_per_gas = tx.max_fee_per_gas - 1;
    }
    tx.gas_limit = random_number(rng, 64).low_u64();
    if (type >= TxType::kBlob || rng() % 4 != 0) tx.to = random_fixed<Address>(rng);
    tx.value = random_number(rng, 256);
    tx.data.resize(rng() % 3 == 0 ? rng() % 300 : 0);
    for (auto& byte : tx.data)
        byte = static_cast<std::uint8_t>(rng());
    if (type != TxType::kLegacy) {
        for (auto left = rng() % 3; left > 0; --left) {
            AccessListEntry entry{random_fixed<Address>(rng), {}};
            for (auto keys = rng() % 3; keys > 0; --keys) {
                entry.storage_keys.push_back(random_fixed<Hash32>(rng));
            }
            tx.access_list.push_back(entry);
        }
    }
    if (type == TxType::kBlob) {
        tx.max_fee_per_blob_gas = random_number(rng, 256);
        for (auto left = 1 + rng() % 3; left > 0; --left) {
            tx.blob_versioned_hashes.push_back(random_fixed<Hash32>(rng));
            tx.blob_versioned_hashes.back()[0] = 0x01;
        }
    }
    if (type == TxType::kSetCode) {
        for (auto left = 1 + rng() % 3; left > 0; --left) {
            tx.authorizations.push_back(
                {random_number(rng, 256), random_fixed<Address>(rng),
                 random_number(rng, 64).low_u64(), static_cast<std::uint8_t>(rng()),
                 random_number(rng, 256), random_number(rng, 256)});
        }
    }
    const auto status = sign_transaction(tx, key);
    TROUPE_ASSERT(status.ok());
    return tx;
}

}  // namespace

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
    BOOST_TEST(sign_transaction(tx, test_key()).ok());
    BOOST_TEST(to_hex(encode_transaction(tx)) == kEip155Raw);
}

BOOST_DATA_TEST_CASE(
    every_type_reads_back_what_was_written, boost::unit_test::data::xrange(100u), seed) {
    std::mt19937_64 rng{seed};
    for (const TxType type : kAllTypes) {
        const Transaction tx = random_transaction(rng, type, test_key());
        const Bytes raw = encode_transaction(tx);
        const auto decoded = decode_transaction(raw);
        BOOST_REQUIRE(decoded.ok());
        BOOST_TEST((*decoded == tx));
        BOOST_TEST((*recover_sender(*decoded) == test_sender()));
        BOOST_TEST((signing_hash(tx) == crypto::keccak256(signing_preimage(tx))));
        BOOST_TEST((transaction_hash(raw) == crypto::keccak256(raw)));
    }
}

BOOST_DATA_TEST_CASE(
    damaged_bytes_are_refused_or_a_transaction_of_their_own, boost::unit_test::data::xrange(100u),
    seed) {
    std::mt19937_64 rng{seed};
    for (const TxType type : kAllTypes) {
        const Bytes raw = encode_transaction(random_transaction(rng, type, test_key()));
        for (int i = 0; i < 50; ++i) {
            Bytes damaged = raw;
            damaged[rng() % damaged.size()] ^= static_cast<std::uint8_t>(1u << rng() % 8);
            if (const auto decoded = decode_transaction(damaged)) {
                BOOST_TEST((encode_transaction(*decoded) == damaged));
            }
            damaged = raw;
            damaged.resize(rng() % raw.size());
            BOOST_TEST(!decode_transaction(damaged).ok());
        }
    }
}

BOOST_AUTO_TEST_CASE(what_is_not_a_transaction_is_named) {
    BOOST_TEST((decode_transaction({}).error() == Error::kTxEmpty));
    for (const int type : {0x00, 0x05, 0x7e, 0x7f, 0x80, 0xbf}) {
        const Bytes raw{static_cast<std::uint8_t>(type), 0xc0};
        BOOST_TEST((decode_transaction(raw).error() == Error::kTxTypeUnknown));
    }
    BOOST_TEST(
        (decode_transaction(Bytes(kTransactionBytesMax + 1, 0xf8)).error() == Error::kTxTooLarge));
    BOOST_TEST((decode_transaction(hex_bytes("0xc0")).error() == Error::kRlpTruncated));
    Bytes longer = hex_bytes(kEip155Raw);
    longer.push_back(0);
    BOOST_TEST((decode_transaction(longer).error() == Error::kRlpTrailingBytes));
}

BOOST_AUTO_TEST_CASE(every_rule_of_form_refuses_with_its_own_error) {
    for (const TxType type : kAllTypes) {
        BOOST_TEST((refusal(type, [](auto& tx) {
                        tx.nonce = ~std::uint64_t{0};
                    }) == Error::kTxNonceTooLarge));
        BOOST_TEST((refusal(type, [](auto& tx) {
                        tx.max_fee_per_gas = Uint256{} - 1;
                    }) == Error::kTxGasOverflow));
    }
    for (const TxType type : {TxType::kDynamicFee, TxType::kBlob, TxType::kSetCode}) {
        BOOST_TEST((refusal(type, [](auto& tx) {
                        tx.max_priority_fee_per_gas = 4;
                    }) == Error::kTxTipAboveFeeCap));
    }
    const auto create = [](auto& tx) { tx.to.reset(); };
    BOOST_TEST((refusal(TxType::kBlob, create) == Error::kTxBlobInvalid));
    BOOST_TEST((refusal(TxType::kSetCode, create) == Error::kTxAuthorizationInvalid));
    BOOST_TEST((refusal(TxType::kBlob, [](auto& tx) {
                    tx.blob_versioned_hashes.clear();
                }) == Error::kTxBlobInvalid));
    BOOST_TEST((refusal(TxType::kBlob, [](auto& tx) {
                    tx.blob_versioned_hashes[0][0] = 2;
                }) == Error::kTxBlobInvalid));
    BOOST_TEST((refusal(TxType::kSetCode, [](auto& tx) {
                    tx.authorizations.clear();
                }) == Error::kTxAuthorizationInvalid));
    BOOST_TEST((refusal(TxType::kLegacy, [](auto& tx) {
                    tx.to.reset();
                    tx.data.resize(kInitCodeBytesMax + 1);
                }) == Error::kTxInitCodeTooLarge));
}

BOOST_AUTO_TEST_CASE(init_code_of_the_limit_and_longer_calls_are_accepted) {
    Transaction tx = transfer(TxType::kLegacy);
    tx.data.resize(kInitCodeBytesMax + 1);
    BOOST_TEST(sign_transaction(tx, test_key()).ok());
    BOOST_TEST(decode_transaction(encode_transaction(tx)).ok());
    tx.to.reset();
    tx.data.resize(kInitCodeBytesMax);
    BOOST_TEST(sign_transaction(tx, test_key()).ok());
    BOOST_TEST(decode_transaction(encode_transaction(tx)).ok());
}

BOOST_AUTO_TEST_CASE(signatures_out_of_range_are_refused) {
    // SEC 2: the order of the group
    const Uint256 order =
        *uint256_from_text("0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");
    for (const TxType type : kAllTypes) {
        Transaction tx = transfer(type);
        BOOST_TEST(sign_transaction(tx, test_key()).ok());
        const auto good = tx.signature;
        for (const auto& bad :
             {crypto::EcdsaSignature{0, good.s, false}, crypto::EcdsaSignature{good.r, 0, false},
              crypto::EcdsaSignature{order, good.s, false},
              crypto::EcdsaSignature{good.r, order - good.s, !good.y_parity}}) {
            tx.signature = bad;
            BOOST_TEST(
                (decode_transaction(encode_transaction(tx)).error() == Error::kTxSignatureInvalid));
        }
    }
}

BOOST_AUTO_TEST_CASE(v_of_legacy_covers_all_chain_ids_of_64_bits) {
    for (const std::uint64_t chain_id : {std::uint64_t{0}, std::uint64_t{1}, ~std::uint64_t{0}}) {
        Transaction tx = transfer(TxType::kLegacy);
        tx.chain_id = chain_id;
        BOOST_TEST(sign_transaction(tx, test_key()).ok());
        const auto decoded = decode_transaction(encode_transaction(tx));
        BOOST_REQUIRE(decoded.ok());
        BOOST_TEST(*decoded->chain_id == chain_id);
        BOOST_TEST((*recover_sender(*decoded) == test_sender()));
    }
}

BOOST_AUTO_TEST_CASE(without_a_chain_id_v_is_27_or_28) {
    Transaction tx = transfer(TxType::kLegacy);
    tx.chain_id.reset();
    BOOST_TEST(sign_transaction(tx, test_key()).ok());
    Bytes raw = encode_transaction(tx);
    BOOST_TEST(!decode_transaction(raw)->chain_id.has_value());
    // v stands before 0xa0 r 0xa0 s; r and s have 32 bytes for this key and message
    const std::size_t v = raw.size() - 67;
    BOOST_REQUIRE((raw[v] == 27 || raw[v] == 28));
    for (const int wrong : {1, 26, 29, 34}) {
        raw[v] = static_cast<std::uint8_t>(wrong);
        BOOST_TEST((decode_transaction(raw).error() == Error::kTxYParityInvalid));
    }
}

BOOST_AUTO_TEST_CASE(signing_with_a_key_outside_the_group_is_refused) {
    Transaction tx = transfer(TxType::kLegacy);
    BOOST_TEST((sign_transaction(tx, crypto::PrivateKey{}).error() == Error::kTxSignatureInvalid));
}

BOOST_AUTO_TEST_CASE(the_price_paid_is_the_base_fee_and_a_tip_within_the_cap) {
    Transaction tx = transfer(TxType::kDynamicFee);  // tip 2, cap 3
    BOOST_TEST((effective_gas_price(tx, 0) == Uint256{2}));
    BOOST_TEST((effective_gas_price(tx, 1) == Uint256{3}));
    BOOST_TEST((effective_gas_price(tx, 3) == Uint256{3}));
    tx.max_fee_per_gas = tx.max_priority_fee_per_gas = Uint256{} - 1;
    BOOST_TEST((effective_gas_price(tx, 1) == Uint256{} - 1));  // the sum leaves 256 bits
    const Transaction legacy = transfer(TxType::kLegacy);       // price 2
    BOOST_TEST((effective_gas_price(legacy, 1) == Uint256{2}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::chain
