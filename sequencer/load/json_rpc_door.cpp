#include "chain/base/hex.hpp"
#include "l1-client/http_client.hpp"
#include "sequencer/load/load_door.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace troupe::node {
namespace {

using Json = nlohmann::json;

constexpr std::chrono::milliseconds kExchangeTimeout{60'000};  // longer than the node's own
constexpr std::uint32_t kSyncTimeoutMs = 20'000;               // the node's most
constexpr int kUnavailable = 14;                               // gRPC's UNAVAILABLE

/// One batch on its way.
struct Batch {
    std::uint64_t sequence = 0;
    std::vector<chain::ByteView> transactions;
};

std::string request_of(const Batch& batch) {
    std::string text = "[";
    for (std::size_t i = 0; i < batch.transactions.size(); ++i) {
        if (i != 0) text += ',';
        text += R"({"jsonrpc":"2.0","id":)";
        text += std::to_string(i);
        text += R"(,"method":"eth_sendRawTransactionSync","params":[")";
        text += chain::to_hex(batch.transactions[i]);
        text += "\",";
        text += std::to_string(kSyncTimeoutMs);
        text += "]}";
    }
    return text += ']';
}

std::uint64_t quantity(const Json& object, const char* field) {
    const auto found = object.find(field);
    if (found == object.end() || !found->is_string()) return 0;
    const auto value = chain::u64_from_text(found->get_ref<const std::string&>());
    return value ? *value : 0;
}

/// The answers of one batch, as the stream of gRPC tells them.
struct Answers {
    std::vector<chain::Hash32> hashes;
    std::vector<std::uint64_t> blocks;
    std::vector<client::BatchOutcome::Refusal> refusals;
    std::vector<client::SoftReceipt> receipts;

    /// Those of `batch` in `text`; a transaction without one is refused.
    Answers(const Batch& batch, const std::string& text)
        : hashes(batch.transactions.size()), blocks(batch.transactions.size()) {
        std::vector<bool> answered(batch.transactions.size());
        const Json all = Json::parse(text, nullptr, false);
        for (const Json& one : all.is_array() ? all : Json::array()) {
            if (!one.is_object()) continue;
            const auto id = one.find("id");
            if (id == one.end() || !id->is_number_unsigned()) continue;
            const std::size_t index = id->get<std::size_t>();
            if (index >= answered.size() || answered[index]) continue;
            answered[index] = true;
            read(batch.sequence, static_cast<std::uint32_t>(index), one);
        }
        for (std::uint32_t i = 0; i < answered.size(); ++i) {
            if (!answered[i]) refuse(i, "no answer: " + text.substr(0, 200));
        }
        std::sort(refusals.begin(), refusals.end(), [](const auto& a, const auto& b) {
            return a.index < b.index;
        });
    }

  private:
    void refuse(std::uint32_t index, std::string why) {
        refusals.push_back({index, {0, {}, std::move(why), 0, {}}});
    }
    void read(std::uint64_t sequence, std::uint32_t index, const Json& answer) {
        const auto result = answer.find("result");
        if (result == answer.end() || !result->is_object()) {
            const auto error = answer.find("error");
            return refuse(index, error == answer.end() ? answer.dump() : error->dump());
        }
        client::SoftReceipt receipt;
        receipt.sequence = sequence;
        receipt.index = index;
        receipt.block_number = quantity(*result, "blockNumber");
        receipt.transaction_index =
            static_cast<std::uint32_t>(quantity(*result, "transactionIndex"));
        receipt.success = quantity(*result, "status") == 1;
        receipt.gas_used = quantity(*result, "gasUsed");
        blocks[index] = receipt.block_number;
        if (const auto hash = result->find("transactionHash");
            hash != result->end() && hash->is_string()) {
            const auto read =
                chain::fixed_from_hex<chain::Hash32>(hash->get_ref<const std::string&>());
            if (read) hashes[index] = *read;
        }
        receipts.push_back(receipt);
    }
};

class JsonRpcDoor final : public LoadDoor {
  public:
    JsonRpcDoor(const std::string& url, std::size_t connections, client::StreamHandlers handlers)
        : handlers_(std::move(handlers)), connections_(connections) {
        const auto parsed = l1::parse_url(url);
        if (!parsed) {
            fail(parsed.error().text);
            return;
        }
        for (std::size_t i = 0; i < connections; ++i)
            threads_.emplace_back([this, to = *parsed] { work(to); });
    }
    ~JsonRpcDoor() override {
        fail("cancelled");
        threads_.clear();  // joins: an exchange has a timeout
    }

    client::SubmitStream::Sent send(std::span<const chain::ByteView> transactions) override {
        const std::size_t count = std::min(transactions.size(), kJsonRpcBatchMax);
        std::unique_lock lock(mutex_);
        // One waiting for each connection at most: what waits here longer is the sender's to count.
        changed_.wait(lock, [&] { return waiting_.size() < connections_ || failed_; });
        if (failed_) return {};
        const auto some = transactions.first(count);
        waiting_.push_back({next_sequence_, {some.begin(), some.end()}});
        changed_.notify_all();
        return {next_sequence_++, static_cast<std::uint32_t>(count)};
    }

    client::CallResult<void> finish() override {
        {
            const std::lock_guard lock(mutex_);
            finishing_ = true;
            changed_.notify_all();
        }
        threads_.clear();  // joins
        if (failed_) return client::CallError{kUnavailable, {}, failure_, 0, {}};
        return {};
    }

  private:
    void fail(const std::string& why) {
        const std::lock_guard lock(mutex_);
        if (!failed_) failure_ = why;
        failed_ = true;
        changed_.notify_all();
    }

    void work(const l1::Url& url) {
        l1::HttpClient http(url);
        for (;;) {
            Batch batch;
            {
                std::unique_lock lock(mutex_);
                changed_.wait(lock, [&] { return !waiting_.empty() || finishing_ || failed_; });
                if (failed_ || waiting_.empty()) return;
                batch = std::move(waiting_.front());
                waiting_.pop_front();
                changed_.notify_all();
            }
            const auto text = http.post(request_of(batch), kExchangeTimeout);
            if (!text) return fail(text.error().text);
            tell(batch, Answers(batch, *text));
        }
    }

    void tell(const Batch& batch, const Answers& answers) {
        const std::lock_guard lock(handler_mutex_);
        handlers_.on_outcomes(
            {batch.sequence, static_cast<std::uint32_t>(batch.transactions.size()), answers.hashes,
             answers.blocks, answers.refusals});
        handlers_.on_receipts(answers.receipts);
    }

    client::StreamHandlers handlers_;
    std::size_t connections_;
    std::mutex handler_mutex_;

    std::mutex mutex_;  ///< guards all below but threads_
    std::condition_variable changed_;
    std::deque<Batch> waiting_;
    std::uint64_t next_sequence_ = 1;
    bool finishing_ = false;
    bool failed_ = false;
    std::string failure_;
    std::vector<std::jthread> threads_;
};

}  // namespace

OpenDoor through_json_rpc(std::string url, std::size_t connections) {
    return [url = std::move(url), connections](client::StreamHandlers handlers) {
        return std::make_unique<JsonRpcDoor>(url, connections, std::move(handlers));
    };
}

}  // namespace troupe::node
