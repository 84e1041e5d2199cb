#pragma once

#include <pthread.h>

namespace troupe::node {

/// Names the calling thread (at most 15 characters), so that `top -H` and the budget of `troupe
/// load` tell it from others. Threads that it starts begin with the same name.
inline void name_this_thread(const char* name) noexcept {
    pthread_setname_np(pthread_self(), name);
}

}  // namespace troupe::node
