#pragma once

#include "sequencer/grpc/edge_context.hpp"

#include "troupe/v1/watch.pb.h"

#include <grpcpp/grpcpp.h>

#include <memory>
#include <mutex>
#include <string>

namespace troupe::node {

/// What next() of a watch stream found.
struct WatchStep {
    enum class Kind : std::uint8_t {
        kMessage,
        kNothing,
        kEnd
    };
    Kind kind = Kind::kNothing;
    grpc::Status status;  ///< for kEnd

    [[nodiscard]] static WatchStep message() { return {Kind::kMessage, {}}; }
    [[nodiscard]] static WatchStep nothing() { return {Kind::kNothing, {}}; }
    [[nodiscard]] static WatchStep end(grpc::Status status) {
        return {Kind::kEnd, std::move(status)};
    }
};

/// One open watch call, whatever it watches. It pulls: when the last message is written and there
/// is news, a worker asks next() for the following message. There is never more than one message in
/// memory, so a subscriber that does not read costs nothing but its place; after write_timeout_ms
/// it is cut off with the cursor to resume from.
template <class Response>
class WatchStream : public grpc::ServerWriteReactor<Response>,
                    public HubSubscriber,
                    public std::enable_shared_from_this<WatchStream<Response>> {
  public:
    WatchStream(
        EdgeContext& edge, grpc::CallbackServerContext& call, RpcMethod method,
        PeerLimits::Ticket ticket)
        : edge_(edge), call_(call), ticket_(std::move(ticket)), record_(edge.stats, method, true) {}

    /// Begins, once it is owned by a shared_ptr. The object then keeps itself until the call is
    /// done.
    void start(bool micro_blocks) {
        self_ = this->shared_from_this();
        last_write_ = std::chrono::steady_clock::now();
        edge_.hub.subscribe(self_, micro_blocks);
        request_pump();
    }

    void on_marks() noexcept override { request_pump(); }

    void on_tick(SteadyTime now) noexcept override {
        const auto ms = [](std::uint32_t count) { return std::chrono::milliseconds(count); };
        bool pump = false;
        {
            const std::lock_guard lock(mutex_);
            if (done_) return;
            if (finished_) {
                // The status waits behind data that nobody reads: give up the connection's memory.
                if (!cancelled_ && now - finished_at_ > ms(edge_.config.cut_off_grace_ms)) {
                    cancelled_ = true;
                    call_.TryCancel();
                }
                return;
            }
            if (edge_.draining.load(std::memory_order_acquire)) {
                finish_locked(ended("the node is shutting down"));
                return;
            }
            if (writing_ && now - write_started_ > ms(edge_.config.write_timeout_ms)) {
                edge_.stats.slow_readers_cut.fetch_add(1, std::memory_order_relaxed);
                finish_locked(make_status(
                    troupe::v1::REASON_SLOW_READER,
                    "nothing was read for " + std::to_string(edge_.config.write_timeout_ms) +
                        " ms; resume from the cursor",
                    {.resume = resume_point()}));
                return;
            }
            pump = !writing_ &&
                   (now - last_write_ >= ms(edge_.config.heartbeat_ms) || wants_pump(now));
        }
        if (pump) request_pump();
    }

  protected:
    /// Fills the next message, if there is one. Called by one thread at a time; may block on disk.
    [[nodiscard]] virtual WatchStep next(Response& out) = 0;
    /// Fills a heartbeat.
    virtual void heartbeat(Response& out) = 0;
    /// For deadlines of the stream's own; called each tick, cheap.
    [[nodiscard]] virtual bool wants_pump(SteadyTime) noexcept { return false; }

    void request_pump() noexcept {
        {
            const std::lock_guard lock(mutex_);
            if (finished_) return;
            if (pumping_ || writing_) {
                again_ = true;
                return;
            }
            pumping_ = true;
            again_ = false;
        }
        post_pump();
    }

    EdgeContext& edge_;

  private:
    void post_pump() {
        auto self = this->shared_from_this();
        if (edge_.pool.post([self] { self->pump(); })) return;
        const std::lock_guard lock(mutex_);
        pumping_ = false;
        if (!finished_) finish_locked(ended("the node is shutting down"));
    }

    void pump() {
        response_.Clear();
        WatchStep step = next(response_);
        const auto now = std::chrono::steady_clock::now();
        const std::lock_guard lock(mutex_);
        pumping_ = false;
        if (finished_) return;
        if (step.kind == WatchStep::Kind::kEnd) {
            finish_locked(std::move(step.status));
            return;
        }
        if (step.kind == WatchStep::Kind::kNothing) {
            if (now - last_write_ < std::chrono::milliseconds(edge_.config.heartbeat_ms)) {
                // News that came while next() was looking.
                if (!again_) return;
                pumping_ = true;
                again_ = false;
                auto self = this->shared_from_this();
                if (!edge_.pool.post([self] { self->pump(); })) pumping_ = false;
                return;
            }
            heartbeat(response_);
        }
        writing_ = true;
        write_started_ = now;
        cursor_ = response_.cursor();
        edge_.stats.watch_messages.fetch_add(1, std::memory_order_relaxed);
        this->StartWrite(&response_);
    }

    void OnWriteDone(bool ok) override {
        {
            const std::lock_guard lock(mutex_);
            writing_ = false;
            last_write_ = std::chrono::steady_clock::now();
            if (!ok && !finished_) finish_locked(grpc::Status::CANCELLED);
        }
        request_pump();  // there may be more; asked of next()
    }

    void OnCancel() override {
        const std::lock_guard lock(mutex_);
        if (!finished_) finish_locked(grpc::Status::CANCELLED);
    }

    void OnDone() override {
        {
            const std::lock_guard lock(mutex_);
            done_ = true;
        }
        const auto last = std::move(self_);  // a pump may still hold another
    }

    // Under the lock: nothing is written after Finish.
    void finish_locked(grpc::Status status) {
        finished_ = true;
        finished_at_ = std::chrono::steady_clock::now();
        record_.finish(status.error_code());
        this->Finish(std::move(status));
    }

    [[nodiscard]] grpc::Status ended(const std::string& why) const {
        return make_status(
            troupe::v1::REASON_STREAM_ENDED, why,
            {.retry_after_ms = 1'000, .resume = resume_point()});
    }

    [[nodiscard]] std::optional<troupe::v1::ResumePoint> resume_point() const {
        if (cursor_.empty()) return std::nullopt;
        troupe::v1::ResumePoint resume;
        resume.set_cursor(cursor_);
        return resume;
    }

    grpc::CallbackServerContext& call_;  // valid until OnDone
    PeerLimits::Ticket ticket_;
    std::shared_ptr<WatchStream> self_;
    Response response_;  // the pump's, then the write's

    std::mutex mutex_;  ///< guards what follows
    CallRecord record_;
    bool pumping_ = false;
    bool writing_ = false;
    bool again_ = false;
    bool finished_ = false;
    bool cancelled_ = false;
    bool done_ = false;
    SteadyTime write_started_;
    SteadyTime last_write_;
    SteadyTime finished_at_;
    std::string cursor_;  // of the last message
};

/// A call that is refused before it begins.
template <class Response>
class RefusedWatch final : public grpc::ServerWriteReactor<Response> {
  public:
    RefusedWatch(RpcStats& stats, RpcMethod method, grpc::Status status)
        : record_(stats, method, true) {
        record_.finish(status.error_code());
        this->Finish(std::move(status));
    }

  private:
    void OnDone() override { delete this; }
    CallRecord record_;
};

}  // namespace troupe::node
