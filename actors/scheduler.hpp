#pragma once

#include <caf/fwd.hpp>

#include <cstddef>

namespace troupe::actors {

/// Has `config` schedule actors on `threads` threads with one queue, as CAF's policy `sharing`
/// does: work stealing leaves cores asleep beside rounds. With several threads, one that finds
/// nothing to do looks again for some microseconds before it sleeps: a round has two moments in
/// which everybody waits for the last share or the last partition, and waking a core takes as long
/// as a tenth of what comes then.
void schedule_by_sharing(caf::actor_system_config& config, std::size_t threads);

}  // namespace troupe::actors
