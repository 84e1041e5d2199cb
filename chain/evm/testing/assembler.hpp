#pragma once

#include "chain/base/bytes.hpp"
#include "chain/base/uint256.hpp"
#include "chain/evm/opcodes.hpp"

namespace troupe::chain::evm::testing {

/// Writes bytecode: opcodes one after the other, constants with the shortest PUSH.
class Assembler {
  public:
    Assembler& op(Opcode opcode) {
        code.push_back(static_cast<std::uint8_t>(opcode));
        return *this;
    }
    Assembler& ops(std::initializer_list<Opcode> opcodes) {
        for (const Opcode opcode : opcodes)
            op(opcode);
        return *this;
    }
    Assembler& push(const Uint256& value) {
        const unsigned size = std::max(1u, value.byte_count());
        code.push_back(static_cast<std::uint8_t>(0x5f + size));
        const Hash32 bytes = to_be32(value);
        append(code, bytes.view().subspan(32 - size));
        return *this;
    }
    Assembler& push(const Address& address) { return push(uint256_from_be(address)); }
    Assembler& raw(std::uint8_t byte) {
        code.push_back(byte);
        return *this;
    }
    /// SSTORE of `value` to `slot`.
    Assembler& store(std::uint64_t slot, std::uint64_t value) {
        return push(value).push(slot).op(Opcode::kSStore);
    }
    /// CALL without data. The result stays on the stack.
    Assembler& call(const Address& to, const Uint256& value, const Uint256& gas) {
        return push(0).push(0).push(0).push(0).push(value).push(to).push(gas).op(Opcode::kCall);
    }

    Bytes code;
};

}  // namespace troupe::chain::evm::testing
