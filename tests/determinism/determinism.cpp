// Prints what a fixed order log gives: the hash and state root of every block, from a plain serial
// loop and from the actors at several numbers of partitions and executors. No clock, seed or
// address of this process is in the output, so every build of it must print the same bytes:
// compare.sh runs it from each build and compares.
#include "chain/base/hex.hpp"
#include "tests/support/small_world.hpp"

#include <chrono>
#include <cstdio>
#include <thread>

namespace troupe::actors::test {
namespace {

constexpr std::uint32_t kWallets = 48;
constexpr std::uint64_t kBlocks = 12;
constexpr std::uint32_t kTransactionsPerBlock = 150;
constexpr std::uint32_t kMicroBlocks = 4;       // of one block
constexpr std::uint64_t kGasLimit = 4'000'000;  // target is half: the base fee moves

// SplitMix64: the same numbers everywhere, which the standard's distributions do not promise.
struct Random {
    std::uint64_t state = 15;
    std::uint64_t below(std::uint64_t bound) {
        std::uint64_t z = (state += 0x9e3779b97f4a7c15);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return (z ^ (z >> 31)) % bound;
    }
};

// Few wallets with tight balances: many transfers touch the same accounts, some cannot pay. Wallet
// 0 is the fee vault.
World make_world() {
    return World{kWallets, chain::Uint256{3'000'000'000}, kGasLimit, true};
}

chain::execution::RecoveredTransaction random_transfer(
    Random& random, const chain::execution::SerialChain& serial,
    std::vector<std::uint64_t>& in_block) {
    const auto from = static_cast<std::uint32_t>(random.below(kWallets));
    const std::uint64_t nonce = serial.account(wallet(from).address).nonce + in_block[from]++;
    TransferSpec spec{
        .from = from,
        .to = wallet(static_cast<std::uint32_t>(random.below(2 * kWallets))).address,
        .nonce = nonce,
        .value = random.below(60'000'000),
        .tip = random.below(5),
        .type = static_cast<chain::TxType>(random.below(3))};
    chain::execution::RecoveredTransaction result;
    result.raw = signed_transfer(spec);
    result.tx = *chain::decode_transaction(result.raw);
    result.sender = wallet(from).address;
    return result;
}

struct Recording {
    std::vector<MicroBlockRecord> micro_blocks;
    std::vector<SealRecord> seals;
    std::vector<chain::Hash32> hashes;
    std::vector<chain::Header> headers;
};

void cut(Recording& recording, std::uint64_t& sequence, const MicroBlockRecord& whole) {
    const std::size_t count = whole.transactions.size();
    for (std::uint32_t part = 0; part < kMicroBlocks; ++part) {
        MicroBlockRecord record;
        record.env = whole.env;
        record.sequence = sequence++;
        record.index_in_block = part;
        for (std::size_t i = count * part / kMicroBlocks; i < count * (part + 1) / kMicroBlocks;
             ++i) {
            record.transactions.push_back(whole.transactions[i]);
            record.senders.push_back(whole.senders[i]);
        }
        recording.micro_blocks.push_back(std::move(record));
    }
}

// The order log of a serial run.
Recording record(const World& world) {
    Recording recording;
    chain::execution::SerialChain serial{world.genesis, world.chain};
    Random random;
    std::uint64_t sequence = 1;
    for (std::uint64_t number = 1; number <= kBlocks; ++number) {
        std::vector<chain::execution::RecoveredTransaction> wanted;
        std::vector<std::uint64_t> in_block(kWallets);
        for (std::uint32_t i = 0; i < kTransactionsPerBlock; ++i)
            wanted.push_back(random_transfer(random, serial, in_block));
        MicroBlockRecord whole;
        whole.env = chain::execution::next_block_env(
            serial.head(), serial.head_hash(), kGenesisTime + number, world.chain.l1_start,
            world.chain);
        const auto executed =
            serial.execute_lenient(kGenesisTime + number, world.chain.l1_start, wanted);
        for (const chain::Bytes& raw : executed.block.transactions) {
            whole.transactions.push_back(raw);
            whole.senders.push_back(*chain::recover_sender(*chain::decode_transaction(raw)));
        }
        cut(recording, sequence, whole);
        recording.seals.push_back({sequence++, whole.env, executed.hash});
        recording.hashes.push_back(executed.hash);
        recording.headers.push_back(executed.block.header);
    }
    return recording;
}

void print(const char* who, const chain::Header& header, const chain::Hash32& hash) {
    std::printf(
        "%s block %llu gas %llu base fee %s hash %s state %s\n", who,
        static_cast<unsigned long long>(header.number),
        static_cast<unsigned long long>(header.gas_used),
        chain::to_hex_quantity(header.base_fee_per_gas.low_u64()).c_str(),
        chain::to_hex(hash).c_str(), chain::to_hex(header.state_root).c_str());
}

// Replays the log on the actors. @return whether every block came out
bool replay(
    const World& world, const Recording& recording, std::uint32_t partitions,
    std::uint32_t executors) {
    FakeLog log;
    FakeStore store;
    FakeEvents events;
    NoMetrics metrics;
    FakeL1 l1;
    EngineConfig config;
    config.worker_threads = 2;
    config.partitions = partitions;
    config.executors = executors;
    config.block_time_ms = 60'000;  // nothing is sealed here that is not in the log
    EngineStart start = world.start();
    start.micro_blocks = recording.micro_blocks;
    start.seals = recording.seals;
    start.next_sequence = recording.seals.back().sequence + 1;
    std::string failure;
    const auto engine = Engine::start(config, start, log, store, events, metrics, l1, failure);
    if (!engine) {
        std::printf("partitions %u executors %u: %s\n", partitions, executors, failure.c_str());
        return false;
    }
    for (int i = 0; i < 6'000 && events.block_count() < kBlocks; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds{10});

    const std::string who =
        "partitions " + std::to_string(partitions) + " executors " + std::to_string(executors);
    bool equal = true;
    for (std::uint64_t number = 1; number <= kBlocks; ++number) {
        const SealedBlockPtr block = store.block(number);
        if (!block) {
            std::printf(
                "%s block %llu missing\n", who.c_str(), static_cast<unsigned long long>(number));
            return false;
        }
        print(who.c_str(), block->block.header, block->hash);
        equal = equal && block->hash == recording.hashes[number - 1];
    }
    return equal;
}

int run() {
    const World world = make_world();
    const Recording recording = record(world);
    for (std::size_t i = 0; i < recording.hashes.size(); ++i)
        print("serial", recording.headers[i], recording.hashes[i]);
    bool equal = true;
    for (const std::uint32_t partitions : {1u, 2u, 8u, 64u}) {
        for (const std::uint32_t executors : {1u, 2u})
            equal = replay(world, recording, partitions, executors) && equal;
    }
    return equal ? 0 : 1;
}

}  // namespace
}  // namespace troupe::actors::test

int main() {
    return troupe::actors::test::run();
}
