#include "actors/round_runner.hpp"

#include "actors/admission/admission_engine.hpp"
#include "chain/crypto/keccak.hpp"
#include "tests/support/small_contracts.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <random>

namespace troupe::actors::test {
namespace {

constexpr TableSeed kSeed{5, 6};
constexpr std::uint32_t kWallets = 60;
constexpr std::uint64_t kBalance = 1'000'000'000'000;

chain::Address contract_at(std::uint8_t last) {
    chain::Address address;
    address.bytes[0] = 0xcc;
    address.bytes[19] = last;
    return address;
}

chain::execution::BlockEnv env() {
    chain::execution::BlockEnv env;
    env.number = 1;
    env.gas_limit = 30'000'000;
    env.chain_id = kChainId;
    env.base_fee_per_gas = 7;
    env.coinbase = contract_at(0xfe);
    return env;
}

/// Ether, calls of a token and, now and then, what is refused.
std::vector<AdmittedTx> transactions(std::size_t count, std::uint32_t seed) {
    const AdmissionEngine admission{kChainId, 30'000'000, {}, kSeed};
    std::mt19937 random{seed};
    std::array<std::uint64_t, kWallets> nonces{};
    std::vector<AdmittedTx> txs;
    for (std::size_t i = 0; i < count; ++i) {
        TransferSpec spec;
        spec.from = random() % kWallets;
        spec.value = random() % 1'000;
        spec.to = wallet(random() % kWallets).address;
        const bool refused = random() % 16 == 0;
        spec.nonce = refused ? 1'000'000 : nonces[spec.from]++;
        if (random() % 3 == 0) {
            spec.to = contract_at(1);
            spec.value = 0;
            spec.gas_limit = 100'000;
            spec.data.resize(64);
            spec.data[31] = static_cast<std::uint8_t>(random() % 200);
            spec.data[63] = static_cast<std::uint8_t>(random());
        }
        txs.push_back(*admission.readmit(signed_transfer(spec), wallet(spec.from).address));
    }
    return txs;
}

struct Ran {
    RoundRunner runner;
    RoundRunner::Count count;
    std::vector<chain::Receipt> receipts;

    Ran(std::uint32_t cores, std::uint32_t micro_block_txs, std::vector<AdmittedTx> txs)
        : runner({
              .threads = cores,
              .executors = cores,
              .micro_block_txs = micro_block_txs,
              .parallel_gas = 0,
              .seed = kSeed,
          }) {
        for (std::uint32_t i = 0; i < kWallets; ++i) {
            chain::Account account;
            account.balance = kBalance;
            runner.load(wallet(i).address, account);
        }
        const chain::Bytes code = *chain::from_hex(token());
        chain::Account contract;
        contract.code_hash = chain::crypto::keccak256(code);
        runner.load_code(contract.code_hash, code);
        runner.load(contract_at(1), contract);
        count = runner.run(txs, env(), &receipts);
    }
    static const char* token() {
        return std::ranges::find(kSmallContracts, std::string_view{"payer"}, &SmallContract::what)
            ->code;
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(round_runner)

// Rounds begin with transfers, of which some are refused, or with a call: what was laid out ahead
// is the same as what is laid out when its turn comes.
BOOST_AUTO_TEST_CASE(rounds_that_were_laid_out_ahead_are_those_of_one_core) {
    for (const std::uint32_t micro_block_txs : {2u, 7u, 40u}) {
        const std::vector<AdmittedTx> txs = transactions(600, micro_block_txs);
        const Ran one{1, micro_block_txs, txs};
        const Ran two{2, micro_block_txs, txs};
        BOOST_TEST(one.count.refused > 10u);
        BOOST_TEST(two.count.refused == one.count.refused);
        BOOST_TEST(two.count.gas_used == one.count.gas_used);
        BOOST_TEST((two.receipts == one.receipts));
        BOOST_TEST(one.receipts.size() == txs.size() - one.count.refused);
        BOOST_TEST(
            (two.runner.account(contract_at(0xfe)) == one.runner.account(contract_at(0xfe))));
        for (std::uint32_t i = 0; i < kWallets; ++i)
            BOOST_TEST(
                (two.runner.account(wallet(i).address) == one.runner.account(wallet(i).address)));
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::actors::test
