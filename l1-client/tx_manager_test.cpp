#include "l1-client/tx_manager.hpp"

#include "l1-client/abi.hpp"
#include "l1-client/inbox.hpp"
#include "l1-client/l1_reader.hpp"
#include "l1-client/output_claims.hpp"
#include "tests/support/deployed_l1.hpp"

#include "contract_artifacts.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace troupe;
using chain::Bytes;
using chain::Uint256;
using l1::ErrorKind;
using l1::SendOutcome;
using l1::TxEvent;
using l1::TxId;
using tests::Anvil;
using tests::DeployedL1;

constexpr auto kBatcher = DeployedL1::kBatcher;
constexpr auto kProposer = DeployedL1::kProposer;
constexpr auto kStranger = DeployedL1::kStranger;

struct Managed : DeployedL1 {
    static l1::TxLaneConfig settings() {
        return {
            .in_flight_max = 4,
            .confirmations = 2,
            .resubmit_after_ms = 1'000,
            .settle_after_ms = 5'000,
            .retry_delay_min_ms = 10,
            .retry_delay_max_ms = 100};
    }
    std::unique_ptr<l1::TxManager> manage(std::size_t account = kBatcher) {
        return std::make_unique<l1::TxManager>(
            anvil.client(), Anvil::key(account), Anvil::kChainId, settings(),
            [this] { return now_ms; });
    }
    TxId post(const Bytes& data) {
        const auto id = manager->submit({config.batch_inbox, data, l1::inbox_gas_limit(data)});
        BOOST_REQUIRE(id.ok());
        return *id;
    }
    void poll() {
        const auto status = manager->poll();
        if (!status) BOOST_FAIL(status.error().text);
        for (auto& notice : manager->take_notices())
            notices.push_back(notice);
        if (anvil.automines()) anvil.wait_until_all_is_mined();
    }
    bool was(TxId id, TxEvent event) const {
        return std::any_of(notices.begin(), notices.end(), [&](const auto& notice) {
            return notice.id == id && notice.event == event;
        });
    }
    std::vector<Bytes> posted() {
        l1::L1Reader reader(anvil.client(), config);
        BOOST_REQUIRE(reader.start(config.l1_start).ok());
        std::vector<Bytes> data;
        while (true) {
            auto step = reader.next();
            BOOST_REQUIRE(step.ok());
            if (step->blocks.empty()) return data;
            for (const auto& block : step->blocks) {
                for (const auto& each : block.inbox)
                    data.push_back(each.data);
            }
        }
    }

    std::uint64_t now_ms = 1;
    std::vector<l1::TxNotice> notices;
    std::unique_ptr<l1::TxManager> manager = manage();
};

BOOST_FIXTURE_TEST_SUITE(tx_manager, Managed)

