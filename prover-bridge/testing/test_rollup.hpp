#pragma once

#include "chain/batch/testing/posted_l1.hpp"
#include "chain/execution/serial_chain.hpp"
#include "prover-bridge/claimed_chain.hpp"
#include "prover-bridge/l1_source.hpp"

#include <map>
#include <vector>

/// For tests: a rollup with real signatures on an L1 in memory, and nodes that tell of it.
namespace troupe::prover::testing {

using namespace troupe::chain;
using chain::batch::BatchBlock;
using chain::batch::L1Block;
using chain::batch::SpanBatch;
using chain::execution::RecoveredTransaction;
using chain::execution::SerialChain;
namespace l1 = chain::batch::testing;

inline constexpr std::uint64_t kGwei = 1'000'000'000;

struct Wallet {
    crypto::PrivateKey key;
    Address address;
    std::uint64_t nonce = 0;
};

inline Wallet wallet(std::uint8_t number) {
    Wallet wallet;
    wallet.key[31] = number;
    wallet.address = crypto::address_of(crypto::public_key_of(wallet.key).value());
    return wallet;
}

inline ChainConfig test_config() {
    ChainConfig config = l1::test_config();
    config.l1_start = {l1::kL1Start, l1::l1_hash(l1::kL1Start)};
    config.l1_start_timestamp = l1::kL1StartTime;
    config.gas_limit = 30'000'000;
    config.fee_vault[19] = 0xfe;
    config.sequencer_drift_max_s = 100'000;
    return config;
}

inline Genesis test_genesis(const std::vector<Wallet>& wallets) {
    Genesis genesis;
    genesis.chain_id = test_config().chain_id;
    genesis.timestamp = l1::kL1StartTime;
    genesis.gas_limit = test_config().gas_limit;
    genesis.base_fee_per_gas = kGwei;
    for (const Wallet& wallet : wallets)
        genesis.alloc.push_back(
            {wallet.address, 0, Uint256{1'000'000 * kGwei} * 1'000'000, {}, {}});
    std::sort(genesis.alloc.begin(), genesis.alloc.end(), [](const auto& a, const auto& b) {
        return a.address < b.address;
    });
    return genesis;
}

/// Signs the wallet's next transfer, of the type that `type` names.
inline Bytes transfer(Wallet& from, const Address& to, const Uint256& value, unsigned type = 2) {
    Transaction tx;
    tx.type = static_cast<TxType>(type % 3);
    tx.chain_id = test_config().chain_id;
    tx.nonce = from.nonce++;
    tx.gas_limit = 21'000;
    tx.max_fee_per_gas = 3 * kGwei;
    tx.max_priority_fee_per_gas =
        tx.type == TxType::kDynamicFee ? Uint256{kGwei} : tx.max_fee_per_gas;
    tx.to = to;
    tx.value = value;
    TROUPE_ASSERT(sign_transaction(tx, from.key).ok());
    return encode_transaction(tx);
}

/// A node that executed some blocks and tells them as they were; also the sequencer of the tests.
class HonestNode : public ClaimedChain {
  public:
    HonestNode(const Genesis& genesis, const ChainConfig& config)
        : chain_(genesis, config), headers_{chain_.head()}, receipts_(1), transactions_(1) {
        states_.emplace_back();
        for (const GenesisAccount& entry : genesis.alloc)
            states_[0][entry.address] = chain_.account(entry.address);
    }

    /// Executes the next block; what may not run is left out, as a sequencer does.
    const SerialChain::Executed& execute(const BatchBlock& block) {
        std::vector<RecoveredTransaction> transactions;
        for (const Bytes& raw : block.transactions) {
            const Transaction tx = decode_transaction(raw).value();
            transactions.push_back({tx, raw, recover_sender(tx).value()});
        }
        last_ = chain_.execute_lenient(
            block.timestamp, {block.l1_origin_number, l1::l1_hash(block.l1_origin_number)},
            transactions);
        headers_.push_back(last_.block.header);
        receipts_.push_back(last_.receipts);
        transactions_.push_back(last_.block.transactions);
        states_.push_back(states_.back());
        for (const auto& change : last_.changes)
            states_.back()[change.address] = change.after;
        changes_.push_back(last_.changes);
        return last_;
    }

    std::optional<Header> header(std::uint64_t number) override {
        ++headers_asked;
        return headers_.at(number);
    }
    std::optional<std::vector<Receipt>> receipts(std::uint64_t number) override {
        return receipts_.at(number);
    }
    std::optional<std::vector<Bytes>> transactions(std::uint64_t number) override {
        if (!tells_transactions) return std::nullopt;
        return transactions_.at(number);
    }
    std::optional<Account> account(const Address& address, std::uint64_t number) override {
        const auto& state = states_.at(number);
        const auto found = state.find(address);
        return found == state.end() ? Account{} : found->second;
    }

    std::optional<std::vector<execution::SlotChange>> slot_changes(
        const Address& address, std::uint64_t number) override {
        for (const auto& change : changes_.at(number))
            if (change.address == address) return change.slots;
        return std::vector<execution::SlotChange>{};
    }

    [[nodiscard]] const Header& head() const { return headers_.back(); }
    [[nodiscard]] Hash32 output(std::uint64_t number) const {
        const Header& header = headers_.at(number);
        return output_root(header.state_root, {}, hash_header(header));
    }

    bool tells_transactions = true;
    std::size_t headers_asked = 0;

  protected:
    SerialChain chain_;
    SerialChain::Executed last_;
    std::vector<Header> headers_;
    std::vector<std::vector<Receipt>> receipts_;
    std::vector<std::vector<Bytes>> transactions_;
    std::vector<std::map<Address, Account>> states_;
    std::vector<std::vector<execution::AccountChange>> changes_{{}};
};

/// An L1 in memory.
class MemoryL1 final : public L1Source {
  public:
    void restart() override { next_ = 0; }
    Result<std::optional<L1Step>, std::string> next() override {
        if (fails_at && next_ == *fails_at) return std::string{"connection refused"};
        if (next_ == steps.size()) return std::optional<L1Step>{};
        return std::optional<L1Step>{steps[next_++]};
    }

    /// A new L1 block with this in the inbox.
    L1Step& mine(std::vector<Bytes> inbox = {}) {
        const std::uint64_t number = l1::kL1Start + 1 + steps.size();
        steps.push_back({l1::l1_block(number, std::move(inbox)), {}});
        return steps.back();
    }
    /// Somebody claims this in the last L1 block.
    void claim(std::uint64_t l2_block, const Hash32& root) {
        steps.back().claims.push_back({l2_block, root, steps.back().block.number});
    }

    std::vector<L1Step> steps;
    std::optional<std::size_t> fails_at;

  private:
    std::size_t next_ = 0;
};

}  // namespace troupe::prover::testing
