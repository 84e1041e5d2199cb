#include "sequencer/jsonrpc/render.hpp"

#include "chain/base/hex.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <set>

namespace troupe::node::jsonrpc {
namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

fs::path vectors() {
    const char* given = std::getenv("TROUPE_VECTORS");
    return (given != nullptr ? fs::path(given) : fs::path("../shared/vectors")) / "json_rpc";
}

// The answer of an .io file; null where the vectors are not there.
Json answer_of(const std::string& name) {
    std::ifstream in(vectors() / name);
    if (!in) {
        std::cout << "vectors not found: " << (vectors() / name).string() << "\n";
        return nullptr;
    }
    for (std::string line; std::getline(in, line);)
        if (line.starts_with("<< ")) return Json::parse(line.substr(3))["result"];
    return nullptr;
}
Json params_of(const std::string& name) {
    std::ifstream in(vectors() / name);
    for (std::string line; std::getline(in, line);)
        if (line.starts_with(">> ")) return Json::parse(line.substr(3))["params"];
    return nullptr;
}

std::set<std::string> keys(const Json& object) {
    std::set<std::string> names;
    for (const auto& [key, value] : object.items())
        names.insert(key);
    return names;
}

chain::Transaction signed_transaction(chain::TxType type) {
    chain::Transaction tx;
    tx.type = type;
    tx.chain_id = 1'337;
    tx.gas_limit = 50'000;
    tx.max_fee_per_gas = 10;
    tx.max_priority_fee_per_gas = type >= chain::TxType::kDynamicFee ? 2 : 10;
    tx.to = chain::Address();
    if (type == chain::TxType::kSetCode) tx.authorizations.emplace_back();
    if (type != chain::TxType::kLegacy) tx.access_list.emplace_back();
    chain::crypto::PrivateKey key;
    key.bytes[31] = 1;
    BOOST_REQUIRE(chain::sign_transaction(tx, key).ok());
    return tx;
}

// A block of one transaction of each type, the second one creating a contract, with logs.
actors::SealedBlock sample_block() {
    actors::SealedBlock block;
    block.block.header.number = 5;
    block.block.header.base_fee_per_gas = 7;
    block.block.header.timestamp = 100;
    std::uint64_t gas = 0;
    for (const auto type :
         {chain::TxType::kLegacy, chain::TxType::kAccessList, chain::TxType::kDynamicFee,
          chain::TxType::kSetCode}) {
        auto tx = signed_transaction(type);
        if (type == chain::TxType::kAccessList) {
            tx.to.reset();
            chain::crypto::PrivateKey key;
            key.bytes[31] = 1;
            BOOST_REQUIRE(chain::sign_transaction(tx, key).ok());
        }
        chain::Receipt receipt;
        receipt.type = type;
        receipt.success = true;
        receipt.cumulative_gas_used = gas += 21'000;
        receipt.logs.resize(2);
        receipt.logs[0].topics.resize(1);
        block.block.transactions.push_back(chain::encode_transaction(tx));
        block.transaction_hashes.push_back(
            chain::transaction_hash(block.block.transactions.back()));
        block.block.senders.push_back(*chain::recover_sender(tx));
        block.receipts.push_back(std::move(receipt));
    }
    block.hash = chain::hash_header(block.block.header);
    return block;
}

template <class Write>
Json written(Write write) {
    JsonWriter out;
    write(out);
    return Json::parse(out.take());
}

BOOST_AUTO_TEST_SUITE(render)

// What geth says of these very transactions in its pool, field by field.
BOOST_AUTO_TEST_CASE(pool_transactions_are_the_vectors_byte_for_byte) {
    const Json content = answer_of("txpool_content/get-content.io");
    if (content.is_null()) return;
    std::size_t compared = 0;
    for (const char* name :
         {"send-dynamic-fee-transaction.io", "send-dynamic-fee-access-list-transaction.io",
          "send-access-list-transaction.io", "send-legacy-transaction.io"}) {
        const Json params = params_of(std::string("eth_sendRawTransaction/") + name);
        const auto raw = chain::from_hex(params[0].get<std::string>());
        BOOST_REQUIRE(raw.ok());
        const auto tx = chain::decode_transaction(*raw);
        BOOST_REQUIRE(tx.ok());
        const auto sender = *chain::recover_sender(*tx);
        const Json& wanted = content["pending"][checksum_hex(sender)][std::to_string(tx->nonce)];
        const Json ours = written([&](JsonWriter& out) {
            write_transaction(
                out, *raw, {.hash = chain::transaction_hash(*raw), .sender = sender}, {}, true);
        });
        BOOST_TEST(ours == wanted, name << "\n" << ours << "\n" << wanted);
        ++compared;
    }
    BOOST_TEST(compared == 4u);
}

BOOST_AUTO_TEST_CASE(sealed_transactions_have_the_vectors_fields) {
    const actors::SealedBlock block = sample_block();
    constexpr const char* kFiles[] = {
        "get-legacy-tx.io", "get-access-list.io", "get-dynamic-fee.io", "get-setcode-tx.io"};
    for (std::uint32_t i = 0; i < 4; ++i) {
        const Json wanted = answer_of(std::string("eth_getTransactionByHash/") + kFiles[i]);
        if (wanted.is_null()) return;
        const Json ours = written([&](JsonWriter& out) {
            write_transaction(
                out, block.block.transactions[i], place_in(block, i),
                block.block.header.base_fee_per_gas, false);
        });
        auto names = keys(wanted);
        if (i == 0) names.insert("chainId");  // theirs is signed without EIP-155
        BOOST_TEST(keys(ours) == names, kFiles[i]);
        // Fee cap 10, base fee 7, tip 2: min(10, 9); legacy and type 1 pay their gas price.
        BOOST_TEST(ours["gasPrice"] == (i >= 2 ? "0x9" : "0xa"));
    }
}

BOOST_AUTO_TEST_CASE(receipts_have_the_vectors_fields_and_number_the_logs_of_the_block) {
    const actors::SealedBlock block = sample_block();
    const Json ours = written([&](JsonWriter& out) { write_receipts(out, block); });
    BOOST_REQUIRE(ours.size() == 4u);
    for (std::size_t i = 0; i < 4; ++i) {
        BOOST_TEST(ours[i]["gasUsed"] == "0x5208");
        BOOST_TEST(ours[i]["logs"][1]["logIndex"] == chain::to_hex_quantity(2 * i + 1));
    }
    BOOST_TEST(ours[0]["contractAddress"].is_null());
    BOOST_TEST(ours[1]["to"].is_null());
    // keccak(RLP [0x7e5f4552091a69125d5dfcb7b8c2659029395bdf, 0]): the first contract of the key 1.
    BOOST_TEST(ours[1]["contractAddress"] == "0xf2e246bb76df876cef8b38ae84130f4f55de395b");
    const Json wanted = answer_of("eth_getTransactionReceipt/get-dynamic-fee.io");
    if (wanted.is_null()) return;
    BOOST_TEST(keys(ours[2]) == keys(wanted));
    BOOST_TEST(keys(ours[2]["logs"][0]) == keys(wanted["logs"][0]));
}

BOOST_AUTO_TEST_CASE(blocks_have_the_vectors_fields) {
    const actors::SealedBlock block = sample_block();
    const Json hashes = written([&](JsonWriter& out) { write_block(out, block, false); });
    BOOST_TEST(hashes["transactions"][0] == chain::to_hex(block.transaction_hashes[0]));
    // The size is that of the RLP that debug_getRawBlock gives.
    BOOST_TEST(
        hashes["size"] == chain::to_hex_quantity(std::uint64_t{encode_block(block.block).size()}));
    const Json wanted = answer_of("eth_getBlockByNumber/get-block-prague-fork.io");
    if (wanted.is_null()) return;
    BOOST_TEST(keys(hashes) == keys(wanted));
    const Json full = written([&](JsonWriter& out) { write_block(out, block, true); });
    BOOST_TEST(full["transactions"][2]["type"] == "0x2");
    OpenBlockFacts open;
    BOOST_TEST(
        keys(written([&](JsonWriter& out) { write_open_block(out, open); })) == keys(wanted));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace troupe::node::jsonrpc
