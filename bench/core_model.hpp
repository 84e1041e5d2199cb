#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <queue>
#include <vector>

namespace troupe::bench {

/// Actors on cores, in simulated time: a discrete-event model of CAF's `sharing` scheduler. An
/// actor handles one message after the other; actors that have one wait in one queue for a core. A
/// core that has nothing to do sleeps, and takes a while to wake.
class CoreModel {
  public:
    struct Message {
        double ns = 0;  ///< that handling it takes
        /// Called when it is handled; may post. @return what the same handler goes on with
        std::function<std::optional<Message>()> then;
    };
    /// @param wake_ns  from a message to a sleeping core until the core runs
    CoreModel(unsigned cores, double wake_ns) : cores_(cores), idle_(cores), wake_ns_(wake_ns) {}

    /// Sends a message now. @param actor  any number
    void post(std::size_t actor, Message message);
    /// Calls back at that time: what needs no core, such as a disk.
    void at(double time_ns, std::function<void()> call) { add_event(time_ns, std::move(call)); }
    /// Until nothing is left to do.
    void run();

    [[nodiscard]] double now_ns() const noexcept { return now_ns_; }
    /// What all cores together have worked.
    [[nodiscard]] double busy_ns() const noexcept { return busy_ns_; }
    [[nodiscard]] unsigned cores() const noexcept { return cores_; }

  private:
    struct Event {
        double time_ns;
        std::uint64_t number;  // of two at one time the first comes first
        std::function<void()> call;
        friend bool operator<(const Event& a, const Event& b) noexcept {
            return a.time_ns != b.time_ns ? a.time_ns > b.time_ns : a.number > b.number;
        }
    };
    struct Actor {
        std::deque<Message> mailbox;
        bool scheduled = false;  // in the queue or on a core
    };
    void add_event(double time_ns, std::function<void()> call);
    void make_ready(std::size_t actor);
    void take_work();  // by a core that has none
    void handle(std::size_t actor, Message message);

    unsigned cores_;
    unsigned idle_;
    double wake_ns_;
    double now_ns_ = 0;
    double busy_ns_ = 0;
    std::uint64_t events_made_ = 0;
    std::priority_queue<Event> events_;
    std::vector<Actor> actors_;
    std::deque<std::size_t> ready_;
};

}  // namespace troupe::bench
