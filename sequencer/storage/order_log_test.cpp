#include "sequencer/storage/order_log.hpp"

#include "sequencer/storage/records.hpp"
#include "sequencer/storage/sample_chain.hpp"
#include "sequencer/testing/temp_directory.hpp"

#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

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

constexpr std::uint64_t kSmallSegment = 64 * 1024;

std::unique_ptr<SegmentedOrderLog> open_log(
    const std::filesystem::path& path, std::uint64_t segment_bytes = kSmallSegment) {
    std::string failure;
    auto log = SegmentedOrderLog::open(path, failure, {segment_bytes});
    BOOST_REQUIRE_MESSAGE(log, failure);
    return log;
}

/// A log of entries first to last, closed.
void write_log(const std::filesystem::path& path, std::uint64_t first, std::uint64_t last) {
    const auto log = open_log(path);
    for (std::uint64_t i = first; i <= last; ++i)
        BOOST_REQUIRE(!log->append(sample_record(i, 1)));
}

std::vector<std::filesystem::path> files_of(const std::filesystem::path& data_directory) {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(data_directory / "order-log"))
        if (std::isdigit(static_cast<unsigned char>(entry.path().filename().string()[0])))
            files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

/// Changes one byte of a file.
void damage(const std::filesystem::path& file, std::uint64_t offset) {
    std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
    bytes.seekg(static_cast<std::streamoff>(offset));
    const int byte = bytes.get();
    bytes.seekp(static_cast<std::streamoff>(offset));
    bytes.put(static_cast<char>(byte ^ 0x10));
    BOOST_REQUIRE(bytes.good());
}
constexpr std::uint64_t kInHead = 20;
constexpr std::uint64_t kInValue = 100;

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
    SegmentedOrderLog::Tail tail;
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

BOOST_AUTO_TEST_CASE(pruned_entries_make_room_and_the_rest_stays) {
    const TempDirectory directory;
    auto log = open_log(directory.path());
    constexpr std::uint64_t kEntries = 1'000;  // of one page each, 16 a file
    constexpr std::uint64_t kKept = 20;
    for (std::uint64_t i = 1; i <= kEntries; ++i) {
        BOOST_REQUIRE(!log->append(sample_record(i, 1)));
        if (i <= kKept) continue;
        BOOST_REQUIRE(!log->prune(i - kKept));
        if (i % 100 == 0) {
            log.reset();
            log = open_log(directory.path());
        }
        SegmentedOrderLog::Tail tail;
        BOOST_REQUIRE(!log->read_tail(i - kKept + 1, tail));
        BOOST_REQUIRE(tail.micro_blocks.size() == kKept);
        BOOST_REQUIRE(tail.next_sequence == i + 1);
        BOOST_REQUIRE(
            (tail.micro_blocks[i % kKept].transactions ==
             sample_record(i - kKept + 1 + i % kKept, 1).transactions));
    }
    // Files are written over, or there would have been 63. How many are made besides depends on who
    // is quicker, the writer or the thread that makes files ahead: two at most after each opening.
    BOOST_TEST(files_of(directory.path()).size() <= 3 + SegmentPool::kFreeMax);
    for (const auto& file : files_of(directory.path())) {
        BOOST_TEST(std::stoul(file.filename().string()) < 32u);
        BOOST_TEST(std::filesystem::file_size(file) == kSmallSegment);
    }
}

