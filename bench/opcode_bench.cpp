#include "bench/opcode_bench.hpp"

#include "bench/report.hpp"
#include "bench/timing.hpp"
#include "chain/base/endian.hpp"
#include "sequencer/commands/command.hpp"
#include "sequencer/config/json_field.hpp"
#include "sequencer/evm_tools/opcode_name.hpp"
#include "sequencer/evm_tools/world.hpp"

#include <fmt/format.h>

#include <fstream>

namespace troupe::bench {

using namespace chain;

namespace {

constexpr std::size_t kRepetitions = 3;  // the shortest counts
constexpr std::size_t kCodeBytesMax = 24'576;
constexpr std::size_t kBigContracts = 4'000;  // more than the gas can call cold
const Address kSender{{0x11}};
const Address kCode{{0x22}};
const Address kBig{{0xb1}};     // kBigContracts of the largest code, numbered in the last bytes
const Address kNobody{{0x44}};  // an account without code

// Opcodes that programs are put together from.
enum : std::uint8_t {
    kPop = 0x50,
    kMstore = 0x52,
    kJump = 0x56,
    kGas = 0x5a,
    kJumpdest = 0x5b,
    kPush0 = 0x5f,
    kPush1 = 0x60,
    kPush20 = 0x73,
    kPush32 = 0x7f,
    kDup1 = 0x80,
    kDup2 = 0x81,
    kDup3 = 0x82,
};

void push(Bytes& code, const Uint256& value) {
    const unsigned size = value.byte_count();
    code.push_back(static_cast<std::uint8_t>(kPush0 + size));
    const Hash32 bytes = to_be32(value);
    code.insert(code.end(), bytes.end() - size, bytes.end());
}
void push_address(Bytes& code, const Address& address) {
    code.push_back(kPush20);
    append(code, address);
}

/// `setup` once, then `unit` (which leaves the stack as it was) again and again until the gas ends.
Bytes endless(const Bytes& setup, const Bytes& unit) {
    constexpr std::size_t kUnitBytes = 8'000;
    Bytes code = setup;
    const std::size_t begin = code.size();
    code.push_back(kJumpdest);
    do {
        append(code, unit);
    } while (code.size() + unit.size() < begin + kUnitBytes);
    push(code, begin);
    code.push_back(kJump);
    return code;
}

struct Program {
    std::string what;
    Bytes code;
};

/// Two or three operands of 256 bits that keep divisions busy, and the instruction on copies of
/// them.
Program arithmetic(std::uint8_t opcode, std::size_t operands, const Uint256& top) {
    Bytes setup;
    push(setup, Uint256(0x8000000000000000, 1, 2, 3) + 4);
    push(setup, Uint256(0x0fffffffffffffff, ~0ULL, ~0ULL, ~0ULL));
    push(setup, top);
    Bytes unit;
    for (std::size_t i = 0; i < operands; ++i)
        unit.push_back(kDup3);
    if (operands == 2) unit = {kDup2, kDup2};  // top is the first operand
    if (operands == 1) unit = {kDup1};
    unit.push_back(opcode);
    unit.push_back(kPop);
    return {node::opcode_name(opcode), endless(setup, unit)};
}

/// The instruction with GAS as each operand: another one every time.
Program of_gas(std::uint8_t opcode, std::size_t operands, bool pops, const char* note) {
    Bytes unit(operands, kGas);
    unit.push_back(opcode);
    if (pops) unit.push_back(kPop);
    return {node::opcode_name(opcode) + note, endless({}, unit)};
}

/// The instruction on constant operands, given top first.
Program of_constants(
    std::uint8_t opcode, std::initializer_list<std::uint64_t> operands, bool pops,
    const std::string& note, const Bytes& setup = {}) {
    Bytes unit;
    for (auto operand = std::rbegin(operands); operand != std::rend(operands); ++operand)
        push(unit, *operand);
    unit.push_back(opcode);
    if (pops) unit.push_back(kPop);
    return {node::opcode_name(opcode) + note, endless(setup, unit)};
}

/// CALL, DELEGATECALL or STATICCALL of `to` with all gas and no memory.
Program call(std::uint8_t opcode, const Address& to, const char* note) {
    Bytes unit(opcode == 0xf1 ? 5 : 4, kPush0);
    push_address(unit, to);
    unit.push_back(kGas);
    unit.push_back(opcode);
    unit.push_back(kPop);
    return {node::opcode_name(opcode) + note, endless({}, unit)};
}

/// Calls the large contracts one after the other: each is loaded and decoded for the first time.
Program call_big() {
    Bytes setup;
    push_address(setup, kBig);
    const Bytes unit{kPush1, 1,      0x01,  // ADD: the next address
                     kPush0, kPush0, kPush0, kPush0, kDup1 + 4, kPush0, 0xfa, kPop};
    return {"STATICCALL of a new contract of 24,576 bytes", endless(setup, unit)};
}

/// Creations whose init code is as long as EIP-3860 allows: JUMPDEST is what decoding likes least.
Program creation(std::uint8_t opcode, std::uint8_t fill) {
    Bytes word{kPush32};
    word.insert(word.end(), 32, fill);
    word.push_back(kPush0);
    word.push_back(kMstore);
    Bytes setup = word;
    setup.push_back(kPush1);  // MSTORE8 0, STOP: it ends at once
    setup.push_back(0);
    setup.push_back(kPush0);
    setup.push_back(0x53);
    // Doubles what is in memory from 32 bytes to the limit.
    for (std::uint64_t size = 32; size < kInitCodeBytesMax; size *= 2) {
        push(setup, std::min<std::uint64_t>(size, kInitCodeBytesMax - size));
        push(setup, 0);
        push(setup, size);
        setup.push_back(0x5e);  // MCOPY
    }
    Bytes unit;
    if (opcode == 0xf5) unit.push_back(kGas);
    push(unit, kInitCodeBytesMax);
    push(unit, 0);
    push(unit, 0);
    unit.push_back(opcode);
    unit.push_back(kPop);
    return {
        node::opcode_name(opcode) + " with 49,152 bytes of " + node::opcode_name(fill),
        endless(setup, unit)};
}

std::vector<Program> programs() {
    std::vector<Program> all;
    const Uint256 dividend = Uint256() - 1;
    for (const unsigned opcode :
         {0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x0b, 0x10, 0x12, 0x14, 0x16, 0x1a, 0x1b, 0x1d})
        all.push_back(arithmetic(
            static_cast<std::uint8_t>(opcode), 2, opcode == 0x0b ? Uint256(5) : dividend));
    all.push_back(arithmetic(0x08, 3, dividend));
    all.push_back(arithmetic(0x09, 3, dividend));
    all.push_back(arithmetic(0x0a, 2, dividend));
    all.push_back(arithmetic(0x15, 1, dividend));
    for (const unsigned opcode :
         {0x30, 0x32, 0x36, 0x38, 0x3d, 0x41, 0x42, 0x47, 0x4a, 0x58, 0x59, 0x5a, 0x5f})
        all.push_back(of_gas(static_cast<std::uint8_t>(opcode), 0, true, ""));
    all.push_back({"JUMPDEST", endless({}, {kJumpdest})});
    all.push_back({"JUMP", Bytes{kJumpdest, kPush0, kJump}});
    all.push_back(of_gas(0x31, 1, true, " cold"));
    all.push_back(of_gas(0x3b, 1, true, " cold"));
    all.push_back(of_gas(0x3f, 1, true, " cold"));
    all.push_back(of_gas(0x54, 1, true, " cold"));
    all.push_back(of_gas(0x55, 2, false, " new"));
    all.push_back(of_gas(0x5c, 1, true, " new"));
    all.push_back(of_gas(0x5d, 2, false, " new"));
    all.push_back(of_constants(0x54, {1}, true, " warm"));
    all.push_back(of_constants(0x55, {1, 7}, false, " same value"));
    all.push_back(of_constants(0x5d, {1, 7}, false, " same slot"));
    all.push_back(of_constants(0x31, {0}, true, " warm"));
    all.push_back(of_constants(0x40, {1}, true, ""));
    all.push_back(of_constants(0x49, {0}, true, ""));
    all.push_back(of_constants(0x35, {0}, true, ""));
    all.push_back(of_constants(0x51, {0}, true, ""));
    all.push_back(of_constants(0x52, {0, 1}, false, ""));
    all.push_back(of_constants(0x53, {0, 1}, false, ""));
    for (const std::uint64_t size : {0ULL, 32ULL, 1'024ULL, 65'536ULL}) {
        const std::string bytes = " of " + std::to_string(size) + " bytes";
        all.push_back(of_constants(0x20, {0, size}, true, bytes));
        all.push_back(of_constants(0x37, {0, 0, size}, false, bytes));
        all.push_back(of_constants(0x39, {0, 0, size}, false, bytes));
        all.push_back(of_constants(0x5e, {1, 0, size}, false, bytes));
        all.push_back(of_constants(0xa0, {0, size}, false, bytes));
        all.push_back(of_constants(0xa4, {0, size, 1, 2, 3, 4}, false, bytes));
        all.push_back(of_constants(0x3c, {0, 0, 0, size}, false, bytes));
    }
    all.push_back(call(0xf1, kNobody, " of an account without code"));
    all.push_back(call(0xf4, kNobody, " of an account without code"));
    all.push_back(call(0xfa, kNobody, " of an account without code"));
    all.push_back(call(0xf1, kCode, " of itself, deeper and deeper"));
    all.push_back(call_big());
    all.push_back(creation(0xf0, kJumpdest));
    all.push_back(creation(0xf0, kPush32));
    all.push_back(creation(0xf5, kJumpdest));
    all.push_back(of_constants(0xf0, {0, 0, 0}, true, " without init code"));
    return all;
}

Address big_contract(std::uint64_t number) {
    Address address = kBig;
    std::uint8_t low[8];
    store_be(low, number);
    std::copy(low, low + 8, address.bytes.end() - 8);
    return address;
}

/// Contracts of the largest size whose codes differ, and stop at once when called.
void put_big_contracts(node::World& world) {
    Bytes code(kCodeBytesMax, kJumpdest);
    code[0] = 0x00;
    for (std::uint64_t i = 1; i <= kBigContracts; ++i) {
        std::uint8_t low[8];
        store_be(low, i);
        std::copy(low, low + 8, code.end() - 8);
        world.put(big_contract(i), 1, 0, code, {});
    }
}

OpcodeCost measure_program(const node::World& base, const Program& program) {
    execution::BlockEnv env;
    env.number = 300;
    env.gas_limit = 3 * kOpcodeGas;
    env.chain_id = 1;
    env.coinbase = Address{{0x33}};
    Transaction tx;
    tx.type = TxType::kDynamicFee;
    tx.chain_id = 1;
    tx.gas_limit = kOpcodeGas;
    tx.to = kCode;

    node::World world = base;
    world.put(kCode, 1, 0, program.code, {});
    OpcodeCost cost;
    cost.what = program.what;
    for (std::size_t i = 0; i < kRepetitions; ++i) {
        const double begin = thread_ns();
        const auto outcome = execution::execute_transaction(world, env, tx, kSender);
        const double ns = thread_ns() - begin;
        if (!outcome || outcome->gas_used + kOpcodeGas / 50 < kOpcodeGas)
            cost.failure = "did not use its gas";
        const double ratio = ns / static_cast<double>(kOpcodeGas);
        cost.ns_per_gas = i == 0 ? ratio : std::min(cost.ns_per_gas, ratio);
    }
    return cost;
}

}  // namespace

std::vector<OpcodeCost> measure_opcodes() {
    const node::World small = [] {
        node::World world;
        world.put(kSender, 0, 1, {}, {});
        world.put(kNobody, 0, 1, {}, {});
        return world;
    }();
    node::World large = small;
    put_big_contracts(large);
    std::vector<OpcodeCost> costs;
    for (const Program& program : programs()) {
        const bool needs_contracts = program.what.find("new contract") != std::string::npos;
        costs.push_back(measure_program(needs_contracts ? large : small, program));
    }
    std::sort(costs.begin(), costs.end(), [](const OpcodeCost& a, const OpcodeCost& b) {
        return a.ns_per_gas > b.ns_per_gas;
    });
    return costs;
}

int run_opcode_bench(const std::string& json_file) {
    const std::vector<OpcodeCost> costs = measure_opcodes();
    node::Json json;
    json["machine"] = cpu_name();
    json["costs"] = node::Json::array();
    fmt::print("{}\n{:<48} {:>10}\n", cpu_name(), "instruction", "ns / gas");
    for (const OpcodeCost& cost : costs) {
        fmt::print("{:<48} {:>10.3f}  {}\n", cost.what, cost.ns_per_gas, cost.failure);
        json["costs"].push_back({{"instruction", cost.what}, {"ns_per_gas", cost.ns_per_gas}});
    }
    if (!json_file.empty()) {
        std::ofstream out(json_file);
        out << json.dump(1) << '\n';
        if (!out.flush()) return node::report(json_file + " cannot be written");
    }
    for (const OpcodeCost& cost : costs)
        if (!cost.failure.empty()) return node::report(cost.what + ": " + cost.failure);
    return node::kExitOk;
}

}  // namespace troupe::bench
