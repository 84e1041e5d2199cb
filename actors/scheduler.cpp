#include "actors/scheduler.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/policy/work_sharing.hpp>
#include <caf/scheduler/coordinator.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>

namespace troupe::actors {

namespace {

using Clock = std::chrono::steady_clock;

/// For so long a thread looks before it sleeps. Waking it takes 20 to 30 us of whoever has a job
/// for it, and as long again until it runs, and shares of a round end up to 100 us apart.
constexpr std::chrono::microseconds kLook{100};
/// So often it looks before it asks for the time, and lets others run that want to: a microsecond.
constexpr int kLooks = 64;
/// How often it tries to lock the queue before it waits for that: some microseconds.
constexpr int kLocks = 100;

inline void rest() noexcept {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#else
    asm volatile("");
#endif
}

/// As CAF's policy `sharing`, but threads look before they sleep, and before they wait for the
/// lock: whoever holds it does a few instructions, and the kernel takes longer to wake anybody than
/// most jobs take.
class PatientSharing : public caf::policy::work_sharing {
  public:
    struct coordinator_data : work_sharing::coordinator_data {
        using work_sharing::coordinator_data::coordinator_data;
        std::size_t asleep = 0;            ///< threads; under the lock
        std::atomic<std::size_t> jobs{0};  ///< in the queue: who looks takes no lock
        std::atomic<bool> look{false};
    };

    template <class Coordinator>
    void enqueue(Coordinator* self, caf::resumable* job) {
        auto& data = d(self);
        queue_type added{job};
        bool wake = false;
        {
            const auto guard = patient_lock(data.lock);
            data.queue.splice(data.queue.end(), added);
            // Not before it is there: who sees it takes it.
            data.jobs.store(data.queue.size(), std::memory_order_relaxed);
            wake = data.asleep > 0;
        }
        if (wake) data.cv.notify_one();
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
        auto& data = d(self->parent());
        queue_type taken;
        for (;;) {
            const bool seen = look_for_job(data);
            auto guard = patient_lock(data.lock);
            if (data.queue.empty() && seen) continue;  // another thread was quicker
            ++data.asleep;
            data.cv.wait(guard, [&data] { return !data.queue.empty(); });
            --data.asleep;
            taken.splice(taken.end(), data.queue, data.queue.begin());
            data.jobs.store(data.queue.size(), std::memory_order_relaxed);
            return taken.front();
        }
    }

  private:
    /// @return whether there was a job
    [[nodiscard]] static bool look_for_job(const coordinator_data& data) noexcept {
        if (!data.look.load(std::memory_order_relaxed)) return false;
        const Clock::time_point end = Clock::now() + kLook;
        do {
            for (int looks = 0; looks < kLooks; ++looks) {
                if (data.jobs.load(std::memory_order_relaxed) > 0) return true;
                rest();
            }
            std::this_thread::yield();
        } while (Clock::now() < end);
        return false;
    }
    [[nodiscard]] static std::unique_lock<std::mutex> patient_lock(std::mutex& mutex) {
        std::unique_lock guard{mutex, std::defer_lock};
        for (int looks = 0; looks < kLocks; ++looks) {
            if (guard.try_lock()) return guard;
            rest();
        }
        guard.lock();
        return guard;
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
