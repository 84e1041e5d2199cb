#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>

namespace troupe::node {

/// Counts what is open against a limit for all and a limit for one client address.
class PeerLimits {
  public:
    PeerLimits(std::uint32_t total_max, std::uint32_t peer_max) noexcept
        : total_max_(total_max), peer_max_(peer_max) {}

    /// One place taken; given back when the ticket goes.
    class Ticket {
      public:
        Ticket() = default;
        Ticket(PeerLimits* limits, std::string peer) noexcept
            : limits_(limits), peer_(std::move(peer)) {}
        Ticket(Ticket&& other) noexcept
            : limits_(std::exchange(other.limits_, nullptr)), peer_(std::move(other.peer_)) {}
        Ticket& operator=(Ticket&& other) noexcept {
            std::swap(limits_, other.limits_);
            std::swap(peer_, other.peer_);
            return *this;
        }
        ~Ticket() {
            if (limits_ != nullptr) limits_->give_back(peer_);
        }
        [[nodiscard]] explicit operator bool() const noexcept { return limits_ != nullptr; }

      private:
        PeerLimits* limits_ = nullptr;
        std::string peer_;
    };

    /// @param peer  as grpc::ServerContextBase::peer() says: "ipv4:127.0.0.1:4711"
    /// @return a false ticket when a limit is reached
    [[nodiscard]] Ticket take(const std::string& peer);
    [[nodiscard]] std::uint32_t total() const;

  private:
    void give_back(const std::string& peer);

    const std::uint32_t total_max_;
    const std::uint32_t peer_max_;
    mutable std::mutex mutex_;  ///< guards what follows
    std::uint32_t total_ = 0;
    std::map<std::string, std::uint32_t> by_peer_;
};

}  // namespace troupe::node
