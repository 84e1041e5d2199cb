#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace troupe::bench {

/// One measured line. Empty optionals are not part of the workload and stay out of table and JSON.
struct Result {
    std::string workload;  ///< "W1"
    std::string stack;     ///< "exec", "+ signatures", "+ root", "full"
    unsigned cores = 1;
    std::uint64_t accounts = 0;
    std::optional<double> tps;
    std::optional<double> serial_tps;
    std::optional<double> speedup;           ///< tps / serial_tps
    std::optional<double> reexecution_rate;  ///< transactions run again, of all
    std::optional<double> mgas_per_s;        ///< W5-W9
    std::optional<double> p50_ms;
    std::optional<double> p99_ms;
    std::optional<double> ns_per_update;             ///< W12
    std::optional<std::uint64_t> updates_per_block;  ///< W12
    std::optional<double> recoveries_per_s;          ///< W13
    std::optional<double> libsecp256k1_per_s;        ///< W13
    std::optional<std::string> path;                 ///< W12, W13: "avx512", "avx2", "scalar"
    std::optional<double> sustained_s;               ///< W14
    std::string note;                                ///< in words, for the table's last column
};

/// Another program measured in the same run.
struct Peer {
    std::string name;
    std::string workload;
    double tps = 0;
};

/// Everything one run has to say.
struct Report {
    std::vector<Result> results;
    std::vector<Peer> peers;
};

/// The JSON of docs/benchmarks.md: machine, commit, load, results, peers.
[[nodiscard]] std::string to_json(const Report& report);
/// A table for people, one line per result, peers below.
[[nodiscard]] std::string to_table(const Report& report);

/// "AMD EPYC …" from /proc/cpuinfo; "unknown" elsewhere.
[[nodiscard]] std::string cpu_name();

}  // namespace troupe::bench
