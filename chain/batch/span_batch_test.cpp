#include "chain/batch/span_batch.hpp"

#include "chain/batch/channel.hpp"
#include "chain/batch/testing/document_example.hpp"
#include "chain/batch/testing/random_batch.hpp"
#include "chain/batch/transaction_columns.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace {

using namespace troupe::chain;
using namespace troupe::chain::batch;
namespace data = boost::unit_test::data;

constexpr const char* kDocument = "batch.md";

ChainConfig config_of(std::uint64_t chain_id) {
    ChainConfig config;
    config.chain_id = chain_id;
    return config;
}
const ChainConfig kMainnet = config_of(1);

bool refused(const Bytes& encoded, Error error, const ChainConfig& config = kMainnet) {
    const auto batch = decode_span_batch(encoded, config);
    if (!batch.ok() && batch.error() != error) BOOST_TEST_MESSAGE(to_string(batch.error()));
    return !batch.ok() && batch.error() == error;
}

SpanBatch document_batch() {
    const auto raws = document_lines(kDocument, "transactions");
    SpanBatch batch;
    batch.first_block_number = 300;
    batch.parent_hash.bytes.fill(0xaa);
    batch.l1_origin_hash.bytes.fill(0xbb);
    batch.blocks = {
        {1'700'000'000, 70, {from_hex(raws[0]).value()}},
        {1'700'000'001, 70, {}},
        {1'700'000'001, 71, {from_hex(raws[1]).value()}}};
    return batch;
}

// Offsets in the document's example, counted along its lines.
constexpr std::size_t kBlockCountAt = 1 + 2 + 32 + 32;
constexpr std::size_t kTimestampsAt = kBlockCountAt + 1;
constexpr std::size_t kOriginsAt = kTimestampsAt + 7;
constexpr std::size_t kCountsAt = kOriginsAt + 3;
constexpr std::size_t kTypesAt = kCountsAt + 3;
constexpr std::size_t kNoncesAt = kTypesAt + 2;
constexpr std::size_t kGasLimitsAt = kNoncesAt + 4;
constexpr std::size_t kFeeCapsAt = kGasLimitsAt + 6;
constexpr std::size_t kTipsAt = kFeeCapsAt + 6;
constexpr std::size_t kRecipientsAt = kTipsAt + 3;
constexpr std::size_t kValuesAt = kRecipientsAt + 4;
constexpr std::size_t kDataLengthsAt = kValuesAt + 7;
constexpr std::size_t kAccessListsAt = kDataLengthsAt + 2;
constexpr std::size_t kAddressesAt = kAccessListsAt + 1;
constexpr std::size_t kRAt = kAddressesAt + 20;
constexpr std::size_t kSAt = kRAt + 64;
constexpr std::size_t kEnd = kSAt + 64;

// The example with the bytes at `at` exchanged.
Bytes changed(std::size_t at, std::initializer_list<std::uint8_t> bytes) {
    Bytes encoded = document_bytes(kDocument, "batch");
    std::copy(bytes.begin(), bytes.end(), encoded.begin() + static_cast<std::ptrdiff_t>(at));
    return encoded;
}

BOOST_AUTO_TEST_SUITE(span_batch)

BOOST_AUTO_TEST_CASE(the_example_of_the_document_holds) {
    const Bytes encoded = document_bytes(kDocument, "batch");
    BOOST_TEST(encoded.size() == kEnd);
    BOOST_TEST(to_hex(encode_span_batch(document_batch(), kMainnet)) == to_hex(encoded));
    BOOST_TEST((decode_span_batch(encoded, kMainnet).value() == document_batch()));
}

BOOST_DATA_TEST_CASE(random_batches_come_back_byte_for_byte, data::xrange(200u), seed) {
    Rng rng{seed};
    // Chain ids of every width: they are part of v, and of what is signed.
    const ChainConfig config = config_of(1 + (rng.next() >> (2 + rng.below(62))));
    const SpanBatch batch = random_batch(rng, config, 8, 12);
    const Bytes encoded = encode_span_batch(batch, config);
    const auto decoded = decode_span_batch(encoded, config);
    BOOST_TEST_REQUIRE(decoded.ok());
    BOOST_TEST((*decoded == batch));
}

// What the batcher asks instead of decode_span_batch: the same answer for the batch itself, and for
// every batch that differs anywhere.
BOOST_DATA_TEST_CASE(a_batch_reads_back_as_itself_and_as_no_other, data::xrange(100u), seed) {
    Rng rng{seed};
    const SpanBatch batch = random_batch(rng, kMainnet, 4, 6);
    const Bytes encoded = encode_span_batch(batch, kMainnet);
    BOOST_TEST(check_reads_back(encoded, view_of(batch), kMainnet).ok());

    const auto refuses = [&](auto change) {
        SpanBatch other = batch;
        change(other);
        if (other == batch) return true;  // there was nothing to change
        const auto status = check_reads_back(encoded, view_of(other), kMainnet);
        return !status.ok() && status.error() == Error::kBatchNonCanonical;
    };
    BOOST_TEST(refuses([](auto& other) { ++other.first_block_number; }));
    BOOST_TEST(refuses([](auto& other) { other.parent_hash[31] ^= 1; }));
    BOOST_TEST(refuses([](auto& other) { other.l1_origin_hash[0] ^= 1; }));
    BOOST_TEST(refuses([](auto& other) { other.blocks.pop_back(); }));
    BOOST_TEST(refuses([](auto& other) { other.blocks.push_back(other.blocks.back()); }));
    for (std::size_t i = 0; i < batch.blocks.size(); ++i) {
        BOOST_TEST(refuses([&](auto& other) { ++other.blocks[i].timestamp; }));
        BOOST_TEST(refuses([&](auto& other) { ++other.blocks[i].l1_origin_number; }));
        for (std::size_t t = 0; t < batch.blocks[i].transactions.size(); ++t) {
            auto in = [&](auto& other) -> Bytes& { return other.blocks[i].transactions[t]; };
            BOOST_TEST(refuses([&](auto& other) { in(other).back() ^= 1; }));
            BOOST_TEST(refuses([&](auto& other) { in(other).pop_back(); }));
            BOOST_TEST(refuses([&](auto& other) { in(other).push_back(0); }));
            BOOST_TEST(refuses([&](auto& other) {  // the same transactions in other blocks
                auto& next = other.blocks[(i + 1) % other.blocks.size()].transactions;
                next.insert(next.begin(), in(other));
                auto& here = other.blocks[i].transactions;
                here.erase(std::find(here.begin(), here.end(), batch.blocks[i].transactions[t]));
            }));
        }
    }
    const ByteView cut = ByteView(encoded).first(encoded.size() - 1);
    BOOST_TEST(!check_reads_back(cut, view_of(batch), kMainnet).ok());
}

// Addresses are told apart beyond the bytes that sorting looks at first, and each is sent once.
BOOST_AUTO_TEST_CASE(recipients_that_differ_only_in_their_last_byte_come_back) {
    Rng rng{1};
    SpanBatch batch;
    batch.blocks.push_back({1, 1, {}});
    for (int i = 0; i < 40; ++i) {
        Transaction tx;
        tx.type = TxType::kDynamicFee;
        tx.chain_id = 1;
        tx.gas_limit = 21'000;
        tx.to = Address{};
        (*tx.to)[19] = static_cast<std::uint8_t>(i * 7 % 10);
        tx.signature = random_signature(rng);
        batch.blocks[0].transactions.push_back(encode_transaction(tx));
    }
    const Bytes encoded = encode_span_batch(batch, kMainnet);
    BOOST_TEST((decode_span_batch(encoded, kMainnet).value() == batch));
    // Ten more transactions to the same ten addresses need no more addresses.
    SpanBatch fewer = batch;
    fewer.blocks[0].transactions.resize(30);
    const std::size_t each = (encoded.size() - encode_span_batch(fewer, kMainnet).size()) / 10;
    BOOST_TEST(each < kTransactionColumnsBytesMin + 20);
}

BOOST_DATA_TEST_CASE(a_block_of_any_transactions_fits_its_channel, data::xrange(200u), seed) {
    Rng rng{seed};
    const SpanBatch batch = random_batch(rng, kMainnet, 1, 40);
    std::uint64_t raw = 0;
    for (const Bytes& transaction : batch.blocks[0].transactions)
        raw += transaction.size();
    // A chain on which this block is full: what a batch takes beside its transactions is 85 bytes.
    ChainConfig config = kMainnet;
    config.channel_bytes_max = config.batch_bytes_max = raw / 3 * 4 + 100;
    BOOST_TEST(raw <= block_bytes_max(config));
    const Bytes channel = compress(encode_span_batch(batch, config), Codec::kBrotli, 0);
    BOOST_TEST(decompress(channel, config).ok());
}

BOOST_DATA_TEST_CASE(
    whatever_decodes_from_damaged_bytes_encodes_to_them, data::xrange(100u), seed) {
    Rng rng{seed};
    const Bytes encoded = encode_span_batch(random_batch(rng, kMainnet, 4, 6), kMainnet);
    for (int attempt = 0; attempt < 300; ++attempt) {
        Bytes damaged = encoded;
        // Mostly in front, where the structure is; the back is signatures.
        const auto reach =
            rng.one_in(4) ? damaged.size() : std::min<std::size_t>(damaged.size(), 200);
        for (auto flips = 1 + rng.below(3); flips > 0; --flips) {
            damaged[rng.below(reach)] = static_cast<std::uint8_t>(rng.next() >> rng.below(64));
        }
        if (rng.one_in(4)) damaged.resize(rng.below(damaged.size() + 1));
        const auto decoded = decode_span_batch(damaged, kMainnet);
        if (decoded.ok()) BOOST_TEST_REQUIRE((encode_span_batch(*decoded, kMainnet) == damaged));
    }
}

BOOST_AUTO_TEST_CASE(every_cut_is_refused) {
    const Bytes encoded = document_bytes(kDocument, "batch");
    for (std::size_t size = 0; size < encoded.size(); ++size) {
        BOOST_TEST(!decode_span_batch(ByteView{encoded}.first(size), kMainnet).ok());
    }
    Bytes longer = encoded;
    longer.push_back(0);
    BOOST_TEST(refused(longer, Error::kBatchTrailingBytes));
}

BOOST_AUTO_TEST_CASE(other_versions_are_refused) {
    BOOST_TEST(refused(changed(0, {1}), Error::kBatchVersionUnknown));
    BOOST_TEST(refused({}, Error::kBatchTruncated));
}

BOOST_AUTO_TEST_CASE(counts_beyond_the_bytes_are_refused_before_anything_is_made) {
    BOOST_TEST(refused(changed(kBlockCountAt, {0}), Error::kBatchNonCanonical));
    BOOST_TEST(refused(changed(kBlockCountAt, {0x7f}), Error::kBatchCountTooLarge));
    // 2^63 blocks
    Bytes many = changed(kBlockCountAt, {0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1});
    BOOST_TEST(refused(many, Error::kBatchCountTooLarge));
    BOOST_TEST(refused(changed(kCountsAt, {0x7f}), Error::kBatchCountTooLarge));
    // 2^64 - 1 and 1 transactions: the sum wraps to 0
    many = changed(kCountsAt, {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 1, 0});
    BOOST_TEST(refused(many, Error::kBatchCountTooLarge));
    ChainConfig two_blocks = kMainnet;
    two_blocks.batch_blocks_max = 2;
    BOOST_TEST(refused(changed(0, {0}), Error::kBatchCountTooLarge, two_blocks));
}

BOOST_AUTO_TEST_CASE(a_longer_varint_for_the_same_number_is_refused) {
    BOOST_TEST(refused(changed(1, {0xac, 0x82, 0x00}), Error::kBatchNonCanonical));
    BOOST_TEST(refused(
        changed(1, {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2}),  // 65 bits
        Error::kBatchNonCanonical));
}

BOOST_AUTO_TEST_CASE(times_and_origins_cannot_wrap_around) {
    // Three blocks whose timestamps are 1, + 2^64 - 1.
    Bytes encoded = document_bytes(kDocument, "batch");
    encoded.resize(kTimestampsAt);
    append(encoded, Bytes{1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 0});
    append(encoded, Bytes(100, 0));
    BOOST_TEST(refused(encoded, Error::kBatchNonCanonical));
}

BOOST_AUTO_TEST_CASE(unknown_types_and_blobs_are_refused) {
    for (const std::uint8_t type : {3, 5, 0x7e, 0xc0, 0xff}) {
        BOOST_TEST(refused(changed(kTypesAt, {type}), Error::kBatchTransactionInvalid));
    }
}

BOOST_AUTO_TEST_CASE(numbers_with_leading_zeros_or_too_wide_are_refused) {
    BOOST_TEST(refused(changed(kNoncesAt, {1, 1, 0}), Error::kBatchNonCanonical));
    BOOST_TEST(refused(changed(kNoncesAt, {9}), Error::kBatchNonCanonical));
    BOOST_TEST(refused(changed(kValuesAt + 2, {33}), Error::kBatchNonCanonical));
    BOOST_TEST(refused(changed(kGasLimitsAt + 4, {0}), Error::kBatchNonCanonical));
}

BOOST_AUTO_TEST_CASE(amounts_have_one_spelling) {
    BOOST_TEST(refused(changed(kFeeCapsAt + 4, {20}), Error::kBatchNonCanonical));
    BOOST_TEST(refused(changed(kValuesAt, {78}), Error::kBatchNonCanonical));
}

BOOST_AUTO_TEST_CASE(recipients_have_one_spelling) {
    // The second takes index 1, which nobody has taken; the first takes index 0 too early.
    BOOST_TEST(refused(changed(kRecipientsAt + 3, {3}), Error::kBatchNonCanonical));
    BOOST_TEST(refused(changed(kRecipientsAt + 2, {2}), Error::kBatchNonCanonical));
    // Both are new, and the same address stands twice.
    Bytes twice = changed(kRecipientsAt + 3, {1});
    const Bytes address(20, 0x35);
    twice.insert(
        twice.begin() + static_cast<std::ptrdiff_t>(kAddressesAt), address.begin(), address.end());
    BOOST_TEST(refused(twice, Error::kBatchNonCanonical));
}

BOOST_AUTO_TEST_CASE(transactions_without_a_valid_form_are_refused) {
    Bytes encoded = document_bytes(kDocument, "batch");
    std::fill_n(encoded.begin() + static_cast<std::ptrdiff_t>(kRAt), 32, std::uint8_t{0});  // r = 0
    BOOST_TEST(refused(encoded, Error::kBatchTransactionInvalid));
    BOOST_TEST(refused(
        changed(
            kRAt, {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                   0xff, 0xff, 0xff}),
        Error::kBatchTransactionInvalid));  // r > n
    BOOST_TEST(refused(
        changed(
            kSAt, {0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                   0xff, 0xff, 0xff}),
        Error::kBatchTransactionInvalid));                                         // s > n/2
    BOOST_TEST(refused(changed(kTipsAt, {11}), Error::kBatchTransactionInvalid));  // 15 * 10^11
    // An access list whose payload is no RLP.
    Bytes list = changed(kAccessListsAt, {1});
    list.insert(list.begin() + static_cast<std::ptrdiff_t>(kAccessListsAt + 1), {1, 0xff});
    BOOST_TEST(refused(list, Error::kBatchTransactionInvalid));
}

BOOST_AUTO_TEST_CASE(the_parity_stands_in_the_top_bit_of_s) {
    const auto flipped = decode_span_batch(changed(kSAt, {0x67 | 0x80}), kMainnet);
    const auto tx = decode_transaction(flipped.value().blocks[0].transactions[0]);
    BOOST_TEST(tx.value().signature.y_parity);
}

BOOST_AUTO_TEST_CASE(what_no_batch_can_carry_is_named) {
    const Bytes eip155 = document_batch().blocks[0].transactions[0];
    BOOST_TEST(check_batchable(eip155, kMainnet).ok());
    BOOST_TEST((check_batchable(eip155, config_of(2)).error() == Error::kTxChainIdWrong));

    Transaction tx = decode_transaction(eip155).value();
    tx.chain_id.reset();
    BOOST_TEST(
        (check_batchable(encode_transaction(tx), kMainnet).error() == Error::kTxChainIdMissing));

    const Bytes dynamic_fee = document_batch().blocks[2].transactions[0];
    BOOST_TEST(check_batchable(dynamic_fee, kMainnet).ok());
    BOOST_TEST((check_batchable(dynamic_fee, config_of(2)).error() == Error::kTxChainIdWrong));

    Transaction blob = decode_transaction(dynamic_fee).value();
    blob.type = TxType::kBlob;
    blob.blob_versioned_hashes.emplace_back();
    blob.blob_versioned_hashes[0][0] = 1;
    BOOST_TEST(
        (check_batchable(encode_transaction(blob), kMainnet).error() == Error::kTxTypeUnsupported));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
