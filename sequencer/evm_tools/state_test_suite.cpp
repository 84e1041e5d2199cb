#include "sequencer/evm_tools/state_test_suite.hpp"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

namespace troupe::node {

namespace fs = std::filesystem;

namespace {

StateTestFileReport run_file(
    chain::evm::Machine& machine, const std::string& file, const StateTestFilter& filter,
    const SecondExecution& second) {
    StateTestFileReport report;
    report.file = file;
    for (const StateTest& test : read_state_tests(file, report.failure)) {
        for (const StateTestCase& test_case : test.cases) {
            const auto revision = revision_from(test_case.revision_name);
            if (!revision) {
                ++report.other_revisions;
                continue;
            }
            if (filter.revision && *filter.revision != *revision) continue;
            if (test.title(test_case).find(filter.text) == std::string::npos) continue;
            report.results.push_back(run_state_test(machine, test, test_case, *revision, second));
        }
    }
    return report;
}

/// The largest gas limit that stands in a file of state tests. Looks at the text only: a file is
/// parsed by the thread that runs it, and what is wrong with it is said there.
std::uint64_t largest_gas_limit(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream content;
    content << in.rdbuf();
    const std::string text = content.str();
    constexpr std::string_view kKey = "\"gasLimit\"";
    std::uint64_t largest = 0;
    for (auto at = text.find(kKey); at != std::string::npos; at = text.find(kKey, at)) {
        const auto end = std::min(text.find(']', at), text.size());
        at += kKey.size();
        for (auto open = text.find("\"0x", at); open < end;) {
            const auto close = std::min(text.find('"', open + 1), text.size());
            const auto gas = chain::uint256_from_text(text.substr(open + 1, close - open - 1));
            if (gas && gas->fits_u64()) largest = std::max(largest, gas->low_u64());
            open = text.find("\"0x", close);
        }
    }
    return largest;
}

/// Indices of `files`, those that may run longest first: one begun last would keep a core busy
/// alone.
std::vector<std::size_t> by_gas(const std::vector<std::string>& files) {
    std::vector<std::pair<std::uint64_t, std::size_t>> limits;
    for (std::size_t i = 0; i < files.size(); ++i)
        limits.emplace_back(largest_gas_limit(files[i]), i);
    std::stable_sort(limits.begin(), limits.end(), [](const auto& a, const auto& b) {
        return a.first > b.first;
    });
    std::vector<std::size_t> order;
    for (const auto& [gas, index] : limits)
        order.push_back(index);
    return order;
}

}  // namespace

std::vector<std::string> json_files(const std::vector<std::string>& paths, std::string& failure) {
    std::vector<std::string> files;
    for (const std::string& path : paths) {
        std::error_code error;
        if (fs::is_directory(path, error)) {
            for (fs::recursive_directory_iterator entry(path, error), end; !error && entry != end;
                 entry.increment(error)) {
                if (entry->path().extension() == ".json" && entry->is_regular_file(error))
                    files.push_back(entry->path().string());
            }
            if (error) failure = path + ": cannot be listed (" + error.message() + ")";
        } else if (fs::exists(path, error)) {
            files.push_back(path);
        } else {
            failure = path + ": no such file or folder";
        }
        if (!failure.empty()) return {};
    }
    std::sort(files.begin(), files.end());
    files.erase(std::unique(files.begin(), files.end()), files.end());
    return files;
}

std::vector<StateTestFileReport> run_state_test_files(
    const std::vector<std::string>& files, const StateTestFilter& filter, unsigned jobs,
    const SecondExecution& second) {
    std::vector<StateTestFileReport> reports(files.size());
    const std::vector<std::size_t> order = by_gas(files);
    std::atomic<std::size_t> next = 0;
    const auto work = [&] {
        chain::evm::Machine machine;
        for (std::size_t i = next++; i < order.size(); i = next++)
            reports[order[i]] = run_file(machine, files[order[i]], filter, second);
    };
    std::vector<std::thread> threads;
    for (unsigned i = 1; i < std::max(1u, jobs); ++i)
        threads.emplace_back(work);
    work();
    for (std::thread& thread : threads)
        thread.join();
    return reports;
}

}  // namespace troupe::node
