#include "actors/engine.hpp"

#include <unistd.h>

#include <algorithm>

namespace troupe::actors {
namespace {

std::uint32_t or_else(std::uint32_t value, std::uint32_t fallback) noexcept {
    return value != 0 ? value : fallback;
}

std::uint32_t cores() noexcept {
    return static_cast<std::uint32_t>(std::max(1L, ::sysconf(_SC_NPROCESSORS_ONLN)));
}

}  // namespace

std::vector<std::string> EngineConfig::validate() const {
    std::vector<std::string> broken;
    const auto need = [&broken](bool holds, const char* rule) {
        if (!holds) broken.emplace_back(rule);
    };
    need(worker_threads <= 1'024, "worker_threads must be at most 1024");
    need(partitions <= 256, "partitions must be at most 256: there are 256 sub-tries");
    need(executors <= 1'024, "executors must be at most 1024");
    need(admission_workers <= 1'024, "admission_workers must be at most 1024");
    need(queue_txs_max >= 1, "queue_txs_max must be at least 1");
    need(queue_txs_max <= 4'194'304, "queue_txs_max must be at most 4194304");
    need(chunk_txs >= 1 && chunk_txs <= 4'096, "chunk_txs must be 1..4096");
    need(
        admission_batch_txs >= 1 && admission_batch_txs <= 4'096,
        "admission_batch_txs must be 1..4096");
    need(admission_hold_us <= 1'000'000, "admission_hold_us must be at most 1000000");
    need(
        micro_block_txs_max >= 1 && micro_block_txs_max <= 65'536,
        "micro_block_txs_max must be 1..65536");
    need(micro_block_gas_max >= 1, "micro_block_gas_max must be at least 1");
    need(micro_block_ms_max >= 1, "micro_block_ms_max must be at least 1");
    need(queue_ms_max >= 1, "queue_ms_max must be at least 1");
    need(
        state_cache_bytes == 0 || state_cache_bytes >= kStateCacheMin,
        "state_cache_bytes must be 0 or at least 512 KiB");
    need(block_time_ms >= 10 && block_time_ms <= 60'000, "block_time_ms must be 10..60000");
    need(metrics_interval_ms >= 10, "metrics_interval_ms must be at least 10");
    need(channel_age_max_ms >= 1, "channel_age_max_ms must be at least 1");
    need(channel_bytes_target >= 1, "channel_bytes_target must be at least 1");
    need(
        backlog_blocks_compress <= backlog_blocks_slow &&
            backlog_blocks_slow <= backlog_blocks_refuse,
        "backlog marks must rise: compress <= slow <= refuse");
    return broken;
}

EngineConfig EngineConfig::resolved() const {
    EngineConfig result = *this;
    result.worker_threads = or_else(worker_threads, cores());
    result.partitions = or_else(partitions, std::min(256u, 4 * result.worker_threads));
    result.executors = or_else(executors, result.worker_threads);
    result.admission_workers = or_else(admission_workers, result.worker_threads);
    return result;
}

}  // namespace troupe::actors
