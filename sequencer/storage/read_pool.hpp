#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace troupe::node {

/// A few threads that wait for the disk instead of those who need something from it: one thread has
/// one read under way, and a disk is at its best with several. For reads that come by the dozen.
class ReadPool {
  public:
    explicit ReadPool(std::size_t threads);
    ~ReadPool();
    ReadPool(const ReadPool&) = delete;
    ReadPool& operator=(const ReadPool&) = delete;

    /// Calls `piece` with 0, 1, .. count - 1, from several threads at once, this one among them.
    /// Returns when all calls have. Any thread, several at once.
    void run(std::size_t count, const std::function<void(std::size_t)>& piece);

  private:
    struct Job {
        std::size_t count;
        const std::function<void(std::size_t)>* piece;
        std::size_t next = 0;
        std::size_t done = 0;
    };
    void work();
    void help(Job& job, std::unique_lock<std::mutex>& lock);

    std::mutex mutex_;              // guards all below
    std::condition_variable wake_;  // the threads
    std::condition_variable done_;  // those who run()
    std::deque<Job*> jobs_;         // with pieces that nobody has begun; one of each caller
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace troupe::node
