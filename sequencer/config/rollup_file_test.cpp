#include "sequencer/config/rollup_file.hpp"

#include "chain/base/hex.hpp"
#include "sequencer/testing/temp_directory.hpp"

#include <fstream>
#include <sstream>

namespace troupe::node {

RollupFile sample_rollup() {
    RollupFile rollup;
    rollup.chain.chain_id = 1337;
    rollup.chain.l1_chain_id = 31337;
    rollup.chain.system_config[0] = 1;
    rollup.chain.batch_inbox[0] = 2;
    rollup.chain.output_registry[0] = 3;
    rollup.chain.l1_start.number = 5;
    rollup.chain.l1_start.hash[0] = 4;
    rollup.chain.l1_start_timestamp = 1'700'000'000;
    rollup.chain.gas_limit = 30'000'000;
    rollup.chain.fee_vault[19] = 9;
    rollup.genesis.chain_id = 1337;
    rollup.genesis.gas_limit = 30'000'000;
    rollup.genesis.timestamp = 1'700'000'000;
    rollup.genesis.base_fee_per_gas = 1'000'000'000;
    chain::GenesisAccount account;
    account.address[0] = 7;
    account.balance = chain::Uint256(0, 0, 1, 0);
    rollup.genesis.alloc.push_back(account);
    rollup.genesis_hash = genesis_hash_of(rollup.genesis, rollup.chain);
    return rollup;
}

// Writes the sample, replaces one piece of its text, and reads the result.
std::string failure_after(const std::string& from, const std::string& to) {
    const TempDirectory directory;
    const std::string path = (directory.path() / "rollup.json").string();
    BOOST_REQUIRE(write_rollup_file(path, sample_rollup()).empty());
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    std::string changed = text.str();
    const std::size_t at = changed.find(from);
    BOOST_REQUIRE(at != std::string::npos);
    changed.replace(at, from.size(), to);
    std::ofstream(path) << changed;
    std::string failure;
    BOOST_TEST(!read_rollup_file(path, failure).has_value());
    return failure.substr(std::min(failure.size(), path.size()));
}

BOOST_AUTO_TEST_SUITE(rollup_file)

BOOST_AUTO_TEST_CASE(what_is_written_reads_back_the_same) {
    const TempDirectory directory;
    const std::string path = (directory.path() / "rollup.json").string();
    const RollupFile rollup = sample_rollup();
    BOOST_REQUIRE(write_rollup_file(path, rollup).empty());
    std::string failure;
    const auto read = read_rollup_file(path, failure);
    BOOST_REQUIRE_MESSAGE(read, failure);
    BOOST_TEST((*read == rollup));
}

BOOST_AUTO_TEST_CASE(faults_name_the_key_and_what_was_expected) {
    BOOST_TEST(failure_after("\"version\": 1", "\"version\": 2")
                   .starts_with(": version: expected 1 (run the troupe that knows version 2"));
    BOOST_TEST(
        failure_after("troupe rollup config", "something") ==
        ": format: expected \"troupe rollup config\", found \"something\"");
    BOOST_TEST(failure_after("\"fee_vault\"", "\"fee_valt\"")
                   .starts_with(": chain.fee_valt: expected only the keys chain_id,"));
    BOOST_TEST(failure_after("\"base_fee_elasticity\": 2", "\"base_fee_elasticity\": 0")
                   .starts_with(": chain.base_fee_elasticity: expected a number above 0"));
    // The largest transaction, 131,072 bytes, and a third more.
    BOOST_TEST(
        failure_after("\"channel_bytes_max\": 16777216", "\"channel_bytes_max\": 100000") ==
        ": chain.channel_bytes_max: expected a number above 174765, found 100000");
}

BOOST_AUTO_TEST_CASE(rules_of_the_evm_are_read_and_have_defaults) {
    const TempDirectory directory;
    const std::string path = (directory.path() / "rollup.json").string();
    RollupFile rollup = sample_rollup();
    rollup.chain.rules = {chain::Revision::kCancun, true};
    BOOST_REQUIRE(write_rollup_file(path, rollup).empty());
    std::string failure;
    auto read = read_rollup_file(path, failure);
    BOOST_REQUIRE_MESSAGE(read, failure);
    BOOST_TEST((read->chain.rules == rollup.chain.rules));

    // A file from before contracts has neither key.
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    std::string old = text.str();
    for (const char* line : {"    \"revision\": \"cancun\",\n", "    \"p256_verify\": true,\n"}) {
        const std::size_t at = old.find(line);
        BOOST_REQUIRE(at != std::string::npos);
        old.erase(at, std::string(line).size());
    }
    std::ofstream(path) << old;
    read = read_rollup_file(path, failure);
    BOOST_REQUIRE_MESSAGE(read, failure);
    BOOST_TEST((read->chain.rules == chain::Rules{}));
    BOOST_TEST(
        failure_after("\"revision\": \"prague\"", "\"revision\": \"london\"") ==
        ": chain.revision: expected \"cancun\" or \"prague\", found \"london\"");
    BOOST_TEST(
        failure_after("\"p256_verify\": false", "\"p256_verify\": 1") ==
        ": chain.p256_verify: expected true or false, found 1");
}

BOOST_AUTO_TEST_CASE(halves_that_disagree_are_refused) {
    BOOST_TEST(
        failure_after("\"chain_id\": 1337", "\"chain_id\": 1338") ==
        ": chain.chain_id is 1338, but genesis.config.chainId is 1337");
    BOOST_TEST(
        failure_after("\"balance\": \"0x1", "\"balance\": \"0x2").find(": genesis_hash is 0x") ==
        0u);
}

BOOST_AUTO_TEST_CASE(the_example_of_the_format_document_is_true) {
    std::ifstream in("docs/formats/rollup-config.md");
    std::stringstream text;
    text << in.rdbuf();
    const std::string document = text.str();
    const std::size_t begin = document.find("```json\n");
    BOOST_REQUIRE(begin != std::string::npos);
    const std::string json =
        document.substr(begin + 8, document.find("```", begin + 8) - begin - 8);
    const TempDirectory directory;
    const std::string path = (directory.path() / "rollup.json").string();
    std::ofstream(path) << json;
    std::string failure;
    const auto read = read_rollup_file(path, failure);
    BOOST_REQUIRE_MESSAGE(read, failure);
    BOOST_TEST((*read == sample_rollup()));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::node
