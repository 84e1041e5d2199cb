#include "chain/crypto/keccak.hpp"
#include "chain/rlp/encode.hpp"
#include "chain/types/transaction.hpp"

namespace troupe::chain {
namespace {

enum class Form {
    kSigned,
    kPreimage,  // what is hashed for the signature
};

constexpr std::size_t kHashItem = 1 + Hash32::kSize;

/// Adds up what the items would take: the first of two walks over the same fields.
class SizeSink {
  public:
    void string(ByteView bytes) noexcept { size_ += rlp::string_size(bytes); }
    template <class Integer>
    void integer(const Integer& value) noexcept {
        size_ += rlp::integer_size(value);
    }
    /// A list's header; its items follow.
    void list(std::size_t payload) noexcept { size_ += rlp::list_size(payload) - payload; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

  private:
    std::size_t size_ = 0;
};

/// Writes the items: the second walk.
class ByteSink {
  public:
    explicit ByteSink(Bytes& out) noexcept : out_(out) {}
    void string(ByteView bytes) { rlp::put_string(out_, bytes); }
    template <class Integer>
    void integer(const Integer& value) {
        rlp::put_integer(out_, value);
    }
    void list(std::size_t payload) { rlp::put_list_header(out_, payload); }

  private:
    Bytes& out_;
};

template <class Sink>
void put_access_list(Sink& sink, const AccessList& list) {
    std::size_t payload = 0;
    const auto entry_payload = [](const AccessListEntry& entry) {
        return 1 + Address::kSize + rlp::list_size(entry.storage_keys.size() * kHashItem);
    };
    for (const auto& entry : list)
        payload += rlp::list_size(entry_payload(entry));
    sink.list(payload);
    for (const auto& entry : list) {
        sink.list(entry_payload(entry));
        sink.string(entry.address);
        sink.list(entry.storage_keys.size() * kHashItem);
        for (const Hash32& key : entry.storage_keys)
            sink.string(key);
    }
}

template <class Sink>
void put_authorization_fields(Sink& sink, const Authorization& authorization) {
    sink.integer(authorization.chain_id);
    sink.string(authorization.address);
    sink.integer(authorization.nonce);
    sink.integer(std::uint64_t{authorization.y_parity});
    sink.integer(authorization.r);
    sink.integer(authorization.s);
}

template <class Sink>
void put_authorizations(Sink& sink, const std::vector<Authorization>& list) {
    const auto payload_of = [](const Authorization& authorization) {
        SizeSink size;
        put_authorization_fields(size, authorization);
        return size.size();
    };
    std::size_t payload = 0;
    for (const auto& authorization : list)
        payload += rlp::list_size(payload_of(authorization));
    sink.list(payload);
    for (const auto& authorization : list) {
        sink.list(payload_of(authorization));
        put_authorization_fields(sink, authorization);
    }
}

template <class Sink>
void put_call(Sink& sink, const Transaction& tx) {
    sink.integer(tx.gas_limit);
    sink.string(tx.to ? tx.to->view() : ByteView{});
    sink.integer(tx.value);
    sink.string(tx.data);
}

/// EIP-155: the chain id stands in the place of v while signing, and is folded into v afterwards.
template <class Sink>
void put_legacy(Sink& sink, const Transaction& tx, Form form) {
    sink.integer(tx.nonce);
    sink.integer(tx.max_fee_per_gas);
    put_call(sink, tx);
    if (form == Form::kSigned) {
        const Uint256 parity = tx.signature.y_parity ? 1 : 0;
        const Uint256 chain_id = tx.chain_id.value_or(0);
        sink.integer(tx.chain_id ? chain_id + chain_id + 35 + parity : parity + 27);
        sink.integer(tx.signature.r);
        sink.integer(tx.signature.s);
    } else if (tx.chain_id) {
        sink.integer(*tx.chain_id);
        sink.integer(std::uint64_t{0});
        sink.integer(std::uint64_t{0});
    }
}

template <class Sink>
void put_typed(Sink& sink, const Transaction& tx, Form form) {
    sink.integer(tx.chain_id.value_or(0));
    sink.integer(tx.nonce);
    if (tx.type != TxType::kAccessList) sink.integer(tx.max_priority_fee_per_gas);
    sink.integer(tx.max_fee_per_gas);
    put_call(sink, tx);
    put_access_list(sink, tx.access_list);
    if (tx.type == TxType::kBlob) {
        sink.integer(tx.max_fee_per_blob_gas);
        sink.list(tx.blob_versioned_hashes.size() * kHashItem);
        for (const Hash32& hash : tx.blob_versioned_hashes)
            sink.string(hash);
    }
    if (tx.type == TxType::kSetCode) put_authorizations(sink, tx.authorizations);
    if (form == Form::kPreimage) return;
    sink.integer(std::uint64_t{tx.signature.y_parity});
    sink.integer(tx.signature.r);
    sink.integer(tx.signature.s);
}

template <class Sink>
void put_fields(Sink& sink, const Transaction& tx, Form form) {
    if (tx.type == TxType::kLegacy) {
        put_legacy(sink, tx, form);
    } else {
        put_typed(sink, tx, form);
    }
}

/// EIP-2718: the type byte in front, unless legacy.
void append_encoded(Bytes& out, const Transaction& tx, Form form, bool exact) {
    SizeSink size;
    put_fields(size, tx, form);
    if (exact) out.reserve(out.size() + 1 + rlp::list_size(size.size()));
    if (tx.type != TxType::kLegacy) out.push_back(static_cast<std::uint8_t>(tx.type));
    rlp::put_list_header(out, size.size());
    ByteSink bytes(out);
    put_fields(bytes, tx, form);
}

/// One allocation, of the exact size.
Bytes encode(const Transaction& tx, Form form) {
    Bytes out;
    append_encoded(out, tx, form, true);
    return out;
}

}  // namespace

Bytes encode_transaction(const Transaction& tx) {
    return encode(tx, Form::kSigned);
}

Bytes signing_preimage(const Transaction& tx) {
    return encode(tx, Form::kPreimage);
}

void append_signing_preimage(Bytes& out, const Transaction& tx) {
    append_encoded(out, tx, Form::kPreimage, false);  // `out` grows for many: in its own steps
}

Address contract_address(const Address& sender, std::uint64_t nonce) {
    Bytes out;
    rlp::put_list_header(out, rlp::string_size(sender) + rlp::integer_size(nonce));
    rlp::put_string(out, sender);
    rlp::put_integer(out, nonce);
    return Address::from(crypto::keccak256(out).view().subspan(12));
}

}  // namespace troupe::chain
