#pragma once

#include <nlohmann/json.hpp>

#include <filesystem>
#include <vector>

namespace troupe::vectors {

/// The folder of public test vectors: $TROUPE_VECTORS, else ../shared/vectors beside the source
/// root, which is the working directory of every test.
[[nodiscard]] std::filesystem::path root();

/// All files of `folder` below root() with that extension, subfolders included, sorted by path.
/// When there is no such folder: none, after printing `vectors not found: <path>`.
[[nodiscard]] std::vector<std::filesystem::path> files(
    const std::filesystem::path& folder, const char* extension = ".json");

/// Reads one file. Throws what nlohmann::json throws.
[[nodiscard]] nlohmann::json load(const std::filesystem::path& file);

}  // namespace troupe::vectors
