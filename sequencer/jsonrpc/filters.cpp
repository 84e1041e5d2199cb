#include "sequencer/jsonrpc/filters.hpp"

#include "chain/base/hex.hpp"

#include <array>
#include <random>

namespace troupe::node::jsonrpc {

std::string random_id() {
    thread_local std::random_device device;
    std::array<std::uint8_t, 16> bytes{};
    for (auto& byte : bytes)
        byte = static_cast<std::uint8_t>(device());
    bytes[0] |= 0x10;  // as wide as it looks: geth trims leading zeros
    return chain::to_hex(bytes);
}

std::optional<std::string> Filters::add(PolledFilter filter) {
    std::string id = random_id();
    const std::lock_guard lock(mutex_);
    if (filters_.size() >= count_max_) return std::nullopt;
    filters_.emplace(id, std::move(filter));
    return id;
}

std::optional<PolledFilter> Filters::ask(const std::string& id, SteadyTime now) {
    const std::lock_guard lock(mutex_);
    const auto found = filters_.find(id);
    if (found == filters_.end()) return std::nullopt;
    found->second.last_asked = now;
    return found->second;
}

void Filters::advance(const std::string& id, const PolledFilter& asked) {
    const std::lock_guard lock(mutex_);
    const auto found = filters_.find(id);
    if (found == filters_.end()) return;
    found->second.next_block = asked.next_block;
    found->second.next_number = asked.next_number;
}

bool Filters::remove(const std::string& id) {
    const std::lock_guard lock(mutex_);
    return filters_.erase(id) != 0;
}

void Filters::expire(SteadyTime before) {
    const std::lock_guard lock(mutex_);
    std::erase_if(filters_, [&](const auto& entry) { return entry.second.last_asked < before; });
}

std::size_t Filters::size() const {
    const std::lock_guard lock(mutex_);
    return filters_.size();
}

}  // namespace troupe::node::jsonrpc
