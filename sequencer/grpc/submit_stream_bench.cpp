// What one transaction costs at the edge: a client process streams raw bytes to a server process
// whose node accepts everything. Prints transactions per second and CPU time per transaction of
// each side.
//   submit_stream_bench [transactions] [per batch] [soft receipts 0|1] [streams]
#include "sequencer/grpc/testing/edge_fixture.hpp"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace troupe::node::testing {
namespace {

double cpu_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// Answers at once, keeps nothing: what remains is the edge.
class AcceptingNode final : public NodeBackend {
  public:
    explicit AcceptingNode(EventHub& hub) : hub_(hub) {}

    bool submit(std::vector<chain::Bytes> raw, std::shared_ptr<actors::SubmitSink> sink) override {
        auto micro_block = std::make_shared<actors::CommittedMicroBlock>();
        std::vector<actors::SubmitSink::Item> items(raw.size());
        const std::lock_guard lock(mutex_);
        micro_block->sequence = ++sequence_;
        micro_block->block_number = 1 + sequence_ / 400;
        micro_block->receipts.resize(raw.size());
        for (std::uint32_t i = 0; i < raw.size(); ++i) {
            items[i].index = i;
            auto& outcome = items[i].outcome;
            chain::store_be(outcome.transaction_hash.data(), ++count_ * 0x9e37'79b9'7f4a'7c15ULL);
            outcome.block_number = micro_block->block_number;
            outcome.sequence = sequence_;
            auto& receipt = micro_block->receipts[i];
            receipt.transaction_hash = outcome.transaction_hash;
            receipt.block_number = outcome.block_number;
            receipt.gas_used = 21'000;
            receipt.effective_gas_price = 7;
        }
        sink->on_outcomes(items);
        hub_.on_micro_block(micro_block);
        if (micro_block->block_number != sealed_ + 1) {
            auto block = std::make_shared<actors::SealedBlock>();
            block->block.header.number = ++sealed_;
            hub_.on_block(std::move(block));
        }
        return true;
    }
    std::uint32_t free_credits() const noexcept override { return 16'384; }
    std::uint32_t retry_after_ms() const noexcept override { return 0; }
    bool shutting_down() const noexcept override { return false; }
    void query_account(
        actors::AccountQuery, std::function<void(actors::AccountAnswer)> reply) override {
        reply({});
    }
    chain::execution::BlockEnv open_block() const override { return {}; }
    void stop_sequencing() override {}
    void start_sequencing() override {}
    bool sequencing() const noexcept override { return true; }
    void flush() override {}

  private:
    EventHub& hub_;
    std::mutex mutex_;
    std::uint64_t sequence_ = 0;
    std::uint64_t count_ = 0;
    std::uint64_t sealed_ = 0;
};

// The server process: tells its port through `out`, ends when `in` is closed, then its CPU time.
int serve(int in, int out) {
    FakeNode reader;
    EventHub hub({}, {});
    AcceptingNode node(hub);
    RpcStats stats;
    GrpcConfig config;
    config.listen = "127.0.0.1:0";
    config.admin_listen = "";
    std::string failure;
    const auto server = GrpcServer::start(config, {}, reader, hub, stats, nullptr, failure);
    if (server == nullptr) return 1;
    server->serve(node);
    const int port = server->port();
    char byte = 0;
    if (write(out, &port, sizeof port) != sizeof port) return 1;
    while (read(in, &byte, 1) > 0) {
    }
    const double cpu = cpu_seconds();
    if (write(out, &cpu, sizeof cpu) != sizeof cpu) return 1;
    server->shut_down(std::chrono::milliseconds(200));
    return 0;
}

int drive(int port, std::uint64_t count, std::size_t per_batch, bool soft, int streams) {
    std::vector<chain::Bytes> batch(per_batch, fake_transaction(1));
    std::vector<std::thread> threads;
    std::atomic<std::uint64_t> accepted{0};
    std::atomic<std::uint64_t> receipts{0};
    const auto begin = std::chrono::steady_clock::now();
    for (int s = 0; s < streams; ++s) {
        threads.emplace_back([&] {
            const auto client = Edge::connect(port);
            const auto stream = client->open_stream(
                soft,
                {.on_outcomes =
                     [&](const client::BatchOutcome& outcome) {
                         accepted += outcome.count - outcome.refusals.size();
                     },
                 .on_receipts =
                     [&](std::span<const client::SoftReceipt> all) { receipts += all.size(); }});
            for (std::uint64_t sent = 0; sent < count / static_cast<std::uint64_t>(streams);) {
                const auto piece = stream->send(std::span<const chain::Bytes>(batch));
                if (piece.count == 0) break;
                sent += piece.count;
            }
            if (!stream->finish().ok()) std::puts("a stream failed");
        });
    }
    for (auto& thread : threads)
        thread.join();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    const double all = static_cast<double>(accepted.load());
    std::printf(
        "%.0f accepted, %.0f receipts, %.0f tx/s, client %.2f us/tx\n", all,
        static_cast<double>(receipts.load()), all / took.count(), cpu_seconds() / all * 1e6);
    return accepted >= count / static_cast<std::uint64_t>(streams) ? 0 : 1;
}

}  // namespace
}  // namespace troupe::node::testing

int main(int argc, char** argv) {
    const auto argument = [&](int index, std::uint64_t otherwise) {
        return argc > index ? std::strtoull(argv[index], nullptr, 10) : otherwise;
    };
    const std::uint64_t count = argument(1, 2'000'000);
    int to_server[2];
    int from_server[2];
    if (pipe(to_server) != 0 || pipe(from_server) != 0) return 1;
    const pid_t child = fork();  // before gRPC has any thread
    if (child == 0) {
        close(to_server[1]);
        return troupe::node::testing::serve(to_server[0], from_server[1]);
    }
    close(to_server[0]);
    int port = 0;
    if (read(from_server[0], &port, sizeof port) != sizeof port) return 1;
    const int result = troupe::node::testing::drive(
        port, count, argument(2, 256), argument(3, 0) != 0, static_cast<int>(argument(4, 1)));
    close(to_server[1]);
    double cpu = 0;
    if (read(from_server[0], &cpu, sizeof cpu) == sizeof cpu)
        std::printf("server %.2f us/tx\n", cpu / static_cast<double>(count) * 1e6);
    int status = 0;
    waitpid(child, &status, 0);
    return result;
}
