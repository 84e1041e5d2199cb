#include "bench/scaling_bench.hpp"

#include "bench/line_chart.hpp"
#include "bench/report.hpp"
#include "bench/round_simulation.hpp"
#include "bench/timed_rounds.hpp"
#include "bench/timing.hpp"
#include "sequencer/commands/command.hpp"
#include "sequencer/round_replay/round_world.hpp"
#include "sequencer/storage/order_log.hpp"
#include "sequencer/testing/temp_directory.hpp"
#include "sequencer/version.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <thread>

namespace troupe::bench {
namespace {

using actors::AdmittedTx;
using actors::RoundRunner;
using Clock = std::chrono::steady_clock;

constexpr std::uint32_t kPartitionsMax = 256;
constexpr std::array<unsigned, 6> kCores{1, 2, 4, 8, 16, 32};
constexpr std::uint32_t kSmallRoundTxs = 16;  // whose time is mostly messages
constexpr std::size_t kCalibrationTxs = 8'000;

RoundShape shape_for(unsigned cores, std::uint64_t gas_factor = 1) {
    RoundShape shape;
    shape.executors = cores;
    shape.partitions = std::min(kPartitionsMax, cores * kPartitionsPerCore);
    shape.micro_block_gas *= gas_factor;
    shape.micro_block_txs *= static_cast<std::uint32_t>(gas_factor);
    return shape;
}

double process_ns() noexcept {
    std::timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

/// ns for the measured transactions, on real cores; the fastest of some runs. Of one thread its
/// time on a core: whatever else the machine does counts only by what it leaves in the caches.
double measure(const ContractLoad& load, const RoundShape& shape, unsigned threads, int runs) {
    double least = 1e18;
    for (int run = 0; run < runs; ++run) {
        RoundRunner::Config config;
        config.threads = threads;
        config.executors = shape.executors;
        config.partitions = shape.partitions;
        config.micro_block_txs = shape.micro_block_txs;
        config.micro_block_gas = shape.micro_block_gas;
        config.parallel_gas = shape.parallel_gas;
        config.seed = kRoundSeed;
        RoundRunner runner{config};
        node::load(runner, load.state);
        std::vector<AdmittedTx> txs = load.warm_up;
        runner.run(txs, load.env);
        txs = load.measured;
        const auto begin = Clock::now();
        const double process_begin = process_ns();
        const RoundRunner::Count count = runner.run(txs, load.env);
        const std::chrono::duration<double, std::nano> took = Clock::now() - begin;
        least = std::min(least, threads == 1 ? process_ns() - process_begin : took.count());
        TROUPE_ASSERT(count.refused == 0 && count.failed == 0);
    }
    return least;
}

/// What messages cost, by rounds so small that they are most of it: on one core nobody wakes
/// anybody; what two cores need more is waking.
SimulatedNode calibrate(int runs) {
    ContractLoad load = token_load(2'000, false, kCalibrationTxs, kRoundSeed);
    static_cast<void>(load.state.root());  // partitions check it
    RoundShape shape = shape_for(2);
    shape.micro_block_txs = kSmallRoundTxs;
    shape.parallel_gas = 0;
    const std::vector<RoundCosts> costs = record_costs(load, shape, kRoundSeed);
    SimulatedNode node;
    node.blocks_min = 1;
    const CriticalPath silent = simulate(costs, node);
    const double one = measure(load, shape, 1, runs);
    node.message_ns = std::max(0.0, one - silent.total) / static_cast<double>(silent.messages_sent);
    const double two = measure(load, shape, 2, runs);
    node.cores = 2;
    double low = 0;
    double high = 200'000;
    for (int i = 0; i < 30; ++i) {
        node.wake_ns = (low + high) / 2;
        (simulate(costs, node).total < two ? low : high) = node.wake_ns;
    }
    return node;
}

/// ns for an append with sync to the order log, of a micro-block as W5 has them.
double measure_log() {
    constexpr std::size_t kRecordTxs = 500;
    constexpr std::size_t kTxBytes = 180;
    constexpr std::uint64_t kAppends = 50;
    node::TempDirectory directory;
    std::string failure;
    const auto log = node::SegmentedOrderLog::open(directory.path(), failure);
    if (!log) return 0;
    actors::MicroBlockRecord record;
    record.transactions.assign(kRecordTxs, chain::Bytes(kTxBytes, 0x5a));
    record.senders.resize(kRecordTxs);
    std::vector<double> times;
    for (; record.sequence < kAppends; ++record.sequence) {
        const auto begin = Clock::now();
        if (log->append(record)) return 0;
        times.push_back(std::chrono::duration<double, std::nano>(Clock::now() - begin).count());
    }
    std::nth_element(times.begin(), times.begin() + kAppends / 2, times.end());
    return times[kAppends / 2];
}

struct Row {
    unsigned cores = 1;
    double measured_ns = 0;  // 0: not measured
    CriticalPath exec;
    CriticalPath whole;
    CriticalPath ahead;  // execution planned ahead, in rounds that grow with the cores
};

struct Scaling {
    std::string workload;
    std::string each;  // in words: what the handlers take on one core
    std::vector<Row> rows;
};

double ns_each(double ns, std::uint64_t count) {
    return ns / static_cast<double>(std::max<std::uint64_t>(1, count));
}

std::string describe(const std::vector<RoundCosts>& two, const std::vector<RoundCosts>& one) {
    double execute = 0, settle = 0, validate = 0, plan = 0, check = 0, share = 0, learn = 0,
           publish = 0, seal = 0;
    std::uint64_t effects = 0, txs = 0, evm = 0, sealed = 0;
    for (const RoundCosts& round : one)
        settle += round.settle_ns;
    for (const RoundCosts& round : two) {
        for (const auto& part : round.speculate)
            execute += part.ns;
        for (const auto& part : round.validate)
            validate += part.ns;
        for (const auto& part : round.seals) {
            seal += part.begin_ns;
            for (const double slice : part.slices_ns)
                seal += slice;
        }
        plan += round.plan_ns;
        check += round.check_ns;
        share += round.share_ns + round.collect_ns;
        learn += round.learn_ns;
        publish += round.publish_ns;
        effects += round.effects;
        txs += round.txs;
        evm += round.txs - round.native;
        sealed += round.sealed;
    }
    return fmt::format(
        "{} rounds of {} transactions; ns: in place by one {:.0f} a transaction, speculated "
        "{:.0f}, "
        "validated {:.0f} an effect ({:.1f} effects), planned {:.0f}, checked {:.0f}, shared out "
        "{:.0f}, learnt {:.0f}, published {:.0f}, sealed {:.0f} an account or slot",
        two.size(), txs / two.size(), ns_each(settle, evm), ns_each(execute, evm),
        ns_each(validate, effects), ns_each(static_cast<double>(effects), evm), ns_each(plan, txs),
        ns_each(check, evm), ns_each(share, evm), ns_each(learn, evm), ns_each(publish, txs),
        ns_each(seal, sealed));
}

Scaling scale(
    const std::string& workload, const ContractLoad& load, const SimulatedNode& parameters,
    double log_ns, int runs) {
    Scaling scaling;
    scaling.workload = workload;
    std::vector<RoundCosts> one;
    for (const unsigned cores : kCores) {
        Row row;
        row.cores = cores;
        const std::vector<RoundCosts> costs = record_costs(load, shape_for(cores), kRoundSeed);
        if (cores == 1) one = costs;
        if (cores == 2) scaling.each = describe(costs, one);
        SimulatedNode node = parameters;
        node.cores = cores;
        row.exec = simulate(costs, node);
        node.plan_ahead = true;
        const std::uint64_t factor = std::max(1u, cores / 2);
        row.ahead = factor == 1
                        ? simulate(costs, node)
                        : simulate(record_costs(load, shape_for(cores, factor), kRoundSeed), node);
        node.plan_ahead = false;
        node.whole = true;
        node.log_ns = log_ns;
        row.whole = simulate(costs, node);
        if (cores <= std::max(1u, std::thread::hardware_concurrency()))
            row.measured_ns = measure(load, shape_for(cores), cores, runs) /
                              static_cast<double>(load.measured.size());
        scaling.rows.push_back(row);
        std::fprintf(stderr, "%s: %u cores\n", workload.c_str(), cores);
    }
    return scaling;
}

double per_tx(const CriticalPath& path) {
    return ns_each(path.total, path.txs);
}

std::string shares_of(const CriticalPath& path) {
    const auto percent = [&](double ns) { return 100 * ns / path.total; };
    return fmt::format(
        "{:>6.0f} {:>6.0f} {:>6.0f} {:>6.0f} {:>6.0f} {:>6.0f} {:>6.0f} {:>6.0f} {:>6.0f} {:>6.1f}",
        percent(path.plan), percent(path.speculate), percent(path.uneven), percent(path.validate),
        percent(path.settle), percent(path.learn), percent(path.messages), percent(path.log),
        percent(path.seal), path.busy / path.total);
}

std::string to_table(const Scaling& scaling) {
    std::string text = fmt::format(
        "{}: {}\n{:<6} {:>5} {:>9} {:>9} {:>9} {:>6} {:>6} {:>6} {:>6} {:>6} {:>6} {:>6} {:>6} "
        "{:>6} {:>6} {:>6}\n",
        scaling.workload, scaling.each, "", "cores", "ns each", "measured", "error", "times",
        "plan", "run", "uneven", "valid.", "settle", "learn", "mess.", "log", "seal", "busy");
    const auto line = [&](const char* what, const Row& row, const CriticalPath& path,
                          const CriticalPath& first) {
        const double each = per_tx(path);
        const bool checked = &path == &row.exec && row.measured_ns > 0;
        text += fmt::format(
            "{:<6} {:>5} {:>9.0f} {:>9} {:>9} {:>6.2f} {}\n", what, row.cores, each,
            checked ? fmt::format("{:.0f}", row.measured_ns) : "",
            checked ? fmt::format("{:+.0f} %", 100 * (each / row.measured_ns - 1)) : "",
            per_tx(first) / each, shares_of(path));
    };
    for (const Row& row : scaling.rows)
        line("exec", row, row.exec, scaling.rows[0].exec);
    for (const Row& row : scaling.rows)
        line("ahead", row, row.ahead, scaling.rows[0].exec);
    for (const Row& row : scaling.rows)
        line("whole", row, row.whole, scaling.rows[0].whole);
    return text;
}

nlohmann::ordered_json to_json(const CriticalPath& path, const CriticalPath& first) {
    return {{"ns_per_transaction", per_tx(path)},     {"speedup", per_tx(first) / per_tx(path)},
            {"plan", path.plan / path.total},         {"speculate", path.speculate / path.total},
            {"uneven", path.uneven / path.total},     {"validate", path.validate / path.total},
            {"settle", path.settle / path.total},     {"learn", path.learn / path.total},
            {"messages", path.messages / path.total}, {"log", path.log / path.total},
            {"seal", path.seal / path.total},         {"busy_cores", path.busy / path.total}};
}

std::string to_json(
    const std::vector<Scaling>& all, const SimulatedNode& parameters, double log_ns) {
    nlohmann::ordered_json json;
    json["commit"] = node::kCommit;
    json["cpu"] = cpu_name();
    json["message_ns"] = parameters.message_ns;
    json["wake_ns"] = parameters.wake_ns;
    json["log_ns"] = log_ns;
    for (const Scaling& scaling : all)
        for (const Row& row : scaling.rows) {
            nlohmann::ordered_json line{
                {"workload", scaling.workload},
                {"cores", row.cores},
                {"exec", to_json(row.exec, scaling.rows[0].exec)},
                {"whole", to_json(row.whole, scaling.rows[0].whole)},
                {"ahead", to_json(row.ahead, scaling.rows[0].exec)}};
            if (row.measured_ns > 0) line["measured_ns_per_transaction"] = row.measured_ns;
            json["results"].push_back(std::move(line));
        }
    return json.dump(2) + "\n";
}

std::string plot(
    const std::vector<Scaling>& all, const std::string& title, CriticalPath Row::*path,
    CriticalPath Row::*first) {
    LineChart chart;
    chart.title = title;
    chart.x_label = "cores (simulated)";
    chart.y_label = "times as fast as one core with one executor";
    chart.y_max = 16;
    LineChart::Line ideal{"ideal", {}, true};
    for (const unsigned cores : kCores)
        ideal.points.emplace_back(cores, cores);
    for (const Scaling& scaling : all) {
        LineChart::Line line{scaling.workload, {}, false};
        for (const Row& row : scaling.rows)
            line.points.emplace_back(row.cores, per_tx(scaling.rows[0].*first) / per_tx(row.*path));
        chart.lines.push_back(std::move(line));
    }
    chart.lines.push_back(std::move(ideal));
    return draw(chart);
}

std::string write_file(const std::string& path, const std::string& text) {
    std::ofstream out(path);
    out << text;
    return out.flush() ? "" : path + " cannot be written";
}

ContractLoad load_of(const std::string& workload, std::string& failure) {
    if (workload == "W5") return token_load(100'000, false, 50'000, kRoundSeed);
    if (workload == "W6") return token_load(100'000, true, 50'000, kRoundSeed);
    if (workload == "W7/100") return swap_v2_load(100, 10'000, kRoundSeed, failure);
    if (workload == "W8/100") return swap_v3_load(100, 10'000, kRoundSeed, failure);
    if (workload == "W9") return mixed_load(50'000, kRoundSeed, failure);
    if (workload == "W10") return creation_load(2'000, kRoundSeed);
    failure = "--workloads: \"" + workload + "\" is none of W5 W6 W7/100 W8/100 W9 W10";
    return {};
}

}  // namespace

int run_scaling_bench(const ScalingOptions& options) {
    const SimulatedNode parameters = calibrate(options.runs);
    const double log_ns = measure_log();
    std::printf(
        "A message: %.0f ns; waking a core: %.0f ns; an append to the order log: %.0f us\n",
        parameters.message_ns, parameters.wake_ns, log_ns / 1'000);
    std::vector<Scaling> all;
    std::istringstream names(
        options.workloads.empty() ? "W5,W7/100,W8/100,W9,W10" : options.workloads);
    for (std::string name; std::getline(names, name, ',');) {
        std::string failure;
        ContractLoad load = load_of(name, failure);
        if (!failure.empty()) return node::report(failure, node::kExitUsage);
        static_cast<void>(load.state.root());  // partitions check it
        all.push_back(scale(name, load, parameters, log_ns, options.runs));
        std::fputs(to_table(all.back()).c_str(), stdout);
        std::fflush(stdout);
    }
    std::string wrong;
    if (!options.json_file.empty())
        wrong = write_file(options.json_file, to_json(all, parameters, log_ns));
    if (wrong.empty() && !options.plots.empty()) {
        std::error_code error;
        std::filesystem::create_directories(options.plots, error);
        wrong = write_file(
            options.plots + "/scaling_exec.svg",
            plot(all, "Execution alone", &Row::exec, &Row::exec));
        if (wrong.empty())
            wrong = write_file(
                options.plots + "/scaling_whole.svg",
                plot(all, "With checks, receipts, log and sealing", &Row::whole, &Row::whole));
        if (wrong.empty())
            wrong = write_file(
                options.plots + "/scaling_ahead.svg",
                plot(
                    all, "Execution planned ahead, in rounds that grow with the cores", &Row::ahead,
                    &Row::exec));
    }
    return wrong.empty() ? node::kExitOk : node::report(wrong);
}

}  // namespace troupe::bench
