#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace troupe::node::jsonrpc {

/// Who asks: the address of a client, however many connections it has. Empty: the node itself.
using Peer = std::shared_ptr<const std::string>;

/// Threads for work that takes long. Clients take turns, so that one who asks for much waits for
/// himself: the queue is one of clients, and one client's tasks leave a thread to the others.
class FairPool {
  public:
    struct Limits {
        std::uint32_t threads = 1;
        std::size_t queue_tasks_max = 1;  ///< waiting, of all; of one client half of it
        /// Subtracted from the threads' priority (nice(2)): work that only clients wait for leaves
        /// the processor to what orders transactions.
        int niceness = 0;
        bool leave_one = true;  ///< one client's tasks leave a thread to the others
    };
    explicit FairPool(Limits limits);
    ~FairPool();  ///< stop()
    FairPool(const FairPool&) = delete;
    FairPool& operator=(const FairPool&) = delete;

    /// @return false where too many wait, or the pool has stopped: the task was dropped
    [[nodiscard]] bool try_post(std::function<void()> task, const Peer& peer = nullptr);
    /// Goes on with work that try_post took and that has let go of its thread, behind what else the
    /// client has waiting: never refused for room, as every task that was taken has one of it.
    /// @return false when the pool has stopped
    bool go_on(std::function<void()> task, const Peer& peer);
    /// For tasks of the node whose number is bounded elsewhere: never refused for room.
    /// @return false when the pool has stopped
    bool post(std::function<void()> task);
    /// Drops what waits, ends the threads. Idempotent.
    void stop();

  private:
    struct Client {
        std::deque<std::function<void()>> waiting;
        std::uint32_t running = 0;
    };
    using Clients = std::map<std::string, Client>;

    void run();
    /// The next client whose turn it is and who may run one more; end() where there is none.
    [[nodiscard]] Clients::iterator next();
    void append(const std::string& name, std::function<void()> task);

    const Limits limits_;
    std::mutex mutex_;  ///< guards what follows
    std::condition_variable wake_;
    Clients clients_;   // those who wait or are served
    std::string last_;  // whose turn it was
    std::size_t waiting_ = 0;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace troupe::node::jsonrpc
