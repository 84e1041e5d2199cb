#include "l1-client/l1_reader.hpp"

#include "chain/base/hex.hpp"
#include "l1-client/abi.hpp"
#include "l1-client/inbox.hpp"
#include "l1-client/output_claims.hpp"
#include "l1-client/rollup_check.hpp"
#include "tests/support/deployed_l1.hpp"

#include "contract_artifacts.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace troupe;
using chain::Bytes;
using chain::batch::L1Block;
using l1::abi::encode_call;
using l1::abi::word;
using tests::Anvil;
using tests::DeployedL1;
namespace system_config = l1::artifacts::system_config;

constexpr auto kOwner = DeployedL1::kOwner;
constexpr auto kBatcher = DeployedL1::kBatcher;
constexpr auto kProposer = DeployedL1::kProposer;
constexpr auto kGuardian = DeployedL1::kGuardian;
constexpr auto kStranger = DeployedL1::kStranger;

struct ReaderFixture : DeployedL1 {
    explicit ReaderFixture(l1::L1ReaderConfig limits = {})
        : reader(anvil.client(), config, limits) {
        BOOST_REQUIRE(reader.start(config.l1_start).ok());
    }

    l1::L1Step step() {
        auto answer = reader.next();
        if (!answer) BOOST_FAIL(answer.error().text);
        return *answer;
    }
    /// Everything up to the head; fails on a re-org.
    std::vector<L1Block> read_all(l1::L1Reader& from) {
        std::vector<L1Block> blocks;
        while (true) {
            auto answer = from.next();
            if (!answer) BOOST_FAIL(answer.error().text);
            BOOST_REQUIRE(!answer->back_to.has_value());
            if (answer->blocks.empty()) return blocks;
            std::move(answer->blocks.begin(), answer->blocks.end(), std::back_inserter(blocks));
        }
    }
    std::vector<L1Block> read_all() { return read_all(reader); }
    static std::vector<Bytes> data_of(const std::vector<L1Block>& blocks) {
        std::vector<Bytes> data;
        for (const L1Block& block : blocks) {
            for (const auto& each : block.inbox)
                data.push_back(each.data);
        }
        return data;
    }

    l1::L1Reader reader;
};

struct SmallSteps : ReaderFixture {
    SmallSteps() : ReaderFixture({.blocks_max = 3, .data_batch_max = 2, .remembered_max = 8}) {}
};

BOOST_AUTO_TEST_SUITE(l1_reader)

BOOST_FIXTURE_TEST_CASE(reader_gives_every_block_once_and_linked_by_hashes, SmallSteps) {
    anvil.mine(10);
    const auto blocks = read_all();
    const std::uint64_t head = *anvil.client().block_number();
    BOOST_REQUIRE(blocks.size() == head - config.l1_start.number);
    chain::L1Origin parent = config.l1_start;
    for (const L1Block& block : blocks) {
        BOOST_TEST(block.number == parent.number + 1);
        BOOST_TEST((block.parent_hash == parent.hash));
        BOOST_TEST((block.batcher == Anvil::address(kBatcher)));
        parent = {block.number, block.hash};
    }
    BOOST_TEST((reader.last() == parent));
    BOOST_TEST(step().blocks.empty());
}

BOOST_FIXTURE_TEST_CASE(reader_sees_what_the_batcher_posted_in_order, SmallSteps) {
    std::vector<Bytes> posted;
    for (std::uint8_t i = 1; i <= 7; ++i) {
        posted.push_back(Bytes(100u * i, i));
        BOOST_REQUIRE(send(kBatcher, config.batch_inbox, posted.back()).success);
    }
    const auto blocks = read_all();
    BOOST_TEST((data_of(blocks) == posted));
    for (const L1Block& block : blocks) {
        for (const auto& each : block.inbox)
            BOOST_TEST((each.from == Anvil::address(kBatcher)));
    }
}

