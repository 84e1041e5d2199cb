#include "sequencer/evm_tools/opcode_name.hpp"

#include <fmt/format.h>

#include <array>

namespace troupe::node {
namespace {

struct Row {
    std::uint8_t first;  ///< opcode of the first name
    std::array<const char*, 16> names;
};

/// Yellow Paper, Appendix H, and the EIPs that added to it up to Prague.
constexpr Row kRows[] = {
    {0x00,
     {"STOP", "ADD", "MUL", "SUB", "DIV", "SDIV", "MOD", "SMOD", "ADDMOD", "MULMOD", "EXP",
      "SIGNEXTEND"}},
    {0x10,
     {"LT", "GT", "SLT", "SGT", "EQ", "ISZERO", "AND", "OR", "XOR", "NOT", "BYTE", "SHL", "SHR",
      "SAR"}},
    {0x20, {"KECCAK256"}},
    {0x30,
     {"ADDRESS", "BALANCE", "ORIGIN", "CALLER", "CALLVALUE", "CALLDATALOAD", "CALLDATASIZE",
      "CALLDATACOPY", "CODESIZE", "CODECOPY", "GASPRICE", "EXTCODESIZE", "EXTCODECOPY",
      "RETURNDATASIZE", "RETURNDATACOPY", "EXTCODEHASH"}},
    {0x40,
     {"BLOCKHASH", "COINBASE", "TIMESTAMP", "NUMBER", "PREVRANDAO", "GASLIMIT", "CHAINID",
      "SELFBALANCE", "BASEFEE", "BLOBHASH", "BLOBBASEFEE"}},
    {0x50,
     {"POP", "MLOAD", "MSTORE", "MSTORE8", "SLOAD", "SSTORE", "JUMP", "JUMPI", "PC", "MSIZE", "GAS",
      "JUMPDEST", "TLOAD", "TSTORE", "MCOPY", "PUSH0"}},
    {0xf0,
     {"CREATE", "CALL", "CALLCODE", "RETURN", "DELEGATECALL", "CREATE2", nullptr, nullptr, nullptr,
      nullptr, "STATICCALL", nullptr, nullptr, "REVERT", "INVALID", "SELFDESTRUCT"}},
};

}  // namespace

std::string opcode_name(std::uint8_t opcode) {
    if (opcode >= 0x60 && opcode <= 0x7f) return fmt::format("PUSH{}", opcode - 0x5f);
    if (opcode >= 0x80 && opcode <= 0x8f) return fmt::format("DUP{}", opcode - 0x7f);
    if (opcode >= 0x90 && opcode <= 0x9f) return fmt::format("SWAP{}", opcode - 0x8f);
    if (opcode >= 0xa0 && opcode <= 0xa4) return fmt::format("LOG{}", opcode - 0xa0);
    for (const Row& row : kRows) {
        const unsigned column = opcode - row.first;
        if (opcode >= row.first && column < row.names.size() && row.names[column] != nullptr)
            return row.names[column];
    }
    return fmt::format("opcode {:#04x} not defined", opcode);
}

}  // namespace troupe::node
