#include "sequencer/jsonrpc/thread_priority.hpp"

#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

namespace troupe::node::jsonrpc {

void lower_priority(int niceness) noexcept {
    static_cast<void>(::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), niceness));
}

void take_short_turns() noexcept {
    // The kernel's struct sched_attr, which glibc 2.36 does not have.
    struct Attributes {
        std::uint32_t size = sizeof(Attributes);
        std::uint32_t policy = SCHED_OTHER;
        std::uint64_t flags = 0;
        std::int32_t nice = 0;
        std::uint32_t priority = 0;
        std::uint64_t runtime_ns = 200'000;
        std::uint64_t deadline_ns = 0;
        std::uint64_t period_ns = 0;
    } wanted;
    wanted.nice = ::getpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()));
    static_cast<void>(::syscall(SYS_sched_setattr, 0, &wanted, 0U));
}

}  // namespace troupe::node::jsonrpc
