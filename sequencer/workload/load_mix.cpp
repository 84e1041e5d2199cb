#include "sequencer/workload/load_mix.hpp"

#include "chain/base/hex.hpp"

#include <sstream>

namespace troupe::node {

std::string LoadMix::text() const {
    std::string text;
    const auto add = [&text](const char* name, unsigned percent) {
        if (percent == 0) return;
        if (!text.empty()) text += ',';
        text += std::string(name) + '=' + std::to_string(percent);
    };
    add("transfers", transfers);
    add("erc20", erc20);
    add("swap", swaps);
    return text;
}

std::optional<LoadMix> parse_load_mix(const std::string& text, std::string& failure) {
    LoadMix mix{.transfers = 0};
    std::istringstream parts(text);
    unsigned sum = 0;
    for (std::string part; std::getline(parts, part, ',');) {
        const std::size_t equals = part.find('=');
        const std::string name = part.substr(0, equals);
        std::uint64_t percent = 100;
        if (equals != std::string::npos) {
            const auto number = chain::u64_from_text(part.substr(equals + 1));
            percent = number ? *number : 101;
        }
        unsigned* const share = name == "transfers" ? &mix.transfers
                                : name == "erc20"   ? &mix.erc20
                                : name == "swap"    ? &mix.swaps
                                                    : nullptr;
        if (share == nullptr) {
            failure = "\"" + name + "\" is none of transfers, erc20, swap";
            return std::nullopt;
        }
        if (*share != 0 || percent == 0 || percent > 100) {
            failure = "\"" + part + "\": each kind once, with 1 to 100 percent";
            return std::nullopt;
        }
        *share = static_cast<unsigned>(percent);
        sum += *share;
    }
    if (sum != 100) {
        failure = "\"" + text + "\" adds up to " + std::to_string(sum) + " percent, not 100";
        return std::nullopt;
    }
    return mix;
}

}  // namespace troupe::node
