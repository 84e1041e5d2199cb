#include "sequencer/grpc/query_service.hpp"

#include "sequencer/grpc/convert.hpp"
#include "sequencer/grpc/unary_call.hpp"

#include <algorithm>

namespace troupe::node {

namespace pb = troupe::v1;

grpc::ServerUnaryReactor* QueryServiceImpl::on_pool(
    RpcMethod method, std::function<grpc::Status()> work) {
    const auto call = UnaryCall::open(edge_.stats, method);
    if (auto status = edge_.check_ready(); !status.ok()) {
        call->finish(std::move(status));
    } else if (!edge_.pool.try_post([call, work = std::move(work)] { call->answer(work); })) {
        edge_.stats.queries_refused.fetch_add(1, std::memory_order_relaxed);
        call->finish(make_status(
            pb::REASON_LIMIT_REACHED, "too many queries wait", {.retry_after_ms = 100}));
    }
    return call.get();
}

namespace {

// Checks a hash field now and runs the query later.
template <class Query>
std::function<grpc::Status()> with_hash(const std::string& bytes, Query query) {
    const auto hash = to_hash(bytes);
    if (!hash) return [] { return invalid_field("transaction_hash", "must be 32 bytes"); };
    return [hash = *hash, query] { return query(hash); };
}

}  // namespace

grpc::ServerUnaryReactor* QueryServiceImpl::GetTransaction(
    grpc::CallbackServerContext*, const pb::GetTransactionRequest* request,
    pb::GetTransactionResponse* response) {
    return on_pool(
        RpcMethod::kGetTransaction,
        with_hash(request->transaction_hash(), [this, response](const chain::Hash32& hash) {
            return get_transaction(hash, *response);
        }));
}

grpc::ServerUnaryReactor* QueryServiceImpl::GetReceipt(
    grpc::CallbackServerContext*, const pb::GetReceiptRequest* request,
    pb::GetReceiptResponse* response) {
    return on_pool(
        RpcMethod::kGetReceipt,
        with_hash(request->transaction_hash(), [this, response](const chain::Hash32& hash) {
            return get_receipt(hash, *response);
        }));
}

grpc::ServerUnaryReactor* QueryServiceImpl::GetBlock(
    grpc::CallbackServerContext*, const pb::GetBlockRequest* request,
    pb::GetBlockResponse* response) {
    return on_pool(
        RpcMethod::kGetBlock, [this, request, response] { return get_block(*request, *response); });
}

grpc::ServerUnaryReactor* QueryServiceImpl::GetChainInfo(
    grpc::CallbackServerContext*, const pb::GetChainInfoRequest*,
    pb::GetChainInfoResponse* response) {
    return on_pool(
        RpcMethod::kGetChainInfo, [this, response] { return get_chain_info(*response); });
}

grpc::Status QueryServiceImpl::get_transaction(
    const chain::Hash32& hash, pb::GetTransactionResponse& response) {
    const LocatedTransaction located = locate(edge_, hash);
    if (!located.found())
        return to_status(located.error.value_or(ReadError::kNotFound), "the transaction", edge_);
    response.set_stage(to_proto(located.stage));
    pb::Transaction& out = *response.mutable_transaction();
    if (located.stored) {
        const StoredTransaction& stored = *located.stored;
        fill(
            stored.raw, {hash, stored.sender, stored.block_number, stored.block_hash, stored.index},
            out);
        return grpc::Status::OK;
    }
    const RecentTransaction& recent = *located.recent;
    TransactionPlace place{
        hash,
        recent.receipt->sender,
        recent.receipt->block_number,
        {},
        recent.receipt->transaction_index};
    chain::ByteView raw;  // micro-blocks carry receipts only: until sealed the bytes are not here
    if (recent.block != nullptr) {
        place.block_hash = recent.block->hash;
        raw = recent.block->block.transactions[place.index];
    }
    fill(raw, place, out);
    return grpc::Status::OK;
}

grpc::Status QueryServiceImpl::get_receipt(
    const chain::Hash32& hash, pb::GetReceiptResponse& response) {
    const LocatedTransaction located = locate(edge_, hash);
    if (!located.found())
        return to_status(located.error.value_or(ReadError::kNotFound), "the receipt", edge_);
    response.set_stage(to_proto(located.stage));
    if (located.recent)
        fill(*located.recent, *response.mutable_receipt());
    else
        fill(*located.stored, *response.mutable_receipt());
    return grpc::Status::OK;
}

grpc::Status QueryServiceImpl::get_block(
    const pb::GetBlockRequest& request, pb::GetBlockResponse& response) {
    const actors::Heads heads = edge_.hub.marks().heads;
    std::uint64_t number = heads.unsafe;
    switch (request.block().id_case()) {
        case pb::BlockId::kNumber:
            number = request.block().number();
            break;
        case pb::BlockId::kHash: {
            const auto hash = to_hash(request.block().hash());
            if (!hash) return invalid_field("block.hash", "must be 32 bytes");
            const auto found = edge_.reader.number_of(*hash);
            if (!found.ok()) return to_status(found.error(), "the block", edge_);
            number = *found;
            break;
        }
        case pb::BlockId::kTag:
            switch (request.block().tag()) {
                case pb::BLOCK_TAG_UNSPECIFIED:
                case pb::BLOCK_TAG_LATEST:
                    break;
                case pb::BLOCK_TAG_SAFE:
                    number = heads.safe;
                    break;
                case pb::BLOCK_TAG_FINALIZED:
                    number = heads.finalized;
                    break;
                case pb::BLOCK_TAG_EARLIEST:
                    number = 0;
                    break;
                default:
                    return invalid_field("block.tag", "no such tag");
            }
            break;
        case pb::BlockId::ID_NOT_SET:
            break;
    }
    if (!pb::BlockContent_IsValid(request.content()))
        return invalid_field("content", "no such content");
    const auto content = request.content() == pb::BLOCK_CONTENT_UNSPECIFIED
                             ? pb::BLOCK_CONTENT_HASHES
                             : request.content();
    actors::SealedBlockPtr block = edge_.hub.recent_block(number);
    if (block == nullptr) {
        auto stored = content == pb::BLOCK_CONTENT_HEADER ? edge_.reader.header(number)
                                                          : edge_.reader.block(number);
        if (!stored.ok())
            return to_status(stored.error(), "block " + std::to_string(number), edge_);
        block = std::move(*stored);
    }
    if (content != pb::BLOCK_CONTENT_HEADER && request.first_index() != 0 &&
        request.first_index() >= block->block.transactions.size())
        return invalid_field(
            "first_index",
            "the block has " + std::to_string(block->block.transactions.size()) + " transactions");
    fill(
        *block, content, request.first_index(), edge_.config.response_bytes_target,
        *response.mutable_block());
    return grpc::Status::OK;
}

grpc::Status QueryServiceImpl::get_chain_info(pb::GetChainInfoResponse& response) {
    const chain::ChainConfig& chain = edge_.chain.config;
    response.set_chain_id(chain.chain_id);
    response.set_genesis_hash(to_bytes(edge_.chain.genesis_hash));
    response.set_l1_chain_id(chain.l1_chain_id);
    response.mutable_contracts()->set_system_config(to_bytes(chain.system_config));
    response.mutable_contracts()->set_batch_inbox(to_bytes(chain.batch_inbox));
    response.mutable_contracts()->set_output_registry(to_bytes(chain.output_registry));
    fill(edge_.hub.marks().heads, *response.mutable_heads());
    const chain::execution::BlockEnv open =
        edge_.backend.load(std::memory_order_acquire)->open_block();
    response.set_base_fee_per_gas(to_bytes(open.base_fee_per_gas));
    response.set_gas_limit(open.gas_limit);
    response.set_block_time_ms(edge_.chain.block_time_ms);
    response.set_version(edge_.chain.version);
    response.set_fee_vault(to_bytes(chain.fee_vault));
    response.set_oldest_block(edge_.reader.oldest_block());
    pb::Limits& limits = *response.mutable_limits();
    const GrpcConfig& config = edge_.config;
    limits.set_message_bytes_max(config.message_bytes_max);
    limits.set_batch_transactions_max(config.batch_transactions_max);
    limits.set_stream_credits_max(config.stream_credits_max);
    limits.set_transaction_bytes_max(chain::kTransactionBytesMax);
    limits.set_wait_ms_max(config.wait_ms_max);
    limits.set_subscriptions_max(config.peer_subscriptions_max);
    limits.set_heartbeat_ms(config.heartbeat_ms);
    limits.set_connection_age_max_s(config.connection_age_max_s);
    limits.set_call_gas_max(std::min(config.call_gas_max, chain.gas_limit));
    limits.set_logs_blocks_max(config.logs_blocks_max);
    limits.set_logs_max(config.logs_max);
    limits.set_slots_max(actors::kQuerySlotsMax);
    return grpc::Status::OK;
}

}  // namespace troupe::node
