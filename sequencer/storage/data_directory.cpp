#include "sequencer/storage/data_directory.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <system_error>
#include <utility>

namespace troupe::node {
namespace {

std::string errno_text() {
    return std::strerror(errno);
}

std::string version_text() {
    return "troupe data format " + std::to_string(kDataFormat) + "\n";
}

std::string format_mismatch(const std::filesystem::path& path, const std::string& found) {
    std::istringstream in(found);
    std::string word_troupe;
    std::string word_data;
    std::string word_format;
    unsigned version = 0;
    in >> word_troupe >> word_data >> word_format >> version;
    const std::string where = "data directory " + path.string();
    if (!in || word_troupe != "troupe")
        return where +
               ": VERSION does not say \"troupe data format N\"; this is no data directory "
               "of troupe. Name another one with --data-dir";
    if (version > kDataFormat)
        return where + " has format " + std::to_string(version) +
               ", written by a newer troupe; "
               "this one reads format " +
               std::to_string(kDataFormat) +
               ". Run the newer troupe, or name another directory with --data-dir";
    if (version < kDataFormatOldest)
        return where + " has format " + std::to_string(version) + ", this troupe reads format " +
               std::to_string(kDataFormat) +
               ". There is no migration from it: run the troupe release that wrote it, or name "
               "another directory with --data-dir";
    return {};
}

}  // namespace

std::string write_file_atomically(
    const std::filesystem::path& file, const std::string& text, unsigned mode) {
    const std::filesystem::path partial = file.string() + ".partial";
    const int out = ::open(partial.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    if (out < 0) return "cannot create " + partial.string() + ": " + errno_text();
    std::string failure;
    for (std::size_t done = 0; done < text.size() && failure.empty();) {
        const ssize_t size = ::write(out, text.data() + done, text.size() - done);
        if (size < 0 && errno == EINTR) continue;
        if (size < 0)
            failure = "cannot write " + partial.string() + ": " + errno_text();
        else
            done += static_cast<std::size_t>(size);
    }
    if (failure.empty() && ::fsync(out) != 0)
        failure = "cannot sync " + partial.string() + ": " + errno_text();
    ::close(out);
    if (failure.empty() && ::rename(partial.c_str(), file.c_str()) != 0)
        failure = "cannot rename " + partial.string() + ": " + errno_text();
    if (!failure.empty()) {
        ::unlink(partial.c_str());
        return failure;
    }
    const std::filesystem::path parent = file.has_parent_path() ? file.parent_path() : ".";
    if (const int directory = ::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        directory >= 0) {
        if (::fsync(directory) != 0)
            failure = "cannot sync " + parent.string() + ": " + errno_text();
        ::close(directory);
    }
    return failure;
}

std::unique_ptr<DataDirectory> DataDirectory::open(
    const std::filesystem::path& path, std::string& failure) {
    std::error_code error;
    std::filesystem::create_directories(path, error);
    if (error) {
        failure = "cannot create data directory " + path.string() + ": " + error.message();
        return nullptr;
    }
    auto lock = LockFile::take(path / "LOCK", failure);
    if (!lock) {
        failure = "data directory " + path.string() + ": " + failure +
                  ". One sequencer only: stop it, or name another directory with --data-dir";
        return nullptr;
    }
    std::unique_ptr<DataDirectory> directory(new DataDirectory(path, std::move(lock)));
    const std::filesystem::path version_path = path / "VERSION";
    if (!std::filesystem::exists(version_path)) {
        const auto has = [&](const char* name) { return std::filesystem::exists(path / name); };
        if (has("blocks") || has("order-log") || has("order")) {
            failure = format_mismatch(path, "");
            return nullptr;
        }
        failure = write_file_atomically(version_path, version_text());
        if (!failure.empty()) return nullptr;
        return directory;
    }
    std::ifstream in(version_path);
    std::ostringstream text;
    text << in.rdbuf();
    failure = format_mismatch(path, text.str());
    if (failure.empty() && text.str() != version_text())
        failure = write_file_atomically(version_path, version_text());
    if (!failure.empty()) return nullptr;
    return directory;
}

}  // namespace troupe::node
