#include "sequencer/client/client.hpp"

#include "sequencer/client/call_error.hpp"
#include "sequencer/client/from_proto.hpp"
#include "sequencer/client/submit_stream_impl.hpp"

#include "grpc/health/v1/health.grpc.pb.h"
#include "troupe/v1/admin.grpc.pb.h"
#include "troupe/v1/query.grpc.pb.h"
#include "troupe/v1/watch.grpc.pb.h"

#include <grpcpp/grpcpp.h>

#include <fstream>
#include <mutex>
#include <sstream>
#include <thread>

namespace troupe::node::client {

namespace pb = troupe::v1;

constexpr int kFirstRetryMs = 100;  // after a connection that could not be made

struct Client::Impl {
    Impl(std::shared_ptr<grpc::Channel> the_channel, const ClientConfig& the_config)
        : config(the_config),
          channel(std::move(the_channel)),
          submit(pb::SubmitService::NewStub(channel)),
          query(pb::QueryService::NewStub(channel)),
          watch(pb::WatchService::NewStub(channel)),
          admin(pb::AdminService::NewStub(channel)),
          health(grpc::health::v1::Health::NewStub(channel)) {}

    // Before the first call. gRPC 1.51 may take an errno that somebody else left for the failure of
    // a connection that is being made, and calls would fail until it is tried again: one attempt
    // that fails says nothing yet.
    void connect_first() {
        std::call_once(connected_first, [this] {
            const auto in = [](std::uint32_t ms) {
                return std::chrono::system_clock::now() + std::chrono::milliseconds(ms);
            };
            const auto patience = in(config.call_timeout_ms);
            auto state = channel->GetState(true);
            while (state == GRPC_CHANNEL_IDLE || state == GRPC_CHANNEL_CONNECTING) {
                if (!channel->WaitForStateChange(state, patience)) return;
                state = channel->GetState(true);
            }
            if (state == GRPC_CHANNEL_TRANSIENT_FAILURE)
                channel->WaitForConnected(in(3 * kFirstRetryMs));
        });
    }

    // One unary call: `call(context)` is the stub's method with the messages bound.
    template <class Call>
    CallResult<void> unary(Call&& call, std::uint32_t extra_ms = 0) {
        connect_first();
        grpc::ClientContext context;
        context.set_deadline(
            std::chrono::system_clock::now() +
            std::chrono::milliseconds(std::uint64_t{config.call_timeout_ms} + extra_ms));
        const grpc::Status status = call(context);
        if (!status.ok()) return to_error(status);
        return {};
    }

    CallResult<BlockInfo> block(pb::GetBlockRequest request);

    template <class Request, class Open, class Handle>
    CallResult<void> follow(
        Request request, bool reconnect, std::stop_token stop, Open open, Handle handle);

    const ClientConfig config;
    std::shared_ptr<grpc::Channel> channel;
    std::once_flag connected_first;
    std::unique_ptr<pb::SubmitService::Stub> submit;
    std::unique_ptr<pb::QueryService::Stub> query;
    std::unique_ptr<pb::WatchService::Stub> watch;
    std::unique_ptr<pb::AdminService::Stub> admin;
    std::unique_ptr<grpc::health::v1::Health::Stub> health;
};

namespace {

bool read_file(const std::string& path, std::string& out, std::string& failure) {
    if (path.empty()) return true;
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    if (!file.good()) {
        failure = "can't read " + path;
        return false;
    }
    out = text.str();
    return true;
}

}  // namespace

std::unique_ptr<Client> Client::create(const ClientConfig& config, std::string& failure) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // a connection of its own
    arguments.SetMaxReceiveMessageSize(64 * 1024 * 1024);
    arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 20'000);
    arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 10'000);
    arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kFirstRetryMs);
    arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 5'000);
    arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 2'000);
    std::shared_ptr<grpc::ChannelCredentials> credentials = grpc::InsecureChannelCredentials();
    if (!config.ca_file.empty()) {
        grpc::SslCredentialsOptions options;
        if (!read_file(config.ca_file, options.pem_root_certs, failure) ||
            !read_file(config.certificate_file, options.pem_cert_chain, failure) ||
            !read_file(config.key_file, options.pem_private_key, failure))
            return nullptr;
        credentials = grpc::SslCredentials(options);
        if (!config.server_name.empty()) arguments.SetSslTargetNameOverride(config.server_name);
    }
    auto channel = grpc::CreateCustomChannel(config.target, credentials, arguments);
    return std::unique_ptr<Client>(new Client(std::make_unique<Impl>(std::move(channel), config)));
}