BOOST_FIXTURE_TEST_CASE(reader_keeps_the_order_within_one_l1_block, ReaderFixture) {
    anvil.set_automine(false);
    std::vector<Bytes> posted;
    for (std::uint8_t i = 1; i <= 5; ++i) {
        posted.push_back({0, i});
        hand_in(kBatcher, config.batch_inbox, posted.back());
    }
    anvil.mine();
    const auto blocks = read_all();
    BOOST_REQUIRE(blocks.back().inbox.size() == 5u);
    BOOST_TEST((data_of(blocks) == posted));
}

BOOST_FIXTURE_TEST_CASE(
    reader_ignores_strangers_reverted_calls_and_other_contracts, ReaderFixture) {
    const Bytes data{0, 1, 2};
    BOOST_TEST(!send(kStranger, config.batch_inbox, data).success);  // reverts: not the batcher
    BOOST_TEST(send(kBatcher, Anvil::address(kStranger), data).success);  // not to the inbox
    BOOST_REQUIRE(
        send(kGuardian, config.system_config, encode_call(system_config::kPauseSelector, {}))
            .success);
    BOOST_TEST(!send(kBatcher, config.batch_inbox, data).success);  // reverts: paused
    // Another inbox with the same code and the same settings is not this rollup's.
    const auto other = send(
        kStranger, std::nullopt,
        l1::abi::encode_creation(
            l1::artifacts::batch_inbox::kCreationCode, {word(config.system_config)}));
    BOOST_REQUIRE(
        send(kGuardian, config.system_config, encode_call(system_config::kUnpauseSelector, {}))
            .success);
    BOOST_TEST(send(kBatcher, *other.contract_address, data).success);
    BOOST_TEST(data_of(read_all()).empty());
}

BOOST_FIXTURE_TEST_CASE(reader_names_the_batcher_in_force_at_each_block, ReaderFixture) {
    const auto changed = send(
        kOwner, config.system_config,
        encode_call(system_config::kSetBatcherSelector, {word(Anvil::address(kStranger))}));
    const Bytes data{0, 7};
    BOOST_REQUIRE(send(kStranger, config.batch_inbox, data).success);
    const auto check = [&](const std::vector<L1Block>& blocks) {
        for (const L1Block& block : blocks) {
            const auto expected = block.number <= changed.block_number ? kBatcher : kStranger;
            BOOST_TEST((block.batcher == Anvil::address(expected)));
        }
        BOOST_TEST((data_of(blocks) == std::vector<Bytes>{data}));
    };
    check(read_all());
    // The same from a reader that begins in the middle.
    l1::L1Reader later(anvil.client(), config);
    BOOST_REQUIRE(later.start({changed.block_number, {}}).ok());
    check(read_all(later));
}

BOOST_FIXTURE_TEST_CASE(reader_says_how_far_to_go_back_after_a_reorg, SmallSteps) {
    BOOST_REQUIRE(send(kBatcher, config.batch_inbox, {0, 1}).success);
    const std::uint64_t common = *anvil.client().block_number();
    const std::string snapshot = anvil.snapshot();
    BOOST_REQUIRE(send(kBatcher, config.batch_inbox, {0, 2}).success);
    anvil.mine(3);
    BOOST_TEST((data_of(read_all()) == std::vector<Bytes>{{0, 1}, {0, 2}}));

    anvil.revert(snapshot);
    anvil.rpc("evm_increaseTime", "[5]");  // other timestamps, so other hashes
    BOOST_REQUIRE(send(kBatcher, config.batch_inbox, {0, 3}).success);
    anvil.mine(4);
    const auto back = step();
    BOOST_REQUIRE(back.back_to.has_value());
    BOOST_TEST(*back.back_to == common);
    BOOST_TEST(back.blocks.empty());
    const auto blocks = read_all();
    BOOST_REQUIRE(!blocks.empty());
    BOOST_TEST(blocks.front().number == common + 1);
    BOOST_TEST((data_of(blocks) == std::vector<Bytes>{{0, 3}}));
}

BOOST_FIXTURE_TEST_CASE(reader_notices_a_reorg_to_a_shorter_chain, ReaderFixture) {
    const std::string snapshot = anvil.snapshot();
    const std::uint64_t common = *anvil.client().block_number();
    anvil.mine(5);
    read_all();
    anvil.revert(snapshot);
    BOOST_TEST(step().back_to.value() == common);
    BOOST_TEST(step().blocks.empty());
}