BOOST_AUTO_TEST_CASE(an_entry_larger_than_a_file_gets_one_of_its_own) {
    const TempDirectory directory;
    auto log = open_log(directory.path());
    for (std::uint64_t i = 1; i <= 3; ++i)
        BOOST_REQUIRE(!log->append(sample_record(i, i == 2 ? 2'000 : 1)));
    log.reset();
    log = open_log(directory.path());
    SegmentedOrderLog::Tail tail;
    BOOST_REQUIRE(!log->read_tail(1, tail));
    BOOST_REQUIRE(tail.micro_blocks.size() == 3u);
    BOOST_TEST((tail.micro_blocks[1].transactions == sample_record(2, 2'000).transactions));
}

BOOST_AUTO_TEST_CASE(what_is_damaged_between_others_stops_the_start) {
    for (const std::uint64_t offset : {kInHead, kInValue}) {
        const TempDirectory directory;
        write_log(directory.path(), 1, 40);  // three files
        damage(files_of(directory.path())[0], 4 * OrderSegment::kPage + offset);
        SegmentedOrderLog::Tail tail;
        const auto log = open_log(directory.path());
        const Failure failure = log->read_tail(2, tail);
        BOOST_REQUIRE(failure.has_value());
        const char* what = offset == kInHead ? "entry 5: missing" : "entry 5: damaged";
        BOOST_TEST(failure->find(what) != std::string::npos, *failure);
        BOOST_TEST(failure->find("the next one is 6") != std::string::npos, *failure);
        BOOST_TEST(!log->read_tail(6, tail));  // a start that does not need it
        BOOST_TEST(tail.micro_blocks.size() == 35u);
    }
}

BOOST_AUTO_TEST_CASE(an_entry_that_was_not_written_whole_is_the_end_and_is_written_again) {
    for (const std::uint64_t offset : {kInHead, kInValue}) {
        const TempDirectory directory;
        write_log(directory.path(), 1, 7);
        damage(files_of(directory.path())[0], 6 * OrderSegment::kPage + offset);
        for (std::uint64_t entries = 6; entries < 9; ++entries) {
            const auto log = open_log(directory.path());
            SegmentedOrderLog::Tail tail;
            BOOST_REQUIRE(!log->read_tail(1, tail));
            BOOST_REQUIRE(tail.next_sequence == entries + 1);
            BOOST_REQUIRE(!log->append(sample_record(entries + 1, 1)));
        }
    }
}

// What is in an entry comes from strangers, and stays in a file that is used again.
BOOST_AUTO_TEST_CASE(pages_of_another_key_are_no_entries) {
    const TempDirectory directory;
    const TempDirectory strangers;
    write_log(directory.path(), 1, 4);
    write_log(strangers.path(), 5, 12);
    {
        std::ifstream from(files_of(strangers.path())[0], std::ios::binary);
        std::fstream to(
            files_of(directory.path())[0], std::ios::in | std::ios::out | std::ios::binary);
        to.seekp(4 * OrderSegment::kPage);
        std::vector<char> pages(8 * OrderSegment::kPage);
        from.read(pages.data(), static_cast<std::streamsize>(pages.size()));
        to.write(pages.data(), static_cast<std::streamsize>(pages.size()));
        BOOST_REQUIRE((from.good() && to.good()));
    }
    SegmentedOrderLog::Tail tail;
    BOOST_REQUIRE(!open_log(directory.path())->read_tail(1, tail));
    BOOST_TEST(tail.next_sequence == 5u);
    std::filesystem::remove(directory.path() / "order-log" / "KEY");
    std::string failure;
    BOOST_TEST(!SegmentedOrderLog::open(directory.path(), failure));
    BOOST_TEST(failure.find("KEY is missing or damaged") != std::string::npos, failure);
}

BOOST_AUTO_TEST_CASE(the_log_of_an_older_format_is_taken_over) {
    const TempDirectory directory;
    const auto write_old = [&](std::uint64_t last) {
        std::string failure;
        const auto old = Database::open(directory.path() / "order", {}, failure);
        BOOST_REQUIRE_MESSAGE(old, failure);
        WriteBatch batch;
        for (std::uint64_t i = 3; i <= last; ++i) {
            chain::Bytes key;
            for (int shift = 56; shift >= 0; shift -= 8)
                key.push_back(static_cast<std::uint8_t>(i >> shift));
            batch.put(key, encode(sample_record(i, 2)));
        }
        BOOST_REQUIRE(!old->write(batch, Database::Sync::kYes));
    };
    // The second time as after a crash before the old one was gone: nothing else was written since.
    for (const std::uint64_t last : {std::uint64_t{50}, std::uint64_t{60}}) {
        write_old(last);
        const auto log = open_log(directory.path());
        SegmentedOrderLog::Tail tail;
        BOOST_REQUIRE(!log->read_tail(3, tail));
        BOOST_TEST(tail.next_sequence == last + 1);
        BOOST_TEST((tail.micro_blocks[7].transactions == sample_record(10, 2).transactions));
        BOOST_TEST(!std::filesystem::exists(directory.path() / "order"));
        BOOST_TEST(!std::filesystem::exists(directory.path() / "order.done"));
    }
}

BOOST_AUTO_TEST_CASE(a_second_process_is_told_that_the_log_is_in_use) {
    const TempDirectory directory;
    const auto log = open_log(directory.path());
    std::string failure;
    BOOST_TEST(!SegmentedOrderLog::open(directory.path(), failure));
    BOOST_TEST(failure.find("in use by another troupe process") != std::string::npos);
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
            auto log = SegmentedOrderLog::open(directory.path(), failure, {kSmallSegment});
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
        SegmentedOrderLog::Tail tail;
        BOOST_REQUIRE(!log->read_tail(1, tail));
        BOOST_TEST(tail.micro_blocks.size() >= acknowledged);
        BOOST_TEST(tail.micro_blocks.size() <= acknowledged + 1);  // durable, not yet told
        BOOST_TEST(
            (tail.micro_blocks.back().transactions ==
             sample_record(tail.micro_blocks.size(), 20).transactions));
    }
}

// R11. A disk of 8 MB where that may be mounted, else a limit on the size of new files.
BOOST_AUTO_TEST_CASE(a_full_disk_is_a_clear_failure_and_loses_nothing) {
    constexpr std::uint64_t kSegment = 2 * 1024 * 1024;
    const TempDirectory directory;
    const bool mounted = mount("tmpfs", directory.path().c_str(), "tmpfs", 0, "size=8m") == 0;
    int pipes[2];
    BOOST_REQUIRE(pipe(pipes) == 0);
    const pid_t child = fork();
    if (child == 0) {
        std::string failure;
        auto log = SegmentedOrderLog::open(directory.path(), failure, {kSegment});
        if (!log) _exit(3);
        if (!mounted) {  // no file after the first
            signal(SIGXFSZ, SIG_IGN);
            const rlimit limit{.rlim_cur = kSegment / 2, .rlim_max = kSegment / 2};
            if (setrlimit(RLIMIT_FSIZE, &limit) != 0) _exit(2);
        }
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
        const auto log = open_log(directory.path(), kSegment);
        SegmentedOrderLog::Tail tail;
        BOOST_REQUIRE(!log->read_tail(1, tail));
        BOOST_TEST(tail.micro_blocks.size() == acknowledged);
        BOOST_TEST(!log->append(sample_record(acknowledged + 1, 500)));
    }
    if (mounted) umount(directory.path().c_str());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::node
