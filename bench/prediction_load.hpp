#pragma once

#include "bench/contract_load.hpp"

#include <string_view>

namespace troupe::bench {

/// W16: calls of which the arguments mislead whoever goes by them, or the gas limits do.
struct PredictionLoad {
    std::string_view name;
    std::string_view what;
    ContractLoad (*make)(std::size_t txs, const actors::TableSeed& seed);
};
[[nodiscard]] const std::vector<PredictionLoad>& prediction_loads();

}  // namespace troupe::bench
