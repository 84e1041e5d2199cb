#pragma once

#include "actors/sequencer/slot_formula.hpp"

#include <atomic>
#include <memory>
#include <unordered_map>

namespace troupe::actors {

/// Which slots functions touch, as far as a call's sender and arguments say: what SlotTemplates
/// tell admission. Any thread.
class KnownSlots {
  public:
    using Formulas = std::vector<SlotFormula>;
    using FormulasPtr = std::shared_ptr<const Formulas>;
    using ByFunction = std::unordered_map<std::uint64_t, FormulasPtr>;  ///< by hints_of()'s first
    using ByFunctionPtr = std::shared_ptr<const ByFunction>;

    /// Never null.
    [[nodiscard]] ByFunctionPtr get() const { return functions_.load(); }
    void set(ByFunction functions) {
        functions_.store(std::make_shared<const ByFunction>(std::move(functions)));
    }

  private:
    std::atomic<ByFunctionPtr> functions_{std::make_shared<const ByFunction>()};
};
using KnownSlotsPtr = std::shared_ptr<KnownSlots>;

}  // namespace troupe::actors
