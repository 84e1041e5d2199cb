#pragma once

#include <cstdint>
#include <string>

namespace troupe::node {

/// The name of an opcode as the Yellow Paper and the EIPs have it: "PUSH1"; "opcode 0x0c not
/// defined" for any other. For people only.
[[nodiscard]] std::string opcode_name(std::uint8_t opcode);

}  // namespace troupe::node
