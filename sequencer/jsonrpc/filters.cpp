#include "sequencer/jsonrpc/filters.hpp"

#include "chain/base/assert.hpp"
#include "chain/base/hex.hpp"

#include <unistd.h>

#include <array>

namespace troupe::node::jsonrpc {

std::string random_id() {
    std::array<std::uint8_t, 16> bytes{};
    // One call: std::random_device makes one of the processor's slow instruction for each byte.
    TROUPE_ASSERT(::getentropy(bytes.data(), bytes.size()) == 0);
    bytes[0] |= 0x10;  // as wide as it looks: geth trims leading zeros
    return chain::to_hex(bytes);
}

Filters::Added Filters::add(PolledFilter filter) {
    std::string id = random_id();
    const std::lock_guard lock(mutex_);
    if (filters_.size() >= count_max_) return {{}, count_max_};
    if (filter.owner) {
        std::uint32_t& of_owner = owners_[*filter.owner];
        if (of_owner >= owner_max_) return {{}, owner_max_};
        ++of_owner;
    }
    filters_.emplace(id, std::move(filter));
    return {std::move(id), 0};
}

void Filters::forget_owner(const PolledFilter& filter) {
    if (!filter.owner) return;
    const auto owner = owners_.find(*filter.owner);
    if (--owner->second == 0) owners_.erase(owner);
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
    const auto found = filters_.find(id);
    if (found == filters_.end()) return false;
    forget_owner(found->second);
    filters_.erase(found);
    return true;
}

void Filters::expire(SteadyTime before) {
    const std::lock_guard lock(mutex_);
    std::erase_if(filters_, [&](const auto& entry) {
        if (entry.second.last_asked >= before) return false;
        forget_owner(entry.second);
        return true;
    });
}

std::size_t Filters::size() const {
    const std::lock_guard lock(mutex_);
    return filters_.size();
}

}  // namespace troupe::node::jsonrpc
