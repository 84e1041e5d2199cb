#include "prover-bridge/verify.hpp"

#include "chain/base/hex.hpp"
#include "prover-bridge/testing/test_rollup.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace {

using namespace troupe::prover;
using namespace troupe::prover::testing;
namespace batch = troupe::chain::batch;
namespace data = boost::unit_test::data;

constexpr std::uint64_t kBlocks = 20;
constexpr std::size_t kTransfersPerBlock = 12;

// Twenty blocks of transfers among five wallets and to fresh addresses, in four batches, all of
// them claimed in the L1 block after.
struct Rollup {
    std::vector<Wallet> wallets{wallet(1), wallet(2), wallet(3), wallet(4), wallet(5)};
    Genesis genesis = test_genesis(wallets);
    ChainConfig config = test_config();
    HonestNode node{genesis, config};
    std::vector<BatchBlock> blocks;  // of the L2, from number 1
    MemoryL1 l1;

    Rollup() {
        batch::Rng rng{5};
        for (std::uint64_t number = 1; number <= kBlocks; ++number) {
            BatchBlock block{l1::kL1StartTime + number, l1::kL1Start, {}};
            for (std::size_t i = 0; i < kTransfersPerBlock; ++i) {
                Wallet& from = wallets[rng.below(wallets.size())];
                const Address to = rng.one_in(3) ? rng.fixed<Address>()
                                                 : wallets[rng.below(wallets.size())].address;
                block.transactions.push_back(transfer(from, to, 1 + rng.below(kGwei), i));
            }
            blocks.push_back(block);
        }
        for (std::size_t first = 0; first < kBlocks; first += 5)
            post(first, 5);
    }

