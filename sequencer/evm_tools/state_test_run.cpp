#include "sequencer/evm_tools/state_test_run.hpp"

#include "chain/crypto/keccak.hpp"

#include <chrono>
#include <set>

namespace troupe::node {

using namespace chain;

namespace {

std::string unlike(const std::string& what, const std::string& got, const std::string& expected) {
    return what + " is " + got + ", expected " + expected;
}

std::string account_difference(const World::Entry& got, const World::Entry& expected) {
    const Account& a = got.account;
    const Account& b = expected.account;
    if (a.nonce != b.nonce)
        return unlike("nonce", std::to_string(a.nonce), std::to_string(b.nonce));
    if (a.balance != b.balance)
        return unlike("balance", to_decimal(a.balance), to_decimal(b.balance));
    if (a.code_hash != b.code_hash)
        return unlike("code hash", to_hex(a.code_hash), to_hex(b.code_hash));
    std::map<Hash32, Uint256> slots;  // of either
    for (const auto& [slot, value] : got.storage)
        slots.emplace(slot, Uint256());
    for (const auto& [slot, value] : expected.storage)
        slots[slot] = value;
    for (const auto& [slot, value] : slots) {
        const auto found = got.storage.find(slot);
        const Uint256 is = found == got.storage.end() ? Uint256() : found->second;
        if (is != value)
            return unlike("slot " + to_hex(slot), to_hex_quantity(is), to_hex_quantity(value));
    }
    return {};
}

std::string described(const execution::Outcome& outcome) {
    return "gas used " + std::to_string(outcome.gas_used) +
           (outcome.success ? ", succeeded" : ", failed") + ", " +
           std::to_string(outcome.logs.size()) + " logs";
}

std::string described(const execution::Refusal& refusal) {
    std::string text = "refused: " + std::string(chain::to_string(refusal.error));
    if (!refusal.have.is_zero() || !refusal.want.is_zero())
        text += " (" + to_decimal(refusal.have) + ", " + to_decimal(refusal.want) + ")";
    return text;
}

/// Compares the state after the transaction; `suffix` says more about what was executed.
std::string state_difference(
    World& world, const StateTestCase& test_case, const std::string& suffix) {
    const Hash32 root = world.root();
    if (root == test_case.state_root) return {};
    std::string text;
    if (test_case.state) text = first_difference(world, *test_case.state);
    if (text.empty()) text = unlike("state root", to_hex(root), to_hex(test_case.state_root));
    return text + "; " + suffix;
}

std::string refused_difference(
    const StateTest& test, const StateTestCase& test_case, const std::string& why) {
    if (test_case.exception.empty()) return why + ", expected to run";
    World world = test.pre;
    return state_difference(world, test_case, why);
}

std::string outcome_difference(
    const StateTest& test, const StateTestCase& test_case, const execution::Outcome& outcome) {
    if (!test_case.exception.empty())
        return "ran (" + described(outcome) + "), expected " + test_case.exception;
    const Hash32 logs = crypto::keccak256(encode_logs(outcome.logs));
    if (logs != test_case.logs_hash) {
        return unlike("logs hash", to_hex(logs), to_hex(test_case.logs_hash)) + "; " +
               described(outcome);
    }
    World world = test.pre;
    world.apply(outcome);
    return state_difference(world, test_case, described(outcome));
}

}  // namespace

std::string first_difference(const World& got, const World& expected) {
    std::set<Address> addresses;
    const auto got_accounts = got.sorted();
    const auto expected_accounts = expected.sorted();
    for (const auto& [address, entry] : got_accounts)
        addresses.insert(address);
    for (const auto& [address, entry] : expected_accounts)
        addresses.insert(address);
    for (const Address& address : addresses) {
        const std::string account = "account " + to_hex(address);
        const World::Entry* a = got.find(address);
        const World::Entry* b = expected.find(address);
        if (a == nullptr) return account + " is absent, expected to be there";
        if (b == nullptr) return account + " is there, expected to be absent";
        if (const std::string text = account_difference(*a, *b); !text.empty())
            return account + ": " + text;
    }
    return {};
}

StateTestResult run_state_test(
    evm::Machine& machine, const StateTest& test, const StateTestCase& test_case, Revision revision,
    const SecondExecution& second) {
    using Clock = std::chrono::steady_clock;
    StateTestResult result;
    result.title = test.title(test_case);
    std::string refusal;
    const auto transaction = transaction_of(test, test_case, refusal);
    if (!transaction) {
        result.difference = refused_difference(test, test_case, "malformed: " + refusal);
    } else {
        const execution::BlockEnv env = block_env_of(test, revision);
        const auto begin = Clock::now();
        const auto outcome = execution::execute_transaction(
            machine, test.pre, env, transaction->tx, transaction->sender);
        result.ns =
            static_cast<std::uint64_t>(std::chrono::nanoseconds(Clock::now() - begin).count());
        if (outcome) result.gas_used = outcome->gas_used;
        result.difference = outcome
                                ? outcome_difference(test, test_case, *outcome)
                                : refused_difference(test, test_case, described(outcome.error()));
        if (second && result.difference.empty())
            result.difference = second(test, env, *transaction, outcome);
    }
    result.passed = result.difference.empty();
    return result;
}

}  // namespace troupe::node
