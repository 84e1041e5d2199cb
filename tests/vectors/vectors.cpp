#include "tests/vectors/vectors.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>

namespace troupe::vectors {

namespace fs = std::filesystem;

fs::path root() {
    if (const char* named = std::getenv("TROUPE_VECTORS"); named != nullptr && *named != '\0') {
        return named;
    }
    return fs::current_path().parent_path() / "shared" / "vectors";
}

std::vector<fs::path> files(const fs::path& folder, const char* extension) {
    const fs::path start = root() / folder;
    std::vector<fs::path> found;
    if (!fs::is_directory(start)) {
        std::printf("vectors not found: %s\n", start.c_str());
        return found;
    }
    for (const auto& entry : fs::recursive_directory_iterator(start)) {
        if (entry.path().extension() == extension) found.push_back(entry.path());
    }
    std::sort(found.begin(), found.end());
    return found;
}

nlohmann::json load(const fs::path& file) {
    std::ifstream stream(file);
    return nlohmann::json::parse(stream);
}

}  // namespace troupe::vectors
