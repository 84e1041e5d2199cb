#pragma once

#include "sequencer/storage/order_segment.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace troupe::node {

/// Files of the order log that nothing is in: those that were pruned, and, where there is none, one
/// that a thread makes ahead, because to write and sync a whole file takes as long as many appends.
class SegmentPool {
  public:
    /// @param next_number  of files that are made; each has the next one as its name
    SegmentPool(
        std::filesystem::path directory, std::uint64_t segment_bytes, const OrderLogKey& key,
        std::uint64_t next_number);
    ~SegmentPool();
    SegmentPool(const SegmentPool&) = delete;
    SegmentPool& operator=(const SegmentPool&) = delete;

    /// Has one made if none is there, so that take() need not. Returns at once.
    void prepare();
    /// One with room for a value of that size; made now if need be.
    [[nodiscard]] std::unique_ptr<OrderSegment> take(std::size_t value_size, Failure& failure);
    /// Nothing in it is needed any more.
    void give_back(std::unique_ptr<OrderSegment> segment);

    /// What is kept of what is given back; the files of others are deleted.
    static constexpr std::size_t kFreeMax = 4;

  private:
    void run();
    [[nodiscard]] std::unique_ptr<OrderSegment> make(
        std::uint64_t number, std::size_t value_size, Failure& failure) const;

    std::filesystem::path directory_;
    std::uint64_t segment_bytes_;
    OrderLogKey key_;
    std::mutex mutex_;  // of what follows
    std::condition_variable wake_;
    std::vector<std::unique_ptr<OrderSegment>> free_;
    std::uint64_t next_number_;
    bool wanted_ = false;
    bool failed_ = false;  // the last one made ahead: nobody tries again before it is needed
    bool stopping_ = false;
    std::thread maker_;  // last
};

}  // namespace troupe::node
