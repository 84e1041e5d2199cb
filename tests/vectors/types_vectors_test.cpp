// Transactions, receipts and headers of real chains, as JSON and as raw bytes.
#include "chain/base/hex.hpp"
#include "chain/crypto/keccak.hpp"
#include "chain/trie/trie.hpp"
#include "chain/types/block.hpp"
#include "tests/vectors/vectors.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <map>
#include <set>
#include <string>

namespace troupe::chain {
namespace {

using Json = nlohmann::json;

std::string text(const Json& object, const char* key) {
    return object.at(key).get<std::string>();
}

std::uint64_t u64(const Json& object, const char* key) {
    return *u64_from_text(text(object, key));
}

Uint256 u256(const Json& object, const char* key) {
    return *uint256_from_text(text(object, key));
}

template <class Fixed>
Fixed fixed(const Json& object, const char* key) {
    return *fixed_from_hex<Fixed>(text(object, key));
}

Transaction transaction_of(const Json& json) {
    Transaction tx;
    tx.type = static_cast<TxType>(u64(json, "type"));
    if (json.contains("chainId")) tx.chain_id = u64(json, "chainId");
    tx.nonce = u64(json, "nonce");
    const bool capped = json.contains("maxFeePerGas");
    tx.max_fee_per_gas = u256(json, capped ? "maxFeePerGas" : "gasPrice");
    tx.max_priority_fee_per_gas = u256(json, capped ? "maxPriorityFeePerGas" : "gasPrice");
    tx.gas_limit = u64(json, "gas");
    if (!json.at("to").is_null()) tx.to = fixed<Address>(json, "to");
    tx.value = u256(json, "value");
    tx.data = *from_hex(text(json, "input"));
    for (const Json& entry : json.value("accessList", Json::array())) {
        tx.access_list.push_back({fixed<Address>(entry, "address"), {}});
        for (const Json& key : entry.at("storageKeys")) {
            tx.access_list.back().storage_keys.push_back(
                *fixed_from_hex<Hash32>(key.get<std::string>()));
        }
    }
    if (tx.type == TxType::kBlob) tx.max_fee_per_blob_gas = u256(json, "maxFeePerBlobGas");
    for (const Json& hash : json.value("blobVersionedHashes", Json::array())) {
        tx.blob_versioned_hashes.push_back(*fixed_from_hex<Hash32>(hash.get<std::string>()));
    }
    for (const Json& item : json.value("authorizationList", Json::array())) {
        tx.authorizations.push_back(
            {u256(item, "chainId"), fixed<Address>(item, "address"), u64(item, "nonce"),
             static_cast<std::uint8_t>(u64(item, "yParity")), u256(item, "r"), u256(item, "s")});
    }
    // 27 and 28, and EIP-155's 35 + 2 * chain_id on, are odd where the parity is even.
    const std::uint64_t v = u64(json, "v");
    tx.signature = {
        u256(json, "r"), u256(json, "s"), tx.type == TxType::kLegacy ? v % 2 == 0 : v == 1};
    if (tx.type == TxType::kLegacy && v < 35) tx.chain_id.reset();
    return tx;
}

Receipt receipt_of(const Json& json) {
    Receipt receipt;
    receipt.type = static_cast<TxType>(u64(json, "type"));
    receipt.success = u64(json, "status") == 1;
    receipt.cumulative_gas_used = u64(json, "cumulativeGasUsed");
    for (const Json& entry : json.at("logs")) {
        Log& log = receipt.logs.emplace_back();
        log.address = fixed<Address>(entry, "address");
        log.data = *from_hex(text(entry, "data"));
        for (const Json& topic : entry.at("topics")) {
            log.topics.push_back(*fixed_from_hex<Hash32>(topic.get<std::string>()));
        }
    }
    return receipt;
}

Header header_of(const Json& json) {
    return {
        .parent_hash = fixed<Hash32>(json, "parentHash"),
        .coinbase = fixed<Address>(json, "miner"),
        .state_root = fixed<Hash32>(json, "stateRoot"),
        .transactions_root = fixed<Hash32>(json, "transactionsRoot"),
        .receipts_root = fixed<Hash32>(json, "receiptsRoot"),
        .logs_bloom = fixed<Bloom>(json, "logsBloom"),
        .number = u64(json, "number"),
        .gas_limit = u64(json, "gasLimit"),
        .gas_used = u64(json, "gasUsed"),
        .timestamp = u64(json, "timestamp"),
        .extra_data = *from_hex(text(json, "extraData")),
        .prev_randao = fixed<Hash32>(json, "mixHash"),
        .base_fee_per_gas = u256(json, "baseFeePerGas"),
        .parent_beacon_block_root = fixed<Hash32>(json, "parentBeaconBlockRoot")};
}

/// A block that has nothing a rollup's header could not say.
bool is_plain_prague(const Json& json) {
    return json.contains("requestsHash") &&
           fixed<Hash32>(json, "requestsHash") == kEmptyRequestsHash &&
           u64(json, "blobGasUsed") == 0 && u64(json, "excessBlobGas") == 0;
}

/// The answers in the JSON-RPC vectors: lines that begin with `<< `.
std::vector<Json> answers() {
    std::vector<Json> found;
    for (const auto& file : vectors::files("json_rpc", ".io")) {
        std::ifstream stream(file);
        for (std::string line; std::getline(stream, line);) {
            if (!line.starts_with("<< ")) continue;
            const Json answer = Json::parse(line.substr(3));
            if (answer.contains("result")) found.push_back(answer["result"]);
        }
    }
    return found;
}

/// Calls `visit` with every object in `json` that has the field `key`, however deep.
template <class Visitor>
void for_each_with(const Json& json, const char* key, const Visitor& visit) {
    if (json.is_object() && json.contains(key)) visit(json);
    if (!json.is_structured()) return;
    for (const Json& child : json)
        for_each_with(child, key, visit);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(types_vectors)

BOOST_AUTO_TEST_CASE(transactions_of_all_types_have_their_hash_and_sender) {
    std::set<TxType> types;
    int checked = 0;
    for (const Json& answer : answers()) {
        for_each_with(answer, "gasPrice", [&](const Json& json) {
            if (!json.contains("r") || !json.contains("hash") || json["hash"].is_null()) return;
            const Transaction tx = transaction_of(json);
            const Bytes raw = encode_transaction(tx);
            BOOST_TEST(to_hex(transaction_hash(raw)) == text(json, "hash"));
            BOOST_TEST(to_hex(*recover_sender(tx)) == text(json, "from"));
            BOOST_TEST((*decode_transaction(raw) == tx));
            types.insert(tx.type);
            ++checked;
        });
    }
    BOOST_TEST_MESSAGE(checked << " transactions");
    if (checked != 0) BOOST_TEST(types.size() == 5u);
}

BOOST_AUTO_TEST_CASE(receipts_have_the_roots_of_their_blocks) {
    std::map<std::string, Json> blocks;
    std::map<std::string, Json> receipts;
    for (const Json& answer : answers()) {
        for_each_with(answer, "receiptsRoot", [&](const Json& json) {
            if (!json["hash"].is_null()) blocks[text(json, "hash")] = json;
        });
        if (answer.is_array() && !answer.empty() && answer[0].is_object() &&
            answer[0].contains("cumulativeGasUsed")) {
            receipts[text(answer[0], "blockHash")] = answer;
        }
    }
    int checked = 0;
    for (const auto& [hash, list] : receipts) {
        // Before Byzantium a receipt has a state root where it has a status now.
        if (!blocks.contains(hash) || !list[0].contains("status")) continue;
        std::vector<Bytes> encoded;
        Bloom bloom;
        for (const Json& json : list) {
            const Receipt receipt = receipt_of(json);
            encoded.push_back(encode_receipt(receipt));
            merge_into(bloom, logs_bloom(receipt.logs));
            BOOST_TEST(to_hex(logs_bloom(receipt.logs)) == text(json, "logsBloom"));
            BOOST_TEST((*decode_receipt(encoded.back()) == receipt));
        }
        BOOST_TEST(to_hex(trie::ordered_root(encoded)) == text(blocks[hash], "receiptsRoot"));
        BOOST_TEST(to_hex(bloom) == text(blocks[hash], "logsBloom"));
        ++checked;
    }
    BOOST_TEST_MESSAGE(checked << " blocks of receipts");
    if (!receipts.empty()) BOOST_TEST(checked > 0);
}

BOOST_AUTO_TEST_CASE(headers_of_blocks_without_blobs_and_requests_have_their_hash) {
    int checked = 0;
    for (const Json& answer : answers()) {
        for_each_with(answer, "requestsHash", [&](const Json& json) {
            if (!is_plain_prague(json)) return;
            const Header header = header_of(json);
            BOOST_TEST(to_hex(hash_header(header)) == text(json, "hash"));
            BOOST_TEST((*decode_header(encode_header(header)) == header));
            ++checked;
        });
    }
    BOOST_TEST_MESSAGE(checked << " headers");
}

BOOST_AUTO_TEST_CASE(mainnet_transactions_are_read_and_written_to_the_same_root) {
    for (const auto& file : vectors::files("mainnet_blocks")) {
        const Json block = vectors::load(file);
        std::vector<Bytes> encoded;
        for (const Json& raw : block.at("transactions")) {
            const auto bytes = from_hex(raw.get<std::string>());
            const auto tx = decode_transaction(*bytes);
            BOOST_REQUIRE(tx.ok());
            BOOST_TEST(recover_sender(*tx).ok());
            encoded.push_back(encode_transaction(*tx));
        }
        BOOST_TEST(
            to_hex(trie::ordered_root(encoded)) == text(block.at("expect"), "transactionsRoot"));
        BOOST_TEST_MESSAGE(encoded.size() << " transactions in " << file.filename());
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace troupe::chain