BOOST_AUTO_TEST_CASE(data_is_posted_in_order_and_confirmed) {
    std::vector<Bytes> data;
    std::vector<TxId> ids;
    for (std::uint8_t i = 0; i < 6; ++i) {
        data.push_back(Bytes(1'000, i));
        ids.push_back(post(data.back()));
    }
    for (int i = 0; i < 5; ++i)
        poll();
    anvil.mine(2);
    poll();
    for (const TxId id : ids) {
        BOOST_TEST(was(id, TxEvent::kMined));
        BOOST_TEST(was(id, TxEvent::kConfirmed));
    }
    BOOST_TEST(manager->idle());
    BOOST_TEST((posted() == data));
    BOOST_TEST(!manager->stats().fees_paid.is_zero());
}

BOOST_AUTO_TEST_CASE(an_l1_that_does_not_mine_is_offered_more) {
    anvil.set_automine(false);
    const TxId id = post({0, 1});
    poll();
    const std::uint64_t nonce = *anvil.client().nonce(manager->address(), l1::BlockTag::kPending);
    for (int i = 0; i < 3; ++i) {
        now_ms += 1'000;
        poll();
    }
    BOOST_TEST(manager->stats().replaced == 3u);  // and anvil took them:
    BOOST_TEST(manager->stats().last_refusal == "");
    BOOST_TEST(
        *anvil.client().nonce(manager->address(), l1::BlockTag::kPending) == nonce);  // one slot
    anvil.mine();
    poll();
    BOOST_TEST(was(id, TxEvent::kMined));
    BOOST_TEST((posted() == std::vector<Bytes>{{0, 1}}));
}

BOOST_AUTO_TEST_CASE(a_base_fee_spike_is_followed) {
    anvil.set_automine(false);
    const TxId id = post({0, 1});
    poll();
    anvil.set_next_base_fee(50'000'000'000);  // far above twice the old base fee
    anvil.mine();
    poll();
    BOOST_TEST(!was(id, TxEvent::kMined));
    now_ms += 1'000;
    poll();
    anvil.mine();
    poll();
    BOOST_TEST(was(id, TxEvent::kMined));
}

BOOST_AUTO_TEST_CASE(a_reorg_posts_again) {
    const std::string snapshot = anvil.snapshot();
    const TxId id = post({0, 1});
    poll();  // mined at once
    poll();
    BOOST_TEST(was(id, TxEvent::kMined));
    anvil.revert(snapshot);
    BOOST_TEST(posted().empty());
    poll();
    BOOST_TEST(was(id, TxEvent::kReorganised));
    anvil.mine(2);
    poll();
    poll();
    BOOST_TEST(was(id, TxEvent::kConfirmed));
    BOOST_TEST((posted() == std::vector<Bytes>{{0, 1}}));
}

BOOST_AUTO_TEST_CASE(an_l1_that_is_away_costs_nothing_but_time) {
    l1::RpcConfig impatient;
    impatient.timeout = std::chrono::milliseconds(100);
    impatient.attempts_max = 1;
    auto client = l1::EthClient::open(anvil.url(), impatient);
    BOOST_REQUIRE(client.ok());
    manager = std::make_unique<l1::TxManager>(
        **client, Anvil::key(kBatcher), Anvil::kChainId, settings(), [this] { return now_ms; });
    const TxId id = post({0, 1});
    anvil.freeze();
    BOOST_TEST((manager->poll().error().kind == ErrorKind::kTimeout));
    BOOST_TEST((manager->poll().error().kind == ErrorKind::kTimeout));
    anvil.thaw();
    const auto polled = [&] {  // a tenth of a second is little on a busy machine
        for (int i = 0; i < 100; ++i) {
            if (manager->poll().ok()) return;
        }
        poll();
    };
    polled();
    anvil.wait_until_all_is_mined();
    anvil.mine(2);
    polled();
    for (auto& notice : manager->take_notices())
        notices.push_back(notice);
    BOOST_TEST(was(id, TxEvent::kConfirmed));
    BOOST_TEST((posted() == std::vector<Bytes>{{0, 1}}));
}

BOOST_AUTO_TEST_CASE(after_a_restart_it_waits_for_what_its_predecessor_sent) {
    anvil.set_automine(false);
    post({0, 1});
    poll();
    manager = manage();  // kill -9: nothing is remembered
    const TxId id = post({0, 2});
    poll();
    BOOST_TEST(manager->stats().settling);
    anvil.mine();
    poll();
    BOOST_TEST(!manager->stats().settling);
    anvil.mine(2);
    poll();
    BOOST_TEST(was(id, TxEvent::kConfirmed));
    BOOST_TEST((posted() == std::vector<Bytes>{{0, 1}, {0, 2}}));
}

BOOST_AUTO_TEST_CASE(after_a_restart_it_replaces_what_stays_pending) {
    anvil.set_automine(false);
    post({0, 1});
    poll();
    manager = manage();
    const TxId id = post({0, 2});
    for (int i = 0; i < 4; ++i) {  // underpriced at first, then twice the price
        poll();
        now_ms += 5'000;
    }
    anvil.mine(2);
    poll();
    BOOST_TEST(was(id, TxEvent::kConfirmed));
    BOOST_TEST((posted() == std::vector<Bytes>{{0, 2}}));
}

BOOST_AUTO_TEST_CASE(another_user_of_the_key_is_survived) {
    anvil.set_automine(false);
    const TxId id = post({0, 1});
    poll();
    anvil.rpc("anvil_dropAllTransactions");
    hand_in(kBatcher, Anvil::address(kStranger), {});
    anvil.mine();
    poll();
    poll();
    anvil.mine(2);
    poll();
    BOOST_TEST(was(id, TxEvent::kConfirmed));
    BOOST_TEST(manager->stats().renumbered == 1u);
    BOOST_TEST((posted() == std::vector<Bytes>{{0, 1}}));
}

BOOST_AUTO_TEST_CASE(without_funds_it_says_so_and_goes_on_when_there_are_some) {
    const std::string account = "\"0x70997970c51812dc3a010c7d01b50e0d17dc79c8\"";  // account 1
    anvil.rpc("anvil_setBalance", "[" + account + ",\"0x1\"]");
    const TxId id = post({0, 1});
    poll();
    BOOST_TEST(manager->stats().insufficient_funds);
    anvil.rpc("anvil_setBalance", "[" + account + ",\"0xde0b6b3a7640000\"]");
    now_ms += 100;
    poll();
    anvil.mine(2);
    poll();
    BOOST_TEST(was(id, TxEvent::kConfirmed));
    BOOST_TEST(!manager->stats().insufficient_funds);
}

BOOST_AUTO_TEST_CASE(what_reverts_on_the_l1_fails) {
    manager = manage(kStranger);
    l1::TxRequest request{config.batch_inbox, {0, 1}, 100'000};  // not the batcher
    request.check_first = false;
    const auto id = manager->submit(request);
    BOOST_REQUIRE(id.ok());
    poll();
    poll();
    BOOST_TEST(was(*id, TxEvent::kFailed));
    BOOST_TEST(manager->idle());
}

BOOST_AUTO_TEST_CASE(what_would_revert_costs_nothing) {
    const auto guardian = [&](std::uint32_t selector) {
        BOOST_REQUIRE(
            send(DeployedL1::kGuardian, config.system_config, l1::abi::encode_call(selector, {}))
                .success);
    };
    guardian(l1::artifacts::system_config::kPauseSelector);
    const auto balance = *anvil.client().balance(manager->address());
    const TxId refused = post({0, 1});
    const TxId also_refused = post({0, 2});
    for (int i = 0; i < 4; ++i) {
        poll();
        now_ms += 100;
    }
    BOOST_TEST(was(refused, TxEvent::kFailed));
    BOOST_TEST(was(also_refused, TxEvent::kFailed));
    BOOST_TEST(notices.back().text == "eth_call: reverted: PostingPaused()");
    BOOST_TEST((*anvil.client().balance(manager->address()) == balance));
    guardian(l1::artifacts::system_config::kUnpauseSelector);
    const TxId taken = post({0, 3});
    poll();
    anvil.mine(2);
    poll();
    BOOST_TEST(was(taken, TxEvent::kConfirmed));
    BOOST_TEST((posted() == std::vector<Bytes>{{0, 3}}));
}

BOOST_AUTO_TEST_CASE(a_pause_that_ends_in_time_is_only_a_delay) {
    const auto guardian = [&](std::uint32_t selector) {
        send(DeployedL1::kGuardian, config.system_config, l1::abi::encode_call(selector, {}));
    };
    guardian(l1::artifacts::system_config::kPauseSelector);
    const TxId id = post({0, 1});
    poll();
    guardian(l1::artifacts::system_config::kUnpauseSelector);
    now_ms += 100;
    poll();
    anvil.mine(2);
    poll();
    BOOST_TEST(was(id, TxEvent::kConfirmed));
}

BOOST_AUTO_TEST_CASE(an_estimate_tells_what_would_revert_before_it_is_sent) {
    manager = manage(kProposer);
    const chain::Hash32 root{{1}};
    const auto refused =
        manager->submit({config.output_registry, l1::encode_claim(0, root, {}), 0});
    BOOST_REQUIRE(!refused.ok());
    BOOST_TEST((refused.error().kind == ErrorKind::kReverted));
    BOOST_TEST(refused.error().text == "eth_estimateGas: reverted: L2BlockNotIncreasing(0, 0)");
    const auto id =
        manager->submit({config.output_registry, l1::encode_claim(9, root, config.l1_start), 0});
    BOOST_REQUIRE(id.ok());
    poll();
    anvil.mine(2);
    poll();
    BOOST_TEST(was(*id, TxEvent::kConfirmed));
    BOOST_TEST(*l1::latest_claimed_block(anvil.client(), config) == 9u);
}

BOOST_AUTO_TEST_CASE(an_l1_that_lost_its_chain_is_told_all_again) {
    const TxId id = post({0, 1});
    poll();
    anvil.restart();  // no contracts: a call to an address without code succeeds
    now_ms += 1'000;
    for (int i = 0; i < 4; ++i)
        poll();
    anvil.mine(2);
    poll();
    BOOST_TEST(was(id, TxEvent::kConfirmed));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(send_answers)

BOOST_AUTO_TEST_CASE(answers_of_different_nodes_are_understood) {
    const auto of = [](const char* text) {
        return l1::classify_send({ErrorKind::kRpc, -32000, text, {}});
    };
    BOOST_TEST((of("already known") == SendOutcome::kAccepted));
    BOOST_TEST((of("transaction already imported") == SendOutcome::kAccepted));
    BOOST_TEST((of("AlreadyKnown") == SendOutcome::kAccepted));
    BOOST_TEST((of("nonce too low: next nonce 5, tx nonce 3") == SendOutcome::kNonceTooLow));
    BOOST_TEST((of("OldNonce") == SendOutcome::kNonceTooLow));
    BOOST_TEST((of("replacement transaction underpriced") == SendOutcome::kUnderpriced));
    BOOST_TEST((of("transaction underpriced: tip needed 1") == SendOutcome::kUnderpriced));
    BOOST_TEST((of("max fee per gas less than block base fee") == SendOutcome::kUnderpriced));
    BOOST_TEST(
        (of("Insufficient funds for gas * price + value") == SendOutcome::kInsufficientFunds));
    BOOST_TEST((of("txpool is full") == SendOutcome::kUnknown));
    BOOST_TEST((of("exceeds block gas limit") == SendOutcome::kRejected));
    BOOST_TEST(
        (l1::classify_send({ErrorKind::kTimeout, 0, "no answer", {}}) == SendOutcome::kUnknown));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
