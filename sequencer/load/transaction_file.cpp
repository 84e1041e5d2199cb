#include "sequencer/load/transaction_file.hpp"

#include "chain/base/endian.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

namespace troupe::node {
namespace {

constexpr char kMagic[] = "TRPLOAD1";
constexpr std::size_t kMagicSize = sizeof kMagic - 1;
constexpr std::size_t kFixedSize = kMagicSize + 8 + 8;
constexpr std::size_t kSignTogether = 65'536;  // transactions: about 8 MiB
constexpr std::size_t kForgetEvery = std::size_t{64} << 20;

std::string errno_text(const std::string& what) {
    return what + ": " + std::strerror(errno);
}

void append_le(chain::Bytes& out, std::uint64_t value, std::size_t size) {
    std::uint8_t bytes[8];
    chain::store_le(bytes, value);
    out.insert(out.end(), bytes, bytes + size);
}

}  // namespace

TransactionFile::TransactionFile(void* memory, std::size_t size) noexcept
    : memory_(static_cast<std::uint8_t*>(memory)), size_(size) {}

TransactionFile::~TransactionFile() {
    ::munmap(memory_, size_);
}

std::unique_ptr<TransactionFile> TransactionFile::open(
    const std::string& path, const std::string& description, std::string& failure) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        failure = errno_text(path);
        return nullptr;
    }
    struct stat status {};
    void* memory = MAP_FAILED;
    if (::fstat(file, &status) == 0 && static_cast<std::size_t>(status.st_size) >= kFixedSize) {
        memory = ::mmap(
            nullptr, static_cast<std::size_t>(status.st_size), PROT_READ, MAP_PRIVATE, file, 0);
    }
    ::close(file);
    if (memory == MAP_FAILED) {
        failure = path + ": not a file of transactions";
        return nullptr;
    }
    std::unique_ptr<TransactionFile> opened(
        new TransactionFile(memory, static_cast<std::size_t>(status.st_size)));
    const std::uint8_t* bytes = opened->memory_;
    opened->count_ = chain::load_le<std::uint64_t>(bytes + kMagicSize);
    const auto words = chain::load_le<std::uint64_t>(bytes + kMagicSize + 8);
    if (std::memcmp(bytes, kMagic, kMagicSize) != 0 || words > opened->size_ - kFixedSize) {
        failure = path + ": not a file of transactions";
        return nullptr;
    }
    if (!chain::equal(
            {bytes + kFixedSize, words},
            {reinterpret_cast<const std::uint8_t*>(description.data()), description.size()})) {
        failure = path + ": holds other transactions";
        return nullptr;
    }
    opened->at_ = kFixedSize + words;
    ::madvise(memory, opened->size_, MADV_SEQUENTIAL);
    return opened;
}

void TransactionFile::next(std::size_t count, std::vector<chain::ByteView>& out) {
    out.clear();
    while (out.size() < count && read_ < count_) {
        if (size_ - at_ < 4) break;
        const auto size = chain::load_le<std::uint32_t>(memory_ + at_);
        if (size_ - at_ - 4 < size) break;  // cut short
        out.emplace_back(memory_ + at_ + 4, size);
        at_ += 4 + size;
        ++read_;
    }
}

void TransactionFile::forget_read() noexcept {
    if (at_ - forgotten_ < kForgetEvery) return;
    const std::size_t end = at_ / kForgetEvery * kForgetEvery;  // whole pages
    ::madvise(memory_ + forgotten_, end - forgotten_, MADV_DONTNEED);
    forgotten_ = end;
}

std::string write_transaction_file(
    const std::string& path, const std::string& description, std::uint64_t count,
    const std::function<std::vector<chain::Bytes>(std::uint64_t first, std::size_t count)>& sign,
    const std::function<void(std::uint64_t)>& on_progress) {
    const std::string temporary = path + ".part";
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(
        std::fopen(temporary.c_str(), "wb"), std::fclose);
    if (!file) return errno_text(temporary);
    chain::Bytes out(kMagic, kMagic + kMagicSize);
    append_le(out, count, 8);
    append_le(out, description.size(), 8);
    out.insert(out.end(), description.begin(), description.end());
    for (std::uint64_t first = 0;;) {
        if (std::fwrite(out.data(), 1, out.size(), file.get()) != out.size())
            return errno_text(temporary);
        on_progress(first);
        if (first == count) break;
        const auto some =
            static_cast<std::size_t>(std::min<std::uint64_t>(kSignTogether, count - first));
        out.clear();
        for (const chain::Bytes& raw : sign(first, some)) {
            append_le(out, raw.size(), 4);
            out.insert(out.end(), raw.begin(), raw.end());
        }
        first += some;
    }
    if (std::fflush(file.get()) != 0 || std::rename(temporary.c_str(), path.c_str()) != 0)
        return errno_text(path);
    return {};
}

}  // namespace troupe::node