BOOST_FIXTURE_TEST_CASE(reader_forgets_a_batcher_that_a_reorg_took_back, ReaderFixture) {
    const std::string snapshot = anvil.snapshot();
    send(
        kOwner, config.system_config,
        encode_call(system_config::kSetBatcherSelector, {word(Anvil::address(kStranger))}));
    anvil.mine(2);
    BOOST_TEST((read_all().back().batcher == Anvil::address(kStranger)));
    anvil.revert(snapshot);
    anvil.rpc("evm_increaseTime", "[5]");
    anvil.mine(4);
    BOOST_TEST(step().back_to.has_value());
    BOOST_TEST((read_all().back().batcher == Anvil::address(kBatcher)));
}

BOOST_FIXTURE_TEST_CASE(a_reorg_deeper_than_remembered_is_an_error, SmallSteps) {
    const std::string snapshot = anvil.snapshot();
    anvil.mine(12);
    read_all();
    anvil.revert(snapshot);
    anvil.rpc("evm_increaseTime", "[5]");
    anvil.mine(14);
    const auto answer = reader.next();
    BOOST_REQUIRE(!answer.ok());
    BOOST_TEST((answer.error().kind == l1::ErrorKind::kReorganised));
    BOOST_REQUIRE(reader.start(config.l1_start).ok());
    BOOST_TEST(!read_all().empty());
}

BOOST_FIXTURE_TEST_CASE(starting_after_a_block_that_is_gone_is_an_error, ReaderFixture) {
    const auto gone = reader.start({config.l1_start.number, chain::Hash32{{1}}});
    BOOST_REQUIRE(!gone.ok());
    BOOST_TEST((gone.error().kind == l1::ErrorKind::kReorganised));
    BOOST_TEST(!reader.start({1'000'000, {}}).ok());
}

BOOST_FIXTURE_TEST_CASE(heads_follow_the_l1s_tags, ReaderFixture) {
    anvil.mine(100);
    const auto heads = reader.heads();
    BOOST_REQUIRE(heads.ok());
    BOOST_TEST(heads->latest.number == *anvil.client().block_number());
    BOOST_REQUIRE(heads->safe.has_value());
    BOOST_REQUIRE(heads->finalized.has_value());
    BOOST_TEST(heads->finalized->number <= heads->safe->number);
    BOOST_TEST(heads->safe->number <= heads->latest.number);
}

BOOST_FIXTURE_TEST_CASE(claims_are_read_back_without_those_deleted, ReaderFixture) {
    const chain::Hash32 root{{4, 2}};
    for (const std::uint64_t number : {5, 9, 12}) {
        const auto claimed = send(
            kProposer, config.output_registry, l1::encode_claim(number, root, config.l1_start));
        BOOST_REQUIRE(claimed.success);
    }
    BOOST_REQUIRE(send(
                      kGuardian, config.output_registry,
                      encode_call(l1::artifacts::output_registry::kDeleteClaimsSelector, {word(1)}))
                      .success);
    const auto again =
        send(kProposer, config.output_registry, l1::encode_claim(10, root, chain::L1Origin{}));
    const auto claims = l1::read_claims(anvil.client(), config);
    BOOST_REQUIRE(claims.ok());
    BOOST_REQUIRE(claims->size() == 2u);
    BOOST_TEST((*claims)[0].l2_block == 5u);
    BOOST_TEST((*claims)[1].index == 1u);
    BOOST_TEST((*claims)[1].l2_block == 10u);
    BOOST_TEST(((*claims)[1].output_root == root));
    BOOST_TEST((*claims)[1].l1_block == again.block_number);
    BOOST_TEST(*l1::latest_claimed_block(anvil.client(), config) == 10u);
}

