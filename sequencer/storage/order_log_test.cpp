#include "sequencer/storage/order_log.hpp"

#include "sequencer/storage/sample_chain.hpp"
#include "sequencer/testing/temp_directory.hpp"

#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace troupe::node {

actors::MicroBlockRecord sample_record(std::uint64_t sequence, std::size_t transactions) {
    actors::MicroBlockRecord record;
    record.sequence = sequence;
    record.env.number = 1 + sequence / 4;
    record.env.chain_id = 1337;
    record.env.base_fee_per_gas = 7;
    record.index_in_block = static_cast<std::uint32_t>(sequence % 4);
    for (std::size_t i = 0; i < transactions; ++i) {
        record.transactions.push_back(sample_transfer(sequence * 1'000 + i));
        record.senders.push_back(sample_address(static_cast<std::uint8_t>(i)));
    }
    return record;
}

std::unique_ptr<LevelOrderLog> open_log(const std::filesystem::path& path) {
    std::string failure;
    auto log = LevelOrderLog::open(path, failure);
    BOOST_REQUIRE_MESSAGE(log, failure);
    return log;
}

BOOST_AUTO_TEST_SUITE(order_log)

BOOST_AUTO_TEST_CASE(entries_read_back_in_order_with_all_that_replay_needs) {
    const TempDirectory directory;
    auto log = open_log(directory.path());
    const auto first = sample_record(1, 3);
    const auto second = sample_record(2, 0);
    actors::SealRecord seal;
    seal.sequence = 3;
    seal.env = second.env;
    seal.block_hash[0] = 7;
    BOOST_REQUIRE(!log->append(first));
    BOOST_REQUIRE(!log->append(second));
    BOOST_REQUIRE(!log->append(seal));
    log.reset();
    log = open_log(directory.path());
    LevelOrderLog::Tail tail;
    BOOST_REQUIRE(!log->read_tail(1, tail));
    BOOST_REQUIRE(tail.micro_blocks.size() == 2u);
    BOOST_REQUIRE(tail.seals.size() == 1u);
    BOOST_TEST(tail.next_sequence == 4u);
    BOOST_TEST((tail.micro_blocks[0].env == first.env));
    BOOST_TEST((tail.micro_blocks[0].transactions == first.transactions));
    BOOST_TEST((tail.micro_blocks[0].senders == first.senders));
    BOOST_TEST(tail.micro_blocks[0].index_in_block == 1u);
    BOOST_TEST((tail.seals[0].block_hash == seal.block_hash));
}

BOOST_AUTO_TEST_CASE(pruned_entries_are_gone_and_the_rest_stays) {
    const TempDirectory directory;
    auto log = open_log(directory.path());
    for (std::uint64_t i = 1; i <= 10; ++i)
        BOOST_REQUIRE(!log->append(sample_record(i, 1)));
    BOOST_REQUIRE(!log->prune(4));
    log.reset();
    log = open_log(directory.path());
    BOOST_REQUIRE(!log->prune(6));  // finds by itself that 5 is the oldest now
    LevelOrderLog::Tail tail;
    BOOST_REQUIRE(!log->read_tail(7, tail));
    BOOST_TEST(tail.micro_blocks.size() == 4u);
    BOOST_REQUIRE(log->read_tail(5, tail).has_value());
    BOOST_TEST(log->read_tail(5, tail)->find("entry 5: missing") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_second_process_is_told_that_the_log_is_in_use) {
    const TempDirectory directory;
    const auto log = open_log(directory.path());
    std::string failure;
    BOOST_TEST(!LevelOrderLog::open(directory.path(), failure));
    BOOST_TEST(failure.find("another process has this database open") != std::string::npos);
}

// R1, R11: the child appends until it is killed, and says each sequence after the append returned.
BOOST_AUTO_TEST_CASE(what_was_appended_before_kill_9_is_there_afterwards) {
    for (const int appends_before_kill : {1, 7, 40}) {
        const TempDirectory directory;
        int pipes[2];
        BOOST_REQUIRE(pipe(pipes) == 0);
        const pid_t child = fork();
        if (child == 0) {
            std::string failure;
            auto log = LevelOrderLog::open(directory.path(), failure);
            for (std::uint64_t i = 1; log; ++i) {
                if (log->append(sample_record(i, 20))) _exit(2);
                if (write(pipes[1], &i, sizeof i) != sizeof i) _exit(3);
            }
            _exit(4);
        }
        close(pipes[1]);
        std::uint64_t acknowledged = 0;
        for (int i = 0; i < appends_before_kill; ++i)
            BOOST_REQUIRE(
                read(pipes[0], &acknowledged, sizeof acknowledged) == sizeof acknowledged);
        kill(child, SIGKILL);
        while (read(pipes[0], &acknowledged, sizeof acknowledged) == sizeof acknowledged) {
        }
        close(pipes[0]);
        int status = 0;
        waitpid(child, &status, 0);
        BOOST_REQUIRE(WIFSIGNALED(status));
        const auto log = open_log(directory.path());
        LevelOrderLog::Tail tail;
        BOOST_REQUIRE(!log->read_tail(1, tail));
        BOOST_TEST(tail.micro_blocks.size() >= acknowledged);
        BOOST_TEST(tail.micro_blocks.size() <= acknowledged + 1);  // durable, not yet told
        BOOST_TEST(
            (tail.micro_blocks.back().transactions ==
             sample_record(tail.micro_blocks.size(), 20).transactions));
    }
}

// R11. A disk of 8 MB where that may be mounted, else a limit on the size of a file.
BOOST_AUTO_TEST_CASE(a_full_disk_is_a_clear_failure_and_loses_nothing) {
    const TempDirectory directory;
    const bool mounted = mount("tmpfs", directory.path().c_str(), "tmpfs", 0, "size=8m") == 0;
    int pipes[2];
    BOOST_REQUIRE(pipe(pipes) == 0);
    const pid_t child = fork();
    if (child == 0) {
        if (!mounted) {
            signal(SIGXFSZ, SIG_IGN);
            const rlimit limit{.rlim_cur = 4'000'000, .rlim_max = 4'000'000};
            if (setrlimit(RLIMIT_FSIZE, &limit) != 0) _exit(2);
        }
        std::string failure;
        auto log = LevelOrderLog::open(directory.path(), failure);
        if (!log) _exit(3);
        for (std::uint64_t i = 1; i < 10'000; ++i) {
            const Failure full = log->append(sample_record(i, 500));
            if (!full) {
                if (write(pipes[1], &i, sizeof i) != sizeof i) _exit(4);
                continue;
            }
            const bool clear = full->find("cannot write to") != std::string::npos &&
                               full->find("order") != std::string::npos;
            const bool latched = log->append(sample_record(i, 0)).has_value();
            _exit(clear && latched ? 0 : 5);
        }
        _exit(6);
    }
    close(pipes[1]);
    std::uint64_t acknowledged = 0;
    while (read(pipes[0], &acknowledged, sizeof acknowledged) == sizeof acknowledged) {
    }
    close(pipes[0]);
    int status = 0;
    waitpid(child, &status, 0);
    BOOST_TEST((WIFEXITED(status) && WEXITSTATUS(status) == 0));
    BOOST_TEST(acknowledged > 10u);
    if (mounted)  // an operator makes room; then the log opens again
        BOOST_REQUIRE(
            mount("tmpfs", directory.path().c_str(), "tmpfs", MS_REMOUNT, "size=64m") == 0);
    {
        const auto log = open_log(directory.path());
        LevelOrderLog::Tail tail;
        BOOST_REQUIRE(!log->read_tail(1, tail));
        BOOST_TEST(tail.micro_blocks.size() == acknowledged);
        BOOST_TEST(!log->append(sample_record(acknowledged + 1, 500)));
    }
    if (mounted) umount(directory.path().c_str());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::node
