#pragma once

#include "actors/actor_set.hpp"
#include "tests/support/fake_outside.hpp"

#include <caf/scheduler/test_coordinator.hpp>

#include <random>

namespace troupe::actors::test {

/// The actors on CAF's test coordinator: one thread, every message delivered when the test says so,
/// in any order that CAF allows; time moves by hand.
class Simulation {
  public:
    explicit Simulation(std::uint64_t seed) : random_(seed) {
        system_config_.set("scheduler.policy", caf::atom("testing"));
        system_ = std::make_unique<caf::actor_system>(system_config_);
        scheduler_ = dynamic_cast<caf::scheduler::test_coordinator*>(&system_->scheduler());
    }
    ~Simulation() { crash(); }
    Simulation(const Simulation&) = delete;
    Simulation& operator=(const Simulation&) = delete;

    /// Spawns the actors and runs until they are ready. @return what failed; empty: ready
    std::string start(const EngineConfig& config, EngineStart start, ActorSet::Options options) {
        std::string failure;
        std::optional<std::string> ready;
        Outside outside{log, store, events, metrics, l1, [this] { return now; }, nullptr, nullptr};
        outside.ready = [&ready](const std::string& why) { ready = why; };
        outside.drained = [this](bool complete) { drained = complete; };
        options.detached = false;
        actors = ActorSet::spawn(
            *system_, config.resolved(), std::move(start), std::move(outside), options, failure);
        if (!actors) return failure;
        while (!ready && run_one()) {
        }
        return ready ? *ready : "not ready and nothing to do";
    }
    /// Delivers one message of a randomly chosen actor. @return false: nobody has one
    bool run_one() {
        if (scheduler_->jobs.empty()) return false;
        const std::size_t chosen = random_() % scheduler_->jobs.size();
        const auto begin = scheduler_->jobs.begin();
        std::rotate(
            begin, begin + static_cast<std::ptrdiff_t>(chosen),
            begin + static_cast<std::ptrdiff_t>(chosen) + 1);
        scheduler_->run_once();
        return true;
    }
    void run_all() {
        while (run_one()) {
        }
    }
    void advance_ms(std::uint64_t ms) {
        now.wall_ms += ms;
        now.steady_ns += ms * 1'000'000;
        scheduler_->advance_time(std::chrono::milliseconds{ms});
    }
    /// Ends all actors at once, whatever they were doing; what the fakes hold is what was durable.
    void crash() {
        if (!actors) return;
        scheduler_->clock().cancel_all();  // a pending tick would keep its actor alive
        actors->quit();
        run_all();
        actors.reset();
        scheduler_->clock().cancel_all();
        run_all();
    }

    [[nodiscard]] std::uint64_t random(std::uint64_t below) { return random_() % below; }
    [[nodiscard]] bool chance(unsigned percent) { return random(100) < percent; }

    FakeLog log;
    FakeStore store;
    FakeEvents events;
    NoMetrics metrics;
    FakeL1 l1;
    Now now;
    std::optional<bool> drained;
    std::unique_ptr<ActorSet> actors;

  private:
    std::mt19937_64 random_;
    caf::actor_system_config system_config_;
    std::unique_ptr<caf::actor_system> system_;
    caf::scheduler::test_coordinator* scheduler_ = nullptr;
};

}  // namespace troupe::actors::test
