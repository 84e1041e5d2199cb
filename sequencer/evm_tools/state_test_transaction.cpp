#include "chain/base/error.hpp"
#include "sequencer/evm_tools/state_test.hpp"

namespace troupe::node {

using namespace chain;

namespace {

/// A list's element, or nothing where it has none.
class Fields {
  public:
    Fields(const StateTest& test, const StateTestCase& test_case, JsonFault& fault)
        : root_(&test.transaction, "transaction", test.title(test_case), fault) {}

    [[nodiscard]] JsonField at(const char* key) const { return root_.at(key); }
    [[nodiscard]] JsonField at(const char* key, std::size_t index) const {
        return root_.at(key).element(index);
    }

  private:
    JsonField root_;
};

AccessList read_access_list(const JsonField& json) {
    AccessList list;
    json.each_element([&](const JsonField& entry) {
        AccessListEntry& read = list.emplace_back();
        read.address = entry.at("address").address();
        entry.at("storageKeys").each_element([&](const JsonField& key) {
            read.storage_keys.push_back(key.short_hash());
        });
    });
    return list;
}

std::vector<Authorization> read_authorizations(const JsonField& json) {
    std::vector<Authorization> list;
    json.each_element([&](const JsonField& entry) {
        Authorization& read = list.emplace_back();
        read.chain_id = entry.at("chainId").u256();
        read.address = entry.at("address").address();
        read.nonce = entry.at("nonce").u64();
        const JsonField parity = entry.at("yParity");
        const std::uint64_t y_parity = (parity.present() ? parity : entry.at("v")).u64();
        if (y_parity > 0xff) entry.fail("a parity of one byte");  // EIP-7702: < 2^8
        read.y_parity = static_cast<std::uint8_t>(y_parity);
        read.r = entry.at("r").u256();
        read.s = entry.at("s").u256();
    });
    return list;
}

TxType type_of(const Fields& fields) {
    if (fields.at("authorizationList").present()) return TxType::kSetCode;
    if (fields.at("blobVersionedHashes").present()) return TxType::kBlob;
    if (fields.at("maxFeePerGas").present()) return TxType::kDynamicFee;
    if (fields.at("accessLists").present()) return TxType::kAccessList;
    return TxType::kLegacy;
}

void read_destination(const JsonField& to, Transaction& tx) {
    if (to.present() && !to.text().empty()) tx.to = to.address();
}

void read_fees(const Fields& fields, Transaction& tx) {
    if (tx.type == TxType::kLegacy || tx.type == TxType::kAccessList) {
        tx.max_fee_per_gas = fields.at("gasPrice").u256();
        tx.max_priority_fee_per_gas = tx.max_fee_per_gas;
    } else {
        tx.max_fee_per_gas = fields.at("maxFeePerGas").u256();
        tx.max_priority_fee_per_gas = fields.at("maxPriorityFeePerGas").u256();
    }
}

Transaction read_fields(const Fields& fields, const StateTestCase& test_case) {
    Transaction tx;
    tx.type = type_of(fields);
    tx.nonce = fields.at("nonce").u64();
    read_fees(fields, tx);
    tx.gas_limit = fields.at("gasLimit", test_case.gas_index).u64();
    read_destination(fields.at("to"), tx);
    tx.value = fields.at("value", test_case.value_index).u256();
    tx.data = fields.at("data", test_case.data_index).bytes();
    const JsonField access_list = fields.at("accessLists", test_case.data_index);
    if (access_list.present() && !access_list.is_null())
        tx.access_list = read_access_list(access_list);
    if (tx.type == TxType::kBlob) {
        tx.max_fee_per_blob_gas = fields.at("maxFeePerBlobGas").u256();
        fields.at("blobVersionedHashes").each_element([&](const JsonField& hash) {
            tx.blob_versioned_hashes.push_back(hash.hash());
        });
    }
    if (tx.type == TxType::kSetCode)
        tx.authorizations = read_authorizations(fields.at("authorizationList"));
    return tx;
}

Address read_sender(const Fields& fields) {
    if (const JsonField sender = fields.at("sender"); sender.present()) return sender.address();
    const JsonField secret = fields.at("secretKey");
    const auto key = crypto::public_key_of(crypto::PrivateKey::from(secret.hash()));
    if (!key) {
        secret.fail("a private key");
        return {};
    }
    return crypto::address_of(*key);
}

std::optional<StateTestTransaction> decoded(const Bytes& raw, std::string& refusal) {
    const auto refuse = [&](Error error) {
        refusal = chain::to_string(error);
        return std::nullopt;
    };
    auto tx = decode_transaction(raw);
    if (!tx) return refuse(tx.error());
    const auto sender = recover_sender(*tx);
    if (!sender) return refuse(sender.error());
    return StateTestTransaction{std::move(*tx), *sender};
}

}  // namespace

std::optional<StateTestTransaction> transaction_of(
    const StateTest& test, const StateTestCase& test_case, std::string& refusal) {
    std::optional<StateTestTransaction> result;
    // This chain takes no transaction as large as some tests have: those come from their fields.
    if (!test_case.transaction.empty() && test_case.transaction.size() <= kTransactionBytesMax) {
        result = decoded(test_case.transaction, refusal);
    } else {
        JsonFault fault;
        const Fields fields(test, test_case, fault);
        result.emplace(StateTestTransaction{read_fields(fields, test_case), read_sender(fields)});
        refusal = fault.text;
        if (!refusal.empty()) result.reset();
    }
    // EIP-155 is this chain's demand, not Ethereum's: the tests' transactions may have no chain id.
    if (result && !result->tx.chain_id) result->tx.chain_id = test.env.chain_id;
    return result;
}

}  // namespace troupe::node
