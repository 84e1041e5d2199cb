#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

namespace troupe::node::jsonrpc {

/// What calls on the newest sealed block came to, for those who ask the same of the same block:
/// everybody who looks at a price asks for it. Bounded; any thread.
class CallAnswers {
  public:
    /// @param question  all that the answer depends on beside the block's state
    [[nodiscard]] std::optional<std::string> find(
        std::uint64_t block, const std::string& question) const;
    /// Forgets the answers on blocks before; nothing where `block` is not the newest.
    void keep(std::uint64_t block, std::string question, const std::string& answer);

  private:
    static constexpr std::size_t kBytesMax = std::size_t{16} << 20;  // then it starts anew
    static constexpr std::size_t kEntryBytes = 128;                  // beside the texts

    mutable std::mutex mutex_;  ///< guards what follows
    std::uint64_t block_ = 0;
    std::unordered_map<std::string, std::string> answers_;
    std::size_t bytes_ = 0;
};

}  // namespace troupe::node::jsonrpc
