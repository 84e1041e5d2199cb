#include "sequencer/process/anvil_program.hpp"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <sstream>

namespace troupe::node {
namespace {

namespace fs = std::filesystem;

constexpr const char* kAnvil = "@foundry-rs/anvil-linux-amd64/bin/anvil";

bool is_program(const fs::path& path) {
    return access(path.c_str(), X_OK) == 0;
}

std::optional<std::string> find_in_path(const std::string& name) {
    const char* path = std::getenv("PATH");  // NOLINT(concurrency-mt-unsafe): read only
    std::istringstream folders(path == nullptr ? "" : path);
    for (std::string folder; std::getline(folders, folder, ':');) {
        if (is_program(fs::path(folder) / name)) return (fs::path(folder) / name).string();
    }
    return std::nullopt;
}

}  // namespace

std::string own_program() {
    std::error_code error;
    const fs::path program = fs::read_symlink("/proc/self/exe", error);
    return error ? "troupe" : program.string();
}

std::optional<std::string> find_in_packages(const std::string& inside) {
    for (fs::path folder = fs::path(own_program()).parent_path();; folder = folder.parent_path()) {
        const fs::path path = folder / "node_modules" / inside;
        if (access(path.c_str(), R_OK) == 0) return path.string();
        if (folder.empty() || folder == folder.root_path()) return std::nullopt;
    }
}

std::optional<std::string> find_anvil(std::string& failure) {
    const char* named = std::getenv("TROUPE_ANVIL");  // NOLINT(concurrency-mt-unsafe): read only
    if (named != nullptr && *named != '\0') {
        if (is_program(named)) return named;
        failure = std::string("TROUPE_ANVIL names no program: ") + named;
        return std::nullopt;
    }
    if (auto found = find_in_packages(kAnvil); found && is_program(*found)) return found;
    if (auto found = find_in_path("anvil")) return found;
    failure = "anvil, the local L1, is not installed: run ./dev setup, or name it in TROUPE_ANVIL";
    return std::nullopt;
}

}  // namespace troupe::node
