#include "chain/evm/tracers/selector_tracer.hpp"

#include "chain/evm/precompiles.hpp"

#include <algorithm>

namespace troupe::chain::evm {

void SelectorTracer::on_enter(const Enter& enter) {
    constexpr std::size_t kEntryBytes = 32;
    if (enter.kind == CallKind::kCreate || enter.kind == CallKind::kCreate2) return;
    Key key;
    if (enter.input.size() < key.selector.size() || is_precompile(enter.code, rules_)) return;
    std::copy_n(enter.input.begin(), key.selector.size(), key.selector.begin());
    key.size = enter.input.size() - key.selector.size();
    if (++counts_[key] == 1) budget_.take(kEntryBytes);
}

}  // namespace troupe::chain::evm
