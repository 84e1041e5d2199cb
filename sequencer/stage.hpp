#pragma once

#include <cstdint>
#include <string_view>

namespace troupe::node {

/// How far a transaction has come; each stage includes the ones before. The numbers are those of
/// troupe.v1.TransactionStage, where each is explained.
enum class Stage : std::uint8_t {
    kUnknown = 0,
    kAccepted = 1,   ///< ordered and durable
    kSequenced = 2,  ///< executed: the receipt is known
    kSealed = 3,
    kBatched = 4,
    kPosted = 5,
    kSafe = 6,
    kFinalized = 7,
};

/// "sealed"
[[nodiscard]] constexpr std::string_view to_string(Stage stage) noexcept {
    constexpr std::string_view kNames[] = {"unknown", "accepted", "sequenced", "sealed",
                                           "batched", "posted",   "safe",      "finalized"};
    return kNames[static_cast<std::size_t>(stage)];
}

}  // namespace troupe::node
