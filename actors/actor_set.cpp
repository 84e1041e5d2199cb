#include "actors/actor_set.hpp"

#include "actors/admission/admission_actor.hpp"
#include "actors/batcher/batcher_actor.hpp"
#include "actors/executor/executor_actor.hpp"
#include "actors/log/log_actor.hpp"
#include "actors/partition/partition_actor.hpp"
#include "actors/partition/partition_set.hpp"
#include "actors/sealer/sealer_actor.hpp"
#include "actors/sequencer/sequencer_actor.hpp"
#include "actors/store/store_actor.hpp"
#include "chain/base/hex.hpp"
#include "chain/evm/delegation.hpp"

#include <fmt/format.h>

#include <bit>
#include <future>

namespace troupe::actors {
namespace {

using Partitions = std::vector<std::shared_ptr<PartitionEngine>>;

std::string wrong_storage(const chain::Address& address) {
    return "the storage of account " + chain::to_hex(address) +
           " in the store does not have the account's storage root";
}

bool is_paged(const EngineConfig& config, const EngineStart& start) {
    return config.state_cache_bytes != 0 && start.accounts != nullptr;
}

/// Gives a partition of `partitions` its share of the state cache.
PartitionEngine::Paging paging_of(
    const EngineConfig& config, std::size_t bucket_depth, const ActorSet::Options& options) {
    PartitionEngine::Paging paging;
    const std::uint64_t share = config.state_cache_bytes / config.partitions;
    // A table is at most 60 % full; what is kept leaves room for what a block brings.
    const std::uint64_t records = std::bit_floor(share / 6 / sizeof(AccountRecord) + 1);
    paging.accounts_kept = options.accounts_kept.value_or(records * 2 / 5);
    const std::uint64_t slots = std::bit_floor(share / 6 / sizeof(SlotRecord) + 1);
    paging.slots_kept = options.slots_kept.value_or(slots * 2 / 5);
    paging.tries.bucket_depth = bucket_depth;
    paging.tries.bytes = options.accounts_kept ? 0 : share / 3;
    paging.storage.bytes = options.slots_kept ? 0 : share / 3;
    paging.storage.whole_leaves = options.whole_leaves;
    return paging;
}

/// Calls back for every partition, on as many threads as actors will run on.
void for_each(
    const Partitions& partitions, const EngineConfig& config,
    const std::function<void(PartitionEngine&)>& call) {
    std::atomic<std::size_t> next = 0;
    std::vector<std::future<void>> threads;  // each waits when it goes
    for (std::uint32_t thread = 0; thread < config.worker_threads; ++thread)
        threads.push_back(std::async(std::launch::async, [&] {
            for (std::size_t p = next++; p < partitions.size(); p = next++)
                call(*partitions[p]);
        }));
}

/// Has the partitions read accounts and slots as they need them. Reads all once, to hash them.
/// @param failure  says whose slots do not give its storage root
void page_state(
    const EngineStart& start, const Partitions& partitions, const EngineConfig& config,
    const ActorSet::Options& options, std::string& failure) {
    std::uint64_t in_first = 0;  // of 256 sub-tries: keys are hashes
    start.accounts->scan(0, 2, [&](const chain::Hash32&, const chain::Account&) { ++in_first; });
    const std::size_t depth = bucket_depth_for(in_first * chain::trie::kSubTries);
    const PartitionEngine::Paging paging = paging_of(config, depth, options);
    for_each(partitions, config, [&](PartitionEngine& partition) {
        partition.page(*start.accounts, paging);
        if (start.slots != nullptr) partition.page_slots(*start.slots, paging);
    });
    if (start.slots == nullptr) return;
    std::vector<WideStorage> wide;
    if (const auto wrong = load_storage(set_of(partitions), *start.accounts, *start.slots, wide))
        failure = wrong_storage(*wrong);
    for_each(partitions, config, [&](PartitionEngine& partition) {
        for (const WideStorage& storage : wide)
            partition.storage().load_parts(storage.address, storage.bucket_depth);
    });
}

/// Fills the partitions with the state after the head and hashes it.
/// @param failure  says what in the state contradicts itself
SealerEngine::Roots load_state(
    const EngineStart& start, const Partitions& partitions, const EngineConfig& config,
    const ActorSet::Options& options, std::string& failure) {
    const PartitionSet set = set_of(partitions);
    const auto owner = [&](std::uint8_t first) -> PartitionEngine& {
        return owner_of(partitions, first);
    };
    if (start.load_codes)
        start.load_codes([&](const chain::Bytes& code) {
            const chain::Hash32 hash = chain::crypto::keccak256(code);
            owner(hash[0]).load_code(hash, code);
        });
    const bool paged = is_paged(config, start);
    if (paged) page_state(start, partitions, config, options, failure);
    const bool slots_paged = paged && start.slots != nullptr;
    const auto load_account = [&](const chain::Address& address, const chain::Account& account) {
        const chain::Hash32 key = chain::crypto::keccak256(address);
        owner(key[0]).load(address, key, account);
        if (!account.has_code()) return;
        const chain::ByteView code =
            owner(account.code_hash[0]).tables().codes.find(account.code_hash);
        if (code.empty())
            failure = "the code of account " + chain::to_hex(address) + " is missing in the store";
        if (chain::evm::delegate_of(code)) owner(key[0]).load_delegation(address);
    };
    if (!paged) start.load_accounts(load_account);
    std::optional<chain::Address> last;  // the slots of an account come one after the other
    if (start.load_slots && !slots_paged)
        start.load_slots([&](const chain::Address& address, const chain::Hash32& slot,
                             const chain::Uint256& value) {
            if (paged && last != address) {
                last = address;
                const chain::Hash32 key = chain::crypto::keccak256(address);
                owner(key[0]).storage().load_root(
                    address, start.accounts->read(key).account.storage_root);
            }
            load_slot(set, address, slot, value, true);
        });
    SealerEngine::Roots roots;
    if (const auto wrong = finish_loading(set, start.head.number)) failure = wrong_storage(*wrong);
    if (!failure.empty()) return roots;
    for (const auto& partition : partitions)
        for (auto& [first, root] : partition->all_roots())
            roots[first] = std::move(root);
    return roots;
}

OriginQueue::Origin head_origin(const EngineStart& start) {
    // The L1 side tells the newest origin; its time is the head's only if it is the head's.
    if (start.origin == start.head_origin) return {start.head_origin, start.origin_timestamp};
    return {start.head_origin, std::nullopt};
}

}  // namespace

std::unique_ptr<ActorSet> ActorSet::spawn(
    caf::actor_system& system, const EngineConfig& config, EngineStart start, Outside outside,
    Options options, std::string& failure) {
    auto set = std::make_unique<ActorSet>();
    set->config_ = config;
    set->outside_ = std::make_shared<const Outside>(std::move(outside));
    set->gate_ = std::make_shared<Gate>(config.queue_txs_max);
    set->peers_ = std::make_shared<Peers>();

    for (std::uint32_t p = 0; p < config.partitions; ++p)
        set->partitions_.push_back(std::make_shared<PartitionEngine>(
            p, config.partitions, options.seed, options.wide_leaves));
    SealerEngine::Roots roots = load_state(start, set->partitions_, config, options, failure);
    if (!failure.empty()) return nullptr;
    if (const chain::Hash32 root = chain::trie::combine_roots(roots);
        root != start.head.state_root) {
        failure = fmt::format(
            "the state in the store is not that of block {}: its root is {}, the header says {}",
            start.head.number, chain::to_hex(root), chain::to_hex(start.head.state_root));
        return nullptr;
    }
    auto parts = std::make_shared<SequencerParts>();
    parts->setup.replay = group_replay(
        start.head.number, std::move(start.micro_blocks), std::move(start.seals), failure);
    if (!failure.empty()) return nullptr;
    parts->setup.config = config;
    parts->setup.chain = start.chain;
    parts->setup.head = start.head;
    parts->setup.head_hash = start.head_hash;
    parts->setup.block_hashes = start.block_hashes;
    parts->setup.origin = head_origin(start);
    parts->setup.next_sequence = start.next_sequence;
    parts->setup.seed = options.seed;
    parts->setup.exact_plan = options.exact_plan;
    parts->setup.follow_all_slots = options.follow_all_slots;
    for (const auto& partition : set->partitions_)
        parts->loans.push_back(&partition->open_state());
    const Loans loans = parts->loans;
    parts->gate = set->gate_;

    Peers& peers = *set->peers_;
    const PeersPtr shared = set->peers_;
    const OutsidePtr& out = set->outside_;
    const std::uint32_t metrics = config.metrics_interval_ms;
    peers.senders = std::make_shared<SenderCache>();
    peers.partition_mail = std::make_unique<std::atomic<std::uint64_t>[]>(config.partitions);
    peers.admission_mail = std::make_unique<std::atomic<std::uint64_t>[]>(config.admission_workers);
    peers.admission_batch_txs = config.admission_batch_txs;
    AccountReaderPtr reader;
    SlotAheadReaderPtr slots_ahead;
    if (is_paged(config, start) && config.read_ahead) {
        std::vector<DeparturesPtr> of_accounts;
        std::vector<DeparturesPtr> of_slots;
        for (const auto& partition : set->partitions_) {
            of_accounts.push_back(partition->tables().accounts.departures());
            of_slots.push_back(partition->tables().slots.departures());
        }
        const PartitionEngine::Paging paging = paging_of(config, 0, options);
        reader = std::make_shared<AccountReader>(
            *start.accounts, std::move(of_accounts), paging.accounts_kept * config.partitions);
        if (start.slots != nullptr) {
            parts->setup.known_slots = std::make_shared<KnownSlots>();
            slots_ahead = std::make_shared<SlotAheadReader>(
                *start.slots, std::move(of_slots), parts->setup.known_slots, options.seed,
                paging.slots_kept * config.partitions);
        }
    }
    const AdmissionEngine admission{start.chain.chain_id, start.chain.gas_limit, start.chain.rules,
                                    options.seed,         peers.senders,         reader,
                                    slots_ahead};
    for (std::uint32_t a = 0; a < config.admission_workers; ++a)
        peers.admission.push_back(system.spawn(
            admission_actor, a, config.admission_hold_us, admission, set->gate_, shared, out));
    for (std::uint32_t p = 0; p < config.partitions; ++p)
        peers.partitions.push_back(
            system.spawn(partition_actor, p, set->partitions_[p], shared, out, metrics));
    const auto engines = std::make_shared<EnginePool>(loans, options.seed, config.executors);
    for (std::uint32_t e = 0; e < config.executors; ++e)
        peers.executors.push_back(system.spawn(executor_actor, engines, shared));
    peers.sealer = system.spawn(
        sealer_actor,
        std::make_shared<SealerEngine>(
            config.partitions, start.head, start.head_hash, std::move(roots)),
        shared, out, metrics);
    const BatcherParts batcher{
        config, start.chain, start.safe_number, start.head.number, set->gate_};
    if (options.detached) {
        peers.log = system.spawn<caf::detached>(log_actor, shared, out, metrics);
        peers.store = system.spawn<caf::detached>(store_actor, shared, out);
        peers.batcher = system.spawn<caf::detached>(batcher_actor, batcher, shared, out);
    } else {
        peers.log = system.spawn(log_actor, shared, out, metrics);
        peers.store = system.spawn(store_actor, shared, out);
        peers.batcher = system.spawn(batcher_actor, batcher, shared, out);
    }
    peers.sequencer = system.spawn(sequencer_actor, parts, shared, out);
    if (start.origin != start.head_origin)
        tell(peers.sequencer, NewOrigin{start.origin, start.origin_timestamp});
    tell(peers.sequencer, Start{});
    tell(peers.batcher, Start{});
    return set;
}

bool ActorSet::submit(
    std::vector<chain::Bytes> raw, std::shared_ptr<SubmitSink> sink, Credit credit) {
    if (raw.empty()) return true;
    if (gate_->shutting_down || !gate_->sequencing) return false;
    if (!gate_->take(static_cast<std::uint32_t>(raw.size()), credit)) return false;
    const std::uint64_t taken_ns = outside_->clock().steady_ns;
    for (std::size_t first = 0; first < raw.size(); first += config_.chunk_txs) {
        const std::size_t end = std::min<std::size_t>(raw.size(), first + config_.chunk_txs);
        auto chunk = std::make_shared<Chunk>();
        chunk->sink = sink;
        chunk->taken_ns = taken_ns;
        chunk->first_index = static_cast<std::uint32_t>(first);
        chunk->raw.assign(
            std::move_iterator{raw.begin() + static_cast<std::ptrdiff_t>(first)},
            std::move_iterator{raw.begin() + static_cast<std::ptrdiff_t>(end)});
        chunk->ticket = gate_->next_ticket();
        peers_->to_admission(AdmitChunk{std::move(chunk)});
    }
    return true;
}

void ActorSet::quit() {
    const auto quit_all = [](const auto& actors) {
        for (const auto& actor : actors)
            caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
    };
    quit_all(peers_->admission);
    quit_all(peers_->partitions);
    quit_all(peers_->executors);
    caf::anon_send_exit(peers_->sealer, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(peers_->log, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(peers_->store, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(peers_->batcher, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(peers_->sequencer, caf::exit_reason::user_shutdown);
}

}  // namespace troupe::actors
