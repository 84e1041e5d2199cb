#include "actors/engine.hpp"

#include "actors/actor_set.hpp"
#include "actors/scheduler.hpp"

#include <chrono>
#include <future>
#include <random>

#ifdef TROUPE_THREAD_SANITIZER
// What CAF does with a message between tell() and handlers(): see handoff.hpp.
extern "C" const char* __tsan_default_suppressions();   // NOLINT(bugprone-reserved-identifier)
extern "C" const char* __tsan_default_suppressions() {  // NOLINT(bugprone-reserved-identifier)
    return "race_top:caf::\n"
           "race:caf::mailbox_element\n"
           "race:caf::detail::disposer\n"
           // The end of the actor system, after all handlers.
           "race:caf::scheduled_actor::~scheduled_actor\n"
           "race:caf::monitorable_actor::cleanup\n"
           "race:caf::actor_registry::erase\n"
           "race:caf::group\n";
}
#endif

namespace troupe::actors {
namespace {

Now read_clocks() {
    using namespace std::chrono;
    const auto since = [](auto clock_now, auto unit) {
        return static_cast<std::uint64_t>(
            duration_cast<decltype(unit)>(clock_now.time_since_epoch()).count());
    };
    return {since(system_clock::now(), milliseconds{}), since(steady_clock::now(), nanoseconds{})};
}

TableSeed random_seed() {
    std::random_device device;
    const auto word = [&device] { return (std::uint64_t{device()} << 32) | device(); };
    return {word(), word()};
}

/// Handlers per scheduling turn: enough to spare the queue, few enough that a partition that
/// hashes slice after slice lets rounds through.
constexpr std::size_t kMessagesPerTurn = 8;

}  // namespace

struct Engine::Impl {
    explicit Impl(const EngineConfig& engine_config) : config(engine_config) {
        schedule_by_sharing(system_config, config.worker_threads);
        system_config.set("scheduler.max-throughput", kMessagesPerTurn);
        system = std::make_unique<caf::actor_system>(system_config);
    }
    ~Impl() {
        if (actors) actors->quit();
        actors.reset();
        system.reset();  // waits for the actors
    }

    EngineConfig config;
    caf::actor_system_config system_config;
    std::unique_ptr<caf::actor_system> system;
    std::promise<std::string> ready;
    std::promise<bool> drained;
    std::unique_ptr<ActorSet> actors;
};

Engine::Engine(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Engine::~Engine() = default;

std::unique_ptr<Engine> Engine::start(
    EngineConfig config, EngineStart start, OrderLog& log, BlockStore& store, EventSink& events,
    MetricsSink& metrics, L1Port& l1, std::string& failure) {
    failure.clear();
    if (const auto broken = config.validate(); !broken.empty()) {
        failure = broken.front();
        return nullptr;
    }
    config = config.resolved();
    auto impl = std::make_unique<Impl>(config);
    Impl* const raw = impl.get();
    Outside outside{log, store, events, metrics, l1, read_clocks, nullptr, nullptr};
    outside.ready = [raw](const std::string& why) { raw->ready.set_value(why); };
    outside.drained = [raw](bool complete) { raw->drained.set_value(complete); };
    impl->actors = ActorSet::spawn(
        *impl->system, config, std::move(start), std::move(outside), {random_seed()}, failure);
    if (!impl->actors) return nullptr;
    failure = impl->ready.get_future().get();
    if (!failure.empty()) return nullptr;
    return std::unique_ptr<Engine>{new Engine{std::move(impl)}};
}

bool Engine::submit(
    std::vector<chain::Bytes> raw, std::shared_ptr<SubmitSink> sink, Credit credit) {
    return impl_->actors->submit(std::move(raw), std::move(sink), credit);
}

std::uint32_t Engine::free_credits() const noexcept {
    return impl_->actors->gate().free();
}

std::uint32_t Engine::retry_after_ms() const noexcept {
    constexpr std::uint32_t kQueueMs = 50;  // a full queue is worked off in about that
    const bool slowed = impl_->actors->gate().throttle() >= Throttle::kSlow;
    return slowed ? impl_->config.block_time_ms : kQueueMs;
}

bool Engine::shutting_down() const noexcept {
    return impl_->actors->gate().shutting_down || !sequencing();
}

void Engine::query_account(AccountQuery wanted, std::function<void(AccountAnswer)> reply) {
    auto query = std::make_shared<Query>();
    static_cast<AccountQuery&>(*query) = std::move(wanted);
    query->reply = std::move(reply);
    tell(impl_->actors->peers().sequencer, AskAccount{std::move(query)});
}

chain::execution::BlockEnv Engine::open_block() const {
    return *impl_->actors->gate().open_block();
}

void Engine::stop_sequencing() {
    impl_->actors->gate().sequencing = false;
}
void Engine::start_sequencing() {
    impl_->actors->gate().sequencing = true;
}
bool Engine::sequencing() const noexcept {
    return impl_->actors->gate().sequencing;
}

void Engine::flush() {
    tell(impl_->actors->peers().sequencer, Flush{});
}

bool Engine::shut_down(std::uint32_t timeout_ms) {
    if (impl_->actors->gate().shutting_down.exchange(true)) return false;
    tell(impl_->actors->peers().sequencer, Drain{});
    auto drained = impl_->drained.get_future();
    return drained.wait_for(std::chrono::milliseconds{timeout_ms}) == std::future_status::ready &&
           drained.get();
}

void Engine::on_origin(const chain::L1Origin& origin, std::uint64_t timestamp) {
    tell(impl_->actors->peers().sequencer, NewOrigin{origin, timestamp});
    tell(impl_->actors->peers().batcher, NewOrigin{origin, timestamp});
}

void Engine::on_posted(std::uint64_t first, std::uint64_t last, std::uint64_t l1_block) {
    tell(impl_->actors->peers().batcher, ChannelPosted{first, last, l1_block});
}

void Engine::on_post_failed(std::uint64_t first, std::uint64_t last, const std::string& reason) {
    tell(impl_->actors->peers().batcher, PostFailed{first, last, reason});
}

void Engine::on_derived(std::uint64_t safe, std::uint64_t finalized, std::uint64_t l1_block) {
    tell(impl_->actors->peers().batcher, Derived{safe, finalized, l1_block});
}

void Engine::on_divergence(const std::string& message) {
    tell(impl_->actors->peers().batcher, Diverged{message});
}

}  // namespace troupe::actors
