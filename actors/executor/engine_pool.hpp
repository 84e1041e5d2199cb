#pragma once

#include "actors/executor/executor_engine.hpp"

#include <atomic>
#include <cstddef>
#include <memory>
#include <vector>

namespace troupe::actors {

/// The engines of all executors. An engine is nothing but scratch, about a megabyte of it, so it
/// does not matter who runs what with which; it is quicker with the one that the same thread had
/// before, whose memory is near. For any thread.
class EnginePool {
  public:
    EnginePool(const Loans& loans, TableSeed seed, std::size_t engines) {
        for (std::size_t i = 0; i < engines; ++i)
            places_.push_back(std::make_unique<Place>(loans, seed));
    }

    /// Calls `use` with an engine that nobody else has meanwhile. @pre at most as many calls at the
    /// same time as there are engines
    template <class Use>
    void with_engine(const Use& use) {
        const std::size_t home = thread_number();
        for (std::size_t i = 0;; ++i) {
            Place& place = *places_[(home + i) % places_.size()];
            if (place.taken.exchange(true, std::memory_order_acquire)) continue;
            use(place.engine);
            place.taken.store(false, std::memory_order_release);
            return;
        }
    }

  private:
    struct Place {
        Place(const Loans& loans, TableSeed seed) : engine(loans, seed) {}
        std::atomic<bool> taken{false};
        ExecutorEngine engine;
    };
    /// Of the calling thread; those that begin to run executors together have neighbouring ones.
    [[nodiscard]] static std::size_t thread_number() noexcept {
        static std::atomic<std::size_t> threads{0};
        thread_local const std::size_t number = threads.fetch_add(1, std::memory_order_relaxed);
        return number;
    }

    std::vector<std::unique_ptr<Place>> places_;
};

}  // namespace troupe::actors
