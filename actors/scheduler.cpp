#include "actors/scheduler.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/policy/work_sharing.hpp>
#include <caf/scheduler/coordinator.hpp>

#include <atomic>
#include <cstdint>

namespace troupe::actors {

namespace {

/// How often a thread looks before it sleeps: about as long as waking it would take, 25 us.
constexpr int kLooks = 1'500;

inline void rest() noexcept {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#else
    asm volatile("");
#endif
}

/// CAF's policy, of which threads look before they sleep.
class PatientSharing : public caf::policy::work_sharing {
  public:
    struct coordinator_data : work_sharing::coordinator_data {
        using work_sharing::coordinator_data::coordinator_data;
        /// In the queue, more or less: who looks takes no lock.
        std::atomic<std::int64_t> jobs{0};
        std::atomic<bool> look{false};
    };

    template <class Coordinator>
    void enqueue(Coordinator* self, caf::resumable* job) {
        d(self).jobs.fetch_add(1, std::memory_order_relaxed);
        work_sharing::enqueue(self, job);
    }
    template <class Coordinator>
    void central_enqueue(Coordinator* self, caf::resumable* job) {
        enqueue(self, job);
    }
    template <class Worker>
    void external_enqueue(Worker* self, caf::resumable* job) {
        enqueue(self->parent(), job);
    }
    template <class Worker>
    void internal_enqueue(Worker* self, caf::resumable* job) {
        enqueue(self->parent(), job);
    }
    template <class Worker>
    void resume_job_later(Worker* self, caf::resumable* job) {
        enqueue(self->parent(), job);
    }
    template <class Worker>
    caf::resumable* dequeue(Worker* self) {
        std::atomic<std::int64_t>& jobs = d(self->parent()).jobs;
        if (d(self->parent()).look.load(std::memory_order_relaxed))
            for (int looks = 0; looks < kLooks && jobs.load(std::memory_order_relaxed) <= 0;
                 ++looks)
                rest();
        caf::resumable* const job = work_sharing::dequeue(self);
        jobs.fetch_sub(1, std::memory_order_relaxed);
        return job;
    }
};

using Coordinator = caf::scheduler::coordinator<PatientSharing>;

}  // namespace

void schedule_by_sharing(caf::actor_system_config& config, std::size_t threads) {
    config.set("scheduler.policy", caf::atom("sharing"));
    config.set("scheduler.max-threads", threads);
    if (threads > 1) config.load<Coordinator>();
}

void look_before_sleep(caf::actor_system& system, bool look) {
    if (auto* const ours = dynamic_cast<Coordinator*>(&system.scheduler()))
        ours->data().look.store(look, std::memory_order_relaxed);
}

}  // namespace troupe::actors
