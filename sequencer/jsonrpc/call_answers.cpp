#include "sequencer/jsonrpc/call_answers.hpp"

#include <utility>

namespace troupe::node::jsonrpc {

std::optional<std::string> CallAnswers::find(
    std::uint64_t block, const std::string& question) const {
    const std::lock_guard lock(mutex_);
    if (block != block_) return std::nullopt;
    const auto found = answers_.find(question);
    if (found == answers_.end()) return std::nullopt;
    return found->second;
}

void CallAnswers::keep(std::uint64_t block, std::string question, const std::string& answer) {
    const std::size_t bytes = question.size() + answer.size() + kEntryBytes;
    const std::lock_guard lock(mutex_);
    if (block < block_ || bytes > kBytesMax) return;
    if (block > block_ || bytes_ + bytes > kBytesMax) {
        answers_.clear();
        bytes_ = 0;
    }
    block_ = block;
    if (answers_.emplace(std::move(question), answer).second) bytes_ += bytes;
}

}  // namespace troupe::node::jsonrpc
