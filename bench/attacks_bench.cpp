#include "bench/attacks_bench.hpp"

#include "bench/local_engine.hpp"
#include "bench/report.hpp"
#include "bench/world_builder.hpp"
#include "chain/base/hex.hpp"
#include "chain/crypto/keccak.hpp"
#include "sequencer/commands/command.hpp"
#include "sequencer/version.hpp"
#include "sequencer/workload/bulk_signer.hpp"
#include "sequencer/workload/exchange.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>
#include <chrono>
#include <cstdio>
#include <deque>
#include <fstream>
#include <memory>
#include <sstream>
#include <unordered_set>

namespace troupe::bench {
namespace {

using namespace chain;
namespace contracts = node::contracts;
using Senders = std::unordered_set<Address, node::FixedBytesHash>;

constexpr std::uint64_t kChainId = 420'043;
constexpr std::size_t kHolders = 4'000;
constexpr std::size_t kTraders = 400;
constexpr std::size_t kAttackers = 200;
constexpr std::uint64_t kPools = 20;
constexpr std::uint64_t kTransferGas = 60'000;
constexpr unsigned kSwapPercent = 20;  // of the others; the rest are token transfers
constexpr std::size_t kNames = 10;     // as many arguments as hints are taken from
constexpr std::uint64_t kBurnGas = 100'000;
constexpr std::uint64_t kLargeGas = 25'000'000;

// Bytecode by hand.
// slot 0 = 3 * slot 0 + caller: no two of them commute.
constexpr const char* kHotCode = "5f54600302330160005500";
// The same in slot argument / 8: others meet in it every time.
constexpr const char* kFreshCode = "60043560031c80546003023301905500";
// Reads slot 0, spins until 20,000 gas are left, then writes it as above.
constexpr const char* kBurnCode =
    "5f54"
    "5b5a614e20106002576003023301600055"
    "00";
// Nothing at all.
constexpr const char* kIdleCode = "00";

struct Attack {
    const char* name;
    const char* what;
};
constexpr std::array<Attack, 8> kAttacks{{
    {"hot", "every attack changes one slot, by 200 senders"},
    {"fresh", "every attack changes a slot that seven others change and nobody did before"},
    {"burn", "every attack burns 80,000 gas between reading and changing one slot"},
    {"names", "every attack names the senders of the ten transactions before it in its arguments"},
    {"lists", "every attack has an access list of what others use, and uses none of it"},
    {"limits", "every attack asks for 25 million gas and uses 21,000"},
    {"flood", "one sender changes one slot, as fast as it can"},
    {"pool", "one sender swaps in a pool of the others'"},
}};

/// The ordinary traffic's world, and who disturbs it.
class Scene {
  public:
    explicit Scene(std::string& failure)
        : wallets_(node::make_wallets("attacks", 1 + kHolders + kTraders + kAttackers)),
          world_(wallets_[0].address, kChainId),
          exchange_(world_) {
        for (const node::WorkloadWallet& wallet : wallets_) {
            world_.fund(wallet.address);
            if (&wallet < &attacker(0)) watched_.insert(wallet.address);
        }
        token_ = world_.deploy(contracts::token_init_code());
        for (std::size_t i = 0; i < kHolders; ++i)
            world_.run(
                world_.owner(), token_,
                contracts::transfer(holder(i).address, Uint256{1'000'000'000}));
        if (!exchange_.open(kPools)) {
            failure = "the npm packages of Uniswap do not work (./dev setup)";
            return;
        }
        for (std::size_t i = 0; i < kTraders; ++i)
            exchange_.equip(trader(i).address, i % kPools);
        exchange_.equip(attacker(0).address, 0);
        const auto put = [this](const char* code) {
            Address at{{0xa7}};
            at.bytes[19] = ++contracts_;
            world_.state.put(at, 1, {}, from_hex(code).value(), {});
            return at;
        };
        hot_ = put(kHotCode);
        fresh_ = put(kFreshCode);
        burn_ = put(kBurnCode);
        idle_ = put(kIdleCode);
        if (!world_.good()) failure = "the world of the attacks can't be built";
    }

    /// Transactions of `others`, and with `attack` so many more that they are that share.
    [[nodiscard]] std::vector<Bytes> sign(
        std::size_t others, unsigned share_percent, const std::string& attack) {
        std::mt19937_64 random{11};
        std::mt19937_64 attack_random{12};
        world_at_begin_ = world_.nonces();
        std::size_t attacks = 0;
        for (std::size_t i = 0; i < others; ++i) {
            add_ordinary(random);
            if (attack.empty()) continue;
            for (; attacks * 100 < (attacks + i + 1) * share_percent; ++attacks)
                add_attack(attack, attacks, attack_random);
        }
        world_.set_nonces(world_at_begin_);
        return sign_all();
    }
    [[nodiscard]] WorldBuilder& world() noexcept { return world_; }
    /// Who is expected to succeed.
    [[nodiscard]] const Senders& watched() const noexcept { return watched_; }

  private:
    [[nodiscard]] const node::WorkloadWallet& holder(std::size_t i) const {
        return wallets_[1 + i];
    }
    [[nodiscard]] const node::WorkloadWallet& trader(std::size_t i) const {
        return wallets_[1 + kHolders + i];
    }
    [[nodiscard]] const node::WorkloadWallet& attacker(std::size_t i) const {
        return wallets_[1 + kHolders + kTraders + i];
    }

    void add(const node::WorkloadWallet& from, const Address& to, Bytes data, std::uint64_t gas) {
        txs_.push_back(world_.transaction(from.address, to, std::move(data), {}, gas));
        keys_.push_back(from.key);
        if (!watched_.contains(from.address)) return;
        latest_.push_back(from.address);
        if (latest_.size() > kNames) latest_.pop_front();
    }
    void add_ordinary(std::mt19937_64& random) {
        if (random() % 100 < kSwapPercent) {
            const std::size_t i = random() % kTraders;
            add(trader(i), exchange_.router(),
                exchange_.swap(i % kPools, trader(i).address, random), node::UniswapV2::kSwapGas);
        } else {
            add(holder(random() % kHolders), token_,
                contracts::transfer(holder(random() % kHolders).address, 1 + random() % 100),
                kTransferGas);
        }
    }
    void add_attack(const std::string& attack, std::size_t number, std::mt19937_64& random) {
        const node::WorkloadWallet& from = attacker(number % kAttackers);
        if (attack == "hot") add(from, hot_, call({}), kTransferGas);
        if (attack == "fresh")
            add(from, fresh_, call({Uint256{~0ull} * Uint256{~0ull} + Uint256{number}}),
                kTransferGas);
        if (attack == "burn") add(from, burn_, call({}), kBurnGas);
        if (attack == "limits") add(from, idle_, call({}), kLargeGas);
        if (attack == "flood") add(attacker(0), hot_, call({}), kTransferGas);
        if (attack == "pool")
            add(attacker(0), exchange_.router(), exchange_.swap(0, attacker(0).address, random),
                node::UniswapV2::kSwapGas);
        if (attack == "names") {
            std::vector<Uint256> names;
            for (const Address& sender : latest_)
                names.push_back(uint256_from_be(sender));
            add(from, idle_, call(names), kTransferGas);
        }
        if (attack != "lists") return;
        add(from, idle_, call({}), kTransferGas);
        txs_.back().access_list.push_back({token_, {}});
        for (std::size_t i = 0; i < kNames; ++i) {
            txs_.back().access_list.push_back({holder(random() % kHolders).address, {}});
            txs_.back().access_list[0].storage_keys.push_back(to_be32(Uint256{random()}));
        }
        txs_.back().gas_limit += kTransferGas;  // they cost 45,000
    }
    [[nodiscard]] static Bytes call(const std::vector<Uint256>& arguments) {
        Bytes data{0x12, 0x34, 0x56, 0x78};
        for (const Uint256& argument : arguments)
            append(data, to_be32(argument));
        return data;
    }

    std::vector<Bytes> sign_all() {
        const std::vector<Bytes> raw = node::sign_transactions(txs_, keys_);
        txs_.clear();
        keys_.clear();
        return raw;
    }

    std::vector<node::WorkloadWallet> wallets_;
    WorldBuilder world_;
    node::Exchange<WorldBuilder> exchange_;
    Senders watched_;
    Address token_;
    Address hot_;
    Address fresh_;
    Address burn_;
    Address idle_;
    std::uint8_t contracts_ = 0;
    WorldBuilder::Nonces world_at_begin_;
    std::deque<Address> latest_;  // of the others, who sent the last ones
    std::vector<Transaction> txs_;
    std::vector<crypto::PrivateKey> keys_;
};

/// What became of transactions that went through a node's engine.
struct EngineRun {
    double seconds = 0;  // from the first submission to the last answer
    std::uint64_t gas_used = 0;
    std::uint64_t gas_of_attacks = 0;
    std::uint64_t reverted = 0;  // of the others
    std::uint64_t refused = 0;
    std::string first_refusal;
    actors::SequencerStats stats;
};

struct Attacked {
    Attack attack;
    EngineRun without;
    EngineRun with;
    double others = 0;  // transactions

    /// How fast the others' transactions go, of how fast they go alone.
    [[nodiscard]] double throughput() const { return without.seconds / with.seconds; }
    /// The same if the attacks' gas had been spent on the others' transactions.
    [[nodiscard]] double gas_throughput() const {
        return throughput() * static_cast<double>(with.gas_used) /
               static_cast<double>(without.gas_used);
    }
    [[nodiscard]] double gas_share() const {
        return static_cast<double>(with.gas_of_attacks) / static_cast<double>(with.gas_used);
    }
};

EngineRun run_engine(Scene& scene, const std::vector<Bytes>& raw, std::string& failure) {
    using Clock = std::chrono::steady_clock;
    EngineRun run;
    const auto count = [&](const actors::CommittedMicroBlock& micro_block) {
        for (const actors::SoftReceipt& receipt : micro_block.receipts) {
            run.gas_used += receipt.gas_used;
            if (!scene.watched().contains(receipt.sender))
                run.gas_of_attacks += receipt.gas_used;
            else if (!receipt.receipt.success)
                ++run.reverted;
        }
    };
    LocalEngine engine(scene.world().state, scene.world().env, {}, count);
    const auto begin = Clock::now();
    engine.run(raw);
    run.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    engine.shut_down();
    run.refused = engine.refused();
    run.first_refusal = engine.first_refusal();
    run.stats = engine.stats();
    failure = engine.failure();
    return run;
}

void run_once(
    Scene& scene, const std::vector<Bytes>& raw, EngineRun& fastest, std::string& failure) {
    EngineRun run = run_engine(scene, raw, failure);
    if (!failure.empty()) return;
    if (run.refused > 0 || run.reverted > 0)
        failure = fmt::format(
            "{} refused, {} reverted; {}", run.refused, run.reverted, run.first_refusal);
    if (fastest.seconds == 0 || run.seconds < fastest.seconds) fastest = std::move(run);
}

std::string modes_of(const actors::SequencerStats& stats) {
    const auto rounds = [&](actors::RoundMode mode) {
        return stats.rounds[static_cast<std::size_t>(mode)];
    };
    return fmt::format(
        "{} shared, {} repaired, {} conflicting; {} run again",
        rounds(actors::RoundMode::kParallel), rounds(actors::RoundMode::kRepaired),
        rounds(actors::RoundMode::kConflicting), stats.reexecuted_txs);
}

std::string to_table(const std::vector<Attacked>& all) {
    std::string text = fmt::format(
        "{:<6} {:>10} {:>10} {:>7} {:>9} {:>8}  {}\n", "attack", "others/s", "alone/s", "ratio",
        "of gas %", "per gas", "rounds with it");
    for (const Attacked& one : all)
        text += fmt::format(
            "{:<6} {:>10.0f} {:>10.0f} {:>7.2f} {:>9.1f} {:>8.2f}  {}\n", one.attack.name,
            one.others / one.with.seconds, one.others / one.without.seconds, one.throughput(),
            100 * one.gas_share(), one.gas_throughput(), modes_of(one.with.stats));
    return text;
}

std::string to_json(const std::vector<Attacked>& all, unsigned share_percent) {
    nlohmann::ordered_json json{
        {"commit", node::kCommit}, {"cpu", cpu_name()}, {"share_percent", share_percent}};
    for (const Attacked& one : all)
        json["results"].push_back(
            {{"attack", one.attack.name},
             {"what", one.attack.what},
             {"others_per_s", one.others / one.with.seconds},
             {"alone_per_s", one.others / one.without.seconds},
             {"ratio", one.throughput()},
             {"share_of_gas", one.gas_share()},
             {"ratio_per_gas", one.gas_throughput()}});
    return json.dump(2) + "\n";
}

bool asked_for(const std::string& list, const std::string& name) {
    std::istringstream names(list);
    for (std::string asked; std::getline(names, asked, ',');)
        if (asked == name) return true;
    return list.empty();
}

}  // namespace

int run_attacks_bench(const AttacksOptions& options) {
    std::string failure;
    Scene scene{failure};
    if (!failure.empty()) return node::report(failure);
    const std::vector<Bytes> ordinary = scene.sign(options.transactions, 0, "");
    std::vector<Attacked> all;
    for (const Attack& attack : kAttacks) {
        if (!asked_for(options.attacks, attack.name)) continue;
        const std::vector<Bytes> attacked =
            scene.sign(options.transactions, options.share_percent, attack.name);
        Attacked& measured = all.emplace_back();
        measured.attack = attack;
        measured.others = static_cast<double>(ordinary.size());
        for (int run = 0; run < options.runs && failure.empty(); ++run) {
            run_once(scene, ordinary, measured.without, failure);
            if (failure.empty()) run_once(scene, attacked, measured.with, failure);
        }
        if (!failure.empty()) return node::report(std::string{attack.name} + ": " + failure);
        std::fprintf(stderr, "%s: %s\n", attack.name, attack.what);
    }
    std::fputs(to_table(all).c_str(), stdout);
    if (options.json_file.empty()) return node::kExitOk;
    std::ofstream out(options.json_file);
    out << to_json(all, options.share_percent);
    return out.flush() ? node::kExitOk : node::report(options.json_file + " cannot be written");
}

}  // namespace troupe::bench
