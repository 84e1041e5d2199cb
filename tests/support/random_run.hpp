#pragma once

#include "tests/support/fake_accounts.hpp"
#include "tests/support/simulation.hpp"
#include "tests/support/small_contracts.hpp"
#include "tests/support/small_world.hpp"

#include <array>

namespace troupe::actors::test {

/// What all runs together have exercised: a property test that never reaches a path proves nothing.
struct Coverage {
    std::uint64_t blocks = 0;
    std::uint64_t accepted = 0;
    std::array<std::uint64_t, kRoundModes> rounds{};
    std::uint64_t reexecuted = 0;
    std::uint64_t left_out = 0;  // by the serial path
    std::uint64_t proofs = 0;
    std::uint64_t fatal = 0;
    std::uint64_t failed = 0;  // transactions
    std::uint64_t logs = 0;
    std::uint64_t codes = 0;
    std::uint64_t slots = 0;  // changed
    // Of runs with few accounts in memory:
    std::uint64_t account_reads = 0;
    std::uint64_t accounts_read_ahead = 0;
    std::uint64_t accounts_evicted = 0;
    std::uint64_t bucket_reads = 0;
    std::uint64_t buckets_evicted = 0;
    std::uint64_t slot_reads = 0;
    std::uint64_t slots_read_ahead = 0;
    std::uint64_t slots_evicted = 0;
    std::uint64_t storage_reads = 0;
    std::uint64_t storage_evicted = 0;
    std::array<std::uint64_t, kReasons> reasons{};
};
extern Coverage coverage;

/// What a run is made of.
enum class Traffic : std::uint8_t {
    kTransfers,
    kContracts,   ///< as many transfers as calls
    kContention,  ///< calls, in large micro-blocks that are shared out whenever that is possible
};

/// One random run: few accounts, tight balances, small blocks, submissions, queries, crashes.
class Run {
    FakeAccounts accounts_;  // first: actors read it until the simulation has ended

  public:
    static constexpr std::uint32_t kFunded = 6;

    /// @param threads  0: everything on the test coordinator, see Simulation
    explicit Run(std::uint64_t seed, Traffic kind = Traffic::kTransfers, unsigned threads = 0);

    void start();
    void submit_some();
    void act();
    void crash_and_restart();
    void drain();
    void check_blocks();
    void check_answers();
    void check_proof(const AccountAnswer& answer, const chain::Address& address);

    Simulation simulation;
    World world;
    Traffic traffic;
    bool contracts;
    EngineConfig config;
    ActorSet::Options options;

  private:
    struct Submission {
        std::vector<chain::Bytes> raw;
        std::shared_ptr<FakeSink> sink;
        bool before_crash = false;
    };
    struct Asked {
        chain::Address address;
        AccountAnswer answer;
    };
    chain::Bytes random_transaction();
    void make_contract_call(TransferSpec& spec);
    [[nodiscard]] chain::Bytes random_init_code();

    std::vector<Submission> submissions_;
    std::array<std::uint64_t, kFunded + 2> next_nonce_{};  // a guess: refusals make it wrong
    std::vector<chain::Bytes> sent_;
    std::mutex proofs_mutex_;  // guards proofs_: actors answer
    std::vector<std::shared_ptr<Asked>> proofs_;
    std::uint64_t next_origin_ = 101;
    bool slots_on_disk_ = false;
    void write_accounts(bool all);
    std::mt19937_64 paging_;  // its own: the others' numbers stay what they were
};

}  // namespace troupe::actors::test
