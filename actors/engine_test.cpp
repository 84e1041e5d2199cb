#include "actors/engine.hpp"

#include "chain/crypto/keccak.hpp"
#include "chain/trie/trie.hpp"
#include "tests/support/fake_outside.hpp"
#include "tests/support/small_world.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <functional>
#include <future>
#include <thread>

namespace troupe::actors::test {
namespace {

/// The engine on real threads: only what a test coordinator can't show.
struct RunningEngine {
    World world{16, chain::Uint256{1'000'000'000'000}, 30'000'000, false};
    FakeLog log;
    FakeStore store;
    FakeEvents events;
    NoMetrics metrics;
    FakeL1 l1;
    std::string failure;
    std::unique_ptr<Engine> engine;

    RunningEngine() {
        EngineConfig config;
        config.worker_threads = 2;
        config.block_time_ms = 50;
        EngineStart start = world.start();
        start.chain.sequencer_drift_max_s = ~0ull / 2;  // the test chain's L1 stands still
        engine = Engine::start(config, start, log, store, events, metrics, l1, failure);
    }
};

/// Waits for a condition that real threads bring about; false after a bound that only a bug
/// reaches.
bool eventually(const std::function<bool()>& condition) {
    for (int i = 0; i < 3'000; ++i) {
        if (condition()) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
    return false;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(engine)

BOOST_AUTO_TEST_CASE(transfers_are_accepted_executed_sealed_and_provable) {
    RunningEngine run;
    BOOST_TEST_REQUIRE(run.failure == "");
    std::vector<chain::Bytes> raw;
    for (std::uint64_t nonce = 0; nonce < 200; ++nonce)
        raw.push_back(
            signed_transfer({.from = 1, .to = wallet(40).address, .nonce = nonce, .value = 5}));
    const auto sink = std::make_shared<FakeSink>();
    BOOST_TEST_REQUIRE(run.engine->submit(raw, sink));
    BOOST_TEST_REQUIRE(eventually([&] { return sink->size() == 200; }));
    for (const auto& [index, outcome] : sink->outcomes)
        BOOST_TEST(outcome.message == "");

    run.engine->flush();
    BOOST_TEST_REQUIRE(eventually([&] {
        const std::lock_guard lock{run.store.mutex};
        return run.store.accounts.contains(wallet(40).address);
    }));
    std::promise<AccountAnswer> promise;
    run.engine->query_account(
        {.address = wallet(40).address, .with_proof = true, .with_code = false, .slots = {}},
        [&](AccountAnswer answer) { promise.set_value(std::move(answer)); });
    const AccountAnswer answer = promise.get_future().get();
    BOOST_TEST(answer.account.balance.low_u64() == 200u * 5);
    const auto leaf = chain::trie::verify_proof(
        answer.state_root, chain::crypto::keccak256(wallet(40).address), answer.proof);
    BOOST_TEST_REQUIRE(leaf.ok());
    BOOST_TEST((*leaf == chain::encode_account(answer.account)));
    BOOST_TEST(run.engine->shut_down(10'000));
    BOOST_TEST(!run.engine->submit(raw, sink));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::actors::test
