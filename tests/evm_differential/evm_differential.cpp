// Writes random cases as state tests with what our EVM makes of them, one JSON line each:
//   evm_differential SEED FIRST_INDEX COUNT [WITHOUT]
// WITHOUT: numbers of pieces of code to leave out, separated by commas. compare.mjs reads the
// lines.
#include "chain/crypto/keccak.hpp"
#include "tests/evm_differential/case_generator.hpp"

#include <cstdio>
#include <cstdlib>
#include <sstream>

namespace troupe::evm_differential {
namespace {

using node::Json;

Json logs_of(const std::vector<chain::Log>& logs) {
    Json json = Json::array();
    for (const chain::Log& log : logs) {
        Json topics = Json::array();
        for (const auto& topic : log.topics)
            topics.push_back(chain::to_hex(topic));
        json.push_back(
            {{"address", chain::to_hex(log.address)},
             {"topics", topics},
             {"data", chain::to_hex(log.data)}});
    }
    return json;
}

/// What our EVM makes of the case; completes its `post`, too.
Json executed(chain::evm::Machine& machine, Json& test) {
    std::string failure;
    const Json file{{"case", test}};
    const auto tests = node::state_tests_from(file, "generated", failure);
    if (tests.empty()) {
        std::fprintf(stderr, "evm_differential: %s\n", failure.c_str());
        std::exit(1);
    }
    const node::StateTest& read = tests.front();
    const node::StateTestCase& test_case = read.cases.front();
    const auto revision = *node::revision_from(test_case.revision_name);
    std::string refusal;
    const auto transaction = node::transaction_of(read, test_case, refusal);
    node::World world = read.pre;
    std::vector<chain::Log> logs;
    Json ours;
    if (transaction) {
        const auto outcome = chain::execution::execute_transaction(
            machine, read.pre, node::block_env_of(read, revision), transaction->tx,
            transaction->sender);
        if (outcome) {
            world.apply(*outcome);
            logs = outcome->logs;
            ours["gasUsed"] = outcome->gas_used;
            ours["success"] = outcome->success;
            ours["output"] = chain::to_hex(outcome->output);
            ours["logs"] = logs_of(logs);
        } else {
            refusal = chain::to_string(outcome.error().error);
        }
    }
    Json& post = test["post"][test_case.revision_name][0];
    post["hash"] = chain::to_hex(world.root());
    post["logs"] = chain::to_hex(chain::crypto::keccak256(chain::encode_logs(logs)));
    if (!refusal.empty()) {
        post["expectException"] = refusal;
        ours["refused"] = refusal;
    }
    ours["accounts"] = node::accounts_json(world);
    return ours;
}

std::set<std::size_t> numbers(const char* text) {
    std::set<std::size_t> result;
    std::istringstream in(text);
    for (std::string number; std::getline(in, number, ',');)
        result.insert(std::strtoull(number.c_str(), nullptr, 10));
    return result;
}

int run(int argc, char** argv) {
    if (argc < 4) {
        std::fprintf(stderr, "usage: evm_differential SEED FIRST_INDEX COUNT [WITHOUT]\n");
        return 2;
    }
    const std::uint64_t seed = std::strtoull(argv[1], nullptr, 10);
    const std::uint64_t first = std::strtoull(argv[2], nullptr, 10);
    const std::uint64_t count = std::strtoull(argv[3], nullptr, 10);
    const std::set<std::size_t> without = argc > 4 ? numbers(argv[4]) : std::set<std::size_t>();
    chain::evm::Machine machine;
    for (std::uint64_t index = first; index < first + count; ++index) {
        GeneratedCase generated = generate_case(seed, index, without);
        Json line;
        line["index"] = index;
        line["pieces"] = generated.pieces;
        line["ours"] = executed(machine, generated.test);
        line["test"] = std::move(generated.test);
        std::printf("%s\n", line.dump().c_str());
    }
    return 0;
}

}  // namespace
}  // namespace troupe::evm_differential

int main(int argc, char** argv) {
    return troupe::evm_differential::run(argc, argv);
}
