#include "sequencer/storage/segment_pool.hpp"

#include "sequencer/logging/log.hpp"
#include "sequencer/thread_name.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <utility>

namespace troupe::node {

SegmentPool::SegmentPool(
    std::filesystem::path directory, std::uint64_t segment_bytes, const OrderLogKey& key,
    std::uint64_t next_number)
    : directory_(std::move(directory)),
      segment_bytes_(segment_bytes),
      key_(key),
      next_number_(next_number),
      maker_([this] { run(); }) {}

SegmentPool::~SegmentPool() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_one();
    maker_.join();
}

std::unique_ptr<OrderSegment> SegmentPool::make(
    std::uint64_t number, std::size_t value_size, Failure& failure) const {
    char name[32];
    std::snprintf(name, sizeof name, "%08llu", static_cast<unsigned long long>(number));
    return OrderSegment::create(
        directory_ / name, std::max(segment_bytes_, OrderSegment::room_for(value_size)), key_,
        failure);
}

void SegmentPool::prepare() {
    {
        const std::lock_guard lock(mutex_);
        if (wanted_ || failed_ || !free_.empty()) return;
        wanted_ = true;
    }
    wake_.notify_one();
}

void SegmentPool::run() {
    name_this_thread("order log files");
    std::unique_lock lock(mutex_);
    while (true) {
        wake_.wait(lock, [this] { return stopping_ || wanted_; });
        if (stopping_) return;
        const std::uint64_t number = next_number_++;
        lock.unlock();
        Failure failure;
        auto made = make(number, 0, failure);
        if (!made)
            log_warn(
                Component::kStorage, "order log: the next file is not ready yet: {}", *failure);
        lock.lock();
        wanted_ = false;
        failed_ = made == nullptr;
        if (made) free_.push_back(std::move(made));
    }
}

std::unique_ptr<OrderSegment> SegmentPool::take(std::size_t value_size, Failure& failure) {
    std::uint64_t number = 0;
    {
        const std::lock_guard lock(mutex_);
        const auto found = std::find_if(free_.begin(), free_.end(), [&](const auto& segment) {
            return segment->has_room(value_size);
        });
        if (found != free_.end()) {
            auto taken = std::move(*found);
            free_.erase(found);
            return taken;
        }
        number = next_number_++;
        failed_ = false;
    }
    return make(number, value_size, failure);
}

void SegmentPool::give_back(std::unique_ptr<OrderSegment> segment) {
    segment->begin_again();
    {
        const std::lock_guard lock(mutex_);
        if (free_.size() < kFreeMax) {
            free_.push_back(std::move(segment));
            return;
        }
    }
    ::unlink(segment->path().c_str());
}

}  // namespace troupe::node
