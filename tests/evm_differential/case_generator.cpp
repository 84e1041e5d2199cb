#include "tests/evm_differential/case_generator.hpp"

#include "chain/crypto/keccak.hpp"
#include "chain/rlp/encode.hpp"
#include "tests/evm_differential/program.hpp"

#include <cstdlib>

namespace troupe::evm_differential {

using chain::Address;
using chain::Bytes;
using chain::Hash32;
using chain::Revision;
using chain::Transaction;
using chain::TxType;
using chain::Uint256;
using node::Json;

namespace {

constexpr std::size_t kContracts = 4;
constexpr std::uint64_t kBaseFee = 7;
constexpr std::uint64_t kBlockGasLimit = 30'000'000;
constexpr std::size_t kSenderKey = 1;     // private keys: small numbers
constexpr std::size_t kAuthorityKey = 2;  // EIP-7702

chain::crypto::PrivateKey key(std::size_t number) {
    return chain::crypto::PrivateKey::from(chain::to_be32(number));
}
Address address_of_key(std::size_t number) {
    return chain::crypto::address_of(*chain::crypto::public_key_of(key(number)));
}
Address numbered(std::uint64_t number) {
    return Address::from(chain::ByteView(chain::to_be32(number)).subspan(12));
}
Address contract(std::size_t number) {
    return numbered(0xc0de00 + number);
}
std::string hex(const Uint256& value) {
    return chain::to_hex_quantity(value);
}
bool one_in(Rng& rng, std::size_t n) {
    return rng.below(n) == 0;
}

class Generator {
  public:
    Generator(std::uint64_t seed, std::uint64_t index, const std::set<std::size_t>& without)
        : rng_(seed * 0x9e3779b97f4a7c15 + index),
          revision_(one_in(rng_, 2) ? Revision::kPrague : Revision::kCancun),
          source_(rng_.next(), known_addresses(), without),
          pieces_max_(2 + rng_.below(12)),
          sender_nonce_(one_in(rng_, 4) ? rng_.below(3) : 0) {}

    GeneratedCase make() {
        Json test;
        test["env"] = env();
        test["pre"] = accounts();
        const Transaction tx = transaction();
        test["transaction"] = fields(tx);
        const Json indexes{{"data", 0u}, {"gas", 0u}, {"value", 0u}};
        const std::string none = chain::to_hex(Hash32());
        test["post"][node::to_string(revision_)] = Json::array(
            {{{"indexes", indexes},
              {"hash", none},
              {"logs", none},
              {"txbytes", chain::to_hex(chain::encode_transaction(tx))}}});
        return {std::move(test), source_.count()};
    }

  private:
    static std::vector<Address> known_addresses() {
        std::vector<Address> addresses;
        for (std::size_t i = 0; i < kContracts; ++i)
            addresses.push_back(contract(i));
        addresses.push_back(address_of_key(kSenderKey));
        addresses.push_back(address_of_key(kAuthorityKey));
        addresses.push_back(numbered(0xc01b));   // often the coinbase
        addresses.push_back(numbered(0xe3917));  // nobody
        return addresses;
    }

    std::size_t pieces() { return 1 + rng_.below(pieces_max_); }

