#include "sequencer/workload/contract_session.hpp"

#include "chain/base/hex.hpp"
#include "l1-client/abi.hpp"
#include "sequencer/workload/demo_contracts.hpp"

namespace troupe::node {
namespace {

constexpr std::uint32_t kWaitMs = 10'000;
constexpr std::uint64_t kTip = 1'000'000'000;

std::string in_words(const std::string& failure, const std::string& message) {
    return message.empty() ? failure : failure + ": " + message;
}

}  // namespace

std::optional<client::Receipt> ContractSession::send(
    const std::optional<chain::Address>& to, chain::Bytes data, const chain::Uint256& value,
    std::uint64_t gas) {
    if (gas == 0) {
        client::CallRequest request;
        request.from = wallet_.address;
        request.to = to;
        request.value = value;
        request.data = data;
        const auto estimate = node_.estimate_gas(request);
        if (!estimate) return fail(estimate.error().text());
        if (estimate->gas == 0) return fail(in_words(estimate->failure, estimate->message));
        gas = estimate->gas + estimate->gas / 4;  // others may change what it finds
    }
    const auto info = node_.chain_info();
    if (!info) return fail(info.error().text());
    const auto account = node_.account(wallet_.address);
    if (!account) return fail(account.error().text());
    chain::Transaction tx;
    tx.type = chain::TxType::kDynamicFee;
    tx.chain_id = info->chain_id;
    tx.nonce = account->pending_nonce;
    tx.max_priority_fee_per_gas = kTip;
    tx.max_fee_per_gas = info->base_fee_per_gas + info->base_fee_per_gas + chain::Uint256{kTip};
    tx.gas_limit = gas;
    tx.to = to;
    tx.value = value;
    tx.data = std::move(data);
    if (!chain::sign_transaction(tx, wallet_.key)) return fail("the key cannot sign");
    auto sent = node_.submit(chain::encode_transaction(tx), Stage::kSequenced, kWaitMs);
    if (!sent) return fail(sent.error().text());
    if (!sent->receipt) return fail("no receipt within 10 s");
    return std::move(sent->receipt);
}

std::optional<chain::Address> ContractSession::deploy(chain::Bytes init_code) {
    const auto receipt = send(std::nullopt, std::move(init_code));
    if (!receipt) return std::nullopt;
    if (!receipt->success || !receipt->contract) return fail("the creation failed");
    return receipt->contract;
}

bool ContractSession::run(const chain::Address& to, chain::Bytes data) {
    const auto receipt = send(to, std::move(data));
    if (!receipt) return false;
    if (!receipt->success) failure_ = "the call of " + chain::to_hex(to) + " failed";
    return receipt->success;
}

std::optional<chain::Bytes> ContractSession::call(const chain::Address& to, chain::Bytes data) {
    client::CallRequest request;
    request.from = wallet_.address;
    request.to = to;
    request.data = std::move(data);
    auto outcome = node_.call(request);
    if (!outcome) return fail(outcome.error().text());
    if (!outcome->success) return fail(in_words(outcome->failure, outcome->message));
    return std::move(outcome->output);
}

namespace contracts {
namespace {

using l1::abi::encode_call;
using l1::abi::word;

// The first four bytes of keccak256 of the signature.
constexpr std::uint32_t kTransfer = 0xa9059cbb;     // transfer(address,uint256)
constexpr std::uint32_t kBalanceOf = 0x70a08231;    // balanceOf(address)
constexpr std::uint32_t kCreatePair = 0xc9c65396;   // createPair(address,address)
constexpr std::uint32_t kGetPair = 0xe6a43905;      // getPair(address,address)
constexpr std::uint32_t kMint = 0x6a627842;         // mint(address)
constexpr std::uint32_t kGetReserves = 0x0902f1ac;  // getReserves()
constexpr std::uint32_t kSwap = 0x022c0d9f;         // swap(uint256,uint256,address,bytes)
constexpr std::uint32_t kApprove = 0x095ea7b3;      // approve(address,uint256)
// swapExactTokensForTokens(uint256,uint256,address[],address,uint256)
constexpr std::uint32_t kSwapExact = 0x38ed1739;
// createAndInitializePoolIfNecessary(address,address,uint24,uint160)
constexpr std::uint32_t kV3CreatePool = 0x13ead562;
// mint((address,address,uint24,int24,int24,uint256,uint256,uint256,uint256,address,uint256))
constexpr std::uint32_t kV3Mint = 0x88316456;
// exactInputSingle((address,address,uint24,address,uint256,uint256,uint256,uint160))
constexpr std::uint32_t kV3Swap = 0x414bf389;
constexpr std::uint64_t kV3Fee = 3'000;  // in millionths

}  // namespace

chain::Bytes token_init_code() {
    return chain::from_hex(artifacts::kTokenInitCode).value();
}
chain::Bytes factory_init_code(const chain::Bytes& published, const chain::Address& fee_to_setter) {
    return l1::abi::encode_creation(published, {word(fee_to_setter)});
}
chain::Bytes router_init_code(
    const chain::Bytes& published, const chain::Address& factory, const chain::Address& weth) {
    return l1::abi::encode_creation(published, {word(factory), word(weth)});
}
chain::Bytes approve(const chain::Address& spender, const chain::Uint256& amount) {
    return encode_call(kApprove, {word(spender), word(amount)});
}
chain::Bytes swap_exact(
    const chain::Uint256& in, const chain::Address& from, const chain::Address& to,
    const chain::Address& who) {
    // The path's offset is behind the five words; then its length and its two tokens.
    const std::uint64_t least = 1;
    const std::uint64_t deadline = ~0ull;
    return encode_call(
        kSwapExact, {word(in), word(least), word(std::uint64_t{160}), word(who), word(deadline),
                     word(std::uint64_t{2}), word(from), word(to)});
}
chain::Bytes transfer(const chain::Address& to, const chain::Uint256& amount) {
    return encode_call(kTransfer, {word(to), word(amount)});
}
chain::Bytes balance_of(const chain::Address& account) {
    return encode_call(kBalanceOf, {word(account)});
}
chain::Bytes create_pair(const chain::Address& a, const chain::Address& b) {
    return encode_call(kCreatePair, {word(a), word(b)});
}
chain::Bytes get_pair(const chain::Address& a, const chain::Address& b) {
    return encode_call(kGetPair, {word(a), word(b)});
}
chain::Bytes mint(const chain::Address& to) {
    return encode_call(kMint, {word(to)});
}
chain::Bytes get_reserves() {
    return encode_call(kGetReserves, {});
}
chain::Bytes swap(
    const chain::Uint256& amount0, const chain::Uint256& amount1, const chain::Address& to) {
    // The bytes are empty: their offset is behind the four words, their length 0.
    return encode_call(
        kSwap,
        {word(amount0), word(amount1), word(to), word(std::uint64_t{128}), word(std::uint64_t{0})});
}

chain::Bytes v3_router_init_code(const chain::Bytes& published, const chain::Address& factory) {
    return l1::abi::encode_creation(published, {word(factory), word(chain::Address{})});
}
chain::Bytes v3_positions_init_code(const chain::Bytes& published, const chain::Address& factory) {
    return l1::abi::encode_creation(
        published, {word(factory), word(chain::Address{}), word(chain::Address{})});
}
chain::Bytes v3_create_pool(const chain::Address& a, const chain::Address& b) {
    const chain::Uint256 price_1 = chain::Uint256{1} << 96;  // a square root, Q64.96
    return encode_call(kV3CreatePool, {word(a), word(b), word(kV3Fee), word(price_1)});
}
chain::Bytes v3_mint(
    const chain::Address& a, const chain::Address& b, const chain::Uint256& amount,
    const chain::Address& owner) {
    const chain::Uint256 highest{887'220};  // a multiple of the fee's tick spacing, 60
    const chain::Uint256 lowest = chain::Uint256{} - highest;
    const std::uint64_t least = 0;
    const std::uint64_t deadline = ~0ull;
    return encode_call(
        kV3Mint, {word(a), word(b), word(kV3Fee), word(lowest), word(highest), word(amount),
                  word(amount), word(least), word(least), word(owner), word(deadline)});
}
chain::Bytes v3_swap(
    const chain::Uint256& in, const chain::Address& from, const chain::Address& to,
    const chain::Address& who) {
    const std::uint64_t least = 1;
    const std::uint64_t deadline = ~0ull;
    const std::uint64_t any_price = 0;
    return encode_call(
        kV3Swap, {word(from), word(to), word(kV3Fee), word(who), word(deadline), word(in),
                  word(least), word(any_price)});
}

chain::Uint256 word_of(chain::ByteView output, std::size_t index) {
    if (output.size() < 32 * (index + 1)) return {};
    return chain::uint256_from_be(output.subspan(32 * index, 32));
}

chain::Uint256 amount_out(
    const chain::Uint256& in, const chain::Uint256& reserve_in, const chain::Uint256& reserve_out) {
    const chain::Uint256 less_fee = in * chain::Uint256{997};
    return less_fee * reserve_out / (reserve_in * chain::Uint256{1'000} + less_fee);
}

}  // namespace contracts
}  // namespace troupe::node
