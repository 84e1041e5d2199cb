#pragma once

#include "sequencer/load/transaction_source.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// Signed transactions on disk: signing takes longer than a node takes to execute, so a load is
/// signed once and sent many times.
///   file    = "TRPLOAD1", u64 count, u64 description_bytes, description, count * (u32 size, bytes)
/// Integers are little-endian. The description is what made them, in words: a file made otherwise
/// is made anew.
namespace troupe::node {

/// The transactions of a file, mapped into memory and read once from the beginning to the end.
class TransactionFile final : public TransactionSource {
  public:
    /// @return empty with the reason in `failure` where it cannot be read, is no such file, is cut
    ///         short, or was made otherwise than `description` says
    [[nodiscard]] static std::unique_ptr<TransactionFile> open(
        const std::string& path, const std::string& description, std::string& failure);
    ~TransactionFile() override;
    TransactionFile(const TransactionFile&) = delete;
    TransactionFile& operator=(const TransactionFile&) = delete;

    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
    void next(std::size_t count, std::vector<chain::ByteView>& out) override;
    void forget_read() noexcept override;

  private:
    TransactionFile(void* memory, std::size_t size) noexcept;

    std::uint8_t* memory_;
    std::size_t size_;
    std::size_t at_ = 0;         ///< of the next transaction
    std::size_t forgotten_ = 0;  ///< bytes that are given back
    std::uint64_t count_ = 0;
    std::uint64_t read_ = 0;
};

/// Writes such a file: under another name until it is whole.
/// @param sign  fills transactions [first, first + out.size()); called with growing `first`
/// @param on_progress  number of transactions written so far
/// @return empty, or why it failed
[[nodiscard]] std::string write_transaction_file(
    const std::string& path, const std::string& description, std::uint64_t count,
    const std::function<std::vector<chain::Bytes>(std::uint64_t first, std::size_t count)>& sign,
    const std::function<void(std::uint64_t)>& on_progress);

}  // namespace troupe::node
