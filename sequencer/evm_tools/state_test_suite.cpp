#include "sequencer/evm_tools/state_test_suite.hpp"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <thread>

namespace troupe::node {

namespace fs = std::filesystem;

namespace {

StateTestFileReport run_file(
    chain::evm::Machine& machine, const std::string& file, const StateTestFilter& filter) {
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
            report.results.push_back(run_state_test(machine, test, test_case, *revision));
        }
    }
    return report;
}

/// Indices of `files`, the largest first: a large one begun last would keep one core busy alone.
std::vector<std::size_t> by_size(const std::vector<std::string>& files) {
    std::vector<std::pair<std::uintmax_t, std::size_t>> sizes;
    for (std::size_t i = 0; i < files.size(); ++i) {
        std::error_code ignored;  // reading the file will say what is wrong
        sizes.emplace_back(fs::file_size(files[i], ignored), i);
    }
    std::stable_sort(
        sizes.begin(), sizes.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    std::vector<std::size_t> order;
    for (const auto& [size, index] : sizes)
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
    const std::vector<std::string>& files, const StateTestFilter& filter, unsigned jobs) {
    std::vector<StateTestFileReport> reports(files.size());
    const std::vector<std::size_t> order = by_size(files);
    std::atomic<std::size_t> next = 0;
    const auto work = [&] {
        chain::evm::Machine machine;
        for (std::size_t i = next++; i < order.size(); i = next++)
            reports[order[i]] = run_file(machine, files[order[i]], filter);
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
