#include "sequencer/grpc/edge_loop.hpp"

#include "sequencer/thread_name.hpp"

#include <utility>

namespace troupe::node {

EdgeLoop::EdgeLoop(std::chrono::milliseconds tick) : tick_(tick), thread_([this] { run(); }) {}

EdgeLoop::~EdgeLoop() {
    stop();
}

void EdgeLoop::post(std::function<void()> task) {
    bool first = false;
    {
        const std::lock_guard lock(mutex_);
        if (stopping_) return;
        first = tasks_.empty();
        tasks_.push_back(std::move(task));
    }
    if (first) wake_.notify_one();
}

void EdgeLoop::on_tick(std::function<void(SteadyTime)> handler) {
    const std::lock_guard lock(mutex_);
    tick_handlers_.push_back(std::move(handler));
}

void EdgeLoop::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_one();
    if (thread_.joinable()) thread_.join();
}

void EdgeLoop::run() {
    name_this_thread("grpc streams");
    std::vector<std::function<void()>> batch;
    SteadyTime next_tick = std::chrono::steady_clock::now() + tick_;
    std::unique_lock lock(mutex_);
    while (true) {
        wake_.wait_until(lock, next_tick, [this] { return stopping_ || !tasks_.empty(); });
        if (tasks_.empty() && stopping_) return;
        batch.swap(tasks_);
        const auto now = std::chrono::steady_clock::now();
        const bool ticking = now >= next_tick;
        if (ticking) next_tick = now + tick_;
        // Copied under the lock: a handler may be added while these run.
        const auto handlers =
            ticking ? tick_handlers_ : std::vector<std::function<void(SteadyTime)>>{};
        lock.unlock();
        for (auto& task : batch)
            task();
        batch.clear();
        for (const auto& handler : handlers)
            handler(now);
        lock.lock();
    }
}

WorkerPool::WorkerPool(std::uint32_t threads, std::size_t queue_tasks_max)
    : queue_tasks_max_(queue_tasks_max) {
    for (std::uint32_t i = 0; i < threads; ++i)
        threads_.emplace_back([this] { run(); });
}

WorkerPool::~WorkerPool() {
    stop();
}

bool WorkerPool::try_post(std::function<void()> task) {
    {
        const std::lock_guard lock(mutex_);
        if (stopping_ || counted_ >= queue_tasks_max_) return false;
        ++counted_;
        tasks_.push_back({std::move(task), true});
    }
    wake_.notify_one();
    return true;
}

bool WorkerPool::post(std::function<void()> task) {
    {
        const std::lock_guard lock(mutex_);
        if (stopping_) return false;
        tasks_.push_back({std::move(task), false});
    }
    wake_.notify_one();
    return true;
}

void WorkerPool::stop() {
    std::deque<Task> dropped;  // destroyed without the lock: destructors may post
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        dropped.swap(tasks_);
    }
    wake_.notify_all();
    for (auto& thread : threads_)
        if (thread.joinable()) thread.join();
}

void WorkerPool::run() {
    name_this_thread("grpc calls");
    std::unique_lock lock(mutex_);
    while (true) {
        wake_.wait(lock, [this] { return stopping_ || !tasks_.empty(); });
        if (stopping_) return;
        auto task = std::move(tasks_.front().run);
        counted_ -= tasks_.front().counted ? 1 : 0;
        tasks_.pop_front();
        lock.unlock();
        task();
        task = nullptr;  // its captures go before the next wait
        lock.lock();
    }
}

}  // namespace troupe::node
