#include "sequencer/config/genesis_file.hpp"

#include <algorithm>

namespace troupe::node {
namespace {

constexpr std::size_t kExtraDataMax = 32;                 // Yellow Paper, "The Block"
constexpr std::uint64_t kInitialBaseFee = 1'000'000'000;  // EIP-1559; geth's default

chain::GenesisAccount read_account(const std::string& key, const JsonField& field) {
    chain::GenesisAccount account;
    const auto address = chain::fixed_from_hex<chain::Address>(key);
    if (!address)
        field.fail("an address of 20 bytes as the key");
    else
        account.address = *address;
    if (field.at("nonce").present()) account.nonce = field.at("nonce").u64();
    if (field.at("balance").present()) account.balance = field.at("balance").u256();
    if (field.at("code").present()) account.code = field.at("code").bytes();
    if (!field.at("storage").present()) return account;
    field.at("storage").each([&](const std::string& slot, const JsonField& value) {
        chain::GenesisSlot entry;
        if (!JsonField::read_short_hash(slot, entry.key))
            value.fail("up to 32 bytes in hexadecimal as the key");
        entry.value = chain::uint256_from_be(value.short_hash());
        if (!entry.value.is_zero()) account.storage.push_back(entry);
    });
    std::sort(account.storage.begin(), account.storage.end(), [](const auto& a, const auto& b) {
        return a.key < b.key;
    });
    return account;
}

}  // namespace

chain::Genesis read_genesis(const JsonField& field) {
    chain::Genesis genesis;
    genesis.chain_id = field.at("config").at("chainId").u64();
    genesis.gas_limit = field.at("gasLimit").u64();
    if (genesis.gas_limit == 0) field.at("gasLimit").fail("a gas limit above 0");
    if (field.at("timestamp").present()) genesis.timestamp = field.at("timestamp").u64();
    genesis.base_fee_per_gas = field.at("baseFeePerGas").present()
                                   ? field.at("baseFeePerGas").u256()
                                   : chain::Uint256(kInitialBaseFee);
    if (field.at("coinbase").present()) genesis.coinbase = field.at("coinbase").address();
    if (field.at("extraData").present()) genesis.extra_data = field.at("extraData").bytes();
    if (genesis.extra_data.size() > kExtraDataMax) field.at("extraData").fail("32 bytes at most");
    field.at("alloc").each([&](const std::string& key, const JsonField& account) {
        genesis.alloc.push_back(read_account(key, account));
    });
    std::sort(genesis.alloc.begin(), genesis.alloc.end(), [](const auto& a, const auto& b) {
        return a.address < b.address;
    });
    const auto twice = std::adjacent_find(
        genesis.alloc.begin(), genesis.alloc.end(),
        [](const auto& a, const auto& b) { return a.address == b.address; });
    if (twice != genesis.alloc.end())
        field.at("alloc").fail("each address once; " + chain::to_hex(twice->address) + " is twice");
    return genesis;
}

std::optional<chain::Genesis> read_genesis_file(const std::string& path, std::string& failure) {
    JsonFault fault;
    const Json document = read_json_file(path, fault);
    chain::Genesis genesis;
    if (fault.text.empty()) genesis = read_genesis(JsonField(&document, "", path, fault));
    failure = fault.text;
    if (!failure.empty()) return std::nullopt;
    return genesis;
}

namespace {

/// Adds a key that the object does not have, without looking for it: there may be a million others.
void add_new(OrderedJson& object, chain::ByteView key, OrderedJson value) {
    auto& entries = object.get_ref<OrderedJson::object_t&>();
    static_cast<OrderedJson::object_t::Container&>(entries).emplace_back(
        chain::to_hex(key), std::move(value));
}

}  // namespace

OrderedJson write_genesis(const chain::Genesis& genesis) {
    OrderedJson json;
    json["config"]["chainId"] = genesis.chain_id;
    json["timestamp"] = chain::to_hex_quantity(genesis.timestamp);
    json["gasLimit"] = chain::to_hex_quantity(genesis.gas_limit);
    json["baseFeePerGas"] = chain::to_hex_quantity(genesis.base_fee_per_gas);
    json["coinbase"] = chain::to_hex(genesis.coinbase);
    json["extraData"] = chain::to_hex(genesis.extra_data);
    json["difficulty"] = "0x0";
    OrderedJson alloc = OrderedJson::object();
    for (const chain::GenesisAccount& account : genesis.alloc) {
        OrderedJson entry;
        entry["balance"] = chain::to_hex_quantity(account.balance);
        if (account.nonce != 0) entry["nonce"] = chain::to_hex_quantity(account.nonce);
        if (!account.code.empty()) entry["code"] = chain::to_hex(account.code);
        if (!account.storage.empty()) {
            OrderedJson slots = OrderedJson::object();
            for (const chain::GenesisSlot& slot : account.storage)
                add_new(slots, slot.key, chain::to_hex(chain::to_be32(slot.value)));
            entry["storage"] = std::move(slots);
        }
        add_new(alloc, account.address, std::move(entry));
    }
    json["alloc"] = std::move(alloc);
    return json;
}

}  // namespace troupe::node
