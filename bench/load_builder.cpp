#include "bench/load_builder.hpp"

#include "sequencer/workload/bulk_signer.hpp"

namespace troupe::bench {

using namespace chain;

LoadBuilder::LoadBuilder(std::vector<node::WorkloadWallet> wallets, const actors::TableSeed& seed)
    : WorldBuilder(wallets.back().address, kLoadChainId),
      admission_(kLoadChainId, kGasLimit, {}, seed),
      wallets_(std::move(wallets)) {
    for (const node::WorkloadWallet& wallet : wallets_) {
        fund(wallet.address);
        keys_of_[wallet.address] = wallet.key;
    }
}

void LoadBuilder::add(
    bool measured, const Address& from, const std::optional<Address>& to, Bytes data,
    const Uint256& value, std::uint64_t gas) {
    txs_.push_back(transaction(from, to, std::move(data), value, gas));
    keys_.push_back(keys_of_.at(from));
    senders_.push_back(from);
    if (!measured) ++warm_up_;
}

ContractLoad LoadBuilder::take() {
    ContractLoad load;
    const std::vector<Bytes> raw = node::sign_transactions(txs_, keys_);
    for (std::size_t i = 0; i < raw.size(); ++i) {
        auto admitted = admission_.readmit(raw[i], senders_[i]);
        TROUPE_ASSERT(admitted.has_value());
        (i < warm_up_ ? load.warm_up : load.measured).push_back(std::move(*admitted));
    }
    load.state = std::move(state);
    load.env = env;
    return load;
}

}  // namespace troupe::bench
