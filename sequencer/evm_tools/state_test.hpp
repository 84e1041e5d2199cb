#pragma once

#include "sequencer/config/json_field.hpp"
#include "sequencer/evm_tools/world.hpp"

#include <optional>
#include <string>
#include <vector>

/// Ethereum's state tests: a state, a transaction in several variants, and the state root and logs
/// after each. @spec ethereum/tests, docs "State Tests"; ethereum/execution-spec-tests,
/// "State Test fixtures"
namespace troupe::node {

/// The state of a test. BLOCKHASH of block n is keccak256 of n in decimal digits, as every client
/// answers in state tests, which have no chain behind them.
class StateTestWorld final : public World {
  public:
    [[nodiscard]] chain::Hash32 block_hash(std::uint64_t number) const noexcept override;
};

/// One variant of a test's transaction under one upgrade, and what must come of it.
struct StateTestCase {
    std::string revision_name;  ///< the key in `post`
    std::size_t number = 0;     ///< within the revision's array
    std::size_t data_index = 0, gas_index = 0, value_index = 0;
    chain::Hash32 state_root;
    chain::Hash32 logs_hash;
    std::string exception;  ///< the transaction must be refused; empty: it must run
    /// The signed transaction; empty in tests that only list its fields.
    chain::Bytes transaction;
    /// Where the file has it: what the accounts are afterwards.
    std::optional<World> state;
};

struct StateTest {
    std::string file;
    std::string name;
    chain::execution::BlockEnv env;  ///< rules and blob_base_fee are those of a case
    std::optional<std::uint64_t> excess_blob_gas;
    std::optional<chain::Uint256> blob_base_fee;  ///< where the file says it outright
    StateTestWorld pre;
    Json transaction;  ///< fields of which the cases take one value each
    std::vector<StateTestCase> cases;
    std::vector<std::string> labels;  ///< names of the data entries, where the file has them

    /// "file::name [revision number]"
    [[nodiscard]] std::string title(const StateTestCase& test_case) const;
};

/// Reads a file of state tests.
/// @return none, with the reason in `failure`, where the file is not one
[[nodiscard]] std::vector<StateTest> read_state_tests(
    const std::string& path, std::string& failure);

/// The same from a document that is already parsed; `file` is for messages.
[[nodiscard]] std::vector<StateTest> state_tests_from(
    const Json& json, const std::string& file, std::string& failure);

/// Reads accounts by address, as `pre` of all these files has them.
void read_accounts(const JsonField& json, World& world);
/// The inverse, sorted by address.
[[nodiscard]] Json accounts_json(const World& world);

/// Cancun and Prague by their names; empty for any other.
[[nodiscard]] std::optional<chain::Revision> revision_from(const std::string& name);
[[nodiscard]] const char* to_string(chain::Revision revision) noexcept;

/// The block that a case's transaction runs in.
[[nodiscard]] chain::execution::BlockEnv block_env_of(
    const StateTest& test, chain::Revision revision);

/// A case's transaction and its sender.
struct StateTestTransaction {
    chain::Transaction tx;
    chain::Address sender;
};
/// Decodes the signed transaction if there is one, else puts it together from the fields.
/// @return empty, with the rule it breaks in `refusal`, where no such transaction can be
[[nodiscard]] std::optional<StateTestTransaction> transaction_of(
    const StateTest& test, const StateTestCase& test_case, std::string& refusal);

}  // namespace troupe::node
