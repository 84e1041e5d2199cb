#include "l1-client/eth_json.hpp"

#include "chain/base/hex.hpp"

namespace troupe::l1::json {

using chain::Error;
template <class T>
using Read = chain::Result<T>;

namespace {

constexpr std::size_t kTopicsMax = 4;

/// The member, or null where there is none: the readers refuse null.
const Json& member(const Json& object, const char* name) {
    static const Json kNull;
    const auto found = object.find(name);
    return found == object.end() ? kNull : *found;
}

Read<std::string_view> read_text(const Json& value) {
    if (!value.is_string()) return Error::kHexInvalid;
    return std::string_view(value.get_ref<const std::string&>());
}

template <class Fixed>
Read<Fixed> read_fixed(const Json& value) {
    TROUPE_TRY(text, read_text(value));
    return chain::fixed_from_hex<Fixed>(text);
}

template <class Fixed>
Read<std::optional<Fixed>> read_optional(const Json& value) {
    if (value.is_null()) return std::optional<Fixed>{};
    TROUPE_TRY(fixed, read_fixed<Fixed>(value));
    return std::optional<Fixed>{fixed};
}

}  // namespace

Read<std::uint64_t> read_u64(const Json& value) {
    TROUPE_TRY(text, read_text(value));
    if (!text.starts_with("0x")) return Error::kNumberInvalid;
    return chain::u64_from_text(text);
}

Read<chain::Uint256> read_u256(const Json& value) {
    TROUPE_TRY(text, read_text(value));
    if (!text.starts_with("0x")) return Error::kNumberInvalid;
    return chain::uint256_from_text(text);
}

Read<chain::Bytes> read_bytes(const Json& value) {
    TROUPE_TRY(text, read_text(value));
    return chain::from_hex(text);
}

Read<chain::Hash32> read_hash(const Json& value) {
    return read_fixed<chain::Hash32>(value);
}

Read<L1Header> read_header(const Json& value) {
    if (!value.is_object()) return Error::kNumberInvalid;
    TROUPE_TRY(number, read_u64(member(value, "number")));
    TROUPE_TRY(hash, read_hash(member(value, "hash")));
    TROUPE_TRY(parent, read_hash(member(value, "parentHash")));
    TROUPE_TRY(timestamp, read_u64(member(value, "timestamp")));
    L1Header header{number, hash, parent, timestamp, {}};
    if (const Json& fee = member(value, "baseFeePerGas"); !fee.is_null()) {
        TROUPE_TRY(base_fee, read_u256(fee));
        header.base_fee_per_gas = base_fee;
    }
    return header;
}

Read<L1Log> read_log(const Json& value) {
    if (!value.is_object()) return Error::kNumberInvalid;
    TROUPE_TRY(address, read_fixed<chain::Address>(member(value, "address")));
    TROUPE_TRY(data, read_bytes(member(value, "data")));
    TROUPE_TRY(block_number, read_u64(member(value, "blockNumber")));
    TROUPE_TRY(block_hash, read_hash(member(value, "blockHash")));
    TROUPE_TRY(transaction, read_hash(member(value, "transactionHash")));
    TROUPE_TRY(index, read_u64(member(value, "logIndex")));
    const Json& topics = member(value, "topics");
    if (!topics.is_array() || topics.size() > kTopicsMax) return Error::kNumberInvalid;
    L1Log log{address, {}, std::move(data), block_number, block_hash, transaction, index};
    for (const Json& each : topics) {
        TROUPE_TRY(topic, read_hash(each));
        log.topics.push_back(topic);
    }
    return log;
}

Read<L1Transaction> read_transaction(const Json& value) {
    if (!value.is_object()) return Error::kNumberInvalid;
    TROUPE_TRY(hash, read_hash(member(value, "hash")));
    TROUPE_TRY(from, read_fixed<chain::Address>(member(value, "from")));
    TROUPE_TRY(to, read_optional<chain::Address>(member(value, "to")));
    TROUPE_TRY(input, read_bytes(member(value, "input")));
    TROUPE_TRY(block_hash, read_optional<chain::Hash32>(member(value, "blockHash")));
    return L1Transaction{hash, from, to, std::move(input), block_hash};
}

Read<L1Receipt> read_receipt(const Json& value) {
    if (!value.is_object()) return Error::kNumberInvalid;
    TROUPE_TRY(hash, read_hash(member(value, "transactionHash")));
    TROUPE_TRY(block_number, read_u64(member(value, "blockNumber")));
    TROUPE_TRY(block_hash, read_hash(member(value, "blockHash")));
    TROUPE_TRY(status, read_u64(member(value, "status")));
    TROUPE_TRY(gas_used, read_u64(member(value, "gasUsed")));
    TROUPE_TRY(price, read_u256(member(value, "effectiveGasPrice")));
    TROUPE_TRY(contract, read_optional<chain::Address>(member(value, "contractAddress")));
    return L1Receipt{hash, block_number, block_hash, status == 1, gas_used, price, contract};
}

Json write_filter(const LogFilter& filter) {
    Json json{
        {"address", chain::to_hex(filter.address)},
        {"topics", Json::array({chain::to_hex(filter.topic)})}};
    if (filter.block_hash) {
        json["blockHash"] = chain::to_hex(*filter.block_hash);
    } else {
        json["fromBlock"] = chain::to_hex_quantity(filter.first_block);
        json["toBlock"] = chain::to_hex_quantity(filter.last_block);
    }
    return json;
}

Json write_call(const L1Call& call) {
    Json json{{"from", chain::to_hex(call.from)}, {"data", chain::to_hex(call.data)}};
    if (call.to) json["to"] = chain::to_hex(*call.to);
    return json;
}

const char* write_tag(BlockTag tag) noexcept {
    switch (tag) {
        case BlockTag::kSafe:
            return "safe";
        case BlockTag::kFinalized:
            return "finalized";
        case BlockTag::kPending:
            return "pending";
        case BlockTag::kLatest:
            break;
    }
    return "latest";
}

}  // namespace troupe::l1::json
