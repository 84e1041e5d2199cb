#pragma once

namespace troupe::node::jsonrpc {

// How the kernel is to weigh this thread against others. Manners, not correctness: what cannot be
// had is done without.

/// nice(2) of this thread alone. Not SCHED_IDLE: a thread that waits for seconds may hold what
/// others wait for.
void lower_priority(int niceness) noexcept;
/// Asks for short turns, which come sooner (sched_setattr(2); Linux 6.12 and later).
void take_short_turns() noexcept;

}  // namespace troupe::node::jsonrpc
