#pragma once

#include <string>
#include <vector>

namespace troupe::bench {

/// What running one kind of instruction until the gas is gone costs.
struct OpcodeCost {
    std::string what;
    double ns_per_gas = 0;
    std::string failure;
};

/// Runs a transaction of `kOpcodeGas` gas for each kind of instruction, with operands that cost the
/// most, on a machine that has decoded nothing before. @return dearest first
[[nodiscard]] std::vector<OpcodeCost> measure_opcodes();

/// `troupe bench opcodes`: prints them, and writes them to a file where one is named.
/// @return the exit status
int run_opcode_bench(const std::string& json_file);

inline constexpr unsigned long long kOpcodeGas = 10'000'000;

}  // namespace troupe::bench
