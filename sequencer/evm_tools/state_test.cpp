#include "sequencer/evm_tools/state_test.hpp"

#include "chain/crypto/keccak.hpp"
#include "sequencer/evm_tools/blob_fee.hpp"

#include <array>
#include <charconv>
#include <limits>

namespace troupe::node {

using namespace chain;

namespace {

/// Ancient tests state limits beyond 64 bits; no transaction can tell the difference.
std::uint64_t saturated(const Uint256& value) noexcept {
    return value.fits_u64() ? value.low_u64() : std::numeric_limits<std::uint64_t>::max();
}

void read_env(const JsonField& env, StateTest& test) {
    test.env.chain_id = 1;  // as every client runs state tests
    test.env.coinbase = env.at("currentCoinbase").address();
    test.env.gas_limit = saturated(env.at("currentGasLimit").u256());
    test.env.number = saturated(env.at("currentNumber").u256());
    test.env.timestamp = saturated(env.at("currentTimestamp").u256());
    if (const JsonField fee = env.at("currentBaseFee"); fee.present())
        test.env.base_fee_per_gas = fee.u256();
    // Since the Merge the opcode DIFFICULTY is PREVRANDAO.
    const JsonField random = env.at("currentRandom");
    const JsonField difficulty = env.at("currentDifficulty");
    if (random.present()) {
        test.env.prev_randao = random.short_hash();
    } else if (difficulty.present()) {
        test.env.prev_randao = to_be32(difficulty.u256());
    }
    if (const JsonField excess = env.at("currentExcessBlobGas"); excess.present())
        test.excess_blob_gas = excess.u64();
    if (const JsonField fee = env.at("currentBlobBaseFee"); fee.present())
        test.blob_base_fee = fee.u256();
    if (const JsonField root = env.at("parentBeaconBlockRoot"); root.present())
        test.env.parent_beacon_block_root = root.hash();
    if (const JsonField hash = env.at("previousHash"); hash.present())
        test.env.parent_hash = hash.hash();
}

StateTestCase read_case(const JsonField& json, const std::string& revision, std::size_t number) {
    StateTestCase test_case;
    test_case.revision_name = revision;
    test_case.number = number;
    test_case.state_root = json.at("hash").hash();
    test_case.logs_hash = json.at("logs").hash();
    const JsonField indexes = json.at("indexes");
    test_case.data_index = indexes.at("data").u64();
    test_case.gas_index = indexes.at("gas").u64();
    test_case.value_index = indexes.at("value").u64();
    if (const JsonField raw = json.at("txbytes"); raw.present())
        test_case.transaction = raw.bytes();
    if (const JsonField exception = json.at("expectException"); exception.present())
        test_case.exception = exception.text();
    if (const JsonField state = json.at("state"); state.present())
        read_accounts(state, test_case.state.emplace());
    return test_case;
}

StateTest read_test(const std::string& file, const std::string& name, const JsonField& json) {
    StateTest test;
    test.file = file;
    test.name = name;
    read_env(json.at("env"), test);
    read_accounts(json.at("pre"), test.pre);
    json.at("transaction").each([&](const std::string& key, const JsonField& field) {
        test.transaction[key] = field.json();
    });
    if (const JsonField labels = json.at("_info").at("labels"); labels.present())
        labels.each([&](const std::string&, const JsonField& label) {
            test.labels.push_back(label.text());
        });
    json.at("post").each([&](const std::string& revision, const JsonField& cases) {
        std::size_t number = 0;
        cases.each_element([&](const JsonField& one) {
            test.cases.push_back(read_case(one, revision, number++));
        });
    });
    return test;
}

}  // namespace

Hash32 StateTestWorld::block_hash(std::uint64_t number) const noexcept {
    std::array<char, 20> digits{};  // of 2^64 - 1
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    Bytes text(digits.data(), end);
    return crypto::keccak256(text);
}

std::string StateTest::title(const StateTestCase& test_case) const {
    return file + "::" + name + " [" + test_case.revision_name + " " +
           std::to_string(test_case.number) + "]";
}

void read_accounts(const JsonField& json, World& world) {
    json.each([&](const std::string& key, const JsonField& account) {
        const auto address = fixed_from_hex<Address>(key);
        if (!address) return account.fail("an address of 20 bytes as key");
        std::map<Hash32, Uint256> storage;
        if (const JsonField slots = account.at("storage"); slots.present()) {
            slots.each([&](const std::string& slot, const JsonField& value) {
                Hash32 number;
                if (!JsonField::read_short_hash(slot, number))
                    return value.fail("a slot of up to 32 bytes as key");
                storage[number] = value.u256();
            });
        }
        const JsonField nonce = account.at("nonce");
        const JsonField code = account.at("code");
        world.put(
            *address, nonce.present() ? nonce.u64() : 0, account.at("balance").u256(),
            code.present() ? code.bytes() : Bytes(), storage);
    });
}

Json accounts_json(const World& world) {
    Json json = Json::object();
    for (const auto& [address, entry] : world.sorted()) {
        const std::map<Hash32, Uint256> slots(entry->storage.begin(), entry->storage.end());
        Json storage = Json::object();
        for (const auto& [slot, value] : slots)
            storage[to_hex_quantity(uint256_from_be(slot))] = to_hex_quantity(value);
        json[to_hex(address)] = {
            {"nonce", to_hex_quantity(entry->account.nonce)},
            {"balance", to_hex_quantity(entry->account.balance)},
            {"code", to_hex(world.code(entry->account.code_hash))},
            {"storage", std::move(storage)}};
    }
    return json;
}

std::vector<StateTest> state_tests_from(
    const Json& json, const std::string& file, std::string& failure) {
    JsonFault fault;
    std::vector<StateTest> tests;
    JsonField(&json, "", file, fault).each([&](const std::string& name, const JsonField& test) {
        if (name != "_info") tests.push_back(read_test(file, name, test));
    });
    failure = fault.text;
    if (!failure.empty()) tests.clear();
    return tests;
}

std::vector<StateTest> read_state_tests(const std::string& path, std::string& failure) {
    JsonFault fault;
    const Json json = read_json_file(path, fault);
    failure = fault.text;
    if (!failure.empty()) return {};
    return state_tests_from(json, path, failure);
}

std::optional<Revision> revision_from(const std::string& name) {
    if (name == "Cancun") return Revision::kCancun;
    if (name == "Prague") return Revision::kPrague;
    return std::nullopt;
}

const char* to_string(Revision revision) noexcept {
    switch (revision) {
        case Revision::kCancun:
            return "Cancun";
        case Revision::kPrague:
            return "Prague";
    }
    return "?";
}

execution::BlockEnv block_env_of(const StateTest& test, Revision revision) {
    execution::BlockEnv env = test.env;
    env.rules.revision = revision;
    env.blob_base_fee = test.blob_base_fee
                            ? *test.blob_base_fee
                            : blob_base_fee(test.excess_blob_gas.value_or(0), revision);
    return env;
}

}  // namespace troupe::node
