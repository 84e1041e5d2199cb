#pragma once

#include "chain/base/endian.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace troupe::node {

/// A database key made of parts, on the stack. Numbers are big-endian, so that keys sort by them.
class Key {
  public:
    Key() = default;
    Key& byte(std::uint8_t value) {
        bytes_[size_++] = value;
        return *this;
    }
    Key& number(std::uint64_t value) {
        chain::store_be(bytes_.data() + size_, value);
        size_ += sizeof value;
        return *this;
    }
    Key& index(std::uint32_t value) {
        chain::store_be(bytes_.data() + size_, value);
        size_ += sizeof value;
        return *this;
    }
    Key& part(chain::ByteView bytes) {
        std::copy(bytes.begin(), bytes.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(size_));
        size_ += bytes.size();
        return *this;
    }
    Key& text(std::string_view words) {
        return part({reinterpret_cast<const std::uint8_t*>(words.data()), words.size()});
    }
    operator chain::ByteView() const {  // NOLINT(google-explicit-constructor): a key is bytes
        return {bytes_.data(), size_};
    }

  private:
    std::array<std::uint8_t, 64> bytes_{};  // the longest is 1 + 20 + 32
    std::size_t size_ = 0;
};

}  // namespace troupe::node
