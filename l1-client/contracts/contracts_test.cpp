// Every function of the contracts on a real EVM: what it does, and each of its refusals.
#include "chain/base/hex.hpp"
#include "chain/crypto/keccak.hpp"
#include "l1-client/abi.hpp"
#include "l1-client/rollup_check.hpp"
#include "tests/support/deployed_l1.hpp"

#include "contract_artifacts.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>

namespace {

using namespace troupe;
using chain::Address;
using chain::Bytes;
using chain::Hash32;
using l1::abi::encode_call;
using l1::abi::word;
using tests::Anvil;
using tests::DeployedL1;
namespace system_config = l1::artifacts::system_config;
namespace batch_inbox = l1::artifacts::batch_inbox;
namespace output_registry = l1::artifacts::output_registry;

constexpr auto kOwner = DeployedL1::kOwner;
constexpr auto kBatcher = DeployedL1::kBatcher;
constexpr auto kProposer = DeployedL1::kProposer;
constexpr auto kGuardian = DeployedL1::kGuardian;
constexpr auto kStranger = DeployedL1::kStranger;

std::string name(std::size_t account) {
    return chain::to_hex(Anvil::address(account));
}

struct Contracts : DeployedL1 {
    const Address& settings = deployment.system_config;
    const Address& inbox = deployment.batch_inbox;
    const Address& registry = deployment.output_registry;
    const Bytes data{0, 1, 2, 3};  // version byte first, as frames have it

    void change(std::size_t account, std::uint32_t selector, std::initializer_list<Hash32> words) {
        BOOST_REQUIRE(send(account, settings, encode_call(selector, words)).success);
    }
    std::string refusal(
        std::size_t account, std::uint32_t selector, std::initializer_list<Hash32> words) {
        return verdict(account, settings, encode_call(selector, words));
    }
    Hash32 word_of(const Address& contract, std::uint32_t selector) {
        return Hash32::from(view(contract, encode_call(selector, {})));
    }
    std::vector<l1::L1Log> logs(const Address& contract, const Hash32& topic) {
        auto found = anvil.client().logs({contract, topic, 0, 1'000'000, {}});
        BOOST_REQUIRE(found.ok());
        return *found;
    }
    std::uint64_t height() { return *anvil.client().block_number(); }

