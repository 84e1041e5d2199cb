#include "sequencer/workload/published_code.hpp"

#include "chain/base/hex.hpp"
#include "sequencer/process/anvil_program.hpp"

#include <nlohmann/json.hpp>

#include <fstream>

namespace troupe::node {

std::optional<chain::Bytes> published_code(const char* artifact) {
    const auto path = find_in_packages(artifact);
    if (!path) return std::nullopt;
    std::ifstream in(*path);
    const auto json = nlohmann::json::parse(in, nullptr, /*allow_exceptions=*/false);
    if (!json.is_object() || !json.contains("bytecode")) return std::nullopt;
    const auto& bytecode = json["bytecode"];
    if (!bytecode.is_string()) return std::nullopt;
    auto code = chain::from_hex(bytecode.get<std::string>());
    if (!code) return std::nullopt;
    return std::move(*code);
}

}  // namespace troupe::node
