#include "sequencer/round_replay/state_test_rounds.hpp"

#include "actors/admission/admission_engine.hpp"
#include "actors/executor/executor_engine.hpp"
#include "actors/partition/partition_set.hpp"
#include "chain/crypto/keccak.hpp"
#include "sequencer/round_replay/round_world.hpp"

#include <memory>

namespace troupe::node {
namespace {

constexpr actors::TableSeed kSeed{0x243f6a88'85a308d3, 0x13198a2e'03707344};
constexpr std::uint32_t kPartitions = 3;

/// Partitions and one executor, with nothing between them.
class Partitions {
  public:
    explicit Partitions(const World& world) {
        for (std::uint32_t p = 0; p < kPartitions; ++p) {
            engines_.push_back(std::make_unique<actors::PartitionEngine>(p, kPartitions, kSeed));
            loans_.push_back(&engines_.back()->open_state());
        }
        node::load(*this, world);
    }
    [[nodiscard]] const actors::Loans& loans() const noexcept { return loans_; }
    [[nodiscard]] bool validate(actors::Round& round) const {
        bool held = true;
        for (const auto& engine : engines_)
            held = engine->validate(round) && held;
        return held;
    }
    void roll_back() const {
        for (actors::OpenState* state : loans_)
            state->roll_back();
    }

    void load(const chain::Address& address, const chain::Account& account) {
        owner(address).load_flat(address, account);
    }
    void load_code(const chain::Hash32& hash, const chain::Bytes& code) {
        actors::owner_of(engines_, hash[0]).load_code(hash, code);
    }
    void load_delegation(const chain::Address& address) { owner(address).load_delegation(address); }
    void load_slot(
        const chain::Address& address, const chain::Hash32& slot, const chain::Uint256& value) {
        actors::load_slot(actors::set_of(engines_), address, slot, value, false);
    }
    [[nodiscard]] chain::Account account(const chain::Address& address) const {
        return owner(address).tables().account(address);
    }
    [[nodiscard]] chain::Uint256 storage(
        const chain::Address& address, const chain::Hash32& slot) const {
        return actors::storage_in(actors::views_of(loans_), address, slot);
    }

  private:
    [[nodiscard]] actors::PartitionEngine& owner(const chain::Address& address) const {
        return actors::owner_of(engines_, chain::crypto::keccak256(address)[0]);
    }

    std::vector<std::unique_ptr<actors::PartitionEngine>> engines_;
    actors::Loans loans_;
};

actors::BlockHashesPtr block_hashes(const World& world, std::uint64_t number) {
    auto hashes = std::make_shared<actors::BlockHashes>();
    const std::uint64_t known = std::min(number, chain::execution::kBlockHashes);
    for (std::uint64_t n = number - known; n < number; ++n)
        hashes->add(n, world.block_hash(n));
    return hashes;
}

std::string result_difference(const actors::TxResult& got, const ExecutedCase& expected) {
    if (got.valid != expected.ok())
        return got.valid ? "ran, serial execution refused it" : "refused, serial execution ran it";
    if (!got.valid)
        return got.refusal.error == expected.error().error ? "" : "refused for another reason";
    if (got.gas_used != expected->gas_used)
        return fmt::format("gas used {}, expected {}", got.gas_used, expected->gas_used);
    if (got.success != expected->success) return "success differs";
    return got.logs == expected->logs ? "" : "logs differ";
}

}  // namespace

std::string difference_in_rounds(
    const StateTest& test, const chain::execution::BlockEnv& env,
    const StateTestTransaction& transaction, const ExecutedCase& serial) {
    const chain::Bytes raw = chain::encode_transaction(transaction.tx);
    if (!chain::decode_transaction(raw)) return {};
    const actors::AdmissionEngine admission{env.chain_id, env.gas_limit, env.rules, kSeed};
    actors::AdmittedTx tx = admission.prepare(transaction.tx, raw, transaction.sender);
    World after = test.pre;
    if (serial) after.apply(*serial);

    const Partitions partitions(test.pre);
    actors::ExecutorEngine executor{partitions.loans(), kSeed};
    for (actors::OpenState* state : partitions.loans())
        state->begin_round(0);
    actors::Round round;
    round.record = std::make_shared<actors::MicroBlockRecord>();
    round.record->transactions.push_back(raw);
    round.txs.push_back(&tx);
    round.env = env;
    round.hashes = block_hashes(test.pre, env.number);
    round.gas_left = ~0ull;  // the planner takes only what fits
    round.results.resize(1);
    round.speculations.resize(1);
    round.speculations[0].txs.push_back(0);
    round.speculations[0].by_partition.resize(kPartitions);

    const auto compare = [&](const char* how) {
        std::string text = result_difference(round.results[0], serial);
        if (text.empty()) text = node::difference(partitions, after);
        return text.empty() ? text : std::string(how) + ": " + text;
    };
    executor.speculate(round, 0);
    if (!partitions.validate(round)) return "what was speculated alone does not hold";
    if (std::string text = compare("speculated"); !text.empty()) return text;
    executor.settle(round);
    if (!round.conflicts.empty()) return "what was speculated alone is settled as a conflict";
    if (std::string text = compare("speculated and settled"); !text.empty()) return text;
    round.speculations.clear();
    executor.settle(round);
    if (std::string text = compare("settled"); !text.empty()) return text;
    partitions.roll_back();
    if (std::string text = node::difference(partitions, test.pre); !text.empty())
        return "taken back: " + text;
    return {};
}

}  // namespace troupe::node
