#include "bench/core_model.hpp"

#include <utility>

namespace troupe::bench {

void CoreModel::add_event(double time_ns, std::function<void()> call) {
    events_.push({time_ns, events_made_++, std::move(call)});
}

void CoreModel::post(std::size_t actor, Message message) {
    if (actor >= actors_.size()) actors_.resize(actor + 1);
    actors_[actor].mailbox.push_back(std::move(message));
    if (!actors_[actor].scheduled) make_ready(actor);
}

void CoreModel::make_ready(std::size_t actor) {
    actors_[actor].scheduled = true;
    ready_.push_back(actor);
    if (idle_ == 0) return;
    --idle_;
    add_event(now_ns_ + wake_ns_, [this] { take_work(); });
}

void CoreModel::take_work() {
    if (ready_.empty()) {
        ++idle_;
        return;
    }
    const std::size_t actor = ready_.front();
    ready_.pop_front();
    Message message = std::move(actors_[actor].mailbox.front());
    actors_[actor].mailbox.pop_front();
    handle(actor, std::move(message));
}

void CoreModel::handle(std::size_t actor, Message message) {
    busy_ns_ += message.ns;
    add_event(now_ns_ + message.ns, [this, actor, then = std::move(message.then)] {
        if (then) {
            if (auto more = then()) return handle(actor, std::move(*more));
        }
        actors_[actor].scheduled = false;
        if (!actors_[actor].mailbox.empty()) {  // no core need wake for it: this one is free
            actors_[actor].scheduled = true;
            ready_.push_back(actor);
        }
        take_work();
    });
}

void CoreModel::run() {
    while (!events_.empty()) {
        const Event event = events_.top();
        events_.pop();
        now_ns_ = event.time_ns;
        event.call();
    }
}

}  // namespace troupe::bench
