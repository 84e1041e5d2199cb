#include "chain/evm/tracers/access_list_tracer.hpp"

#include "chain/evm/precompiles.hpp"
#include "chain/evm/tracers/touches.hpp"

namespace troupe::chain::evm {
namespace {

constexpr std::size_t kEntryBytes = 140;

}  // namespace

void AccessListTracer::on_step(const Step& step) {
    budget_.step();
    if (const auto slot = touched_slot(step)) {
        if (touched_[step.address].insert(*slot).second) budget_.take(kEntryBytes);
        return;
    }
    if (const auto account = touched_account(step)) touch(*account);
    if (const auto callee = called_account(step)) touch(*callee);
}

void AccessListTracer::touch(const Address& address) {
    if (warm_.contains(address) || is_precompile(address, rules_)) return;
    if (touched_.try_emplace(address).second) budget_.take(kEntryBytes);
}

AccessList AccessListTracer::list(const AccessList& given) const {
    auto all = touched_;
    for (const AccessListEntry& entry : given)
        all[entry.address].insert(entry.storage_keys.begin(), entry.storage_keys.end());
    AccessList list;
    for (const auto& [address, slots] : all)
        list.push_back({address, {slots.begin(), slots.end()}});
    return list;
}

}  // namespace troupe::chain::evm
