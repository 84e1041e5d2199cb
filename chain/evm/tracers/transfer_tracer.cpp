#include "chain/evm/tracers/transfer_tracer.hpp"

#include "chain/crypto/keccak.hpp"

#include <string_view>

namespace troupe::chain::evm {
namespace {

constexpr std::size_t kLogBytes = 600;  // of a log's text without its data

Hash32 word_of(const Address& address) {
    return to_be32(uint256_from_be(address));
}

Address ether() {
    Address address;
    address.bytes.fill(0xee);
    return address;
}

}  // namespace

void TransferTracer::add(const Address& from, const Address& to, const Uint256& value) {
    constexpr std::string_view kTransfer = "Transfer(address,address,uint256)";
    if (value.is_zero()) return;
    Log& log = logs_.emplace_back();
    log.address = ether();
    log.topics = {
        crypto::keccak256(
            {reinterpret_cast<const std::uint8_t*>(kTransfer.data()), kTransfer.size()}),
        word_of(from), word_of(to)};
    const Hash32 data = to_be32(value);
    log.data.assign(data.begin(), data.end());
    budget_.take(kLogBytes);
}

void TransferTracer::on_enter(const Enter& enter) {
    logs_before_.push_back(logs_.size());
    const bool moves = enter.kind == CallKind::kCall || enter.kind == CallKind::kCreate ||
                       enter.kind == CallKind::kCreate2;
    if (moves) add(enter.from, enter.to, enter.value);
}

void TransferTracer::on_exit(const Exit& exit) {
    if (exit.reason != HaltReason::kSuccess) logs_.resize(logs_before_.back());
    logs_before_.pop_back();
}

void TransferTracer::on_log(std::uint32_t /*depth*/, const Log& log) {
    logs_.push_back(log);
    budget_.take(kLogBytes + 2 * log.data.size());
}

void TransferTracer::on_self_destruct(const SelfDestruct& what) {
    add(what.address, what.beneficiary, what.balance);
}

}  // namespace troupe::chain::evm
