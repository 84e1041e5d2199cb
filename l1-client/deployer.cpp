#include "l1-client/deployer.hpp"

#include "chain/base/hex.hpp"
#include "chain/crypto/keccak.hpp"
#include "chain/rlp/encode.hpp"
#include "chain/types/transaction.hpp"
#include "l1-client/abi.hpp"
#include "l1-client/rollup_check.hpp"

#include "contract_artifacts.hpp"

#include <algorithm>
#include <array>
#include <thread>

namespace troupe::l1 {

using chain::Address;
using chain::Bytes;
using chain::Hash32;
using chain::Uint256;

namespace {

constexpr std::size_t kContracts = 3;
constexpr auto kPollInterval = std::chrono::milliseconds(200);

struct Creations {
    std::array<Address, kContracts> addresses;
    std::array<Bytes, kContracts> codes;
};

/// The three creations: their addresses are known before, so the later ones can name the first.
Creations plan(const Address& creator, std::uint64_t nonce, const DeployConfig& config) {
    using abi::word;
    Creations creations;
    for (std::size_t i = 0; i < kContracts; ++i)
        creations.addresses[i] = created_address(creator, nonce + i);
    const Hash32 system_config = word(creations.addresses[0]);
    creations.codes = {
        abi::encode_creation(
            artifacts::system_config::kCreationCode,
            {word(config.l2_chain_id), word(config.owner), word(config.guardian),
             word(config.batcher), word(config.proposer), word(config.gas_limit),
             word(config.base_fee_elasticity), word(config.base_fee_denominator)}),
        abi::encode_creation(artifacts::batch_inbox::kCreationCode, {system_config}),
        abi::encode_creation(
            artifacts::output_registry::kCreationCode,
            {system_config, word(config.challenge_window_s)}),
    };
    return creations;
}

struct Fees {
    Uint256 tip;
    Uint256 cap;
};

Result<Fees> current_fees(EthClient& l1) {
    TROUPE_TRY(head, l1.header(BlockTag::kLatest));
    if (!head) return Error{ErrorKind::kMalformed, 0, l1.origin() + " has no latest block", {}};
    TROUPE_TRY(tip, l1.max_priority_fee());
    return Fees{tip, head->base_fee_per_gas * Uint256{2} + tip};
}

/// Signs and hands in all creations; gas as the L1 estimates it and a tenth more.
Result<std::vector<Hash32>> send_all(
    EthClient& l1, const chain::crypto::PrivateKey& key, const Address& creator,
    std::uint64_t l1_chain_id, std::uint64_t nonce, const Creations& creations) {
    TROUPE_TRY(fees, current_fees(l1));
    TROUPE_TRY(balance, l1.balance(creator));
    std::array<std::uint64_t, kContracts> gas{};
    Uint256 cost;
    for (std::size_t i = 0; i < kContracts; ++i) {
        TROUPE_TRY(estimate, l1.estimate_gas({creator, std::nullopt, creations.codes[i]}));
        gas[i] = estimate + estimate / 10;
        cost += Uint256{gas[i]} * fees.cap;
    }
    if (balance < cost) {
        return Error{
            ErrorKind::kInsufficientFunds,
            0,
            "deploying may cost " + chain::to_decimal(cost) + " wei, and " +
                chain::to_hex(creator) + " has " + chain::to_decimal(balance),
            {}};
    }
    std::vector<Hash32> hashes;
    for (std::size_t i = 0; i < kContracts; ++i) {
        chain::Transaction tx;
        tx.type = chain::TxType::kDynamicFee;
        tx.chain_id = l1_chain_id;
        tx.nonce = nonce + i;
        tx.max_priority_fee_per_gas = fees.tip;
        tx.max_fee_per_gas = fees.cap;
        tx.gas_limit = gas[i];
        tx.data = creations.codes[i];
        if (!chain::sign_transaction(tx, key)) {
            return Error{ErrorKind::kInvalidKey, 0, "the deployer's key is no private key", {}};
        }
        const Bytes raw = chain::encode_transaction(tx);
        TROUPE_TRY(hash, l1.send_raw(raw));
        hashes.push_back(hash);
    }
    return hashes;
}

/// Waits until all are mined and the first lies as deep as asked, on the chain that the L1 has
/// then.
Result<std::vector<L1Receipt>> wait_for(
    EthClient& l1, const std::vector<Hash32>& hashes, const DeployConfig& config) {
    const auto deadline = std::chrono::steady_clock::now() + config.timeout;
    while (true) {
        TROUPE_TRY(head, l1.block_number());
        TROUPE_TRY(found, l1.receipts(hashes));
        const bool deep = std::all_of(found.begin(), found.end(), [&](const auto& receipt) {
            return receipt && receipt->block_number + config.confirmations <= head + 1;
        });
        if (deep) {
            std::vector<L1Receipt> receipts;
            receipts.reserve(found.size());
            for (auto& receipt : found)
                receipts.push_back(*receipt);
            return receipts;
        }
        if (std::chrono::steady_clock::now() >= deadline) {
            return Error{
                ErrorKind::kTimeout,
                0,
                "the contracts' creation was not mined within " +
                    std::to_string(config.timeout.count()) + " s",
                {}};
        }
        std::this_thread::sleep_for(kPollInterval);
    }
}

Result<std::uint64_t> checked_chain_id(EthClient& l1, std::uint64_t expected) {
    TROUPE_TRY(chain_id, l1.chain_id());
    if (expected != 0 && chain_id != expected) {
        return Error{
            ErrorKind::kWrongChain,
            0,
            l1.origin() + " is chain " + std::to_string(chain_id) + ", expected " +
                std::to_string(expected),
            {}};
    }
    return chain_id;
}

}  // namespace

Address created_address(const Address& creator, std::uint64_t nonce) {
    Bytes items;
    chain::rlp::put_string(items, creator);
    chain::rlp::put_integer(items, nonce);
    const Hash32 hash = chain::crypto::keccak256(chain::rlp::list_of(items));
    return Address::from(hash.view().subspan(12));
}

Result<Deployment> deploy(
    EthClient& l1, const chain::crypto::PrivateKey& key, const DeployConfig& config) {
    const auto public_key = chain::crypto::public_key_of(key);
    if (!public_key) {
        return Error{ErrorKind::kInvalidKey, 0, "the deployer's key is no private key", {}};
    }
    const Address creator = chain::crypto::address_of(*public_key);
    TROUPE_TRY(chain_id, checked_chain_id(l1, config.l1_chain_id));
    TROUPE_TRY(nonce, l1.nonce(creator, BlockTag::kPending));
    const Creations creations = plan(creator, nonce, config);
    TROUPE_TRY(hashes, send_all(l1, key, creator, chain_id, nonce, creations));
    TROUPE_TRY(receipts, wait_for(l1, hashes, config));

    Deployment deployment;
    deployment.l1_chain_id = chain_id;
    deployment.system_config = creations.addresses[0];
    deployment.batch_inbox = creations.addresses[1];
    deployment.output_registry = creations.addresses[2];
    for (std::size_t i = 0; i < kContracts; ++i) {
        if (!receipts[i].success || receipts[i].contract_address != creations.addresses[i]) {
            return Error{
                ErrorKind::kReverted,
                0,
                "creation of " + chain::to_hex(creations.addresses[i]) + " failed in transaction " +
                    chain::to_hex(hashes[i]),
                {}};
        }
        deployment.gas_used += receipts[i].gas_used;
        deployment.fees_paid += Uint256{receipts[i].gas_used} * receipts[i].effective_gas_price;
    }
    TROUPE_TRY(start, l1.header(receipts[0].block_number));
    if (!start || start->hash != receipts[0].block_hash) {
        return Error{ErrorKind::kReorganised, 0, "the L1 re-organised during deployment", {}};
    }
    deployment.l1_start = {start->number, start->hash};
    deployment.l1_start_timestamp = start->timestamp;

    chain::ChainConfig check;
    check.chain_id = config.l2_chain_id;
    apply(deployment, check);
    TROUPE_CHECK(check_rollup(l1, check));
    return deployment;
}

void apply(const Deployment& deployment, chain::ChainConfig& config) {
    config.l1_chain_id = deployment.l1_chain_id;
    config.system_config = deployment.system_config;
    config.batch_inbox = deployment.batch_inbox;
    config.output_registry = deployment.output_registry;
    config.l1_start = deployment.l1_start;
    config.l1_start_timestamp = deployment.l1_start_timestamp;
}

}  // namespace troupe::l1
