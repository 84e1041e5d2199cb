#include "sequencer/grpc/peer_limits.hpp"

namespace troupe::node {

namespace {

// "ipv4:127.0.0.1:4711" -> "ipv4:127.0.0.1": all connections of one machine share a limit.
std::string host_of(const std::string& peer) {
    const auto colon = peer.rfind(':');
    return peer.starts_with("ip") && colon != std::string::npos ? peer.substr(0, colon) : peer;
}

}  // namespace

PeerLimits::Ticket PeerLimits::take(const std::string& peer) {
    std::string host = host_of(peer);
    const std::lock_guard lock(mutex_);
    if (total_ >= total_max_) return {};
    std::uint32_t& count = by_peer_[host];
    if (count >= peer_max_) return {};
    ++count;
    ++total_;
    return {this, std::move(host)};
}

std::uint32_t PeerLimits::total() const {
    const std::lock_guard lock(mutex_);
    return total_;
}

void PeerLimits::give_back(const std::string& peer) {
    const std::lock_guard lock(mutex_);
    --total_;
    const auto entry = by_peer_.find(peer);
    if (--entry->second == 0) by_peer_.erase(entry);
}

}  // namespace troupe::node
