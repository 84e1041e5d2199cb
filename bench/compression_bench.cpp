// Bytes on the L1 per transfer, and what they cost: columns through each codec and level.
// Prints one table per mix. Signatures are random numbers: as incompressible as real ones.
#include "chain/base/assert.hpp"
#include "chain/batch/channel.hpp"
#include "chain/batch/testing/random_batch.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>

namespace {

using namespace troupe::chain;
using namespace troupe::chain::batch;

constexpr std::uint64_t kChainId = 42'069;
constexpr std::size_t kWallets = 1'000;
constexpr std::size_t kTransfersPerBlock = 2'000;
constexpr std::size_t kFrameBytes = 100'000;
constexpr int kRuns = 3;

struct Mix {
    const char* name;
    std::size_t transfers;
    std::uint64_t fresh_percent;  // recipients never seen before; the others are wallets
    Uint256 value_unit;           // values are random multiples of it, below 1 ether
};

SpanBatch make_batch(const Mix& mix) {
    Rng rng{7};
    std::vector<Address> wallets;
    for (std::size_t i = 0; i < kWallets; ++i) {
        wallets.push_back(rng.fixed<Address>());
    }
    std::vector<std::uint64_t> nonces(kWallets);
    SpanBatch batch;
    batch.first_block_number = 1'000;
    batch.parent_hash = rng.fixed<Hash32>();
    batch.l1_origin_hash = rng.fixed<Hash32>();
    const Uint256 ether = 1'000'000'000'000'000'000;
    const std::uint64_t units = (ether / mix.value_unit).low_u64();
    for (std::size_t i = 0; i < mix.transfers; ++i) {
        if (i % kTransfersPerBlock == 0) {
            batch.blocks.push_back(
                {1'700'000'000 + i / kTransfersPerBlock, 5'000 + i / 24'000, {}});
        }
        Transaction tx;
        tx.type = static_cast<TxType>(rng.below(3));
        tx.chain_id = kChainId;
        tx.nonce = nonces[rng.below(kWallets)]++;
        tx.gas_limit = 21'000;
        tx.max_fee_per_gas = 2'000'000'000;
        tx.max_priority_fee_per_gas =
            tx.type == TxType::kDynamicFee ? Uint256{1'000'000'000} : tx.max_fee_per_gas;
        tx.to = rng.below(100) < mix.fresh_percent ? rng.fixed<Address>()
                                                   : wallets[rng.below(kWallets)];
        tx.value = Uint256{1 + rng.below(units)} * mix.value_unit;
        tx.signature = random_signature(rng);
        batch.blocks.back().transactions.push_back(encode_transaction(tx));
    }
    return batch;
}

template <class Work>
double best_microseconds(Work work) {
    double best = 1e18;
    for (int run = 0; run < kRuns; ++run) {
        const auto begin = std::chrono::steady_clock::now();
        work();
        const std::chrono::duration<double, std::micro> took =
            std::chrono::steady_clock::now() - begin;
        best = std::min(best, took.count());
    }
    return best;
}

void measure_codec(const Mix& mix, const Bytes& columns, Codec codec, int level) {
    const char* const names[] = {"none", "zstd", "brotli"};
    ChainConfig config;
    Bytes channel;
    const double pack = best_microseconds([&] { channel = compress(columns, codec, level); });
    Bytes back;
    const double unpack = best_microseconds([&] { back = *decompress(channel, config); });
    TROUPE_ASSERT(back == columns);
    std::size_t on_l1 = 1;
    for (const Frame& frame : split(channel, kFrameBytes)) {
        on_l1 += kFrameOverhead + frame.data.size();
    }
    const auto count = static_cast<double>(mix.transfers);
    std::printf(
        "  %-6s %2d  %7.2f bytes/transfer  compress %6.3f us/tx  decompress %6.3f us/tx\n",
        names[static_cast<int>(codec)], level, static_cast<double>(on_l1) / count, pack / count,
        unpack / count);
}

void measure(const Mix& mix) {
    ChainConfig config;
    config.chain_id = kChainId;
    const SpanBatch batch = make_batch(mix);
    std::size_t raw_bytes = 0;
    for (const BatchBlock& block : batch.blocks) {
        for (const Bytes& raw : block.transactions) {
            raw_bytes += raw.size();
        }
    }
    Bytes columns;
    const double encode = best_microseconds([&] { columns = encode_span_batch(batch, config); });
    const double decode =
        best_microseconds([&] { TROUPE_ASSERT(decode_span_batch(columns, config).ok()); });
    const auto count = static_cast<double>(mix.transfers);
    std::printf(
        "%s, %zu transfers: raw %.2f, columns %.2f bytes/transfer, encode %.3f us/tx, decode %.3f "
        "us/tx\n",
        mix.name, mix.transfers, static_cast<double>(raw_bytes) / count,
        static_cast<double>(columns.size()) / count, encode / count, decode / count);
    for (const int level : {1, 3, 6, 9, 12, 15, 19}) {
        measure_codec(mix, columns, Codec::kZstd, level);
    }
    for (const int level : {4, 5, 6, 7, 8, 9, 11}) {
        measure_codec(mix, columns, Codec::kBrotli, level);
    }
}

}  // namespace

int main() {
    const Uint256 wei = 1;
    const Uint256 gwei = 1'000'000'000;
    const Uint256 milliether = 1'000'000'000'000'000;
    for (const Mix& mix :
         {Mix{"wallets only, random wei", 20'000, 0, wei},
          Mix{"half fresh, random wei", 20'000, 50, wei},
          Mix{"all fresh, random wei", 20'000, 100, wei},
          Mix{"all fresh, random gwei", 20'000, 100, gwei},
          Mix{"all fresh, random milliether", 20'000, 100, milliether},
          Mix{"half fresh, random gwei", 2'000, 50, gwei}}) {
        measure(mix);
    }
}