BOOST_FIXTURE_TEST_CASE(the_gas_limit_for_data_is_enough_and_not_twice_too_much, ReaderFixture) {
    for (const std::size_t size : {1u, 31u, 1'000u, 20'000u, 130'000u}) {
        for (const std::uint8_t byte : {std::uint8_t{0}, std::uint8_t{0xab}}) {
            Bytes data(size, byte);
            data[0] = 0;
            const auto needed =
                anvil.client().estimate_gas({Anvil::address(kBatcher), config.batch_inbox, data});
            BOOST_REQUIRE(needed.ok());
            const std::uint64_t limit = l1::inbox_gas_limit(data);
            BOOST_TEST(limit >= *needed, "size " << size << ": " << limit << " < " << *needed);
            BOOST_TEST(limit <= *needed * 2);
        }
    }
}

BOOST_FIXTURE_TEST_CASE(posting_right_says_why_not, ReaderFixture) {
    const auto ask = [&](std::size_t account) {
        return *l1::posting_right(anvil.client(), config, Anvil::address(account));
    };
    BOOST_TEST(ask(kBatcher).allowed);
    BOOST_TEST(
        ask(kStranger).reason == "the L1's batcher is " + chain::to_hex(Anvil::address(kBatcher)) +
                                     ", not " + chain::to_hex(Anvil::address(kStranger)));
    send(kGuardian, config.system_config, encode_call(system_config::kPauseSelector, {}));
    BOOST_TEST(ask(kBatcher).reason == "the guardian has paused postings on the L1");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(rollup_check)

struct CheckFixture : DeployedL1 {
    std::string verdict_on(const chain::ChainConfig& changed) {
        const auto status = l1::check_rollup(anvil.client(), changed);
        return status ? "ok" : status.error().text;
    }
};

BOOST_FIXTURE_TEST_CASE(a_config_that_is_not_this_l1s_is_refused_in_words, CheckFixture) {
    BOOST_TEST(verdict_on(config) == "ok");
    const std::string at = anvil.url();
    auto changed = config;
    changed.l1_chain_id = 1;
    BOOST_TEST(verdict_on(changed) == at + " is chain 31337, expected 1");
    changed = config;
    changed.system_config = Anvil::address(kStranger);
    BOOST_TEST(
        verdict_on(changed) == "SystemConfig at " + chain::to_hex(changed.system_config) + " on " +
                                   at + ": there is no contract");
    changed = config;
    changed.batch_inbox = config.output_registry;
    BOOST_TEST(
        verdict_on(changed) == "BatchInbox at " + chain::to_hex(changed.batch_inbox) + " on " + at +
                                   ": the contract is not a troupe.BatchInbox.1");
    changed = config;
    changed.chain_id = 7;
    BOOST_TEST(verdict_on(changed).find("the L2's chain id is 0x") != std::string::npos);
    changed = config;
    changed.l1_start.hash = chain::Hash32{{1}};
    BOOST_TEST(verdict_on(changed).find("the rollup starts from L1 block") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(contracts_that_do_not_belong_together_are_refused, CheckFixture) {
    l1::DeployConfig again;
    again.l2_chain_id = kL2ChainId;
    again.owner = again.guardian = again.batcher = again.proposer = Anvil::address(kStranger);
    again.gas_limit = 30'000'000;
    const auto other = l1::deploy(anvil.client(), Anvil::key(kStranger), again);
    BOOST_REQUIRE(other.ok());
    auto mixed = config;
    mixed.batch_inbox = other->batch_inbox;
    BOOST_TEST(verdict_on(mixed).find("its SystemConfig is 0x") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(deploying_with_a_wrong_setting_says_which, CheckFixture) {
    l1::DeployConfig bad;
    bad.l1_chain_id = 1;
    auto refused = l1::deploy(anvil.client(), Anvil::key(kOwner), bad);
    BOOST_REQUIRE(!refused.ok());
    BOOST_TEST((refused.error().kind == l1::ErrorKind::kWrongChain));
    bad.l1_chain_id = 0;
    refused = l1::deploy(anvil.client(), Anvil::key(kOwner), bad);
    BOOST_REQUIRE(!refused.ok());
    BOOST_TEST(refused.error().text == "eth_estimateGas: reverted: ZeroChainId()");
    bad.l2_chain_id = 1;
    refused = l1::deploy(anvil.client(), chain::crypto::PrivateKey{{1, 2, 3}}, bad);
    BOOST_REQUIRE(!refused.ok());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
