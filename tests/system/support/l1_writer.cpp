#include "tests/system/support/l1_writer.hpp"

#include "chain/base/hex.hpp"
#include "chain/types/transaction.hpp"
#include "l1-client/l1_reader.hpp"
#include "sequencer/config/rollup_file.hpp"
#include "tests/support/anvil.hpp"

#include <chrono>
#include <thread>

namespace troupe::tests {
namespace {

constexpr std::size_t kBatcher = 1;  // of the development accounts
constexpr std::uint64_t kGasLimit = 9'000'000;
constexpr std::uint64_t kFeeCap =
    300'000'000'000;  // above what the node offers, so that it gets in
constexpr std::uint64_t kTip = 3'000'000'000;
constexpr int kAttemptsMax = 20;

}  // namespace

L1Writer::L1Writer(TestRollup& rollup) : rollup_(rollup) {
    std::string failure;
    const auto file = node::read_rollup_file(rollup->file("rollup.json"), failure);
    need(file.has_value(), failure);
    config_ = file->chain;
}

std::uint64_t L1Writer::nonce_mined() {
    return get(rollup_.l1().nonce(Anvil::address(kBatcher), l1::BlockTag::kLatest));
}

std::uint64_t L1Writer::nonce_pending() {
    return get(rollup_.l1().nonce(Anvil::address(kBatcher), l1::BlockTag::kPending));
}

std::optional<chain::Hash32> L1Writer::send(const chain::Bytes& data) {
    chain::Transaction tx;
    tx.type = chain::TxType::kDynamicFee;
    tx.chain_id = config_.l1_chain_id;
    tx.nonce = nonce_pending();
    tx.max_fee_per_gas = kFeeCap;
    tx.max_priority_fee_per_gas = kTip;
    tx.gas_limit = kGasLimit;
    tx.to = config_.batch_inbox;
    tx.data = data;
    need(chain::sign_transaction(tx, Anvil::key(kBatcher)).ok(), "the key does not sign");
    const auto sent = rollup_.l1().send_raw(chain::encode_transaction(tx));
    if (!sent) return std::nullopt;
    return *sent;
}

// The node may take the nonce first: then with the next one.
void L1Writer::post(const chain::Bytes& data) {
    for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
        const auto sent = send(data);
        if (!sent) {
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
            continue;
        }
        std::optional<l1::L1Receipt> receipt;
        const bool mined = eventually(std::chrono::seconds(5), [&] {
            receipt = get(rollup_.l1().receipts({*sent}))[0];
            return receipt.has_value();
        });
        if (!mined) continue;
        need(receipt->success, "the inbox refused " + std::to_string(data.size()) + " bytes");
        return;
    }
    need(false, "the L1 does not take " + std::to_string(data.size()) + " bytes");
}

std::vector<chain::Bytes> L1Writer::posted() {
    l1::L1Reader reader(rollup_.l1(), config_);
    const auto started = reader.start(config_.l1_start);
    need(started.ok(), started.ok() ? "" : started.error().text);
    std::vector<chain::Bytes> data;
    while (true) {
        const auto step = get(reader.next());
        if (step.blocks.empty()) return data;
        for (const auto& block : step.blocks) {
            for (const auto& inbox : block.inbox)
                data.push_back(inbox.data);
        }
    }
}

}  // namespace troupe::tests