    // Posts blocks as an honest batcher would, and claims the last of them.
    void post(std::size_t first, std::size_t count) {
        SpanBatch posted{first + 1, hash_header(node.head()), l1::l1_hash(l1::kL1Start), {}};
        for (std::size_t i = first; i < first + count; ++i) {
            posted.blocks.push_back(blocks[i]);
            node.execute(blocks[i]);
        }
        const Bytes channel =
            batch::compress(encode_span_batch(posted, config), batch::Codec::kBrotli, 5);
        l1.mine({encode_frames(batch::split(channel, 1'000))});
        l1.mine();
        l1.claim(first + count, node.output(first + count));
    }

    Verification run(ClaimedChain* claimed = nullptr, unsigned threads = 1) {
        return verify(genesis, config, l1, claimed, {.threads = threads}).value();
    }
};

// A node that did something else from block `from` on, and went on consistently.
HonestNode forked_node(const Rollup& rollup, std::uint64_t from, const BatchBlock& instead) {
    HonestNode node{rollup.genesis, rollup.config};
    for (std::uint64_t number = 1; number <= kBlocks; ++number)
        node.execute(number == from ? instead : rollup.blocks[number - 1]);
    return node;
}

BOOST_AUTO_TEST_SUITE(verifier)

BOOST_DATA_TEST_CASE(an_honest_chain_is_verified, data::make({0u, 1u, 2u, 7u}), threads) {
    Rollup rollup;
    const Verification verification = rollup.run(&rollup.node, threads);
    const Report& report = verification.report;
    BOOST_TEST(report.ok());
    BOOST_TEST(!verification.fault.has_value());
    BOOST_TEST(report.l1_blocks == 8U);
    BOOST_TEST(report.l1_head == l1::kL1Start + 8);
    BOOST_TEST(report.batches == 4U);
    BOOST_TEST(report.blocks == kBlocks);
    BOOST_TEST(report.transactions == kBlocks * kTransfersPerBlock);
    BOOST_TEST((report.state_root == rollup.node.head().state_root));
    BOOST_TEST((report.head_hash == hash_header(rollup.node.head())));
    BOOST_TEST((report.output_root == rollup.node.output(kBlocks)));
    BOOST_TEST(report.claims_right == 4U);
    BOOST_TEST(report.dropped_count == 0U);
    BOOST_TEST(rollup.node.headers_asked == 0U);  // nobody has to be asked
}

BOOST_AUTO_TEST_CASE(a_claim_about_a_block_that_the_l1_does_not_hold_is_wrong) {
    Rollup rollup;
    rollup.l1.claim(kBlocks + 1, {});
    const Verification verification = rollup.run(&rollup.node);
    const Report& report = verification.report;
    BOOST_TEST(!report.ok());
    BOOST_TEST_REQUIRE(report.claims_wrong.size() == 1U);
    BOOST_TEST(!report.claims_wrong[0].derived_root.has_value());
    BOOST_TEST(report.claims_right == 4U);
    // The node's own chain is right as far as the L1 goes.
    BOOST_TEST_REQUIRE(verification.fault.has_value());
    BOOST_TEST((verification.fault->kind == FaultKind::kClaimOnly));
    BOOST_TEST(verification.fault->block == kBlocks);
}

BOOST_AUTO_TEST_CASE(a_wrong_claim_names_its_block_without_anybody_to_ask) {
    Rollup rollup;
    Hash32 wrong = rollup.node.output(13);
    wrong[31] ^= 1;
    rollup.l1.claim(13, wrong);
    rollup.l1.claim(7, {});
    const Verification verification = rollup.run();
    const Report& report = verification.report;
    BOOST_TEST(!report.ok());
    BOOST_TEST(report.claims_wrong_count == 2U);
    BOOST_TEST_REQUIRE(report.claims_wrong.size() == 2U);
    BOOST_TEST(report.claims_wrong[0].claim.l2_block == 7U);  // the lowest block first
    BOOST_TEST(
        (report.claims_wrong[1] ==
         WrongClaim{{13, wrong, l1::kL1Start + 8}, rollup.node.output(13)}));
    BOOST_TEST(!verification.fault.has_value());
}

BOOST_AUTO_TEST_CASE(a_wrong_claim_is_told_from_a_wrong_chain) {
    Rollup rollup;
    rollup.l1.claim(13, {});
    const Verification verification = rollup.run(&rollup.node);
    BOOST_TEST_REQUIRE(verification.fault.has_value());
    BOOST_TEST((verification.fault->kind == FaultKind::kClaimOnly));
    BOOST_TEST(verification.fault->block == 13U);
}

BOOST_DATA_TEST_CASE(
    another_transaction_is_found_in_whatever_block_it_stands, data::xrange(1u, 21u), wrong_block) {
    Rollup rollup;
    // The fifth transfer of the block is left out: the nonces after it do not fit either, or do.
    BatchBlock instead = rollup.blocks[wrong_block - 1];
    const Bytes left_out = instead.transactions[4];
    instead.transactions.erase(instead.transactions.begin() + 4);
    HonestNode node = forked_node(rollup, wrong_block, instead);
    rollup.l1.claim(kBlocks, node.output(kBlocks));

    const Verification verification = rollup.run(&node);
    BOOST_TEST(verification.report.claims_wrong_count == 1U);
    BOOST_TEST_REQUIRE(verification.fault.has_value());
    const Fault& fault = *verification.fault;
    BOOST_TEST((fault.kind == FaultKind::kBlock));
    BOOST_TEST(fault.block == wrong_block);
    BOOST_TEST_REQUIRE(fault.transaction.has_value());
    BOOST_TEST(fault.transaction->index == 4U);
    BOOST_TEST((fault.transaction->by == WrongBy::kTransaction));
    BOOST_TEST((fault.transaction->hash == transaction_hash(left_out)));
    const Address sender = recover_sender(decode_transaction(left_out).value()).value();
    BOOST_TEST((fault.transaction->sender == sender));
    const auto named = std::find_if(
        fault.accounts.begin(), fault.accounts.end(),
        [&](const WrongAccount& wrong) { return wrong.address == sender; });
    BOOST_TEST_REQUIRE((named != fault.accounts.end()));
    BOOST_TEST((named->derived == rollup.node.account(sender, wrong_block).value()));
    BOOST_TEST((named->claimed == node.account(sender, wrong_block).value()));
    BOOST_TEST(named->derived.nonce > named->claimed.nonce);
    BOOST_TEST(!fault.incomplete);
    // One for the last block, log2(21) < 5 for the halving, one to compare.
    BOOST_TEST(node.headers_asked <= 1U + 5U + 1U);
}

// Tells the truth but for what a test changes, from one block on.
struct LyingNode final : HonestNode {
    using HonestNode::HonestNode;

    void lie_from(std::uint64_t number, const std::function<void(Header&)>& change) {
        change(headers_[number]);
        for (std::size_t i = number + 1; i < headers_.size(); ++i)
            headers_[i].parent_hash = hash_header(headers_[i - 1]);
    }
    Account& account_at(const Address& address, std::uint64_t number) {
        return states_[number][address];
    }
    std::vector<execution::SlotChange>& slots_at(const Address& address, std::uint64_t number) {
        for (auto& change : changes_[number])
            if (change.address == address) return change.slots;
        throw std::out_of_range("the block does not change this account");
    }
    Receipt& receipt_at(std::uint64_t number, std::size_t index) {
        return receipts_[number][index];
    }

    std::optional<Header> header(std::uint64_t number) override {
        return tells_headers ? HonestNode::header(number) : std::nullopt;
    }
    std::optional<std::vector<Receipt>> receipts(std::uint64_t number) override {
        return tells_receipts ? HonestNode::receipts(number) : std::nullopt;
    }
    std::optional<Account> account(const Address& address, std::uint64_t number) override {
        return tells_accounts ? HonestNode::account(address, number) : std::nullopt;
    }
    bool tells_headers = true;
    bool tells_receipts = true;
    bool tells_accounts = true;
};

struct Lie : Rollup {
    LyingNode liar{genesis, config};

    Lie() {
        for (const BatchBlock& block : blocks)
            liar.execute(block);
    }
    Fault find() {
        l1.claim(kBlocks, liar.output(kBlocks));
        return run(&liar).fault.value();
    }
};

BOOST_FIXTURE_TEST_CASE(a_forged_balance_is_named_with_the_first_transaction_that_touches_it, Lie) {
    // The recipient of the last transfer of block 11 gets one wei too much.
    const Transaction last = decode_transaction(blocks[10].transactions.back()).value();
    const Address victim = *last.to;
    const Account right = liar.account_at(victim, 11);
    liar.account_at(victim, 11).balance += 1;
    liar.lie_from(11, [](Header& header) { header.state_root[0] ^= 1; });

    const Fault fault = find();
    BOOST_TEST((fault.kind == FaultKind::kBlock));
    BOOST_TEST(fault.block == 11U);
    BOOST_TEST(fault.header_fields == std::vector<std::string>{"state_root"});
    Account forged = right;
    forged.balance += 1;
    BOOST_TEST((fault.accounts == std::vector<WrongAccount>{{victim, right, forged, {}}}));
    BOOST_TEST_REQUIRE(fault.transaction.has_value());
    BOOST_TEST((fault.transaction->by == WrongBy::kAccount));
    const Transaction named =
        decode_transaction(blocks[10].transactions[fault.transaction->index]).value();
    BOOST_TEST((named.to == victim || recover_sender(named).value() == victim));
    for (std::uint32_t i = 0; i < fault.transaction->index; ++i) {
        const Transaction earlier = decode_transaction(blocks[10].transactions[i]).value();
        BOOST_TEST((earlier.to != victim && recover_sender(earlier).value() != victim));
    }
    const std::string text = to_text(fault);
    BOOST_TEST(text.find("block 11 is the first that differs, in: state_root") == 0U);
    BOOST_TEST(text.find(to_hex(victim)) != std::string::npos);
    BOOST_TEST(text.find(to_decimal(right.balance)) != std::string::npos);
    BOOST_TEST(text.find(to_decimal(forged.balance)) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_forged_slot_is_named_with_its_account) {
    Wallet caller = wallet(1);
    Genesis genesis = test_genesis({caller});
    GenesisAccount counter;
    counter.address[0] = 0xc0;
    counter.nonce = 1;
    counter.code = from_hex("5f546001015f5500").value();  // slot 0 += 1
    genesis.alloc.push_back(counter);
    std::sort(genesis.alloc.begin(), genesis.alloc.end(), [](const auto& a, const auto& b) {
        return a.address < b.address;
    });
    Transaction call;
    call.type = TxType::kDynamicFee;
    call.chain_id = test_config().chain_id;
    call.gas_limit = 100'000;
    call.max_fee_per_gas = 3 * kGwei;
    call.to = counter.address;
    BOOST_TEST_REQUIRE(sign_transaction(call, caller.key).ok());
    LyingNode liar(genesis, test_config());
    BatchBlock block;
    block.timestamp = l1::kL1StartTime + 2;
    block.l1_origin_number = l1::kL1Start;
    block.transactions = {encode_transaction(call)};
    const auto executed = liar.execute(block);
    BOOST_TEST_REQUIRE(executed.receipts.size() == 1U);
    BOOST_TEST(executed.receipts[0].success);

    KeptBlock kept;
    kept.executed = executed;
    for (const auto& change : executed.changes)
        kept.accounts[change.address] = change.after;
    liar.account_at(counter.address, 1).storage_root[0] ^= 1;
    liar.slots_at(counter.address, 1) = {{Hash32{}, 0, 2}};
    Fault fault;
    fault.kind = FaultKind::kBlock;
    fault.block = 1;
    compare_block(kept, liar, fault);
    BOOST_TEST_REQUIRE(fault.accounts.size() == 1U);
    BOOST_TEST((fault.accounts[0].address == counter.address));
    BOOST_TEST((fault.accounts[0].slots == std::vector<WrongSlot>{{Hash32{}, 1, 2}}));
    BOOST_TEST(to_text(fault).find("slot " + to_hex(Hash32{})) != std::string::npos);
    // A node that hides the change claims what was there before.
    liar.slots_at(counter.address, 1).clear();
    Fault hidden;
    hidden.kind = FaultKind::kBlock;
    hidden.block = 1;
    compare_block(kept, liar, hidden);
    BOOST_TEST_REQUIRE(hidden.accounts.size() == 1U);
    BOOST_TEST((hidden.accounts[0].slots == std::vector<WrongSlot>{{Hash32{}, 1, 0}}));
}

BOOST_FIXTURE_TEST_CASE(a_forged_receipt_is_named, Lie) {
    liar.receipt_at(3, 8).success = false;
    liar.lie_from(3, [](Header& header) { header.receipts_root[0] ^= 1; });
    const Fault fault = find();
    BOOST_TEST(fault.block == 3U);
    BOOST_TEST(fault.header_fields == std::vector<std::string>{"receipts_root"});
    BOOST_TEST_REQUIRE(fault.transaction.has_value());
    BOOST_TEST(fault.transaction->index == 8U);
    BOOST_TEST((fault.transaction->by == WrongBy::kReceipt));
    BOOST_TEST(fault.transaction->derived->success);
    BOOST_TEST(!fault.transaction->claimed->success);
    BOOST_TEST(fault.accounts.empty());
}

BOOST_FIXTURE_TEST_CASE(the_fee_vault_is_compared_too, Lie) {
    liar.account_at(config.fee_vault, 20).balance = 0;
    liar.lie_from(20, [](Header& header) { header.state_root[0] ^= 1; });
    const Fault fault = find();
    BOOST_TEST(fault.block == 20U);
    BOOST_TEST_REQUIRE(fault.accounts.size() == 1U);
    BOOST_TEST((fault.accounts[0].address == config.fee_vault));
    BOOST_TEST(fault.transaction->index == 0U);  // every transaction pays it
}

BOOST_FIXTURE_TEST_CASE(a_false_genesis_is_block_0, Lie) {
    liar.lie_from(0, [](Header& header) { header.timestamp += 1; });
    const Fault fault = find();
    BOOST_TEST(fault.block == 0U);
    BOOST_TEST(fault.header_fields == std::vector<std::string>{"timestamp"});
    BOOST_TEST(!fault.transaction.has_value());
}

BOOST_FIXTURE_TEST_CASE(a_node_that_tells_no_headers_leaves_it_at_the_claim, Lie) {
    liar.lie_from(5, [](Header& header) { header.gas_used += 1; });
    liar.tells_headers = false;
    const Fault fault = find();
    BOOST_TEST((fault.kind == FaultKind::kUnanswered));
    BOOST_TEST(fault.block == kBlocks);
}

BOOST_FIXTURE_TEST_CASE(a_node_that_tells_only_headers_leaves_it_at_the_block, Lie) {
    liar.lie_from(5, [](Header& header) { header.gas_used += 1; });
    liar.tells_receipts = liar.tells_accounts = liar.tells_transactions = false;
    const Fault fault = find();
    BOOST_TEST(fault.block == 5U);
    BOOST_TEST(fault.header_fields == std::vector<std::string>{"gas_used"});
    BOOST_TEST(fault.incomplete);
}

BOOST_AUTO_TEST_CASE(fewer_receipts_are_named_at_the_first_that_is_missing) {
    Rollup rollup;
    BatchBlock shorter = rollup.blocks[6];
    shorter.transactions.pop_back();
    HonestNode node = forked_node(rollup, 7, shorter);
    node.tells_transactions = false;
    rollup.l1.claim(kBlocks, node.output(kBlocks));
    const Fault fault = rollup.run(&node).fault.value();
    BOOST_TEST(fault.block == 7U);
    BOOST_TEST(fault.transaction->index == kTransfersPerBlock - 1);
    BOOST_TEST((fault.transaction->by == WrongBy::kReceipt));
    BOOST_TEST(fault.transaction->derived.has_value());
    BOOST_TEST(!fault.transaction->claimed.has_value());
}

BOOST_AUTO_TEST_CASE(a_transaction_that_may_not_run_ends_its_batch) {
    Rollup rollup;
    const Header before = rollup.node.head();
    SpanBatch batch{kBlocks + 1, hash_header(before), l1::l1_hash(l1::kL1Start), {}};
    Wallet& sender = rollup.wallets[0];
    batch.blocks.push_back({before.timestamp, l1::kL1Start, {transfer(sender, sender.address, 1)}});
    ++sender.nonce;  // skips one
    batch.blocks.push_back({before.timestamp, l1::kL1Start, {transfer(sender, sender.address, 1)}});
    batch.blocks.push_back({before.timestamp, l1::kL1Start, {}});
    const Bytes channel =
        batch::compress(encode_span_batch(batch, rollup.config), batch::Codec::kZstd, 0);
    rollup.l1.mine({encode_frames(batch::split(channel, 1'000))});
    rollup.node.execute(batch.blocks[0]);
    const Report report = rollup.run().report;
    BOOST_TEST(report.blocks == kBlocks + 1);
    BOOST_TEST((report.state_root == rollup.node.head().state_root));
    BOOST_TEST(report.dropped_count == 1U);
    BOOST_TEST((report.dropped.at(0).reason == Error::kNonceTooHigh));
    BOOST_TEST(report.dropped.at(0).l1_block == l1::kL1Start + 9);
}

BOOST_AUTO_TEST_CASE(a_signature_that_does_not_recover_ends_its_batch) {
    Rollup rollup;
    const Header before = rollup.node.head();
    // x = 5 is on no point of secp256k1: 5^3 + 7 = 132 is not a square modulo p.
    Transaction tx = decode_transaction(transfer(rollup.wallets[0], Address{}, 1)).value();
    tx.signature.r = 5;
    SpanBatch batch{kBlocks + 1, hash_header(before), l1::l1_hash(l1::kL1Start), {}};
    batch.blocks.push_back({before.timestamp, l1::kL1Start, {encode_transaction(tx)}});
    const Bytes channel =
        batch::compress(encode_span_batch(batch, rollup.config), batch::Codec::kZstd, 0);
    rollup.l1.mine({encode_frames(batch::split(channel, 1'000))});
    const Report report = rollup.run(nullptr, 2).report;
    BOOST_TEST(report.blocks == kBlocks);
    BOOST_TEST((report.dropped.at(0).reason == Error::kTxSignatureInvalid));
}

BOOST_AUTO_TEST_CASE(an_l1_that_fails_is_said_in_its_own_words) {
    Rollup rollup;
    rollup.l1.fails_at = 3;
    const auto result = verify(rollup.genesis, rollup.config, rollup.l1, nullptr, {});
    BOOST_TEST((result.error() == "connection refused"));
}

// Re-organises under the reader, a number of times.
struct MovingL1 final : L1Source {
    MemoryL1& still;
    unsigned reorgs;
    std::size_t taken = 0;

    MovingL1(MemoryL1& l1, unsigned count) : still(l1), reorgs(count) {}
    void restart() override {
        still.restart();
        taken = 0;
    }
    Result<std::optional<L1Step>, std::string> next() override {
        auto step = still.next();
        if (++taken == 4 && reorgs > 0) {
            --reorgs;
            (*step)->block.parent_hash[0] ^= 1;
        }
        return step;
    }
};

BOOST_AUTO_TEST_CASE(an_l1_reorg_while_reading_begins_again_and_not_for_ever) {
    Rollup rollup;
    MovingL1 moving{rollup.l1, 3};
    const auto verification =
        verify(rollup.genesis, rollup.config, moving, nullptr, {.restarts_max = 3});
    BOOST_TEST(verification.value().report.claims_right == 4U);
    MovingL1 restless{rollup.l1, 4};
    const auto given_up =
        verify(rollup.genesis, rollup.config, restless, nullptr, {.restarts_max = 3});
    BOOST_TEST((given_up.error() == "the L1 was re-organised 4 times while it was read"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
