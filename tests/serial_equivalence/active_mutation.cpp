// Which fault is in the engine: that with the number in TROUPE_MUTATION.
#include "actors/mutation.hpp"

#include <cstdlib>

namespace troupe::actors {
namespace {

Mutation from_environment() noexcept {
    const char* const number = std::getenv("TROUPE_MUTATION");
    return static_cast<Mutation>(number != nullptr ? std::atoi(number) : 0);
}

}  // namespace

Mutation active_mutation = from_environment();

}  // namespace troupe::actors
