#include "sequencer/load/process_usage.hpp"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace troupe::node {

std::uint64_t resident_bytes(int pid) {
    std::ifstream in("/proc/" + std::to_string(pid) + "/statm");
    std::uint64_t all = 0;
    std::uint64_t resident = 0;
    in >> all >> resident;
    return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

namespace {

double seconds_of(const std::string& stat_file) {
    std::ifstream in(stat_file);
    std::string line;
    std::getline(in, line);
    const std::size_t name_end = line.rfind(')');  // the name may hold anything
    if (name_end == std::string::npos) return 0;
    std::istringstream fields(line.substr(name_end + 1));
    std::string skipped;
    for (int i = 3; i < 14; ++i)  // proc(5): utime is field 14, stime 15
        fields >> skipped;
    double user = 0;
    double system = 0;
    fields >> user >> system;
    return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

/// The stage that a thread of this name works for.
std::string stage_of(const std::string& thread) {
    if (thread == "caf.multiplexer") return kWorkersStage;
    for (const char* own : {"order log", "block store", "batcher"}) {
        if (thread == own) return own;
    }
    return "gRPC, answers, JSON-RPC";  // their libraries name their threads, or nobody does
}

}  // namespace

double processor_seconds(int pid) {
    return seconds_of("/proc/" + std::to_string(pid) + "/stat");
}

ThreadSeconds thread_seconds(int pid) {
    ThreadSeconds seconds;
    std::error_code ignored;  // the process may have ended
    const std::filesystem::directory_iterator threads(
        "/proc/" + std::to_string(pid) + "/task", ignored);
    for (const auto& thread : threads) {
        std::string name;
        std::getline(std::ifstream(thread.path() / "comm"), name);
        seconds[name] += seconds_of(thread.path() / "stat");
    }
    return seconds;
}

std::vector<StageCost> stage_costs(
    const ThreadSeconds& before, const ThreadSeconds& after, std::uint64_t transactions) {
    std::map<std::string, double> stages;
    for (const auto& [thread, seconds] : after) {
        const auto earlier = before.find(thread);
        stages[stage_of(thread)] += seconds - (earlier == before.end() ? 0 : earlier->second);
    }
    std::vector<StageCost> costs;
    for (const auto& [stage, seconds] : stages)
        costs.push_back({stage, seconds * 1e6 / static_cast<double>(transactions)});
    std::sort(costs.begin(), costs.end(), [](const StageCost& a, const StageCost& b) {
        return a.us > b.us;
    });
    return costs;
}

}  // namespace troupe::node
