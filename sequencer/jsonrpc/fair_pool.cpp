#include "sequencer/jsonrpc/fair_pool.hpp"

#include "sequencer/jsonrpc/thread_priority.hpp"
#include "sequencer/thread_name.hpp"

#include <algorithm>
#include <utility>

namespace troupe::node::jsonrpc {

FairPool::FairPool(Limits limits) : limits_(limits) {
    for (std::uint32_t i = 0; i < limits_.threads; ++i)
        threads_.emplace_back([this] { run(); });
}

FairPool::~FairPool() {
    stop();
}

void FairPool::append(const std::string& name, std::function<void()> task) {
    clients_[name].waiting.push_back(std::move(task));
    ++waiting_;
}

bool FairPool::try_post(std::function<void()> task, const Peer& peer) {
    {
        const std::lock_guard lock(mutex_);
        if (stopping_ || waiting_ >= limits_.queue_tasks_max) return false;
        const std::string name = peer ? *peer : std::string();
        const auto known = clients_.find(name);
        const std::size_t most = std::max<std::size_t>(1, limits_.queue_tasks_max / 2);
        if (peer && known != clients_.end() && known->second.waiting.size() >= most) return false;
        append(name, std::move(task));
    }
    wake_.notify_one();
    return true;
}

bool FairPool::go_on(std::function<void()> task, const Peer& peer) {
    {
        const std::lock_guard lock(mutex_);
        if (stopping_) return false;
        append(peer ? *peer : std::string(), std::move(task));
    }
    wake_.notify_one();
    return true;
}

bool FairPool::post(std::function<void()> task) {
    {
        const std::lock_guard lock(mutex_);
        if (stopping_) return false;
        append({}, std::move(task));
    }
    wake_.notify_one();
    return true;
}

void FairPool::stop() {
    Clients dropped;  // destroyed without the lock: destructors may post
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        dropped.swap(clients_);
        waiting_ = 0;
    }
    wake_.notify_all();
    for (auto& thread : threads_)
        if (thread.joinable()) thread.join();
}

FairPool::Clients::iterator FairPool::next() {
    const std::uint32_t most =
        limits_.leave_one ? std::max<std::uint32_t>(1, limits_.threads - 1) : limits_.threads;
    auto client = clients_.upper_bound(last_);
    for (std::size_t i = 0; i < clients_.size(); ++i, ++client) {
        if (client == clients_.end()) client = clients_.begin();
        const bool own = client->first.empty();
        if (!client->second.waiting.empty() && (own || client->second.running < most))
            return client;
    }
    return clients_.end();
}

void FairPool::run() {
    name_this_thread("json-rpc calls");
    if (limits_.niceness != 0) lower_priority(limits_.niceness);
    std::unique_lock lock(mutex_);
    while (true) {
        auto client = clients_.end();
        wake_.wait(lock, [&] { return stopping_ || (client = next()) != clients_.end(); });
        if (stopping_) return;
        last_ = client->first;
        auto task = std::move(client->second.waiting.front());
        client->second.waiting.pop_front();
        --waiting_;
        ++client->second.running;
        const std::string name = client->first;
        lock.unlock();
        task();
        task = nullptr;  // its captures go before the next wait
        lock.lock();
        if (stopping_) return;
        const auto served = clients_.find(name);
        --served->second.running;
        if (served->second.running == 0 && served->second.waiting.empty()) clients_.erase(served);
        // Another thread may have been waiting for this client to have one fewer.
        if (waiting_ != 0) wake_.notify_one();
    }
}

}  // namespace troupe::node::jsonrpc
