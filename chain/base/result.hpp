#pragma once

#include "chain/base/assert.hpp"
#include "chain/base/error.hpp"

#include <optional>
#include <utility>

namespace troupe::chain {

/// A value, or the rule that refused it. Cheap to return, impossible to ignore.
/// Reading the wrong side is a bug and aborts.
template <class T, class E = Error>
class [[nodiscard]] Result {
  public:
    // Implicit on purpose: `return value;` and `return Error::kX;` are how functions answer.
    Result(T value) noexcept : value_(std::move(value)) {}  // NOLINT(google-explicit-constructor)
    Result(E error) noexcept : error_(error) {}             // NOLINT(google-explicit-constructor)

    [[nodiscard]] bool ok() const noexcept { return value_.has_value(); }
    explicit operator bool() const noexcept { return ok(); }

    [[nodiscard]] const T& value() const& noexcept {
        TROUPE_ASSERT(ok());
        return *value_;
    }
    [[nodiscard]] T& value() & noexcept {
        TROUPE_ASSERT(ok());
        return *value_;
    }
    [[nodiscard]] T&& value() && noexcept {
        TROUPE_ASSERT(ok());
        return std::move(*value_);
    }
    [[nodiscard]] const T& operator*() const& noexcept { return value(); }
    [[nodiscard]] T& operator*() & noexcept { return value(); }
    [[nodiscard]] T&& operator*() && noexcept { return std::move(*this).value(); }
    [[nodiscard]] const T* operator->() const noexcept { return &value(); }
    [[nodiscard]] T* operator->() noexcept { return &value(); }

    [[nodiscard]] E error() const noexcept {
        TROUPE_ASSERT(!ok());
        return error_;
    }

  private:
    std::optional<T> value_;
    E error_{};
};

/// Success without a value, or the rule that refused it.
template <class E>
class [[nodiscard]] Result<void, E> {
  public:
    Result() noexcept = default;
    Result(E error) noexcept : error_(error) {}  // NOLINT(google-explicit-constructor)

    [[nodiscard]] bool ok() const noexcept { return !error_.has_value(); }
    explicit operator bool() const noexcept { return ok(); }
    [[nodiscard]] E error() const noexcept {
        TROUPE_ASSERT(!ok());
        return *error_;
    }

  private:
    std::optional<E> error_;
};

using Status = Result<void, Error>;

}  // namespace troupe::chain

/// Returns the error of `expression` from the calling function, or names its value.
#define TROUPE_TRY(name, expression)                  \
    auto name##_result = (expression);                \
    if (!name##_result) return name##_result.error(); \
    auto& name = *name##_result  // NOLINT(bugprone-macro-parentheses): a declaration's name

/// Returns the error of `expression` (a Status) from the calling function.
#define TROUPE_CHECK(expression)                                           \
    do {                                                                   \
        if (auto status_ = (expression); !status_) return status_.error(); \
    } while (false)
