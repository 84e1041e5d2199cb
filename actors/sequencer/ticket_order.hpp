#pragma once

#include "actors/admission/chunk.hpp"

#include <map>
#include <optional>

namespace troupe::actors {

/// Puts chunks back into the order of their tickets. Tickets have no gaps and every chunk comes
/// back, so what waits here is bounded by the credits that are out.
class TicketOrder {
  public:
    void add(ChunkPtr chunk) {
        const std::uint64_t ticket = chunk->ticket;
        early_.emplace(ticket, std::move(chunk));
    }
    /// The next chunk in order, if it is here.
    [[nodiscard]] ChunkPtr next() {
        if (early_.empty() || early_.begin()->first != next_) return nullptr;
        ChunkPtr chunk = std::move(early_.begin()->second);
        early_.erase(early_.begin());
        ++next_;
        return chunk;
    }

  private:
    std::map<std::uint64_t, ChunkPtr> early_;
    std::uint64_t next_ = 0;
};

}  // namespace troupe::actors
