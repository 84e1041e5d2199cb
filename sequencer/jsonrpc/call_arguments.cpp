#include "sequencer/jsonrpc/call_arguments.hpp"

#include "chain/base/hex.hpp"
#include "sequencer/jsonrpc/fields.hpp"
#include "sequencer/jsonrpc/json_writer.hpp"

#include <algorithm>
#include <array>

namespace troupe::node::jsonrpc {
namespace {

using Kind = JsonValue::Kind;

Answer<chain::AccessList> read_access_list(const JsonValue& value, std::size_t index) {
    chain::AccessList list;
    for (const JsonValue& element : value.elements()) {
        const Fields fields(element, index);
        TROUPE_TRY(address, fields.take("address", read_address));
        chain::AccessListEntry entry;
        entry.address = address.value_or(chain::Address());
        if (const auto keys = fields.find("storageKeys")) {
            for (const JsonValue& key : keys->elements()) {
                auto read = read_hash(key);
                if (!read) return invalid_argument(index, read.error().text);
                entry.storage_keys.push_back(*read);
            }
        }
        list.push_back(std::move(entry));
    }
    return list;
}

Answer<std::vector<chain::Authorization>> read_authorizations(
    const JsonValue& value, std::size_t index) {
    std::vector<chain::Authorization> list;
    for (const JsonValue& element : value.elements()) {
        const Fields fields(element, index);
        TROUPE_TRY(chain_id, fields.take("chainId", read_u256));
        TROUPE_TRY(address, fields.take("address", read_address));
        TROUPE_TRY(nonce, fields.take("nonce", read_u64));
        TROUPE_TRY(parity, fields.take("yParity", read_u64));
        TROUPE_TRY(r, fields.take("r", read_u256));
        TROUPE_TRY(s, fields.take("s", read_u256));
        if (parity.value_or(0) > 0xff)
            return invalid_argument(
                index, "json: cannot unmarshal hex number > 8 bits into Go value of type uint8");
        chain::Authorization entry;
        entry.chain_id = chain_id.value_or(chain::Uint256());
        entry.address = address.value_or(chain::Address());
        entry.nonce = nonce.value_or(0);
        entry.y_parity = static_cast<std::uint8_t>(parity.value_or(0));
        entry.r = r.value_or(chain::Uint256());
        entry.s = s.value_or(chain::Uint256());
        list.push_back(entry);
    }
    return list;
}

// What is paid per gas: zero where the caller says nothing of fees.
Answer<chain::Uint256> price_of(
    const CallArguments& call, const std::optional<chain::Uint256>& base_fee) {
    const auto& cap = call.fee_cap;
    const auto& tip = call.tip;
    if (call.gas_price && (cap || tip))
        return server_error("both gasPrice and (maxFeePerGas or maxPriorityFeePerGas) specified");
    if (call.gas_price) return *call.gas_price;
    if (!cap || cap->is_zero()) return chain::Uint256();
    const chain::Uint256 wanted_tip = tip.value_or(chain::Uint256());
    if (!base_fee) return *cap;
    if (wanted_tip > *cap)
        return server_error(
            "maxFeePerGas (" + chain::to_decimal(*cap) + ") < maxPriorityFeePerGas (" +
            chain::to_decimal(wanted_tip) + ")");
    if (*cap < *base_fee)
        return server_error(
            "err: max fee per gas less than block base fee: maxFeePerGas: " +
            chain::to_decimal(*cap) + ", baseFee: " + chain::to_decimal(*base_fee));
    return std::min(*cap, *base_fee + wanted_tip);
}

// ABI text: 32 bytes of offset, 32 of length, then the bytes.
std::optional<std::string> abi_text(chain::ByteView data) {
    if (data.size() < 64) return std::nullopt;
    const auto length = chain::uint256_from_be(data.subspan(32, 32));
    if (!length.fits_u64() || length.low_u64() > data.size() - 64) return std::nullopt;
    const auto bytes = data.subspan(64, length.low_u64());
    return std::string(bytes.begin(), bytes.end());
}

struct Panic {
    std::uint64_t code;
    std::string_view words;
};
// Solidity's codes, in accounts/abi's words.
constexpr Panic kPanics[] = {
    {0x00, "generic panic"},
    {0x01, "assert(false)"},
    {0x11, "arithmetic underflow or overflow"},
    {0x12, "division or modulo by zero"},
    {0x21, "enum overflow"},
    {0x22, "invalid encoded storage byte array accessed"},
    {0x31, "out-of-bounds array access; popping on an empty array"},
    {0x32, "out-of-bounds access of an array or bytesN"},
    {0x41, "out of memory"},
    {0x51, "uninitialized function"},
};

}  // namespace

std::optional<std::string> revert_words(chain::ByteView output) {
    constexpr std::array<std::uint8_t, 4> kError{0x08, 0xc3, 0x79, 0xa0};  // Error(string)
    constexpr std::array<std::uint8_t, 4> kPanic{0x4e, 0x48, 0x7b, 0x71};  // Panic(uint256)
    if (output.size() < 36) return std::nullopt;
    const auto body = output.subspan(4);
    if (std::equal(kError.begin(), kError.end(), output.begin())) return abi_text(body);
    if (!std::equal(kPanic.begin(), kPanic.end(), output.begin())) return std::nullopt;
    const auto code = chain::uint256_from_be(body.first(32));
    for (const Panic& panic : kPanics)
        if (code == chain::Uint256(panic.code)) return std::string(panic.words);
    return "unknown panic code: " + chain::to_hex_quantity(code);
}

Answer<CallArguments> read_call(
    const Params& params, std::size_t index, std::uint64_t gas_cap,
    const chain::Uint256& base_fee) {
    if (!params.has(index)) return missing_argument(index);
    return read_call(params.at(index), index, gas_cap, std::optional(base_fee));
}

Answer<CallArguments> read_call(
    const JsonValue& object, std::size_t index, std::uint64_t gas_cap,
    const std::optional<chain::Uint256>& base_fee) {
    if (!object.is(Kind::kObject))
        return invalid_argument(
            index,
            "json: cannot unmarshal non-object into Go value of type ethapi.TransactionArgs");
    const Fields fields(object, index);
    CallArguments call;
    TROUPE_TRY(from, fields.take("from", read_address));
    TROUPE_TRY(to, fields.take("to", read_address));
    TROUPE_TRY(value, fields.take("value", read_u256));
    TROUPE_TRY(gas, fields.take("gas", read_u64));
    TROUPE_TRY(data, fields.take("data", read_bytes));
    TROUPE_TRY(input, fields.take("input", read_bytes));
    TROUPE_TRY(nonce, fields.take("nonce", read_u64));
    TROUPE_TRY(gas_price, fields.take("gasPrice", read_u256));
    TROUPE_TRY(cap, fields.take("maxFeePerGas", read_u256));
    TROUPE_TRY(tip, fields.take("maxPriorityFeePerGas", read_u256));
    call.nonce = nonce;
    call.gas_price = gas_price;
    call.fee_cap = cap;
    call.tip = tip;
    TROUPE_TRY(price, price_of(call, base_fee));
    if (data && input && *data != *input)
        return server_error(
            "both \"data\" and \"input\" are set and not equal. Please use \"input\" to pass "
            "transaction call data");
    if (const auto list = fields.find("accessList")) {
        TROUPE_TRY(read, read_access_list(*list, index));
        call.request.access_list = std::move(read);
    }
    if (const auto list = fields.find("authorizationList")) {
        TROUPE_TRY(read, read_authorizations(*list, index));
        call.request.authorizations = std::move(read);
    }
    call.request.from = from.value_or(chain::Address());
    call.request.to = to;
    call.request.value = value.value_or(chain::Uint256());
    if (input)
        call.request.data = std::move(*input);
    else if (data)
        call.request.data = std::move(*data);
    call.has_gas = gas && *gas != 0;
    call.request.gas = call.has_gas ? std::min(*gas, gas_cap) : gas_cap;
    call.request.gas_price = price;
    return call;
}

namespace {

Answer<std::map<chain::Hash32, chain::Uint256>> read_slots(
    const JsonValue& object, std::size_t index) {
    std::map<chain::Hash32, chain::Uint256> slots;
    for (const auto& [key, value] : object.members()) {
        const auto slot = read_slot(key);
        if (!slot) return invalid_params(slot.error().text);
        const auto word = read_hash(value);
        if (!word) return invalid_argument(index, word.error().text);
        slots[*slot] = chain::uint256_from_be(*word);
        if (slots.size() > kOverridesMax) return invalid_argument(index, "too many slots");
    }
    return slots;
}

}  // namespace

Answer<StateOverrides> read_overrides(const Params& params, std::size_t index) {
    if (!params.has(index)) return StateOverrides();
    return read_overrides(params.at(index), index);
}

Answer<StateOverrides> read_overrides(const JsonValue& overrides, std::size_t index) {
    StateOverrides all;
    const auto members = overrides.members();
    if (members.size() > kOverridesMax) return invalid_argument(index, "too many accounts");
    for (const auto& [key, value] : members) {
        const auto address = chain::fixed_from_hex<chain::Address>(key);
        if (!address) return invalid_argument(index, "an address was expected");
        const Fields fields(value, index);
        StateOverride wanted;
        TROUPE_TRY(nonce, fields.take("nonce", read_u64));
        TROUPE_TRY(balance, fields.take("balance", read_u256));
        TROUPE_TRY(code, fields.take("code", read_bytes));
        wanted.nonce = nonce;
        wanted.balance = balance;
        wanted.code = std::move(code);
        const auto whole = fields.find("state");
        const auto part = fields.find("stateDiff");
        if (fields.find("movePrecompileToAddress"))  // not to be passed over in silence
            return invalid_argument(index, "movePrecompileToAddress is not supported");
        if (whole && part)
            return server_error(
                "account " + checksum_hex(*address) + " has both 'state' and 'stateDiff'");
        wanted.whole_storage = whole.has_value();
        if (whole || part) {
            TROUPE_TRY(slots, read_slots(whole ? *whole : *part, index));
            wanted.slots = std::move(slots);
        }
        all[*address] = std::move(wanted);
    }
    return all;
}

void apply_overrides(const StateOverrides& overrides, chain::execution::Overlay& state) {
    for (const auto& [address, wanted] : overrides) {
        chain::Account account = state.account(address).value_or(chain::Account{});
        if (wanted.nonce) account.nonce = *wanted.nonce;
        if (wanted.balance) account.balance = *wanted.balance;
        if (wanted.code) account.code_hash = state.add_code(*wanted.code);
        state.set_account(address, account);
        if (wanted.whole_storage) state.clear_storage(address);
        for (const auto& [slot, value] : wanted.slots)
            state.set_slot(address, slot, value);
    }
}

std::string call_refusal_words(
    chain::evm::HaltReason reason, const chain::Transaction& tx, const chain::Address& sender,
    const chain::Uint256& balance) {
    using chain::to_decimal;
    const std::uint64_t intrinsic = chain::execution::intrinsic_gas(tx);
    switch (reason) {
        case chain::evm::HaltReason::kBalanceTooLow:
            return "insufficient funds for gas * price + value: address " + checksum_hex(sender) +
                   " have " + to_decimal(balance) + " want " +
                   to_decimal(chain::execution::max_cost_checked(tx).value);
        case chain::evm::HaltReason::kOutOfGas:
            if (tx.gas_limit < intrinsic)
                return "intrinsic gas too low: have " + std::to_string(tx.gas_limit) + ", want " +
                       std::to_string(intrinsic);
            return "insufficient gas for floor data gas cost: have " +
                   std::to_string(tx.gas_limit) + ", want " +
                   std::to_string(chain::execution::floor_gas(tx));
        case chain::evm::HaltReason::kInitCodeTooLarge:
            return "max initcode size exceeded: code size " + std::to_string(tx.data.size()) +
                   " limit " + std::to_string(chain::kInitCodeBytesMax);
        default:
            return halt_words(reason);
    }
}

std::string halt_words(chain::evm::HaltReason reason) {
    using enum chain::evm::HaltReason;
    switch (reason) {
        case kSuccess:
            return "success";
        case kRevert:
            return "execution reverted";
        case kOutOfGas:
            return "out of gas";
        case kInvalidOpcode:
            return "invalid opcode";
        case kStackUnderflow:
            return "stack underflow";
        case kStackOverflow:
            return "stack limit reached 1024";
        case kInvalidJump:
            return "invalid jump destination";
        case kStaticViolation:
            return "write protection";
        case kReturnDataOutOfBounds:
            return "return data out of bounds";
        case kInitCodeTooLarge:
            return "max initcode size exceeded";
        case kCodeTooLarge:
            return "max code size exceeded";
        case kCodeStartsWithEf:
            return "invalid code: must not begin with 0xef";
        case kAddressTaken:
            return "contract address collision";
        case kPrecompileFailed:
            return "precompile failed";
        case kBalanceTooLow:
            return "insufficient funds for transfer";
        case kCallTooDeep:
            return "max call depth exceeded";
    }
    return "execution failed";
}

RpcError call_failed(const chain::execution::CallResult& result) {
    if (result.reason != chain::evm::HaltReason::kRevert)
        return server_error(halt_words(result.reason));
    const auto words = revert_words(result.output);
    return {
        kReverted, words ? "execution reverted: " + *words : "execution reverted",
        json_data(result.output)};
}

}  // namespace troupe::node::jsonrpc
