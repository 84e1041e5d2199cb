#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>

namespace troupe::actors {

/// Memory of a table that is read anywhere: in huge pages (2 MiB) where it is large and the system
/// has them, so that finding a record costs one miss of a cache, and none of the addresses' cache.
/// Zero, and given to the process only where it is touched.
namespace table_memory {
inline constexpr std::size_t kMapped = std::size_t{2} << 20;  ///< bytes from which it is so
/// @throws std::bad_alloc
[[nodiscard]] void* map(std::size_t bytes);
void unmap(void* begin, std::size_t bytes) noexcept;
}  // namespace table_memory

/// So many records, zero at first; fixed.
template <class Record>
class RecordArray {
    static_assert(std::is_trivially_copyable_v<Record> && std::is_trivially_destructible_v<Record>);

  public:
    /// @throws std::bad_alloc
    explicit RecordArray(std::size_t size) : records_(allocate(size), Free{size}) {}

    [[nodiscard]] std::size_t size() const noexcept { return records_.get_deleter().size; }
    [[nodiscard]] Record& operator[](std::size_t i) noexcept { return records_[i]; }
    [[nodiscard]] const Record& operator[](std::size_t i) const noexcept { return records_[i]; }
    [[nodiscard]] Record* begin() noexcept { return records_.get(); }
    [[nodiscard]] Record* end() noexcept { return records_.get() + size(); }
    [[nodiscard]] const Record* begin() const noexcept { return records_.get(); }
    [[nodiscard]] const Record* end() const noexcept { return records_.get() + size(); }

  private:
    struct Free {
        std::size_t size = 0;
        void operator()(Record* records) const noexcept {
            if (size * sizeof(Record) >= table_memory::kMapped)
                table_memory::unmap(records, size * sizeof(Record));
            else
                ::operator delete[](records, std::align_val_t{alignof(Record)});
        }
    };
    static Record* allocate(std::size_t size) {
        const std::size_t bytes = size * sizeof(Record);
        if (bytes >= table_memory::kMapped) return static_cast<Record*>(table_memory::map(bytes));
        void* const memory = ::operator new[](bytes, std::align_val_t{alignof(Record)});
        return std::uninitialized_value_construct_n(static_cast<Record*>(memory), size) - size;
    }

    std::unique_ptr<Record[], Free> records_;
};

}  // namespace troupe::actors
