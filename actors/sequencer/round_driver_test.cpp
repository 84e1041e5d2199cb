#include "actors/sequencer/round_driver.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <vector>

namespace troupe::actors::test {
namespace {

/// Writes down what the driver asks for.
struct Asked : RoundPort {
    std::vector<std::uint32_t> shares;
    std::vector<std::uint32_t> partitions;
    std::uint32_t settled = 0;

    void speculate(std::uint32_t share, const RoundPtr&) override { shares.push_back(share); }
    void validate(std::uint32_t partition, const RoundPtr&) override {
        partitions.push_back(partition);
    }
    void settle(const RoundPtr&) override { ++settled; }
};

struct DriverFixture {
    Asked asked;
    RoundDriver driver{asked, 4};
    RoundPtr round = std::make_shared<Round>();

    DriverFixture() {
        round->txs.resize(2);
        round->speculations.resize(2);
        round->speculations[0].txs = {0};
        round->speculations[1].txs = {1};
        driver.start(round);
    }
    /// Both shares have left so many effects in each partition.
    void speculated(std::vector<std::size_t> first, std::vector<std::size_t> second) {
        for (std::size_t p = 0; p < first.size(); ++p) {
            round->speculations[0].by_partition[p].resize(first[p]);
            round->speculations[1].by_partition[p].resize(second[p]);
        }
        driver.on_speculated();
        driver.on_speculated();
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(round_driver)

BOOST_FIXTURE_TEST_CASE(who_has_most_to_validate_is_told_first, DriverFixture) {
    BOOST_TEST((asked.shares == std::vector<std::uint32_t>{0, 1}));
    speculated({2, 1, 0, 4}, {1, 6, 0, 0});
    BOOST_TEST((asked.partitions == std::vector<std::uint32_t>{1, 3, 0}));
    driver.on_validated(true);
    driver.on_validated(true);
    BOOST_TEST(!driver.done());
    driver.on_validated(true);
    BOOST_TEST(driver.done());
    BOOST_TEST(asked.settled == 0u);
}

BOOST_FIXTURE_TEST_CASE(a_partition_with_tips_only_is_told, DriverFixture) {
    round->speculations[1].vault.partition = 2;
    round->speculations[1].tips_sum = 5;
    speculated({1, 0, 0, 0}, {0, 0, 0, 0});
    BOOST_TEST((asked.partitions == std::vector<std::uint32_t>{0, 2}));
    driver.on_validated(false);
    driver.on_validated(true);
    BOOST_TEST(asked.settled == 1u);
    driver.on_settled();
    BOOST_TEST(driver.done());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::actors::test
