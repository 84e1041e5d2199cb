#include "sequencer/storage/read_pool.hpp"

#include "sequencer/thread_name.hpp"

#include <algorithm>

namespace troupe::node {

ReadPool::ReadPool(std::size_t threads) {
    for (std::size_t i = 0; i < threads; ++i)
        threads_.emplace_back([this] { work(); });
}

ReadPool::~ReadPool() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    for (std::thread& thread : threads_)
        thread.join();
}

void ReadPool::run(std::size_t count, const std::function<void(std::size_t)>& piece) {
    if (count == 0) return;
    Job job{.count = count, .piece = &piece};
    std::unique_lock lock(mutex_);
    if (count > 1) {
        jobs_.push_back(&job);
        for (std::size_t i = 1; i < std::min(count, threads_.size() + 1); ++i)
            wake_.notify_one();
    }
    help(job, lock);
    done_.wait(lock, [&job] { return job.done == job.count; });
}

// Takes pieces until none is left to be begun.
void ReadPool::help(Job& job, std::unique_lock<std::mutex>& lock) {
    while (job.next < job.count) {
        const std::size_t index = job.next++;
        if (job.next == job.count) std::erase(jobs_, &job);
        lock.unlock();
        (*job.piece)(index);
        lock.lock();
        // Once the last one is done, whoever runs it may return, and the job is gone.
        const bool last = ++job.done == job.count;
        if (!last) continue;
        done_.notify_all();
        return;
    }
}

void ReadPool::work() {
    name_this_thread("state reader");
    std::unique_lock lock(mutex_);
    while (true) {
        wake_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
        if (stopping_) return;
        help(*jobs_.front(), lock);
    }
}

}  // namespace troupe::node
