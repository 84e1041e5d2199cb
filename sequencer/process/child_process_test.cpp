#include "sequencer/process/child_process.hpp"

#include <boost/test/unit_test.hpp>
#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace troupe::node {

BOOST_AUTO_TEST_SUITE(child_process)

ChildProcess shell(const std::string& script, const std::string& output_file = {}) {
    std::string failure;
    auto child = ChildProcess::start({{"sh", "-c", script}, output_file}, failure);
    BOOST_TEST_REQUIRE(child.has_value(), failure);
    return std::move(*child);
}

BOOST_AUTO_TEST_CASE(exit_status_and_output_arrive) {
    const auto path = std::filesystem::temp_directory_path() /
                      ("troupe-child-" + std::to_string(getpid()) + ".txt");
    auto child = shell("echo out; echo err >&2; exit 7", path);
    BOOST_TEST((child.wait(std::chrono::seconds(20)) == 7));
    std::ifstream file(path);
    BOOST_TEST(std::string(std::istreambuf_iterator<char>(file), {}) == "out\nerr\n");
    std::filesystem::remove(path);
}

BOOST_AUTO_TEST_CASE(a_program_that_is_not_there_is_an_error_in_words) {
    std::string failure;
    BOOST_TEST(!ChildProcess::start({{"/nonexistent/program"}, {}}, failure).has_value());
    BOOST_TEST(failure == "/nonexistent/program: No such file or directory");
}

BOOST_AUTO_TEST_CASE(stop_ends_even_what_ignores_sigterm) {
    auto child = shell("trap '' TERM; echo; while :; do sleep 0.05; done");
    BOOST_TEST(child.running());
    // The trap may not be set yet: then SIGTERM ends it, which is a fine end too.
    const int status = child.stop(std::chrono::milliseconds(300));
    BOOST_TEST((status == 128 + SIGKILL || status == 128 + SIGTERM));
    BOOST_TEST(!child.running());
}

BOOST_AUTO_TEST_CASE(sigterm_ends_a_program_though_it_is_blocked_here) {
    sigset_t term;
    sigset_t before;
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &term, &before);
    auto child = shell("exec sleep 600");
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    BOOST_TEST(child.stop(std::chrono::seconds(20)) == 128 + SIGTERM);
}

BOOST_AUTO_TEST_CASE(destruction_ends_the_program) {
    int pid = 0;
    {
        auto child = shell("exec sleep 600");
        pid = child.pid();
        BOOST_TEST(kill(pid, 0) == 0);
    }
    BOOST_TEST(kill(pid, 0) == -1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::node
