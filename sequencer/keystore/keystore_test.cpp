#include "sequencer/keystore/keystore.hpp"

#include "chain/base/hex.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>

namespace troupe::node {

BOOST_AUTO_TEST_SUITE(keystore)

// The two vectors of the Web3 Secret Storage Definition, version 3.
const std::string kScryptVector = R"({"crypto":{"cipher":"aes-128-ctr","cipherparams":
{"iv":"83dbcc02d8ccb40e466191a123791e0e"},"ciphertext":
"d172bf743a674da9cdad04534d56926ef8358534d458fffccd4e6ad2fbde479c","kdf":"scrypt","kdfparams":
{"dklen":32,"n":262144,"p":8,"r":1,"salt":
"ab0c7876052600dd703518d6fc3fe8984592145b591fc8fb5c6d43190334ba19"},"mac":
"2103ac29920d71da29f15d75b4a16dbe95cfd7ff8faea1056c33131d846e3097"},"id":
"3198bc9c-6672-5ab3-d995-4942343ae5b6","version":3})";
const std::string kPbkdf2Vector = R"({"crypto":{"cipher":"aes-128-ctr","cipherparams":
{"iv":"6087dab2f9fdbbfaddc31a909735c1e6"},"ciphertext":
"5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46","kdf":"pbkdf2","kdfparams":
{"c":262144,"dklen":32,"prf":"hmac-sha256","salt":
"ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd"},"mac":
"517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2"},"id":
"3198bc9c-6672-5ab3-d995-4942343ae5b6","version":3})";
const std::string kVectorSecret =
    "0x7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d";

std::string error_of(const std::variant<UnlockedKey, KeystoreError>& result) {
    const auto* error = std::get_if<KeystoreError>(&result);
    return error == nullptr ? "" : error->message;
}

BOOST_AUTO_TEST_CASE(the_definitions_vectors_open) {
    for (const auto& vector : {kScryptVector, kPbkdf2Vector}) {
        const auto result = decrypt_keystore(vector, "testpassword");
        BOOST_TEST_REQUIRE(error_of(result) == "");
        BOOST_TEST(chain::to_hex(std::get<UnlockedKey>(result).key()) == kVectorSecret);
    }
}

BOOST_AUTO_TEST_CASE(a_wrong_password_is_refused) {
    BOOST_TEST(error_of(decrypt_keystore(kPbkdf2Vector, "testpasswore")) == "wrong password");
}

BOOST_AUTO_TEST_CASE(what_is_written_can_be_read_again) {
    const UnlockedKey key = random_key();
    const std::string json = encrypt_keystore(key, "pässword", KeystoreStrength::kLight);
    const auto result = decrypt_keystore(json, "pässword");
    BOOST_TEST_REQUIRE(error_of(result) == "");
    BOOST_TEST((std::get<UnlockedKey>(result).key() == key.key()));
    BOOST_TEST((*keystore_address(json) == key.address()));
    BOOST_TEST(json.find(chain::to_hex(key.key()).substr(2)) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(damage_is_named) {
    auto json = nlohmann::json::parse(kPbkdf2Vector);
    const auto refused = [&](auto change) {
        auto damaged = json;
        change(damaged);
        return error_of(decrypt_keystore(damaged.dump(), "testpassword"));
    };
    BOOST_TEST(refused([](auto& j) { j["version"] = 1; }) == "version is not 3");
    BOOST_TEST(refused([](auto& j) {
                   j["crypto"]["cipher"] = "aes-256-gcm";
               }) == "cipher is not aes-128-ctr");
    BOOST_TEST(refused([](auto& j) {
                   j["crypto"]["kdfparams"]["c"] = 0;
               }) == "kdfparams.c is not between 1 and 10,000,000");
    BOOST_TEST(refused([](auto& j) {
                   j["address"] = std::string(40, '1');
               }) == "the key's address is not the one the file names");
    BOOST_TEST(!refused([](auto& j) { j["crypto"].erase("mac"); }).empty());
    BOOST_TEST(!error_of(decrypt_keystore("{", "x")).empty());
    auto scrypt = nlohmann::json::parse(kScryptVector);
    scrypt["crypto"]["kdfparams"]["n"] = 1ull << 40;  // would ask for terabytes
    BOOST_TEST(
        error_of(decrypt_keystore(scrypt.dump(), "testpassword")) ==
        "scrypt parameters are invalid or need more than 1 GiB");
}

BOOST_AUTO_TEST_CASE(a_file_is_private_and_never_replaced) {
    const auto path = std::filesystem::temp_directory_path() /
                      ("troupe-keystore-" + std::to_string(getpid()) + ".json");
    std::filesystem::remove(path);
    BOOST_TEST(!save_keystore(path, "one").has_value());
    struct stat info {};
    BOOST_TEST_REQUIRE(stat(path.c_str(), &info) == 0);
    BOOST_TEST((info.st_mode & 0777u) == 0600u);
    BOOST_TEST(save_keystore(path, "two").has_value());
    BOOST_TEST(std::filesystem::file_size(path) == 3u);
    std::filesystem::remove(path);
}

BOOST_AUTO_TEST_CASE(file_names_are_geths) {
    const auto address =
        *chain::fixed_from_hex<chain::Address>("0x008aeeda4d805471df9b2a5b0f38a0c3bcba786b");
    BOOST_TEST(
        keystore_file_name(address, 0) ==
        "UTC--1970-01-01T00-00-00Z--008aeeda4d805471df9b2a5b0f38a0c3bcba786b");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::node
