#include "tests/support/deployed_l1.hpp"

#include "chain/base/hex.hpp"

#include <stdexcept>

namespace troupe::tests {

namespace {

constexpr std::uint64_t kGasLimit = 6'000'000;
constexpr std::uint64_t kFeeCap = 100'000'000'000;  // 100 gwei, far above anvil's base fee
constexpr std::uint64_t kTip = 1'000'000'000;
constexpr std::uint64_t kL2GasLimit = 1'000'000'000;

template <class T>
T checked(l1::Result<T> result) {
    if (!result) throw std::runtime_error(result.error().text);
    return std::move(*result);
}

}  // namespace

DeployedL1::DeployedL1(AnvilOptions options) : anvil(std::move(options)) {
    l1::DeployConfig deploy;
    deploy.l1_chain_id = Anvil::kChainId;
    deploy.l2_chain_id = kL2ChainId;
    deploy.owner = Anvil::address(kOwner);
    deploy.batcher = Anvil::address(kBatcher);
    deploy.proposer = Anvil::address(kProposer);
    deploy.guardian = Anvil::address(kGuardian);
    deploy.gas_limit = kL2GasLimit;
    deploy.challenge_window_s = kChallengeWindowS;
    deployment = checked(l1::deploy(anvil.client(), Anvil::key(kOwner), deploy));
    config.chain_id = kL2ChainId;
    config.gas_limit = kL2GasLimit;
    l1::apply(deployment, config);
}

chain::Hash32 DeployedL1::hand_in(
    std::size_t account, std::optional<chain::Address> to, const chain::Bytes& data) {
    chain::Transaction tx;
    tx.type = chain::TxType::kDynamicFee;
    tx.chain_id = Anvil::kChainId;
    tx.nonce = checked(anvil.client().nonce(Anvil::address(account), l1::BlockTag::kPending));
    tx.max_fee_per_gas = kFeeCap;
    tx.max_priority_fee_per_gas = kTip;
    tx.gas_limit = kGasLimit;
    tx.to = to;
    tx.data = data;
    if (!chain::sign_transaction(tx, Anvil::key(account))) throw std::runtime_error("bad key");
    return checked(anvil.client().send_raw(chain::encode_transaction(tx)));
}

l1::L1Receipt DeployedL1::receipt(const chain::Hash32& hash) {
    const auto found = checked(anvil.client().receipts({hash}));
    if (!found[0]) throw std::runtime_error("not mined: " + chain::to_hex(hash));
    return *found[0];
}

l1::L1Receipt DeployedL1::send(
    std::size_t account, std::optional<chain::Address> to, const chain::Bytes& data) {
    const chain::Hash32 hash = hand_in(account, to, data);
    if (anvil.automines())
        anvil.wait_until_all_is_mined();
    else
        anvil.mine();
    return receipt(hash);
}

std::string DeployedL1::verdict(
    std::size_t account, const chain::Address& to, const chain::Bytes& data) {
    const auto answer = anvil.client().call({Anvil::address(account), to, data});
    if (answer) return "ok";
    static constexpr std::string_view kPrefix = "eth_call: reverted: ";
    const std::string text = answer.error().text;
    return text.starts_with(kPrefix) ? text.substr(kPrefix.size()) : text;
}

chain::Bytes DeployedL1::view(const chain::Address& to, const chain::Bytes& data) {
    return checked(anvil.client().call({chain::Address{}, to, data}));
}

}  // namespace troupe::tests
