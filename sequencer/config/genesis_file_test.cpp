#include "sequencer/config/genesis_file.hpp"

#include "sequencer/testing/temp_directory.hpp"

#include <fstream>

namespace troupe::node {

std::string failure_of_genesis(const std::string& text) {
    const TempDirectory directory;
    const std::string path = (directory.path() / "genesis.json").string();
    std::ofstream(path) << text;
    std::string failure;
    BOOST_TEST(!read_genesis_file(path, failure).has_value());
    BOOST_TEST(failure.starts_with(path));
    return failure.substr(path.size());
}

chain::Genesis read_text(const std::string& text) {
    const TempDirectory directory;
    const std::string path = (directory.path() / "genesis.json").string();
    std::ofstream(path) << text;
    std::string failure;
    auto genesis = read_genesis_file(path, failure);
    BOOST_REQUIRE_MESSAGE(genesis, failure);
    return *genesis;
}

// The shape of the example in geth's documentation ("Private networks"), with an account with code.
constexpr const char* kGethGenesis = R"({
  "config": { "chainId": 12345, "homesteadBlock": 0, "eip150Block": 0, "clique": { "period": 5 } },
  "difficulty": "1", "gasLimit": "8000000", "timestamp": "0x64", "coinbase":
  "0x0000000000000000000000000000000000000000", "extraData": "0x0011", "baseFeePerGas": "0x7",
  "alloc": {
    "7df9a875a174b3bc565e6424a0050ebc1b2d1d82": { "balance": "300000" },
    "0x1000000000000000000000000000000000000001": { "balance": "0x10", "nonce": "0x2",
       "code": "0x6001", "storage": { "0x1": "0x2a", "0x02": "0x00" } } }
})";

BOOST_AUTO_TEST_SUITE(genesis_file)

BOOST_AUTO_TEST_CASE(geths_form_is_read_with_numbers_in_every_spelling) {
    const chain::Genesis genesis = read_text(kGethGenesis);
    BOOST_TEST(genesis.chain_id == 12'345u);
    BOOST_TEST(genesis.gas_limit == 8'000'000u);
    BOOST_TEST(genesis.timestamp == 100u);
    BOOST_TEST((genesis.base_fee_per_gas == chain::Uint256(7)));
    BOOST_TEST((genesis.extra_data == chain::Bytes{0x00, 0x11}));
    BOOST_REQUIRE(genesis.alloc.size() == 2u);
    const auto& contract = genesis.alloc[0];  // sorted by address
    BOOST_TEST(contract.address[0] == 0x10);
    BOOST_TEST(contract.nonce == 2u);
    BOOST_TEST((contract.code == chain::Bytes{0x60, 0x01}));
    BOOST_REQUIRE(contract.storage.size() == 1u);  // a zero slot is no slot
    BOOST_TEST(contract.storage[0].key[31] == 1);
    BOOST_TEST((contract.storage[0].value == chain::Uint256(42)));
    BOOST_TEST((genesis.alloc[1].balance == chain::Uint256(300'000)));
}

BOOST_AUTO_TEST_CASE(the_base_fee_is_one_gwei_unless_said_otherwise) {
    const chain::Genesis genesis =
        read_text(R"({"config":{"chainId":1},"gasLimit":30000000,"alloc":{}})");
    BOOST_TEST((genesis.base_fee_per_gas == chain::Uint256(1'000'000'000)));
}

BOOST_AUTO_TEST_CASE(what_is_written_reads_back_the_same) {
    const chain::Genesis genesis = read_text(kGethGenesis);
    BOOST_TEST((read_text(write_genesis(genesis).dump()) == genesis));
}

BOOST_AUTO_TEST_CASE(faults_name_the_file_the_key_and_what_was_expected) {
    BOOST_TEST(failure_of_genesis("{\n \"config\": ,}") == ", line 2, column 12: not JSON");
    BOOST_TEST(failure_of_genesis(R"({"config":{},"gasLimit":1,"alloc":{}})")
                   .starts_with(": config.chainId: is missing; expected a number below 2^64"));
    BOOST_TEST(failure_of_genesis(R"({"config":{"chainId":1},"gasLimit":"0xzz","alloc":{}})")
                   .ends_with("found \"0xzz\""));
    BOOST_TEST(
        failure_of_genesis(R"({"config":{"chainId":1},"gasLimit":1})") ==
        ": alloc: is missing; expected an object");
    BOOST_TEST(failure_of_genesis(R"({"config":{"chainId":1},"gasLimit":1,"alloc":{"0x12":{}}})")
                   .starts_with(": alloc.0x12: expected an address of 20 bytes as the key"));
    // Beyond 2^64 a JSON number would be rounded: it must be a string.
    BOOST_TEST(
        failure_of_genesis(
            R"({"config":{"chainId":1},"gasLimit":1,"alloc":{
                "7df9a875a174b3bc565e6424a0050ebc1b2d1d82":{"balance":100000000000000000000000}}})")
            .find("balance: expected a number below 2^256") != std::string::npos);
    BOOST_TEST(
        failure_of_genesis(
            R"({"config":{"chainId":1},"gasLimit":1,"alloc":{
                "7df9a875a174b3bc565e6424a0050ebc1b2d1d82":{},
                "0x7df9a875a174b3bc565e6424a0050ebc1b2d1d82":{}}})")
            .find("0x7df9a875a174b3bc565e6424a0050ebc1b2d1d82 is twice") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::node
