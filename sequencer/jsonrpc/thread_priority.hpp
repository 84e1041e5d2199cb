#pragma once

namespace troupe::node::jsonrpc {

// How the kernel is to weigh this thread against others. Manners, not correctness: what cannot be
// had is done without.

/// nice(2) of this thread alone.
void lower_priority(int niceness) noexcept;
/// Runs only when a processor has nothing else to do, and lets go of it at once (SCHED_IDLE).
void run_when_idle() noexcept;
/// Asks for short turns, which come sooner (sched_setattr(2); Linux 6.12 and later).
void take_short_turns() noexcept;

}  // namespace troupe::node::jsonrpc
