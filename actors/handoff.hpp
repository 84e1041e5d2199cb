#pragma once

#include <caf/all.hpp>

#if defined(__SANITIZE_THREAD__)
#define TROUPE_THREAD_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define TROUPE_THREAD_SANITIZER 1
#endif
#endif

#ifdef TROUPE_THREAD_SANITIZER
extern "C" {
void __tsan_acquire(void* address);  // NOLINT(bugprone-reserved-identifier): the sanitizer's name
void __tsan_release(void* address);  // NOLINT(bugprone-reserved-identifier)
}
#endif

/// How messages pass from actor to actor: tell() sends, handlers() receives. Under ThreadSanitizer
/// both say that what the sender did before happened before what the receiver does:
/// CAF's mailboxes order it so, but Debian's CAF is not instrumented and the sanitizer can't see
/// it. Everything that is not handed over by a message is still found.
namespace troupe::actors {

/// Sends `message` to `to`, anonymously.
template <class Handle, class Message>
void tell(const Handle& to, Message message) {
#ifdef TROUPE_THREAD_SANITIZER
    // As anon_send does, with the release between making the mailbox element and handing it over.
    const auto receiver = caf::actor_cast<caf::strong_actor_ptr>(to);
    auto element =
        caf::make_mailbox_element(nullptr, caf::make_message_id(), {}, std::move(message));
    __tsan_release(receiver.get());
    receiver->enqueue(std::move(element), nullptr);
#else
    caf::anon_send(to, std::move(message));
#endif
}

#ifdef TROUPE_THREAD_SANITIZER
namespace detail {
template <class Self, class Handler, class Message>
auto received(Self self, Handler handler, void (Handler::*)(Message) const) {
    return [self, handler](Message message) {
        __tsan_acquire(self->ctrl());
        handler(message);
        __tsan_release(self->ctrl());
    };
}
}  // namespace detail
#endif

/// The behavior of `self`: const lambdas of one message each, returning nothing.
template <class Actor, class Self, class... Handlers>
typename Actor::behavior_type handlers([[maybe_unused]] Self self, Handlers... handler) {
#ifdef TROUPE_THREAD_SANITIZER
    return {detail::received(self, handler, &Handlers::operator())...};
#else
    return {std::move(handler)...};
#endif
}

}  // namespace troupe::actors
