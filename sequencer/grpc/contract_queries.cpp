// The part of QueryServiceImpl about contracts: calls, code, storage, logs.
#include "l1-client/abi.hpp"
#include "sequencer/grpc/convert.hpp"
#include "sequencer/grpc/log_query.hpp"
#include "sequencer/grpc/query_service.hpp"
#include "sequencer/grpc/unary_call.hpp"
#include "sequencer/reads/call_runner.hpp"

#include <algorithm>

namespace troupe::node {

namespace pb = troupe::v1;

namespace {

std::optional<chain::Uint256> to_uint256(const std::string& bytes) {
    if (bytes.size() > 32) return std::nullopt;
    return chain::uint256_from_be(
        {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

chain::Bytes to_chain_bytes(const std::string& bytes) {
    return {bytes.begin(), bytes.end()};
}

// The call that a request describes. @return what is wrong with the request
grpc::Status read_call(
    const pb::CallRequest& request, std::uint64_t gas_max, chain::execution::CallRequest& query) {
    if (!request.from().empty()) {
        const auto from = to_address(request.from());
        if (!from) return invalid_field("from", "must be 20 bytes or empty");
        query.from = *from;
    }
    if (!request.to().empty()) {
        query.to = to_address(request.to());
        if (!query.to) return invalid_field("to", "must be 20 bytes or empty");
    }
    const auto value = to_uint256(request.value());
    if (!value) return invalid_field("value", "must be 32 bytes at most");
    const auto gas_price = to_uint256(request.gas_price());
    if (!gas_price) return invalid_field("gas_price", "must be 32 bytes at most");
    if (request.gas() > gas_max)
        return invalid_field("gas", "must be " + std::to_string(gas_max) + " at most");
    query.value = *value;
    query.gas_price = *gas_price;
    query.data = to_chain_bytes(request.data());
    query.gas = request.gas() == 0 ? gas_max : request.gas();
    for (const pb::AccessListEntry& entry : request.access_list()) {
        const auto address = to_address(entry.address());
        if (!address) return invalid_field("access_list.address", "must be 20 bytes");
        chain::AccessListEntry& out = query.access_list.emplace_back();
        out.address = *address;
        for (const std::string& key : entry.storage_keys()) {
            const auto slot = to_hash(key);
            if (!slot) return invalid_field("access_list.storage_keys", "must be 32 bytes");
            out.storage_keys.push_back(*slot);
        }
    }
    return grpc::Status::OK;
}

/// The newest state, asked of the actors value by value.
class NewestState final : public AccountSource {
  public:
    explicit NewestState(EdgeContext& edge)
        : edge_(edge), backend_(*edge.backend.load(std::memory_order_acquire)) {}

    void ask(actors::AccountQuery query, Reply reply) override {
        backend_.query_account(
            std::move(query),
            [reply = std::move(reply)](actors::AccountAnswer answer) { reply(std::move(answer)); });
    }
    chain::Hash32 block_hash(std::uint64_t number) override {
        if (const auto recent = edge_.hub.recent_block(number)) return recent->hash;
        const auto header = edge_.reader.header(number);
        return header.ok() ? (*header)->hash : chain::Hash32();
    }
    bool ends() const override { return edge_.draining.load(std::memory_order_acquire); }
    chain::execution::BlockEnv open_block() const { return backend_.open_block(); }

  private:
    EdgeContext& edge_;
    NodeBackend& backend_;
};

using chain::execution::CallResult;

// Why it failed, and what the contract said about it.
template <class Response>
void fill_failure(const CallResult& result, Response& response) {
    response.set_failure(std::string(chain::evm::to_string(result.reason)));
    response.set_output(to_bytes(result.output));
    if (result.reason == chain::evm::HaltReason::kRevert && result.output.size() >= 4)
        response.set_message(l1::describe_revert(result.output));
}

void fill_answer(const CallResult& result, pb::CallResponse& response) {
    response.set_success(result.success);
    response.set_gas_used(result.gas_used);
    if (result.success)
        response.set_output(to_bytes(result.output));
    else
        fill_failure(result, response);
    std::uint32_t index = 0;
    for (const chain::Log& log : result.logs)
        fill(log, index++, *response.add_logs());
}

grpc::Status too_late() {
    return make_status(
        pb::REASON_LIMIT_REACHED, "the call took too long, or the node is busy",
        {.retry_after_ms = 1'000});
}

// On a call thread: waits for the state.
grpc::Status run_now(
    EdgeContext& edge, const chain::execution::CallRequest& request, StateReader::Time until,
    pb::CallResponse& response) {
    NewestState newest(edge);
    const auto env = newest.open_block();
    const StateReader state(newest, {}, until);
    const CallResult result = run_call(state, env, request);
    if (state.fault() != StateReader::Fault::kNone) return too_late();
    fill_answer(result, response);
    response.set_block_number(env.number);
    return grpc::Status::OK;
}

grpc::Status run_now(
    EdgeContext& edge, const chain::execution::CallRequest& request, StateReader::Time until,
    pb::EstimateGasResponse& response) {
    NewestState newest(edge);
    const StateReader state(newest, {}, until);
    const auto gas = run_estimate(state, newest.open_block(), request, request.gas, until);
    if (state.fault() != StateReader::Fault::kNone || (gas && !*gas)) return too_late();
    if (gas)
        response.set_gas(**gas);
    else
        fill_failure(gas.error(), response);
    return grpc::Status::OK;
}

}  // namespace

template <class Response>
grpc::ServerUnaryReactor* QueryServiceImpl::run_on_call_thread(
    RpcMethod method, const pb::CallRequest& request, Response* response) {
    const auto call = UnaryCall::open(edge_.stats, method);
    if (auto status = edge_.check_ready(); !status.ok()) {
        call->finish(std::move(status));
        return call.get();
    }
    chain::execution::CallRequest wanted;
    const std::uint64_t gas_max = std::min(edge_.config.call_gas_max, edge_.chain.config.gas_limit);
    if (auto status = read_call(request, gas_max, wanted); !status.ok()) {
        call->finish(std::move(status));
        return call.get();
    }
    const auto until =
        std::chrono::steady_clock::now() + std::chrono::milliseconds(edge_.config.call_ms_max);
    const auto run = [this, call, response, until, wanted = std::move(wanted)] {
        call->answer([&] {
            if (std::chrono::steady_clock::now() > until) return too_late();
            return run_now(edge_, wanted, until, *response);
        });
    };
    if (!edge_.call_pool.try_post(run)) {
        edge_.stats.queries_refused.fetch_add(1, std::memory_order_relaxed);
        call->finish(
            make_status(pb::REASON_LIMIT_REACHED, "too many calls wait", {.retry_after_ms = 100}));
    }
    return call.get();
}

grpc::ServerUnaryReactor* QueryServiceImpl::Call(
    grpc::CallbackServerContext*, const pb::CallRequest* request, pb::CallResponse* response) {
    return run_on_call_thread(RpcMethod::kCall, *request, response);
}

grpc::ServerUnaryReactor* QueryServiceImpl::EstimateGas(
    grpc::CallbackServerContext*, const pb::CallRequest* request,
    pb::EstimateGasResponse* response) {
    return run_on_call_thread(RpcMethod::kEstimateGas, *request, response);
}

template <class Fill>
void QueryServiceImpl::ask_account(
    const std::shared_ptr<UnaryCall>& call, actors::AccountQuery query, Fill fill_response) {
    const auto reply = [this, call, fill_response](actors::AccountAnswer answer) {
        // An actor's thread: the answer moves to the loop before it is turned into a message.
        edge_.hub.loop().post([call, fill_response, answer = std::move(answer)] {
            call->answer([&] {
                fill_response(answer);
                return grpc::Status::OK;
            });
        });
    };
    edge_.backend.load(std::memory_order_acquire)->query_account(std::move(query), reply);
}

grpc::ServerUnaryReactor* QueryServiceImpl::GetAccount(
    grpc::CallbackServerContext*, const pb::GetAccountRequest* request,
    pb::GetAccountResponse* response) {
    const auto call = UnaryCall::open(edge_.stats, RpcMethod::kGetAccount);
    if (auto status = edge_.check_ready(); !status.ok()) {
        call->finish(std::move(status));
        return call.get();
    }
    const auto address = to_address(request->address());
    if (!address) {
        call->finish(invalid_field("address", "must be 20 bytes"));
        return call.get();
    }
    actors::AccountQuery query;
    query.address = *address;
    query.with_proof = request->with_proof();
    for (const std::string& bytes : request->slots()) {
        const auto slot = to_hash(bytes);
        if (!slot || query.slots.size() == actors::kQuerySlotsMax) {
            call->finish(invalid_field(
                "slots",
                "must be 32 bytes each, " + std::to_string(actors::kQuerySlotsMax) + " at most"));
            return call.get();
        }
        query.slots.push_back(*slot);
    }
    const bool with_proof = request->with_proof();
    ask_account(
        call, std::move(query), [response, with_proof](const actors::AccountAnswer& answer) {
            fill(answer.account, *response->mutable_account());
            response->set_block_number(answer.block_number);
            response->set_pending_nonce(answer.pending_nonce);
            for (const auto& slot : answer.slots) {
                pb::StorageSlot& out = *response->add_slots();
                out.set_slot(to_bytes(slot.slot));
                out.set_value(to_bytes(slot.value));
                for (const auto& node : slot.proof)
                    out.add_proof(to_bytes(node));
            }
            if (!with_proof) return;
            response->set_state_root(to_bytes(answer.state_root));
            for (const auto& node : answer.proof)
                response->add_proof(to_bytes(node));
        });
    return call.get();
}

grpc::ServerUnaryReactor* QueryServiceImpl::GetCode(
    grpc::CallbackServerContext*, const pb::GetCodeRequest* request,
    pb::GetCodeResponse* response) {
    const auto call = UnaryCall::open(edge_.stats, RpcMethod::kGetCode);
    const auto address = to_address(request->address());
    if (auto status = edge_.check_ready(); !status.ok()) {
        call->finish(std::move(status));
    } else if (!address) {
        call->finish(invalid_field("address", "must be 20 bytes"));
    } else {
        actors::AccountQuery query;
        query.address = *address;
        query.with_code = true;
        ask_account(call, std::move(query), [response](const actors::AccountAnswer& answer) {
            response->set_code(to_bytes(answer.code));
            response->set_block_number(answer.block_number);
        });
    }
    return call.get();
}

grpc::ServerUnaryReactor* QueryServiceImpl::GetStorage(
    grpc::CallbackServerContext*, const pb::GetStorageRequest* request,
    pb::GetStorageResponse* response) {
    const auto call = UnaryCall::open(edge_.stats, RpcMethod::kGetStorage);
    const auto address = to_address(request->address());
    const auto slot = to_hash(request->slot());
    if (auto status = edge_.check_ready(); !status.ok()) {
        call->finish(std::move(status));
    } else if (!address) {
        call->finish(invalid_field("address", "must be 20 bytes"));
    } else if (!slot) {
        call->finish(invalid_field("slot", "must be 32 bytes"));
    } else {
        actors::AccountQuery query;
        query.address = *address;
        query.slots = {*slot};
        ask_account(call, std::move(query), [response](const actors::AccountAnswer& answer) {
            response->set_value(to_bytes(answer.slots.front().value));
            response->set_block_number(answer.block_number);
        });
    }
    return call.get();
}

grpc::ServerUnaryReactor* QueryServiceImpl::GetLogs(
    grpc::CallbackServerContext*, const pb::GetLogsRequest* request,
    pb::GetLogsResponse* response) {
    return on_pool(
        RpcMethod::kGetLogs, [this, request, response] { return get_logs(*request, *response); });
}

grpc::Status QueryServiceImpl::get_logs(
    const pb::GetLogsRequest& request, pb::GetLogsResponse& response) {
    LogFilter filter;
    if (auto status = read_filter(request, filter); !status.ok()) return status;
    const std::uint64_t head = edge_.hub.marks().heads.unsafe;
    const std::uint64_t last = request.to_block() == 0 ? head : std::min(request.to_block(), head);
    if (request.to_block() != 0 && request.to_block() < request.from_block())
        return invalid_field("to_block", "must not be below from_block");
    LogCollector found(filter, edge_.config.logs_max, edge_.config.response_bytes_target, response);
    std::uint64_t number = request.from_block();
    for (std::uint32_t looked = 0; number <= last; ++number, ++looked) {
        if (looked == edge_.config.logs_blocks_max) break;
        actors::SealedBlockPtr block = edge_.hub.recent_block(number);
        if (block == nullptr) {
            auto header = edge_.reader.header(number);
            if (!header.ok())
                return to_status(header.error(), "block " + std::to_string(number), edge_);
            if (!filter.may_match((*header)->block.header.logs_bloom)) continue;
            auto whole = edge_.reader.block(number);
            if (!whole.ok())
                return to_status(whole.error(), "block " + std::to_string(number), edge_);
            block = std::move(*whole);
        }
        if (!filter.may_match(block->block.header.logs_bloom)) continue;
        const std::uint32_t first = number == request.from_block() ? request.first_log_index() : 0;
        if (const auto next = found.take(*block, first)) {
            response.set_next_block(number);
            response.set_next_log_index(*next);
            return grpc::Status::OK;
        }
    }
    response.set_complete(number > last);
    response.set_next_block(number);
    return grpc::Status::OK;
}

}  // namespace troupe::node