    Bytes claim_data(std::uint64_t l2_block, Hash32 root, std::uint64_t l1, Hash32 l1_hash) {
        return encode_call(
            output_registry::kClaimSelector, {word(root), word(l2_block), word(l1), word(l1_hash)});
    }
    Bytes claim_data(std::uint64_t l2_block) { return claim_data(l2_block, kRoot, 0, {}); }
    static constexpr Hash32 kRoot{{1, 2, 3}};
};

/// docs/formats/l1-contracts.md: keccak256(runningHash ‖ dataHash ‖ block number ‖ batcher).
Hash32 next_running_hash(const Hash32& running, const Hash32& data_hash, std::uint64_t block) {
    Bytes link;
    for (const Hash32& part :
         {running, data_hash, word(block), word(Anvil::address(DeployedL1::kBatcher))})
        chain::append(link, part);
    return chain::crypto::keccak256(link);
}

BOOST_FIXTURE_TEST_SUITE(contracts, Contracts)

BOOST_AUTO_TEST_CASE(settings_begin_as_the_constructor_was_told) {
    const auto roles = l1::read_roles(anvil.client(), config);
    BOOST_REQUIRE(roles.ok());
    BOOST_TEST((roles->owner == Anvil::address(kOwner)));
    BOOST_TEST((roles->guardian == Anvil::address(kGuardian)));
    BOOST_TEST((roles->batcher == Anvil::address(kBatcher)));
    BOOST_TEST((roles->proposer == Anvil::address(kProposer)));
    BOOST_TEST(!roles->paused);
    BOOST_TEST((word_of(settings, system_config::kChainIdSelector) == word(kL2ChainId)));
    BOOST_TEST((word_of(settings, system_config::kGasLimitSelector) == word(config.gas_limit)));
    BOOST_TEST((word_of(settings, system_config::kBaseFeeElasticitySelector) == word(2)));
    BOOST_TEST((word_of(settings, system_config::kBaseFeeDenominatorSelector) == word(8)));
    BOOST_TEST(logs(settings, system_config::kBatcherChangedTopic).size() == 1u);
    BOOST_TEST(logs(settings, system_config::kProposerChangedTopic).size() == 1u);
    BOOST_TEST(logs(settings, system_config::kGuardianChangedTopic).size() == 1u);
    BOOST_TEST(logs(settings, system_config::kOwnershipTransferredTopic).size() == 1u);
    BOOST_TEST(logs(settings, system_config::kGasLimitChangedTopic).size() == 1u);
    BOOST_TEST(logs(settings, system_config::kFeeParametersChangedTopic).size() == 1u);
}

BOOST_AUTO_TEST_CASE(settings_refuse_to_begin_with_values_that_cannot_work) {
    const Address someone = Anvil::address(kOwner);
    const auto created = [&](std::uint64_t chain_id, const Address& batcher, std::uint64_t gas,
                             std::uint64_t elasticity) -> std::string {
        const Bytes creation = l1::abi::encode_creation(
            system_config::kCreationCode,
            {word(chain_id), word(someone), word(someone), word(batcher), word(someone), word(gas),
             word(elasticity), word(8)});
        const auto answer = anvil.client().estimate_gas({someone, std::nullopt, creation});
        return answer ? "ok" : answer.error().text;
    };
    const std::string prefix = "eth_estimateGas: reverted: ";
    BOOST_TEST(created(1, someone, 30'000'000, 2) == "ok");
    BOOST_TEST(created(0, someone, 30'000'000, 2) == prefix + "ZeroChainId()");
    BOOST_TEST(created(1, Address{}, 30'000'000, 2) == prefix + "ZeroAddress()");
    BOOST_TEST(
        created(1, someone, 4'999'999, 2) ==
        prefix + "GasLimitOutOfRange(4999999, 5000000, 100000000000)");
    BOOST_TEST(created(1, someone, 30'000'000, 0) == prefix + "FeeParametersInvalid(0, 8)");
}

BOOST_AUTO_TEST_CASE(a_new_batcher_counts_from_the_next_l1_block) {
    const Address next = Anvil::address(kStranger);
    anvil.set_automine(false);
    const Hash32 change =
        hand_in(kOwner, settings, encode_call(system_config::kSetBatcherSelector, {word(next)}));
    const Hash32 early = hand_in(kStranger, inbox, data);
    const Hash32 old = hand_in(kBatcher, inbox, data);
    anvil.mine();
    const Hash32 after = hand_in(kStranger, inbox, data);
    const Hash32 late = hand_in(kBatcher, inbox, data);
    anvil.mine();
    BOOST_REQUIRE(receipt(change).success);
    BOOST_TEST(receipt(early).block_number == receipt(change).block_number);
    BOOST_TEST(!receipt(early).success);
    BOOST_TEST(receipt(old).success);
    BOOST_TEST(receipt(after).success);
    BOOST_TEST(!receipt(late).success);
    const auto events = logs(settings, system_config::kBatcherChangedTopic);
    BOOST_REQUIRE(events.size() == 2u);
    BOOST_TEST((events[1].topics.at(1) == word(Anvil::address(kBatcher))));
    BOOST_TEST((events[1].topics.at(2) == word(next)));
    BOOST_TEST(*l1::abi::WordReader(events[1].data).u64() == receipt(change).block_number + 1);
}

BOOST_AUTO_TEST_CASE(the_last_of_two_batchers_named_in_one_l1_block_counts) {
    anvil.set_automine(false);
    for (const auto account : {kStranger, kProposer}) {
        hand_in(
            kOwner, settings,
            encode_call(system_config::kSetBatcherSelector, {word(Anvil::address(account))}));
    }
    const Hash32 old = hand_in(kBatcher, inbox, data);
    anvil.mine();
    const Hash32 named_first = hand_in(kStranger, inbox, data);
    const Hash32 named_last = hand_in(kProposer, inbox, data);
    anvil.mine();
    BOOST_TEST(receipt(old).success);
    BOOST_TEST(!receipt(named_first).success);
    BOOST_TEST(receipt(named_last).success);
}

BOOST_AUTO_TEST_CASE(the_owner_changes_every_setting_and_each_change_is_an_event) {
    const Hash32 other = word(Anvil::address(kStranger));
    change(kOwner, system_config::kSetProposerSelector, {other});
    change(kOwner, system_config::kSetGuardianSelector, {other});
    change(kOwner, system_config::kSetGasLimitSelector, {word(60'000'000)});
    change(kOwner, system_config::kSetFeeParametersSelector, {word(4), word(50)});
    BOOST_TEST((word_of(settings, system_config::kProposerSelector) == other));
    BOOST_TEST((word_of(settings, system_config::kGuardianSelector) == other));
    BOOST_TEST((word_of(settings, system_config::kGasLimitSelector) == word(60'000'000)));
    BOOST_TEST((word_of(settings, system_config::kBaseFeeElasticitySelector) == word(4)));
    BOOST_TEST((word_of(settings, system_config::kBaseFeeDenominatorSelector) == word(50)));
    BOOST_TEST(logs(settings, system_config::kProposerChangedTopic).size() == 2u);
    BOOST_TEST(logs(settings, system_config::kGuardianChangedTopic).size() == 2u);
    BOOST_TEST(logs(settings, system_config::kGasLimitChangedTopic).size() == 2u);
    BOOST_TEST(logs(settings, system_config::kFeeParametersChangedTopic).size() == 2u);
}

BOOST_AUTO_TEST_CASE(nobody_else_changes_a_setting) {
    const Hash32 other = word(Anvil::address(kStranger));
    const std::string refused = "NotOwner(" + name(kStranger) + ")";
    BOOST_TEST(refusal(kStranger, system_config::kSetBatcherSelector, {other}) == refused);
    BOOST_TEST(refusal(kStranger, system_config::kSetProposerSelector, {other}) == refused);
    BOOST_TEST(refusal(kStranger, system_config::kSetGuardianSelector, {other}) == refused);
    BOOST_TEST(refusal(kStranger, system_config::kOfferOwnershipSelector, {other}) == refused);
    BOOST_TEST(
        refusal(kStranger, system_config::kSetGasLimitSelector, {word(60'000'000)}) == refused);
    BOOST_TEST(
        refusal(kStranger, system_config::kSetFeeParametersSelector, {word(2), word(8)}) ==
        refused);
}

BOOST_AUTO_TEST_CASE(settings_that_cannot_work_are_refused) {
    const Hash32 nobody = word(Address{});
    BOOST_TEST(refusal(kOwner, system_config::kSetBatcherSelector, {nobody}) == "ZeroAddress()");
    BOOST_TEST(refusal(kOwner, system_config::kSetProposerSelector, {nobody}) == "ZeroAddress()");
    BOOST_TEST(refusal(kOwner, system_config::kSetGuardianSelector, {nobody}) == "ZeroAddress()");
    BOOST_TEST(
        refusal(kOwner, system_config::kSetGasLimitSelector, {word(100'000'000'001)}) ==
        "GasLimitOutOfRange(100000000001, 5000000, 100000000000)");
    BOOST_TEST(
        refusal(kOwner, system_config::kSetFeeParametersSelector, {word(2), word(0)}) ==
        "FeeParametersInvalid(2, 0)");
}

BOOST_AUTO_TEST_CASE(ownership_moves_when_the_new_owner_accepts) {
    const Hash32 next = word(Anvil::address(kStranger));
    BOOST_TEST(
        refusal(kStranger, system_config::kAcceptOwnershipSelector, {}) ==
        "NotPendingOwner(" + name(kStranger) + ")");
    change(kOwner, system_config::kOfferOwnershipSelector, {next});
    BOOST_TEST((word_of(settings, system_config::kPendingOwnerSelector) == next));
    BOOST_TEST(
        refusal(kGuardian, system_config::kAcceptOwnershipSelector, {}) ==
        "NotPendingOwner(" + name(kGuardian) + ")");
    change(kStranger, system_config::kAcceptOwnershipSelector, {});
    BOOST_TEST((word_of(settings, system_config::kOwnerSelector) == next));
    BOOST_TEST((word_of(settings, system_config::kPendingOwnerSelector) == word(Address{})));
    BOOST_TEST(
        refusal(kOwner, system_config::kSetGasLimitSelector, {word(60'000'000)}) ==
        "NotOwner(" + name(kOwner) + ")");
}

BOOST_AUTO_TEST_CASE(the_guardian_stops_postings_and_claims_and_lets_them_go_on) {
    BOOST_TEST(refusal(kGuardian, system_config::kUnpauseSelector, {}) == "NotPaused()");
    BOOST_TEST(
        refusal(kOwner, system_config::kPauseSelector, {}) == "NotGuardian(" + name(kOwner) + ")");
    change(kGuardian, system_config::kPauseSelector, {});
    BOOST_TEST(verdict(kBatcher, inbox, data) == "PostingPaused()");
    BOOST_TEST(verdict(kProposer, registry, claim_data(1)) == "ClaimsPaused()");
    BOOST_TEST(refusal(kGuardian, system_config::kPauseSelector, {}) == "AlreadyPaused()");
    BOOST_TEST(
        refusal(kOwner, system_config::kUnpauseSelector, {}) ==
        "NotGuardian(" + name(kOwner) + ")");
    change(kGuardian, system_config::kUnpauseSelector, {});
    BOOST_TEST(verdict(kBatcher, inbox, data) == "ok");
    BOOST_TEST(verdict(kProposer, registry, claim_data(1)) == "ok");
    BOOST_TEST(logs(settings, system_config::kPausedTopic).size() == 1u);
    BOOST_TEST(logs(settings, system_config::kUnpausedTopic).size() == 1u);
}

BOOST_AUTO_TEST_CASE(the_inbox_chains_the_hashes_of_all_data) {
    const Bytes second{0, 9};
    Hash32 running;
    for (const Bytes& each : {data, second}) {
        const auto posted = send(kBatcher, inbox, each);
        BOOST_REQUIRE(posted.success);
        const Hash32 data_hash = chain::crypto::keccak256(each);
        running = next_running_hash(running, data_hash, posted.block_number);
        BOOST_TEST((word_of(inbox, batch_inbox::kRunningHashSelector) == running));
        const auto events = logs(inbox, batch_inbox::kDataPostedTopic);
        l1::abi::WordReader words(events.back().data);
        BOOST_TEST((events.back().topics.at(1) == word(Anvil::address(kBatcher))));
        BOOST_TEST((*words.bytes32() == data_hash));
        BOOST_TEST((*words.bytes32() == running));
    }
}

BOOST_AUTO_TEST_CASE(the_inbox_takes_as_much_as_one_transaction_can_carry) {
    const Bytes large(120'000, 0);  // zero bytes: cheap enough for the test's gas limit
    BOOST_TEST(send(kBatcher, inbox, large).success);
}

BOOST_AUTO_TEST_CASE(the_inbox_takes_data_from_the_batcher_only) {
    BOOST_TEST(
        verdict(kStranger, inbox, data) ==
        "NotBatcher(" + name(kStranger) + ", " + name(kBatcher) + ")");
    BOOST_TEST(!send(kStranger, inbox, data).success);
    BOOST_TEST((word_of(inbox, batch_inbox::kRunningHashSelector) == Hash32{}));
}

BOOST_AUTO_TEST_CASE(the_inbox_refuses_a_call_without_data) {
    BOOST_TEST(verdict(kBatcher, inbox, {}) == "EmptyData()");
}

BOOST_AUTO_TEST_CASE(the_inbox_refuses_data_that_is_not_the_transactions_own) {
    // Forwards calldata[32:] to the address in calldata[0:32] and passes a revert on.
    const Bytes forwarder = *chain::from_hex(
        "6028600c60003960286000f3"
        "36602090038060206000376000600082600060006000355af16026573d6000600"
        "03e3d6000fd5b00");
    const auto created = send(kOwner, std::nullopt, forwarder);
    BOOST_REQUIRE(created.success);
    const Address contract = *created.contract_address;
    change(kOwner, system_config::kSetBatcherSelector, {word(contract)});
    anvil.mine();
    Bytes call;
    chain::append(call, word(inbox));
    chain::append(call, data);
    BOOST_TEST(
        verdict(kBatcher, contract, call) == "NotADirectCall(" + chain::to_hex(contract) + ")");
}

BOOST_AUTO_TEST_CASE(the_inbox_refuses_a_batcher_with_delegated_code) {
    // EIP-7702: the account's code is 0xef0100 ‖ an address.
    Bytes delegation = *chain::from_hex("ef0100");
    chain::append(delegation, settings);
    anvil.rpc(
        "anvil_setCode", "[\"" + name(kBatcher) + "\",\"" + chain::to_hex(delegation) + "\"]");
    BOOST_TEST(verdict(kBatcher, inbox, data) == "NotADirectCall(" + name(kBatcher) + ")");
}

BOOST_AUTO_TEST_CASE(a_claim_records_its_l1_block_and_becomes_final_after_the_window) {
    const auto head = anvil.client().header(l1::BlockTag::kLatest);
    const auto claimed =
        send(kProposer, registry, claim_data(10, kRoot, (*head)->number, (*head)->hash));
    BOOST_REQUIRE(claimed.success);
    BOOST_TEST((word_of(registry, output_registry::kClaimCountSelector) == word(1)));
    BOOST_TEST((word_of(registry, output_registry::kLatestL2BlockSelector) == word(10)));
    const auto block = anvil.client().header(claimed.block_number);
    const Bytes answer = view(registry, encode_call(output_registry::kClaimAtSelector, {word(0)}));
    l1::abi::WordReader words(answer);
    BOOST_TEST((*words.bytes32() == kRoot));
    BOOST_TEST(*words.u64() == 10u);
    BOOST_TEST(*words.u64() == claimed.block_number);
    BOOST_TEST(*words.u64() == (*block)->timestamp);
    const auto event = logs(registry, output_registry::kOutputClaimedTopic).at(0);
    BOOST_TEST((event.topics.at(1) == word(0)));
    BOOST_TEST((event.topics.at(2) == word(10)));

    const Bytes finalized = encode_call(output_registry::kFinalizedSelector, {word(0)});
    BOOST_TEST((Hash32::from(view(registry, finalized)) == word(0)));
    anvil.rpc("evm_increaseTime", "[" + std::to_string(kChallengeWindowS + 1) + "]");
    anvil.mine();
    BOOST_TEST((Hash32::from(view(registry, finalized)) == word(1)));
}

BOOST_AUTO_TEST_CASE(a_claim_is_refused_for_each_reason) {
    BOOST_TEST(verdict(kBatcher, registry, claim_data(1)) == "NotProposer(" + name(kBatcher) + ")");
    BOOST_TEST(verdict(kProposer, registry, claim_data(1, Hash32{}, 0, {})) == "ZeroOutputRoot()");
    BOOST_TEST(verdict(kProposer, registry, claim_data(0)) == "L2BlockNotIncreasing(0, 0)");
    BOOST_REQUIRE(send(kProposer, registry, claim_data(7)).success);
    BOOST_TEST(verdict(kProposer, registry, claim_data(7)) == "L2BlockNotIncreasing(7, 7)");
    const Hash32 other_fork{{9}};
    const auto block = anvil.client().header(1);
    BOOST_TEST(
        verdict(kProposer, registry, claim_data(8, kRoot, 1, other_fork)) ==
        "L1BlockMismatch(1, " + chain::to_hex(other_fork) + ", " + chain::to_hex((*block)->hash) +
            ")");
}

BOOST_AUTO_TEST_CASE(the_guardian_takes_back_a_claim_and_those_after_it) {
    for (const std::uint64_t number : {5, 6, 7})
        BOOST_REQUIRE(send(kProposer, registry, claim_data(number)).success);
    const Bytes deletion = encode_call(output_registry::kDeleteClaimsSelector, {word(1)});
    BOOST_TEST(verdict(kProposer, registry, deletion) == "NotGuardian(" + name(kProposer) + ")");
    BOOST_REQUIRE(send(kGuardian, registry, deletion).success);
    BOOST_TEST((word_of(registry, output_registry::kClaimCountSelector) == word(1)));
    BOOST_TEST((word_of(registry, output_registry::kLatestL2BlockSelector) == word(5)));
    BOOST_TEST(verdict(kGuardian, registry, deletion) == "UnknownClaim(1, 1)");
    BOOST_TEST(logs(registry, output_registry::kClaimsDeletedTopic).size() == 1u);
    BOOST_TEST(send(kProposer, registry, claim_data(6)).success);
}

BOOST_AUTO_TEST_CASE(a_final_claim_stands) {
    BOOST_REQUIRE(send(kProposer, registry, claim_data(5)).success);
    anvil.rpc("evm_increaseTime", "[" + std::to_string(kChallengeWindowS + 1) + "]");
    anvil.mine();
    const Bytes deletion = encode_call(output_registry::kDeleteClaimsSelector, {word(0)});
    BOOST_TEST(verdict(kGuardian, registry, deletion) == "ClaimFinal(0)");
}

BOOST_AUTO_TEST_CASE(a_challenge_window_beyond_90_days_is_refused) {
    const Bytes creation = l1::abi::encode_creation(
        output_registry::kCreationCode, {word(settings), word(90 * 86'400 + 1)});
    const auto answer =
        anvil.client().estimate_gas({Anvil::address(kOwner), std::nullopt, creation});
    BOOST_REQUIRE(!answer.ok());
    BOOST_TEST(
        answer.error().text ==
        "eth_estimateGas: reverted: ChallengeWindowTooLong(7776001, 7776000)");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(the_documents_example_is_true) {
    std::ifstream in("docs/formats/l1-contracts.md");
    std::string line;
    while (std::getline(in, line) && line != "```inbox") {
    }
    Hash32 running;
    std::string data;
    std::string data_hash;
    std::string running_hash;
    std::uint64_t block = 0;
    int postings = 0;
    while (in >> data >> block >> data_hash >> running_hash) {
        const Hash32 hash = chain::crypto::keccak256(*chain::from_hex(data));
        running = next_running_hash(running, hash, block);
        BOOST_TEST(chain::to_hex(hash) == "0x" + data_hash);
        BOOST_TEST(chain::to_hex(running) == "0x" + running_hash);
        ++postings;
    }
    BOOST_TEST(postings == 2);
}

}  // namespace