    Json env() {
        const Address coinbase =
            one_in(rng_, 6) ? source_.addresses()[rng_.below(5)] : numbered(0xc01b);
        return {
            {"currentCoinbase", chain::to_hex(coinbase)},
            {"currentGasLimit", hex(kBlockGasLimit)},
            {"currentNumber", hex(300)},
            {"currentTimestamp", hex(1'000)},
            {"currentBaseFee", hex(kBaseFee)},
            {"currentRandom", chain::to_hex(chain::to_be32(edge_word(rng_)))},
            {"currentDifficulty", "0x0"},
            {"currentExcessBlobGas", hex(rng_.below(20'000'000))}};
    }

    static Json account(std::uint64_t nonce, const Uint256& balance, const Bytes& code) {
        return {
            {"nonce", hex(nonce)},
            {"balance", hex(balance)},
            {"code", chain::to_hex(code)},
            {"storage", Json::object()}};
    }

    Json accounts() {
        Json json;
        for (std::size_t i = 0; i < kContracts; ++i) {
            // EIP-2681: a creation by an account whose nonce is 2^64 - 1 fails.
            const std::uint64_t nonce = one_in(rng_, 20) ? ~std::uint64_t{0} : 1;
            Json entry = account(
                nonce, rng_.below(3), random_program(source_, i == 0 ? 3 + pieces() : pieces()));
            for (std::uint64_t slot = 0; slot < 4; ++slot) {
                if (!one_in(rng_, 3)) continue;
                const Uint256 value = one_in(rng_, 4) ? edge_word(rng_) : Uint256(1);
                if (!value.is_zero()) entry["storage"][hex(slot)] = hex(value);
            }
            json[chain::to_hex(contract(i))] = std::move(entry);
        }
        const Uint256 rich = Uint256(1'000'000'000) * Uint256(1'000'000'000);
        json[chain::to_hex(address_of_key(kSenderKey))] = account(
            sender_nonce_, one_in(rng_, 20) ? rng_.below(30'000'000) : rich, delegation(12));
        if (one_in(rng_, 2))
            json[chain::to_hex(address_of_key(kAuthorityKey))] =
                account(one_in(rng_, 2) ? 1 : 0, 1 + rng_.below(2), delegation(2));
        return json;
    }

    /// EIP-7702's designator, once in `n`; nothing under Cancun, whose EIP-3607 would see code.
    Bytes delegation(std::size_t n) {
        if (revision_ == Revision::kCancun || !one_in(rng_, n)) return {};
        Bytes code{0xef, 0x01, 0x00};
        chain::append(code, destination());
        return code;
    }

    Address destination() {
        if (!one_in(rng_, 5)) return contract(rng_.below(kContracts));
        if (one_in(rng_, 2)) {
            const std::uint64_t precompile = 1 + rng_.below(0x11);
            return numbered(precompile == 0x0a ? 4 : precompile);  // no KZG on the other side
        }
        return source_.addresses()[rng_.below(source_.addresses().size())];
    }

    TxType type() {
        static constexpr TxType kTypes[] = {TxType::kLegacy,     TxType::kAccessList,
                                            TxType::kDynamicFee, TxType::kDynamicFee,
                                            TxType::kBlob,       TxType::kSetCode};
        const TxType type = kTypes[rng_.below(std::size(kTypes))];
        return type == TxType::kSetCode && revision_ == Revision::kCancun ? TxType::kDynamicFee
                                                                          : type;
    }

    Transaction transaction() {
        Transaction tx;
        tx.type = type();
        tx.chain_id = 1;
        tx.nonce = sender_nonce_ + (one_in(rng_, 40) ? 1 : 0);
        tx.max_fee_per_gas = kBaseFee + rng_.below(5) - (one_in(rng_, 60) ? 1 : 0);
        tx.max_priority_fee_per_gas =
            std::min<std::uint64_t>(rng_.below(4), tx.max_fee_per_gas.low_u64());
        if (tx.type == TxType::kLegacy || tx.type == TxType::kAccessList)
            tx.max_priority_fee_per_gas = tx.max_fee_per_gas;
        static constexpr std::uint64_t kGas[] = {25'000, 60'000, 200'000, 1'000'000, 5'000'000};
        tx.gas_limit = kGas[rng_.below(std::size(kGas))] + rng_.below(40'000);
        tx.value = one_in(rng_, 3) ? rng_.below(3) : 0;
        if (one_in(rng_, 6)) {
            tx.data = random_init_code(source_, pieces());
        } else {
            tx.to = one_in(rng_, 4) ? destination() : contract(0);
            tx.data = data();
        }
        add_typed(tx);
        if (!chain::sign_transaction(tx, key(kSenderKey))) std::abort();  // the key is valid
        return tx;
    }

    Bytes data() {
        Bytes data;
        for (std::size_t words = rng_.below(8); words > 0; --words)
            chain::append(data, chain::to_be32(edge_word(rng_)));
        data.resize(data.size() - std::min(data.size(), rng_.below(32)));
        return data;
    }

    void add_typed(Transaction& tx) {
        if (tx.type != TxType::kLegacy && one_in(rng_, 2)) {
            for (std::size_t i = rng_.below(4); i > 0; --i) {
                auto& entry = tx.access_list.emplace_back();
                entry.address = destination();
                for (std::uint64_t slot = rng_.below(3); slot > 0; --slot)
                    entry.storage_keys.push_back(chain::to_be32(slot - 1));
            }
        }
        if (tx.type == TxType::kBlob || tx.type == TxType::kSetCode) {
            if (!tx.to) tx.to = contract(0);
        }
        if (tx.type == TxType::kBlob) {
            tx.max_fee_per_blob_gas = one_in(rng_, 4) ? rng_.below(40) : 1'000'000;
            for (std::size_t i = 1 + rng_.below(3); i > 0; --i) {
                Hash32 hash = chain::to_be32(rng_.next());
                hash[0] = 1;
                tx.blob_versioned_hashes.push_back(hash);
            }
        }
        if (tx.type == TxType::kSetCode) {
            for (std::size_t i = 1 + rng_.below(3); i > 0; --i)
                tx.authorizations.push_back(authorization());
        }
    }

    chain::Authorization authorization() {
        chain::Authorization made;
        made.chain_id = rng_.below(one_in(rng_, 5) ? 3 : 2);
        made.address = one_in(rng_, 6) ? Address() : destination();
        made.nonce = one_in(rng_, 15) ? ~std::uint64_t{0} : rng_.below(3);
        Bytes message{0x05};
        Bytes items;
        chain::rlp::put_integer(items, made.chain_id);
        chain::rlp::put_string(items, made.address);
        chain::rlp::put_integer(items, made.nonce);
        chain::append(message, chain::rlp::list_of(items));
        const std::size_t signer = one_in(rng_, 4) ? kSenderKey : kAuthorityKey;
        const auto signature = chain::crypto::sign(chain::crypto::keccak256(message), key(signer));
        made.y_parity = signature->y_parity ? 1 : 0;
        made.r = signature->r;
        made.s = one_in(rng_, 15) ? edge_word(rng_) : signature->s;
        return made;
    }

    static Json fields(const Transaction& tx) {
        Json json;
        json["nonce"] = hex(tx.nonce);
        json["gasLimit"] = Json::array({hex(tx.gas_limit)});
        json["to"] = tx.to ? chain::to_hex(*tx.to) : "";
        json["value"] = Json::array({hex(tx.value)});
        json["data"] = Json::array({chain::to_hex(tx.data)});
        json["sender"] = chain::to_hex(address_of_key(kSenderKey));
        json["secretKey"] = chain::to_hex(key(kSenderKey));
        if (tx.type == TxType::kLegacy || tx.type == TxType::kAccessList) {
            json["gasPrice"] = hex(tx.max_fee_per_gas);
        } else {
            json["maxFeePerGas"] = hex(tx.max_fee_per_gas);
            json["maxPriorityFeePerGas"] = hex(tx.max_priority_fee_per_gas);
        }
        return json;  // the rest stands in txbytes
    }

    Rng rng_;
    Revision revision_;
    PieceSource source_;
    std::size_t pieces_max_;
    std::uint64_t sender_nonce_;
};

}  // namespace

GeneratedCase generate_case(
    std::uint64_t seed, std::uint64_t index, const std::set<std::size_t>& without) {
    return Generator(seed, index, without).make();
}

}  // namespace troupe::evm_differential
