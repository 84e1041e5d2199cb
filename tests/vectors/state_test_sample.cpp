// Runs every Nth file of a folder of state tests: what is too slow to run whole under sanitizers.
//   state_test_sample FOLDER N
#include "sequencer/evm_tools/state_test_suite.hpp"

#include <cstdio>
#include <cstdlib>
#include <thread>

int main(int argc, char** argv) {
    using namespace troupe::node;
    const std::size_t every = argc == 3 ? std::strtoull(argv[2], nullptr, 10) : 0;
    if (every == 0) {
        std::fprintf(stderr, "usage: state_test_sample FOLDER N\n");
        return 2;
    }
    std::string failure;
    const auto files = json_files({argv[1]}, failure);
    std::vector<std::string> sample;
    for (std::size_t i = 0; i < files.size(); i += every)
        sample.push_back(files[i]);
    std::size_t passed = 0;
    std::size_t failed = sample.empty() ? 1 : 0;
    if (!failure.empty()) std::printf("%s\n", failure.c_str());
    for (const auto& report :
         run_state_test_files(sample, {}, std::max(1u, std::thread::hardware_concurrency()))) {
        if (!report.failure.empty()) {
            std::printf("FAILED %s\n", report.failure.c_str());
            ++failed;
        }
        for (const StateTestResult& result : report.results) {
            ++(result.passed ? passed : failed);
            if (!result.passed)
                std::printf("FAILED %s: %s\n", result.title.c_str(), result.difference.c_str());
        }
    }
    std::printf("%zu passed, %zu failed\n", passed, failed);
    return failed == 0 ? 0 : 1;
}
