#include "actors/round_runner.hpp"

#include "actors/partition/partition_actor.hpp"
#include "actors/sequencer/planner.hpp"
#include "actors/topology.hpp"

#include <future>

namespace troupe::actors {
namespace {

/// Stands where the sequencer stands: the partitions answer to it.
struct Driver {
    PeersPtr peers;
    std::span<AdmittedTx> left;
    std::uint32_t micro_block_txs = 0;
    chain::Uint256 base_fee;
    chain::Address vault;
    Place vault_place;
    std::unique_ptr<Planner> planner;  // empty: not planned
    RoundPool rounds;
    RoundPtr round;
    std::uint32_t outstanding = 0;
    bool guards_held = true;
    std::promise<bool> done;

    void next_round();
    void on_run(bool held);
};

void Driver::next_round() {
    const std::size_t count = std::min<std::size_t>(micro_block_txs, left.size());
    if (count == 0 || !guards_held) {
        done.set_value(guards_held);
        return;
    }
    constexpr std::size_t kPrefetchAhead = 8;
    round.reset();
    round = rounds.take();
    round->txs.reserve(count);
    if (planner) planner->begin(base_fee, vault, vault_place);
    for (std::size_t i = 0; i < count; ++i) {
        if (planner) {
            if (i + kPrefetchAhead < left.size()) planner->prefetch(left[i + kPrefetchAhead]);
            guards_held = !planner->take(left[i]).has_value() && guards_held;
        }
        round->txs.push_back(&left[i]);
    }
    left = left.subspan(count);
    const auto partitions = static_cast<std::uint32_t>(peers->partitions.size());
    lay_out(*round, partitions, base_fee, vault, vault_place);
    for (std::uint32_t p = 0; p < partitions; ++p) {
        if (round->halves_of(p).empty()) continue;
        ++outstanding;
        peers->to_partition(p, RunRound{round});
    }
}

void Driver::on_run(bool held) {
    guards_held = guards_held && held;
    if (--outstanding == 0) next_round();
}

struct DriverState {
    std::shared_ptr<Driver> driver;
    static constexpr const char* name = "driver";
};

SequencerActor::behavior_type driver_actor(
    SequencerActor::stateful_pointer<DriverState> self, std::shared_ptr<Driver> driver) {
    self->state.driver = std::move(driver);
    return handlers<SequencerActor>(
        self, [self](Start) { self->state.driver->next_round(); }, [](const Admitted&) {},
        [](const Logged&) {}, [](const SealLogged&) {},
        [self](RunDone message) { self->state.driver->on_run(message.guards_held); },
        [](RolledBack) {}, [](SerialDone) {}, [](Applied) {}, [](const BlockHashed&) {},
        [](const BlockStored&) {}, [](const AskAccount&) {}, [](const AskCall&) {}, [](CallDone) {},
        [](const NewOrigin&) {}, [](Tick) {}, [](Flush) {}, [](Drain) {}, [](PublishStats) {});
}

}  // namespace

struct RoundRunner::Impl {
    caf::actor_system_config system_config;
    std::unique_ptr<caf::actor_system> system;
    std::shared_ptr<Peers> peers = std::make_shared<Peers>();
    std::vector<std::shared_ptr<PartitionEngine>> partitions;
    TableSeed seed;
    std::uint64_t blocks = 0;
};

RoundRunner::RoundRunner(std::uint32_t threads, std::uint32_t partitions, TableSeed seed)
    : impl_(std::make_unique<Impl>()) {
    impl_->system_config.set("scheduler.policy", caf::atom("sharing"));
    impl_->system_config.set("scheduler.max-threads", std::size_t{threads});
    impl_->system = std::make_unique<caf::actor_system>(impl_->system_config);
    impl_->seed = seed;
    for (std::uint32_t p = 0; p < partitions; ++p)
        impl_->partitions.push_back(std::make_shared<PartitionEngine>(p, partitions, seed));
    impl_->peers->partition_mail = std::make_unique<std::atomic<std::uint64_t>[]>(partitions);
    for (std::uint32_t p = 0; p < partitions; ++p)
        impl_->peers->partitions.push_back(impl_->system->spawn(
            partition_actor, p, impl_->partitions[p], PeersPtr{impl_->peers}, OutsidePtr{}, 0u));
}

RoundRunner::~RoundRunner() {
    for (const auto& partition : impl_->peers->partitions)
        caf::anon_send_exit(partition, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(impl_->peers->sequencer, caf::exit_reason::user_shutdown);
    impl_->peers.reset();
    impl_->system.reset();
}

void RoundRunner::load(const chain::Address& address, const chain::Account& account) {
    const chain::Hash32 key = chain::crypto::keccak256(address);
    const auto count = static_cast<std::uint32_t>(impl_->partitions.size());
    impl_->partitions[partition_of(key[0], count)]->load_flat(address, account);
}

bool RoundRunner::run(
    std::span<AdmittedTx> txs, std::uint32_t micro_block_txs,
    const chain::Uint256& base_fee_per_gas, const chain::Address& fee_vault, bool planned) {
    auto driver = std::make_shared<Driver>();
    driver->peers = impl_->peers;
    driver->left = txs;
    driver->micro_block_txs = micro_block_txs;
    driver->base_fee = base_fee_per_gas;
    driver->vault = fee_vault;
    driver->vault_place = {
        chain::crypto::keccak256(fee_vault)[0], table_hash(fee_vault, impl_->seed)};
    if (planned) {
        Views views;
        for (const auto& partition : impl_->partitions)
            views.push_back(&partition->tables());
        driver->planner = std::make_unique<Planner>(std::move(views), micro_block_txs);
    }
    if (impl_->peers->sequencer)
        caf::anon_send_exit(impl_->peers->sequencer, caf::exit_reason::user_shutdown);
    impl_->peers->sequencer = impl_->system->spawn(driver_actor, driver);
    auto done = driver->done.get_future();
    tell(impl_->peers->sequencer, Start{});
    return done.get();
}

void RoundRunner::seal_block() {
    ++impl_->blocks;
    for (const auto& partition : impl_->partitions) {
        partition->begin_seal(impl_->blocks);
        while (!partition->seal_step().has_value()) {
        }
    }
}

chain::Account RoundRunner::account(const chain::Address& address) const {
    const chain::Hash32 key = chain::crypto::keccak256(address);
    const auto count = static_cast<std::uint32_t>(impl_->partitions.size());
    const AccountTable& table = impl_->partitions[partition_of(key[0], count)]->table();
    const AccountRecord* record = table.find(table.hash(address), address);
    return record != nullptr ? table.account(*record) : chain::Account{};
}

}  // namespace troupe::actors
