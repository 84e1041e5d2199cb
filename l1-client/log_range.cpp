#include "l1-client/log_range.hpp"

#include <algorithm>

namespace troupe::l1 {

Result<std::vector<L1Log>> logs_in_range(EthClient& l1, LogFilter filter) {
    std::vector<L1Log> logs;
    std::uint64_t range = kLogRangeMax;
    std::uint64_t first = filter.first_block;
    const std::uint64_t last = filter.last_block;
    while (first <= last) {
        filter.first_block = first;
        filter.last_block = std::min(last, first + range - 1);
        auto found = l1.logs(filter);
        if (!found) {
            // Providers limit ranges and results, each with words of its own.
            if (found.error().kind != ErrorKind::kRpc || range == 1) return found.error();
            range /= 2;
            continue;
        }
        std::move(found->begin(), found->end(), std::back_inserter(logs));
        first = filter.last_block + 1;
    }
    return logs;
}

}  // namespace troupe::l1
