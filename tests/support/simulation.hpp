#pragma once

#include "actors/actor_set.hpp"
#include "tests/support/fake_outside.hpp"

#include <caf/scheduler/test_coordinator.hpp>

#include <chrono>
#include <mutex>
#include <random>
#include <thread>

namespace troupe::actors::test {

/// The actors on CAF's test coordinator: one thread, every message delivered when the test says so,
/// in any order that CAF allows; time moves by hand. Or on threads of their own, as in a node: then
/// messages are delivered meanwhile, and only the time that actors are told moves by hand.
class Simulation {
  public:
    /// @param threads  0: on the test coordinator
    explicit Simulation(std::uint64_t seed, unsigned threads = 0) : random_(seed) {
        system_config_.set("scheduler.policy", caf::atom(threads == 0 ? "testing" : "sharing"));
        if (threads > 0)
            system_config_.set("scheduler.max-threads", static_cast<std::size_t>(threads));
        system_ = std::make_unique<caf::actor_system>(system_config_);
        scheduler_ = dynamic_cast<caf::scheduler::test_coordinator*>(&system_->scheduler());
    }
    ~Simulation() { crash(); }
    Simulation(const Simulation&) = delete;
    Simulation& operator=(const Simulation&) = delete;

    /// Spawns the actors and runs until they are ready. @return what failed; empty: ready
    std::string start(const EngineConfig& config, EngineStart start, ActorSet::Options options) {
        std::string failure;
        ready_.reset();
        const auto clock = [this] {
            const std::lock_guard lock{mutex_};
            return now;
        };
        Outside outside{log, store, events, metrics, l1, clock, nullptr, nullptr};
        outside.ready = [this](const std::string& why) {
            const std::lock_guard lock{mutex_};
            ready_ = why;
        };
        outside.drained = [this](bool complete) {
            const std::lock_guard lock{mutex_};
            drained_ = complete;
        };
        options.detached = false;
        actors = ActorSet::spawn(
            *system_, config.resolved(), std::move(start), std::move(outside), options, failure);
        if (!actors) return failure;
        while (!ready() && run_one()) {
        }
        return ready().value_or("not ready and nothing to do");
    }
    /// Delivers one message of a randomly chosen actor. @return false: nobody has one
    bool run_one() {
        if (scheduler_ == nullptr) {
            std::this_thread::sleep_for(std::chrono::microseconds{20});
            return true;
        }
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
        while (run_one() && scheduler_ != nullptr) {
        }
    }
    void advance_ms(std::uint64_t ms) {
        {
            const std::lock_guard lock{mutex_};
            now.wall_ms += ms;
            now.steady_ns += ms * 1'000'000;
        }
        if (scheduler_ != nullptr)
            scheduler_->advance_time(std::chrono::milliseconds{ms});
        else
            std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
    [[nodiscard]] std::optional<bool> drained() {
        const std::lock_guard lock{mutex_};
        return drained_;
    }
    /// Ends all actors at once, whatever they were doing; what the fakes hold is what was durable.
    void crash() {
        if (!actors) return;
        if (scheduler_ == nullptr) {
            actors->quit();
            actors.reset();
            system_->await_all_actors_done();
            return;
        }
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
    Now now;  ///< as actors are told
    std::unique_ptr<ActorSet> actors;

  private:
    [[nodiscard]] std::optional<std::string> ready() {
        const std::lock_guard lock{mutex_};
        return ready_;
    }

    std::mutex mutex_;  // guards now, ready_, drained_
    std::optional<std::string> ready_;
    std::optional<bool> drained_;
    std::mt19937_64 random_;
    caf::actor_system_config system_config_;
    std::unique_ptr<caf::actor_system> system_;
    caf::scheduler::test_coordinator* scheduler_ = nullptr;
};

}  // namespace troupe::actors::test
