#pragma once

#include <caf/all.hpp>
#include <pthread.h>

namespace troupe::actors {

/// Gives the thread of a detached actor its name (at most 15 characters), so that `top -H` and the
/// budget of `troupe load` tell them apart. Does nothing for an actor that shares threads.
/// @pre called by the actor's own thread: by the function that makes its behavior
inline void name_own_thread(const caf::abstract_actor& self, const char* name) noexcept {
    if (self.getf(caf::abstract_actor::is_detached_flag)) pthread_setname_np(pthread_self(), name);
}

}  // namespace troupe::actors