Client::Client(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Client::~Client() = default;

bool Client::wait_connected(std::uint32_t timeout_ms) {
    return impl_->channel->WaitForConnected(
        std::chrono::system_clock::now() + std::chrono::milliseconds(timeout_ms));
}

bool Client::is_serving(const std::string& service) {
    grpc::health::v1::HealthCheckRequest request;
    request.set_service(service);
    grpc::health::v1::HealthCheckResponse response;
    const auto result = impl_->unary(
        [&](auto& context) { return impl_->health->Check(&context, request, &response); });
    return result.ok() && response.status() == grpc::health::v1::HealthCheckResponse::SERVING;
}

// ---- submit

CallResult<Submitted> Client::submit(
    chain::ByteView raw, Stage wait_for, std::uint32_t wait_timeout_ms) {
    pb::SubmitTransactionRequest request;
    request.set_raw_transaction(raw.data(), raw.size());
    request.set_wait_for(static_cast<pb::TransactionStage>(wait_for));
    request.set_wait_timeout_ms(wait_timeout_ms);
    pb::SubmitTransactionResponse response;
    constexpr std::uint32_t kServerWaitMs = 60'000;  // what 0 stands for, at most
    const std::uint32_t extra = wait_for <= Stage::kAccepted ? 0
                                : wait_timeout_ms == 0       ? kServerWaitMs
                                                             : wait_timeout_ms;
    const auto result = impl_->unary(
        [&](auto& context) {
            return impl_->submit->SubmitTransaction(&context, request, &response);
        },
        extra);
    if (!result.ok()) return result.error();
    Submitted submitted;
    submitted.transaction_hash = hash_from(response.transaction_hash());
    submitted.block_number = response.block_number();
    submitted.micro_block = response.micro_block();
    submitted.stage = static_cast<Stage>(response.stage());
    if (response.has_receipt())
        submitted.receipt = receipt_from(response.receipt(), submitted.stage);
    return submitted;
}

CallResult<std::vector<ItemOutcome>> Client::submit_batch(const std::vector<chain::Bytes>& raw) {
    pb::SubmitTransactionsRequest request;
    for (const auto& bytes : raw)
        request.add_raw_transactions(bytes.data(), bytes.size());
    pb::SubmitTransactionsResponse response;
    const auto result = impl_->unary([&](auto& context) {
        return impl_->submit->SubmitTransactions(&context, request, &response);
    });
    if (!result.ok()) return result.error();
    std::vector<ItemOutcome> outcomes;
    for (const auto& item : response.results()) {
        ItemOutcome& outcome = outcomes.emplace_back();
        outcome.transaction_hash = hash_from(item.transaction_hash());
        if (item.has_refusal()) outcome.refusal = to_error(item.refusal());
        outcome.block_number = item.block_number();
        outcome.micro_block = item.micro_block();
    }
    return outcomes;
}

std::unique_ptr<SubmitStream> Client::open_stream(bool soft_receipts, StreamHandlers handlers) {
    impl_->connect_first();
    return std::unique_ptr<SubmitStream>(new SubmitStream(
        std::make_unique<SubmitStream::Impl>(*impl_->submit, soft_receipts, std::move(handlers))));
}

// ---- query

CallResult<AccountInfo> Client::account(
    const chain::Address& address, bool with_proof, const std::vector<chain::Hash32>& slots) {
    pb::GetAccountRequest request;
    request.set_address(address.data(), address.size());
    request.set_with_proof(with_proof);
    for (const chain::Hash32& slot : slots)
        request.add_slots(slot.data(), slot.size());
    pb::GetAccountResponse response;
    const auto result = impl_->unary(
        [&](auto& context) { return impl_->query->GetAccount(&context, request, &response); });
    if (!result.ok()) return result.error();
    AccountInfo info;
    info.account = account_from(response.account());
    info.block_number = response.block_number();
    info.pending_nonce = response.pending_nonce();
    info.state_root = hash_from(response.state_root());
    for (const auto& node : response.proof())
        info.proof.emplace_back(node.begin(), node.end());
    for (const auto& told : response.slots()) {
        AccountInfo::Slot& slot = info.slots.emplace_back();
        slot.slot = hash_from(told.slot());
        slot.value = uint256_from(told.value());
        for (const auto& node : told.proof())
            slot.proof.emplace_back(node.begin(), node.end());
    }
    return info;
}

namespace {

std::string minimal_bytes(const chain::Uint256& value) {
    const chain::Hash32 wide = chain::to_be32(value);
    return {wide.end() - static_cast<std::ptrdiff_t>(value.byte_count()), wide.end()};
}

pb::CallRequest to_proto(const CallRequest& from) {
    pb::CallRequest request;
    request.set_from(from.from.data(), from.from.size());
    if (from.to) request.set_to(from.to->data(), from.to->size());
    request.set_value(minimal_bytes(from.value));
    request.set_data(from.data.data(), from.data.size());
    request.set_gas(from.gas);
    request.set_gas_price(minimal_bytes(from.gas_price));
    return request;
}

}  // namespace

CallResult<CallOutcome> Client::call(const CallRequest& request) {
    pb::CallResponse response;
    const auto result = impl_->unary(
        [&](auto& context) { return impl_->query->Call(&context, to_proto(request), &response); });
    if (!result.ok()) return result.error();
    CallOutcome outcome;
    outcome.success = response.success();
    outcome.output.assign(response.output().begin(), response.output().end());
    outcome.gas_used = response.gas_used();
    outcome.failure = response.failure();
    outcome.message = response.message();
    for (const auto& log : response.logs())
        outcome.logs.push_back(log_from(log));
    outcome.block_number = response.block_number();
    return outcome;
}

CallResult<GasEstimate> Client::estimate_gas(const CallRequest& request) {
    pb::EstimateGasResponse response;
    const auto result = impl_->unary([&](auto& context) {
        return impl_->query->EstimateGas(&context, to_proto(request), &response);
    });
    if (!result.ok()) return result.error();
    GasEstimate estimate;
    estimate.gas = response.gas();
    estimate.failure = response.failure();
    estimate.message = response.message();
    estimate.output.assign(response.output().begin(), response.output().end());
    return estimate;
}

CallResult<chain::Bytes> Client::code(const chain::Address& address) {
    pb::GetCodeRequest request;
    request.set_address(address.data(), address.size());
    pb::GetCodeResponse response;
    const auto result = impl_->unary(
        [&](auto& context) { return impl_->query->GetCode(&context, request, &response); });
    if (!result.ok()) return result.error();
    return chain::Bytes(response.code().begin(), response.code().end());
}

CallResult<chain::Uint256> Client::storage(
    const chain::Address& address, const chain::Hash32& slot) {
    pb::GetStorageRequest request;
    request.set_address(address.data(), address.size());
    request.set_slot(slot.data(), slot.size());
    pb::GetStorageResponse response;
    const auto result = impl_->unary(
        [&](auto& context) { return impl_->query->GetStorage(&context, request, &response); });
    if (!result.ok()) return result.error();
    return uint256_from(response.value());
}

CallResult<std::vector<LogEntry>> Client::logs(const LogQuery& query) {
    pb::GetLogsRequest request;
    request.set_from_block(query.from_block);
    request.set_to_block(query.to_block);
    for (const chain::Address& address : query.addresses)
        request.add_addresses(address.data(), address.size());
    for (const auto& values : query.topics) {
        pb::TopicFilter& topic = *request.add_topics();
        for (const chain::Hash32& value : values)
            topic.add_values(value.data(), value.size());
    }
    std::vector<LogEntry> logs;
    while (true) {
        pb::GetLogsResponse response;
        const auto result = impl_->unary(
            [&](auto& context) { return impl_->query->GetLogs(&context, request, &response); });
        if (!result.ok()) return result.error();
        for (const auto& entry : response.logs())
            logs.push_back(
                {log_from(entry.log()), entry.block_number(), hash_from(entry.block_hash()),
                 hash_from(entry.transaction_hash()), entry.transaction_index(),
                 entry.log().index()});
        if (response.complete()) return logs;
        request.set_from_block(response.next_block());
        request.set_first_log_index(response.next_log_index());
    }
}

CallResult<TransactionInfo> Client::transaction(const chain::Hash32& hash) {
    pb::GetTransactionRequest request;
    request.set_transaction_hash(hash.data(), hash.size());
    pb::GetTransactionResponse response;
    const auto result = impl_->unary(
        [&](auto& context) { return impl_->query->GetTransaction(&context, request, &response); });
    if (!result.ok()) return result.error();
    const pb::Transaction& in = response.transaction();
    TransactionInfo info;
    info.raw.assign(in.raw().begin(), in.raw().end());
    info.from = address_from(in.from());
    info.block_number = in.block_number();
    if (!in.block_hash().empty()) info.block_hash = hash_from(in.block_hash());
    info.index = in.index();
    info.stage = static_cast<Stage>(response.stage());
    return info;
}

CallResult<Receipt> Client::receipt(const chain::Hash32& hash) {
    pb::GetReceiptRequest request;
    request.set_transaction_hash(hash.data(), hash.size());
    pb::GetReceiptResponse response;
    const auto result = impl_->unary(
        [&](auto& context) { return impl_->query->GetReceipt(&context, request, &response); });
    if (!result.ok()) return result.error();
    return receipt_from(response.receipt(), static_cast<Stage>(response.stage()));
}

CallResult<BlockInfo> Client::Impl::block(pb::GetBlockRequest request) {
    std::optional<BlockInfo> whole;
    while (true) {
        pb::GetBlockResponse response;
        const auto result =
            unary([&](auto& context) { return query->GetBlock(&context, request, &response); });
        if (!result.ok()) return result.error();
        BlockInfo part = block_from(response.block());
        // The following parts are of this very block, wherever a tag points by then.
        request.mutable_block()->set_number(part.number);
        request.set_first_index(part.next_index);
        if (!whole) {
            whole = std::move(part);
        } else {
            whole->transaction_hashes.insert(
                whole->transaction_hashes.end(), part.transaction_hashes.begin(),
                part.transaction_hashes.end());
            whole->transactions.insert(
                whole->transactions.end(), part.transactions.begin(), part.transactions.end());
            whole->receipts.insert(
                whole->receipts.end(), part.receipts.begin(), part.receipts.end());
            whole->complete = part.complete;
            whole->next_index = part.next_index;
        }
        if (whole->complete) return *whole;
    }
}

CallResult<BlockInfo> Client::block(std::uint64_t number, BlockContent content) {
    pb::GetBlockRequest request;
    request.mutable_block()->set_number(number);
    request.set_content(static_cast<pb::BlockContent>(content));
    return impl_->block(std::move(request));
}

CallResult<BlockInfo> Client::block(BlockTag tag, BlockContent content) {
    pb::GetBlockRequest request;
    request.mutable_block()->set_tag(static_cast<pb::BlockTag>(tag));
    request.set_content(static_cast<pb::BlockContent>(content));
    return impl_->block(std::move(request));
}

CallResult<ChainInfo> Client::chain_info() {
    pb::GetChainInfoResponse response;
    const auto result = impl_->unary(
        [&](auto& context) { return impl_->query->GetChainInfo(&context, {}, &response); });
    if (!result.ok()) return result.error();
    return chain_info_from(response);
}

// ---- watch

template <class Request, class Open, class Handle>
CallResult<void> Client::Impl::follow(
    Request request, bool reconnect, std::stop_token stop, Open open, Handle handle) {
    connect_first();
    std::uint32_t pause_ms = 50;
    while (true) {
        grpc::ClientContext context;
        context.set_wait_for_ready(reconnect);
        const std::stop_callback on_stop(stop, [&context] { context.TryCancel(); });
        auto reader = open(context, request);
        auto response = typename decltype(reader)::element_type::MessageType{};
        bool wanted = true;
        while (wanted && reader->Read(&response)) {
            request.set_cursor(response.cursor());
            pause_ms = 50;
            wanted = handle(response);
        }
        if (!wanted) context.TryCancel();
        const grpc::Status status = reader->Finish();
        if (!wanted || stop.stop_requested() || status.ok()) return {};
        const CallError error = to_error(status);
        constexpr int kAborted = 10;
        constexpr int kUnavailable = 14;
        if (!reconnect || (error.code != kAborted && error.code != kUnavailable)) return error;
        if (!error.resume_cursor.empty()) request.set_cursor(error.resume_cursor);
        std::this_thread::sleep_for(std::chrono::milliseconds(pause_ms));
        pause_ms = std::min<std::uint32_t>(pause_ms * 2, 2'000);
        if (stop.stop_requested()) return {};
    }
}

namespace {

// grpc::ClientReader does not name its message type.
template <class Response>
class Reader {
  public:
    using MessageType = Response;
    explicit Reader(std::unique_ptr<grpc::ClientReader<Response>> reader)
        : reader_(std::move(reader)) {}
    bool Read(Response* out) { return reader_->Read(out); }
    grpc::Status Finish() { return reader_->Finish(); }

  private:
    std::unique_ptr<grpc::ClientReader<Response>> reader_;
};

template <class Response>
std::unique_ptr<Reader<Response>> wrap(std::unique_ptr<grpc::ClientReader<Response>> reader) {
    return std::make_unique<Reader<Response>>(std::move(reader));
}

}  // namespace

CallResult<void> Client::watch_blocks(
    const WatchBlocksOptions& options, const std::function<bool(const BlockEvent&)>& handler,
    std::stop_token stop) {
    pb::WatchBlocksRequest request;
    if (!options.cursor.empty())
        request.set_cursor(options.cursor);
    else if (options.from_block)
        request.set_from_block(*options.from_block);
    request.set_head(static_cast<pb::BlockTag>(options.head));
    request.set_content(static_cast<pb::BlockContent>(options.content));
    return impl_->follow(
        std::move(request), options.reconnect, std::move(stop),
        [this](auto& context, const auto& message) {
            return wrap(impl_->watch->WatchBlocks(&context, message));
        },
        [&handler](const pb::WatchBlocksResponse& response) {
            BlockEvent event;
            event.cursor = response.cursor();
            if (response.has_block()) event.block = block_from(response.block());
            if (response.has_heads()) event.heads = heads_from(response.heads());
            if (response.has_heartbeat()) event.heads = heads_from(response.heartbeat().heads());
            return handler(event);
        });
}

CallResult<void> Client::watch_account(
    const chain::Address& address, const WatchAccountOptions& options,
    const std::function<bool(const AccountEvent&)>& handler, std::stop_token stop) {
    pb::WatchAccountRequest request;
    request.set_address(address.data(), address.size());
    if (!options.cursor.empty())
        request.set_cursor(options.cursor);
    else if (options.from_block)
        request.set_from_block(*options.from_block);
    return impl_->follow(
        std::move(request), options.reconnect, std::move(stop),
        [this](auto& context, const auto& message) {
            return wrap(impl_->watch->WatchAccount(&context, message));
        },
        [&handler](const pb::WatchAccountResponse& response) {
            AccountEvent event;
            event.cursor = response.cursor();
            event.block_number = response.update().block_number();
            if (response.has_update()) event.account = account_from(response.update().account());
            for (const auto& slot : response.update().slots())
                event.slots.push_back(
                    {hash_from(slot.slot()), uint256_from(slot.before()),
                     uint256_from(slot.after())});
            return handler(event);
        });
}

CallResult<void> Client::watch_transaction(
    const chain::Hash32& hash, const WatchTransactionOptions& options,
    const std::function<bool(const TransactionEvent&)>& handler, std::stop_token stop) {
    pb::WatchTransactionRequest request;
    request.set_transaction_hash(hash.data(), hash.size());
    request.set_cursor(options.cursor);
    request.set_wait_ms(options.wait_ms);
    request.set_until(static_cast<pb::TransactionStage>(options.until));
    return impl_->follow(
        std::move(request), options.reconnect, std::move(stop),
        [this](auto& context, const auto& message) {
            return wrap(impl_->watch->WatchTransaction(&context, message));
        },
        [&handler](const pb::WatchTransactionResponse& response) {
            return handler(transaction_event_from(response));
        });
}

// ---- admin

CallResult<void> Client::start_sequencing() {
    pb::StartSequencingResponse response;
    return impl_->unary(
        [&](auto& context) { return impl_->admin->StartSequencing(&context, {}, &response); });
}

CallResult<void> Client::stop_sequencing() {
    pb::StopSequencingResponse response;
    return impl_->unary(
        [&](auto& context) { return impl_->admin->StopSequencing(&context, {}, &response); });
}

CallResult<void> Client::flush() {
    pb::FlushResponse response;
    return impl_->unary(
        [&](auto& context) { return impl_->admin->Flush(&context, {}, &response); });
}

CallResult<void> Client::set_log_level(const std::string& component, int level) {
    pb::SetLogLevelRequest request;
    request.set_component(component);
    request.set_level(static_cast<pb::LogLevel>(level));
    pb::SetLogLevelResponse response;
    return impl_->unary(
        [&](auto& context) { return impl_->admin->SetLogLevel(&context, request, &response); });
}

CallResult<NodeStatus> Client::status() {
    pb::GetStatusResponse response;
    const auto result = impl_->unary(
        [&](auto& context) { return impl_->admin->GetStatus(&context, {}, &response); });
    if (!result.ok()) return result.error();
    NodeStatus status;
    status.sequencing = response.sequencing();
    status.shutting_down = response.shutting_down();
    status.heads = heads_from(response.heads());
    status.open_block = response.open_block();
    status.free_credits = response.free_credits();
    status.uptime_s = response.uptime_s();
    status.version = response.version();
    status.fatal = response.fatal();
    return status;
}

}  // namespace troupe::node::client
