#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace troupe::node {

using SteadyTime = std::chrono::steady_clock::time_point;

/// One thread that runs short tasks in the order they were posted, and a tick. What must not be
/// done on an actor's thread (serialising, socket writes) is posted here. Tasks never block.
class EdgeLoop {
  public:
    explicit EdgeLoop(std::chrono::milliseconds tick);
    ~EdgeLoop();  ///< stop()

    /// Any thread. After stop() the task is dropped.
    void post(std::function<void()> task);
    /// Called on the loop's thread every tick, until stop(). Before the first post only.
    void on_tick(std::function<void(SteadyTime)> handler);
    /// Runs what was posted, then ends the thread. Idempotent; not from the loop's own thread.
    void stop();

  private:
    void run();

    const std::chrono::milliseconds tick_;
    std::mutex mutex_;  ///< guards what follows
    std::condition_variable wake_;
    std::vector<std::function<void()>> tasks_;
    std::vector<std::function<void(SteadyTime)>> tick_handlers_;
    bool stopping_ = false;
    std::thread thread_;  ///< last: runs from construction on
};

/// A few threads for work that may block (disk reads), behind a queue with a bound.
class WorkerPool {
  public:
    WorkerPool(std::uint32_t threads, std::size_t queue_tasks_max);
    ~WorkerPool();  ///< stop()

    /// @return false when `queue_tasks_max` tasks of this kind wait, or the pool has stopped: the
    ///         task was dropped
    [[nodiscard]] bool try_post(std::function<void()> task);
    /// For tasks whose number is bounded elsewhere (one per open stream): never refused for room.
    /// @return false when the pool has stopped
    bool post(std::function<void()> task);
    /// Drops what waits, ends the threads. Idempotent.
    void stop();

  private:
    void run();

    const std::size_t queue_tasks_max_;
    std::mutex mutex_;  ///< guards what follows
    std::condition_variable wake_;
    struct Task {
        std::function<void()> run;
        bool counted = false;  // came through try_post
    };
    std::deque<Task> tasks_;
    std::size_t counted_ = 0;  // of tasks_
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace troupe::node
