#include "actors/partition/record_array.hpp"

#include <sys/mman.h>

#include <cstdint>

namespace troupe::actors::table_memory {

namespace {

constexpr std::size_t kHugePage = std::size_t{2} << 20;

std::size_t rounded(std::size_t bytes) noexcept {
    return (bytes + kHugePage - 1) / kHugePage * kHugePage;
}

}  // namespace

void* map(std::size_t bytes) {
    // A page more, so that a whole one begins somewhere in the first of it.
    const std::size_t size = rounded(bytes);
    void* const mapped = ::mmap(
        nullptr, size + kHugePage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped == MAP_FAILED) throw std::bad_alloc();
    auto* const first = static_cast<std::uint8_t*>(mapped);
    const std::size_t before =
        (kHugePage - reinterpret_cast<std::uintptr_t>(first) % kHugePage) % kHugePage;
    if (before > 0) ::munmap(first, before);
    if (before < kHugePage) ::munmap(first + before + size, kHugePage - before);
    ::madvise(first + before, size, MADV_HUGEPAGE);  // without them it is only slower
    return first + before;
}

void unmap(void* begin, std::size_t bytes) noexcept {
    ::munmap(begin, rounded(bytes));
}

}  // namespace troupe::actors::table_memory
