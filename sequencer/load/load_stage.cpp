#include "sequencer/load/load_stage.hpp"

#include "sequencer/load/load_session.hpp"

namespace troupe::node {
namespace {

constexpr std::uint64_t kGasLimit = 5'000'000;  // a pair takes 2,500,000
constexpr std::size_t kWaitingMax = 4'096;
const chain::Uint256 kMaxFee{100'000'000'000};
const chain::Uint256 kTokensEach{1'000'000'000'000};

}  // namespace

StageHost::StageHost(client::Client& node, std::uint64_t chain_id, const WorkloadWallet& owner)
    : node_(node), chain_id_(chain_id), owner_(owner), session_(node, owner) {}

chain::Address StageHost::deploy(chain::Bytes init_code) {
    flush();
    if (!good()) return {};
    const auto contract = session_.deploy(std::move(init_code));
    ++nonces_[owner_.address];
    if (!contract) failure_ = session_.failure();
    return contract.value_or(chain::Address{});
}

void StageHost::run(const Account& from, const chain::Address& to, chain::Bytes data) {
    chain::Transaction tx;
    tx.type = chain::TxType::kDynamicFee;
    tx.chain_id = chain_id_;
    tx.nonce = nonces_[from.address]++;
    tx.max_fee_per_gas = kMaxFee;
    tx.max_priority_fee_per_gas = 1;
    tx.gas_limit = kGasLimit;
    tx.to = to;
    tx.data = std::move(data);
    if (!chain::sign_transaction(tx, from.key)) {
        failure_ = "a key cannot sign";
        return;
    }
    waiting_.push_back(chain::encode_transaction(tx));
    if (waiting_.size() >= kWaitingMax) flush();
}

chain::Bytes StageHost::ask(const chain::Address& to, chain::Bytes data) {
    flush();
    if (!good()) return {};
    auto output = session_.call(to, std::move(data));
    if (!output) failure_ = session_.failure();
    return output ? std::move(*output) : chain::Bytes{};
}

void StageHost::flush() {
    if (waiting_.empty() || !good()) return;
    TransactionList transactions(waiting_);
    const auto result = run_load_session(
        through_grpc(node_), transactions, {.batch_txs = 256, .window_txs = kWaitingMax}, failure_);
    if (result && result->refused != 0)
        failure_ = "while preparing contracts: refused: " + result->first_refusal;
    else if (result && (result->failed != 0 || result->confirmed != waiting_.size()))
        failure_ = "while preparing contracts: a transaction did not succeed";
    waiting_.clear();
}

LoadStage::LoadStage(
    client::Client& node, std::uint64_t chain_id, const LoadMix& mix,
    const std::vector<WorkloadWallet>& wallets, const WorkloadWallet& owner)
    : mix_(mix), wallets_(wallets), host_(node, chain_id, owner), exchange_(host_) {}

std::string LoadStage::prepare() {
    if (mix_.erc20 > 0) {
        token_ = host_.deploy(contracts::token_init_code());
        for (const WorkloadWallet& wallet : wallets_)
            host_.run(host_.owner(), token_, contracts::transfer(wallet.address, kTokensEach));
    }
    if (mix_.swaps > 0) {
        if (!exchange_.open(kPools) && host_.good())
            return "the npm packages @uniswap/v2-core and @uniswap/v2-periphery are not installed";
        for (std::size_t i = 0; i < wallets_.size() && host_.good(); ++i)
            exchange_.equip(wallets_[i], pool_of(i));
    }
    host_.flush();
    return host_.failure();
}

void LoadStage::change(std::size_t sender, std::mt19937_64& random, chain::Transaction& tx) const {
    const LoadKind kind = mix_.draw_kind(random);
    const bool hot = mix_.draw_hot(random);
    if (hot) tx.to = wallets_[0].address;
    if (kind == LoadKind::kTransfer) return;
    tx.value = {};
    if (kind == LoadKind::kErc20) {
        tx.data = contracts::transfer(*tx.to, 1 + random() % 1'000);
        tx.to = token_;
        tx.gas_limit = kErc20GasLimit;
    } else {
        tx.data = exchange_.swap(pool_of(sender), wallets_[sender].address, random);
        tx.to = exchange_.router();
        tx.gas_limit = UniswapV2::kSwapGas;
    }
}

}  // namespace troupe::node
