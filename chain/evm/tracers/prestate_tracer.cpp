#include "chain/evm/tracers/prestate_tracer.hpp"

#include "chain/evm/delegation.hpp"
#include "chain/evm/tracers/touches.hpp"

namespace troupe::chain::evm {
namespace {

constexpr std::size_t kAccountBytes = 200;  // of an account's text without its code
constexpr std::size_t kSlotBytes = 140;

}  // namespace

void PrestateTracer::touch(const Address& address) {
    const auto [entry, fresh] = touched_.try_emplace(address);
    if (!fresh) return;
    const auto account = before_.account(address);
    const std::size_t code =
        account && account->has_code() ? before_.code(account->code_hash).size() : 0;
    budget_.take(kAccountBytes + 2 * code);
}

void PrestateTracer::touch_called(const Address& address) {
    touch(address);
    const auto account = before_.account(address);
    if (!account || !account->has_code()) return;
    if (const auto delegate = delegate_of(before_.code(account->code_hash))) touch(*delegate);
}

void PrestateTracer::on_step(const Step& step) {
    budget_.step();
    if (const auto slot = touched_slot(step)) {
        touch(step.address);
        if (touched_[step.address].insert(*slot).second) budget_.take(kSlotBytes);
        return;
    }
    if (const auto account = touched_account(step)) touch(*account);
    if (const auto callee = called_account(step)) touch_called(*callee);
}

void PrestateTracer::on_enter(const Enter& enter) {
    if (enter.kind == CallKind::kCreate || enter.kind == CallKind::kCreate2) touch(enter.to);
}

}  // namespace troupe::chain::evm
