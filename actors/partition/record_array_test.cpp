#include "actors/partition/record_array.hpp"

#include "actors/partition/account_table.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace troupe::actors::test {
namespace {

struct Record {
    std::uint64_t value = 0;
    std::uint64_t more[2]{};
};

/// What /proc says of the mapping that `address` is in: its lines.
std::string mapping_of(const void* address) {
    const auto wanted = reinterpret_cast<std::uintptr_t>(address);
    std::ifstream maps("/proc/self/smaps");
    std::string found;
    for (std::string line; std::getline(maps, line);) {
        std::uintptr_t begin = 0;
        std::uintptr_t end = 0;
        if (std::sscanf(line.c_str(), "%zx-%zx ", &begin, &end) == 2) {
            if (!found.empty()) break;
            if (begin > wanted || wanted >= end) continue;
        } else if (found.empty()) {
            continue;
        }
        found += line + "\n";
    }
    return found;
}

/// A line like "Rss: 12 kB" of a text of many. @return kB; 0 without such a line
unsigned long kb_of(const std::string& text, const std::string& name) {
    const auto at = text.find(name);
    return at == std::string::npos ? 0 : std::stoul(text.substr(at + name.size()));
}

std::string status() {
    std::ifstream file("/proc/self/status");
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(record_array)

BOOST_AUTO_TEST_CASE(records_are_zero_small_and_large) {
    for (const std::size_t size : {1u, 1'000u, 100'000u, 300'001u}) {
        RecordArray<Record> records(size);
        BOOST_TEST(records.size() == size);
        BOOST_TEST(std::all_of(records.begin(), records.end(), [](const Record& record) {
            return record.value == 0 && record.more[1] == 0;
        }));
        records[size - 1].value = 7;
        BOOST_TEST((records.end() - 1)->value == 7u);
        const RecordArray<Record> moved = std::move(records);
        BOOST_TEST(moved.size() == size);
        BOOST_TEST(moved[size - 1].value == 7u);
    }
}

BOOST_AUTO_TEST_CASE(zero_memory_is_an_empty_record) {
    const AccountRecord empty;
    const std::string zeros(sizeof(AccountRecord), '\0');
    BOOST_TEST(std::memcmp(&empty, zeros.data(), zeros.size()) == 0);
    BOOST_TEST(RecordArray<AccountRecord>(100'000)[99'999].used() == false);
}

BOOST_AUTO_TEST_CASE(a_large_one_asks_for_huge_pages_and_is_given_what_is_touched) {
    constexpr std::size_t kBytes = std::size_t{64} << 20;
    RecordArray<Record> records(kBytes / sizeof(Record));
    BOOST_TEST(reinterpret_cast<std::uintptr_t>(records.begin()) % (2u << 20) == 0u);
    const std::string before = mapping_of(records.begin());
    if (std::filesystem::exists("/sys/kernel/mm/transparent_hugepage"))
        BOOST_TEST(before.find(" hg") != std::string::npos, before);  // MADV_HUGEPAGE
    else
        BOOST_TEST_MESSAGE("this kernel has no huge pages to ask for");
    for (Record& record : records)
        record.value = 1;
    const unsigned long touched = kb_of(mapping_of(records.begin()), "Rss:");
    BOOST_TEST(touched - kb_of(before, "Rss:") > (kBytes >> 10) * 9 / 10);
}

BOOST_AUTO_TEST_CASE(memory_goes_back) {
    const unsigned long before = kb_of(status(), "VmSize:");
    for (int i = 0; i < 64; ++i)
        RecordArray<Record>(1'000'000)[static_cast<std::size_t>(i)].value = 1;
    BOOST_TEST(kb_of(status(), "VmSize:") < before + (64u << 10));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::actors::test
