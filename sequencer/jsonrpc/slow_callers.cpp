#include "sequencer/jsonrpc/slow_callers.hpp"

#include <time.h>

namespace troupe::node::jsonrpc {
namespace {

// Long is what takes more of the processor than other answers do, or waits for so long.
constexpr std::chrono::milliseconds kLongWork{10};
constexpr std::chrono::milliseconds kLongWait{500};

// Of this thread.
std::chrono::nanoseconds processor_time() {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

// The same, or what it was less than a millisecond ago: asking costs a system call.
std::chrono::nanoseconds recent_processor_time(SteadyTime now) {
    thread_local SteadyTime asked;
    thread_local std::chrono::nanoseconds used;
    if (now - asked >= std::chrono::milliseconds(1)) {
        used = processor_time();
        asked = now;
    }
    return used;
}

}  // namespace

bool SlowCallers::contains(const Peer& peer) const {
    if (!peer) return false;
    const std::lock_guard lock(mutex_);
    if (callers_.empty()) return false;
    const auto found = callers_.find(*peer);
    return found != callers_.end() && std::chrono::steady_clock::now() - found->second < kFor;
}

void SlowCallers::add(const Peer& peer, SteadyTime now) {
    const std::lock_guard lock(mutex_);
    if (callers_.size() >= kCallersMax) callers_.clear();
    callers_[*peer] = now;
}

SlowCallers::Watch::Watch(SlowCallers& callers, const Peer& peer, bool waiting_counts)
    : callers_(callers),
      peer_(peer),
      waiting_counts_(waiting_counts),
      since_(std::chrono::steady_clock::now()),
      processor_since_(recent_processor_time(since_)) {}

SlowCallers::Watch::~Watch() {
    if (!peer_) return;
    const auto now = std::chrono::steady_clock::now();
    if (now - since_ < kLongWork) return;  // nor can it have computed for so long
    if ((waiting_counts_ && now - since_ >= kLongWait) ||
        processor_time() - processor_since_ >= kLongWork)
        callers_.add(peer_, now);
}

}  // namespace troupe::node::jsonrpc
