#pragma once

#include <caf/fwd.hpp>

#include <cstddef>

namespace troupe::actors {

/// Has `config` schedule actors on `threads` threads with one queue, as CAF's policy `sharing`
/// does: work stealing leaves cores asleep beside rounds.
void schedule_by_sharing(caf::actor_system_config& config, std::size_t threads);

/// Whether a thread that finds nothing to do looks again for some microseconds before it sleeps;
/// not, unless this says so. A round that is shared has two moments in which everybody waits for
/// the last share or the last partition, and waking a core takes as long as a third of what comes
/// then. Without effect on systems with one thread or another scheduler.
void look_before_sleep(caf::actor_system& system, bool look);

}  // namespace troupe::actors
