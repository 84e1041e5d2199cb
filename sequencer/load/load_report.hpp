#pragma once

#include "sequencer/load/load_session.hpp"
#include "sequencer/load/process_usage.hpp"

#include <string>
#include <vector>

namespace troupe::node {

/// All that a load found out.
struct LoadReport {
    std::string mix;
    std::string via;  ///< "grpc", "json-rpc"
    std::optional<double> rate_per_s;
    std::size_t window = 0;
    std::size_t wallets = 0;
    LoadSessionResult result;
    std::vector<StageCost> stages;  ///< of the node, dearest first
    double node_s = 0;              ///< processor time of the node's process during the load
    double generator_s = 0;         ///< and of this one
    /// The node's resident memory [bytes]: before the load, once a second, after it.
    std::vector<std::uint64_t> node_bytes;
    std::uint64_t last_sealed_block = 0;  ///< the one with the last transactions, or a later one
    std::uint64_t sealed_blocks = 0;      ///< during the load and after it
    bool all_sealed = false;              ///< a block was sealed after the last transaction

    [[nodiscard]] double tps() const noexcept {
        return result.seconds > 0 ? static_cast<double>(result.confirmed) / result.seconds : 0;
    }
    /// The fewest confirmed in a whole second, without the first, which fills the node, and the
    /// last, which is cut.
    [[nodiscard]] std::uint64_t least_in_a_second() const noexcept;
};

[[nodiscard]] std::string to_text(const LoadReport& report);
/// All of it, with every second's counts, as one JSON object.
[[nodiscard]] std::string to_json(const LoadReport& report);

}  // namespace troupe::node
