#include "sequencer/log_filter.hpp"

#include <algorithm>
#include <utility>

namespace troupe::node {
namespace {

template <class T>
std::vector<chain::Bloom> sort_for_blooms(std::vector<T>& values) {
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    std::vector<chain::Bloom> blooms(values.size());
    for (std::size_t i = 0; i < values.size(); ++i)
        chain::add_to_bloom(blooms[i], values[i]);
    return blooms;
}

template <class T>
bool one_of(const std::vector<T>& sorted, const T& value) noexcept {
    return sorted.empty() || std::binary_search(sorted.begin(), sorted.end(), value);
}

bool any_covered(const chain::Bloom& bloom, const std::vector<chain::Bloom>& wanted) noexcept {
    return wanted.empty() || std::any_of(wanted.begin(), wanted.end(), [&](const auto& one) {
               return chain::covers(bloom, one);
           });
}

}  // namespace

LogFilter::LogFilter(
    std::vector<chain::Address> addresses, std::vector<std::vector<chain::Hash32>> topics)
    : addresses_(std::move(addresses)),
      topics_(std::move(topics)),
      address_blooms_(sort_for_blooms(addresses_)) {
    for (auto& position : topics_)
        topic_blooms_.push_back(sort_for_blooms(position));
}

bool LogFilter::matches(const chain::Log& log) const noexcept {
    if (!one_of(addresses_, log.address) || topics_.size() > log.topics.size()) return false;
    for (std::size_t i = 0; i < topics_.size(); ++i)
        if (!one_of(topics_[i], log.topics[i])) return false;
    return true;
}

bool LogFilter::may_match(const chain::Bloom& bloom) const noexcept {
    if (bloom == chain::Bloom{}) return false;  // no log at all
    return any_covered(bloom, address_blooms_) &&
           std::all_of(topic_blooms_.begin(), topic_blooms_.end(), [&](const auto& position) {
               return any_covered(bloom, position);
           });
}

}  // namespace troupe::node
