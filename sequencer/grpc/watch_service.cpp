#include "sequencer/grpc/watch_service.hpp"

#include "sequencer/grpc/convert.hpp"
#include "sequencer/grpc/watch_stream.hpp"

#include <algorithm>
#include <deque>

namespace troupe::node {

namespace pb = troupe::v1;

namespace {

// OUT_OF_RANGE with the oldest cursor that works.
grpc::Status pruned(EdgeContext& edge, CursorKind kind, std::uint64_t wanted) {
    const std::uint64_t oldest = edge.reader.oldest_block();
    pb::ResumePoint resume;
    resume.set_cursor(encode_cursor({kind, oldest, 0}, edge.chain.genesis_hash));
    resume.set_oldest_block(oldest);
    return make_status(
        pb::REASON_PRUNED,
        "block " + std::to_string(wanted) + " is pruned, the oldest is " + std::to_string(oldest),
        {.resume = resume});
}

grpc::Status bad_cursor() {
    return make_status(
        pb::REASON_CURSOR_INVALID, "cursor: not one of this kind of stream and this chain",
        {.field = "cursor"});
}

void fill_heartbeat(EdgeContext& edge, pb::Heartbeat& out) {
    fill(edge.hub.marks().heads, *out.mutable_heads());
}

class BlocksStream final : public WatchStream<pb::WatchBlocksResponse> {
  public:
    BlocksStream(
        EdgeContext& edge, grpc::CallbackServerContext& call, PeerLimits::Ticket ticket,
        pb::BlockTag head, pb::BlockContent content, std::uint64_t next_block,
        std::uint32_t next_part)
        : WatchStream(edge, call, RpcMethod::kWatchBlocks, std::move(ticket)),
          head_(head),
          content_(content),
          next_block_(next_block),
          next_part_(next_part),
          told_(edge.hub.marks().heads) {}

  private:
    WatchStep next(pb::WatchBlocksResponse& out) override {
        const actors::Heads heads = edge_.hub.marks().heads;
        const std::uint64_t target = head_ == pb::BLOCK_TAG_FINALIZED ? heads.finalized
                                     : head_ == pb::BLOCK_TAG_SAFE    ? heads.safe
                                                                      : heads.unsafe;
        if (next_block_ <= target) return next_block(out);
        if (heads.safe != told_.safe || heads.finalized != told_.finalized) {
            told_ = heads;
            fill(heads, *out.mutable_heads());
            set_cursor(out);
            return WatchStep::message();
        }
        return WatchStep::nothing();
    }

    WatchStep next_block(pb::WatchBlocksResponse& out) {
        // A big block is read once, not once for each of its parts.
        if (block_ == nullptr || block_->block.header.number != next_block_) {
            block_ = edge_.hub.recent_block(next_block_);
            if (block_ == nullptr) {
                auto stored = content_ == pb::BLOCK_CONTENT_HEADER
                                  ? edge_.reader.header(next_block_)
                                  : edge_.reader.block(next_block_);
                if (!stored.ok()) {
                    if (stored.error() == ReadError::kPruned)
                        return WatchStep::end(pruned(edge_, CursorKind::kBlocks, next_block_));
                    return WatchStep::end(
                        to_status(stored.error(), "block " + std::to_string(next_block_), edge_));
                }
                block_ = std::move(*stored);
            }
        }
        pb::Block& block = *out.mutable_block();
        fill(*block_, content_, next_part_, edge_.config.response_bytes_target, block);
        if (block.complete()) {
            block_ = nullptr;
            ++next_block_;
            next_part_ = 0;
        } else {
            next_part_ = block.next_index();
        }
        set_cursor(out);
        return WatchStep::message();
    }

    void heartbeat(pb::WatchBlocksResponse& out) override {
        fill_heartbeat(edge_, *out.mutable_heartbeat());
        set_cursor(out);
    }

    void set_cursor(pb::WatchBlocksResponse& out) const {
        out.set_cursor(encode_cursor(
            {CursorKind::kBlocks, next_block_, next_part_}, edge_.chain.genesis_hash));
    }

    const pb::BlockTag head_;
    const pb::BlockContent content_;
    std::uint64_t next_block_;
    std::uint32_t next_part_;
    actors::Heads told_;
    actors::SealedBlockPtr block_;
};

class AccountStream final : public WatchStream<pb::WatchAccountResponse> {
  public:
    AccountStream(
        EdgeContext& edge, grpc::CallbackServerContext& call, PeerLimits::Ticket ticket,
        const chain::Address& address, std::uint64_t next_block)
        : WatchStream(edge, call, RpcMethod::kWatchAccount, std::move(ticket)),
          address_(address),
          next_block_(next_block) {}

  private:
    static constexpr std::uint32_t kHistoryCount = 64;      // versions read at once
    static constexpr std::uint64_t kHistoryBlocks = 1'024;  // blocks scanned at once

    WatchStep next(pb::WatchAccountResponse& out) override {
        const std::uint64_t head = edge_.hub.marks().heads.unsafe;
        while (true) {
            if (!versions_.empty()) {
                const AccountVersion version = std::move(versions_.front());
                versions_.pop_front();
                out.mutable_update()->set_block_number(version.block_number);
                fill(version.account, *out.mutable_update()->mutable_account());
                for (const auto& slot : version.slots) {
                    pb::SlotUpdate& update = *out.mutable_update()->add_slots();
                    update.set_slot(to_bytes(slot.slot));
                    update.set_before(to_bytes(slot.before));
                    update.set_after(to_bytes(slot.after));
                }
                told_ = version.block_number + 1;
                set_cursor(out);
                return WatchStep::message();
            }
            told_ = next_block_;
            if (next_block_ > head) return WatchStep::nothing();
            if (next_block_ >= edge_.hub.oldest_recent()) {
                if (auto block = edge_.hub.recent_block(next_block_)) {
                    look_into(*block);
                    ++next_block_;
                    continue;
                }
            }
            const std::uint64_t last = std::min(head, next_block_ + kHistoryBlocks - 1);
            auto history = edge_.reader.account_history(address_, next_block_, last, kHistoryCount);
            if (!history.ok()) {
                if (history.error() == ReadError::kPruned)
                    return WatchStep::end(pruned(edge_, CursorKind::kAccount, next_block_));
                return WatchStep::end(to_status(history.error(), "the account's history", edge_));
            }
            const bool more = history->size() >= kHistoryCount;
            next_block_ = more ? history->back().block_number + 1 : last + 1;
            versions_.assign(history->begin(), history->end());
        }
    }

    void look_into(const actors::SealedBlock& block) {
        const auto change = std::lower_bound(
            block.changes.begin(), block.changes.end(), address_,
            [](const auto& left, const chain::Address& right) { return left.address < right; });
        if (change != block.changes.end() && change->address == address_)
            versions_.push_back({block.block.header.number, change->after, change->slots});
    }

    void heartbeat(pb::WatchAccountResponse& out) override {
        fill_heartbeat(edge_, *out.mutable_heartbeat());
        set_cursor(out);
    }

    void set_cursor(pb::WatchAccountResponse& out) const {
        out.set_cursor(encode_cursor({CursorKind::kAccount, told_, 0}, edge_.chain.genesis_hash));
    }

    const chain::Address address_;
    std::uint64_t next_block_;  // to be looked into
    std::uint64_t told_ = 0;    // what a resumed stream looks into first
    std::deque<AccountVersion> versions_;
};

class TransactionStream final : public WatchStream<pb::WatchTransactionResponse> {
  public:
    TransactionStream(
        EdgeContext& edge, grpc::CallbackServerContext& call, PeerLimits::Ticket ticket,
        const chain::Hash32& hash, Stage told, Stage until, std::uint32_t wait_ms)
        : WatchStream(edge, call, RpcMethod::kWatchTransaction, std::move(ticket)),
          hash_(hash),
          told_(told),
          until_(until),
          give_up_(std::chrono::steady_clock::now() + std::chrono::milliseconds(wait_ms)) {}

    void on_micro_block(const MicroBlockPtr&) noexcept override {
        if (!located_.load(std::memory_order_relaxed)) request_pump();
    }

  private:
    bool wants_pump(SteadyTime now) noexcept override {
        return !located_.load(std::memory_order_relaxed) && now >= give_up_;
    }

    WatchStep next(pb::WatchTransactionResponse& out) override {
        const ChainMarks marks = edge_.hub.marks();
        if (!located_.load(std::memory_order_relaxed) && !find(marks)) {
            if (read_error_ != ReadError::kNotFound)
                return WatchStep::end(to_status(read_error_, "the transaction", edge_));
            if (std::chrono::steady_clock::now() < give_up_) return WatchStep::nothing();
            return WatchStep::end(to_status(ReadError::kNotFound, "the transaction", edge_));
        }
        const Stage stage = std::max(stage_of(marks, block_number_), least_);
        if (stage < told_) {
            told_ = stage;
            return tell(out, true);
        }
        if (told_ >= until_) return WatchStep::end(grpc::Status::OK);
        if (told_ >= stage) return WatchStep::nothing();
        told_ = static_cast<Stage>(static_cast<int>(told_) + 1);
        return tell(out, false);
    }

    // Looks in memory each time and on the disk when there is a new block.
    bool find(const ChainMarks& marks) {
        auto recent = edge_.hub.find(hash_);
        if (recent) {
            block_number_ = recent->receipt->block_number;
            located_.store(true, std::memory_order_relaxed);
            return true;
        }
        if (looked_ && looked_at_ == marks.heads.unsafe) return false;
        looked_ = true;
        looked_at_ = marks.heads.unsafe;
        const auto stored = edge_.reader.transaction(hash_);
        if (!stored.ok()) {
            read_error_ = stored.error();
            return false;
        }
        block_number_ = stored->block_number;
        least_ = Stage::kSealed;
        located_.store(true, std::memory_order_relaxed);
        return true;
    }

    WatchStep tell(pb::WatchTransactionResponse& out, bool fell_back) {
        pb::TransactionProgress& progress = *out.mutable_progress();
        progress.set_stage(to_proto(told_));
        progress.set_block_number(block_number_);
        progress.set_fell_back(fell_back);
        if (told_ == Stage::kSequenced || told_ == Stage::kSealed) {
            const LocatedTransaction located = locate(edge_, hash_);
            if (located.recent)
                fill(*located.recent, *progress.mutable_receipt());
            else if (located.stored)
                fill(*located.stored, *progress.mutable_receipt());
            else
                return WatchStep::end(
                    to_status(located.error.value_or(ReadError::kStorage), "the receipt", edge_));
            block_hash_ = progress.receipt().block_hash();
            // A receipt is told as it was at the stage: without a block hash before the block.
            if (told_ == Stage::kSequenced) progress.mutable_receipt()->clear_block_hash();
        }
        if (told_ >= Stage::kSealed) {
            if (block_hash_.empty()) {
                const auto header = edge_.reader.header(block_number_);
                if (header.ok()) block_hash_ = to_bytes((*header)->hash);
            }
            progress.set_block_hash(block_hash_);
        }
        if (told_ == Stage::kPosted)
            progress.set_l1_block(edge_.hub.posted_in(block_number_).value_or(0));
        set_cursor(out);
        return WatchStep::message();
    }

    void heartbeat(pb::WatchTransactionResponse& out) override {
        fill_heartbeat(edge_, *out.mutable_heartbeat());
        set_cursor(out);
    }

    void set_cursor(pb::WatchTransactionResponse& out) const {
        out.set_cursor(encode_cursor(
            {CursorKind::kTransaction, static_cast<std::uint64_t>(told_), 0},
            edge_.chain.genesis_hash));
    }

    const chain::Hash32 hash_;
    Stage told_;
    const Stage until_;
    const SteadyTime give_up_;
    std::atomic<bool> located_{false};  // block_number_ is known, and never changes
    std::uint64_t block_number_ = 0;
    Stage least_ = Stage::kSequenced;  // whatever the marks say
    std::string block_hash_;
    bool looked_ = false;
    std::uint64_t looked_at_ = 0;
    ReadError read_error_ = ReadError::kNotFound;
};

template <class Response>
grpc::ServerWriteReactor<Response>* refuse(
    EdgeContext& edge, RpcMethod method, grpc::Status status) {
    return new RefusedWatch<Response>(edge.stats, method, std::move(status));
}

// Readiness and a place among the subscriptions.
grpc::Status admit(
    EdgeContext& edge, const grpc::CallbackServerContext& call, PeerLimits::Ticket& ticket) {
    if (auto status = edge.check_ready(); !status.ok()) return status;
    ticket = edge.subscriptions.take(call.peer());
    if (ticket) return grpc::Status::OK;
    edge.stats.subscriptions_refused.fetch_add(1, std::memory_order_relaxed);
    return make_status(
        pb::REASON_LIMIT_REACHED, "at most " + std::to_string(edge.config.peer_subscriptions_max) +
                                      " watch streams per client and " +
                                      std::to_string(edge.config.subscriptions_max) + " in all");
}

template <class Request>
grpc::Status start_block(
    EdgeContext& edge, const Request& request, CursorKind kind, Cursor& start) {
    start = {kind, edge.hub.marks().heads.unsafe + 1, 0};
    if (request.start_case() == Request::kCursor) {
        const auto cursor = decode_cursor(request.cursor(), kind, edge.chain.genesis_hash);
        if (!cursor) return bad_cursor();
        start = *cursor;
    } else if (request.start_case() == Request::kFromBlock) {
        start.position = request.from_block();
    }
    if (start.position < edge.reader.oldest_block()) return pruned(edge, kind, start.position);
    return grpc::Status::OK;
}

}  // namespace

grpc::ServerWriteReactor<pb::WatchBlocksResponse>* WatchServiceImpl::WatchBlocks(
    grpc::CallbackServerContext* call, const pb::WatchBlocksRequest* request) {
    constexpr auto kMethod = RpcMethod::kWatchBlocks;
    const auto no = [this](grpc::Status status) {
        return refuse<pb::WatchBlocksResponse>(edge_, kMethod, std::move(status));
    };
    PeerLimits::Ticket ticket;
    if (auto status = admit(edge_, *call, ticket); !status.ok()) return no(std::move(status));
    if (!pb::BlockTag_IsValid(request->head()) || request->head() == pb::BLOCK_TAG_EARLIEST)
        return no(invalid_field("head", "must be LATEST, SAFE or FINALIZED"));
    if (!pb::BlockContent_IsValid(request->content()))
        return no(invalid_field("content", "no such content"));
    Cursor start;
    if (auto status = start_block(edge_, *request, CursorKind::kBlocks, start); !status.ok())
        return no(std::move(status));
    if (request->start_case() == pb::WatchBlocksRequest::START_NOT_SET) {
        const actors::Heads heads = edge_.hub.marks().heads;
        if (request->head() == pb::BLOCK_TAG_SAFE) start.position = heads.safe + 1;
        if (request->head() == pb::BLOCK_TAG_FINALIZED) start.position = heads.finalized + 1;
    }
    const auto content = request->content() == pb::BLOCK_CONTENT_UNSPECIFIED
                             ? pb::BLOCK_CONTENT_HASHES
                             : request->content();
    const auto stream = std::make_shared<BlocksStream>(
        edge_, *call, std::move(ticket), request->head(), content, start.position, start.part);
    stream->start(false);
    return stream.get();
}

grpc::ServerWriteReactor<pb::WatchAccountResponse>* WatchServiceImpl::WatchAccount(
    grpc::CallbackServerContext* call, const pb::WatchAccountRequest* request) {
    const auto no = [this](grpc::Status status) {
        return refuse<pb::WatchAccountResponse>(edge_, RpcMethod::kWatchAccount, std::move(status));
    };
    PeerLimits::Ticket ticket;
    if (auto status = admit(edge_, *call, ticket); !status.ok()) return no(std::move(status));
    const auto address = to_address(request->address());
    if (!address) return no(invalid_field("address", "must be 20 bytes"));
    Cursor start;
    if (auto status = start_block(edge_, *request, CursorKind::kAccount, start); !status.ok())
        return no(std::move(status));
    const auto stream =
        std::make_shared<AccountStream>(edge_, *call, std::move(ticket), *address, start.position);
    stream->start(false);
    return stream.get();
}

grpc::ServerWriteReactor<pb::WatchTransactionResponse>* WatchServiceImpl::WatchTransaction(
    grpc::CallbackServerContext* call, const pb::WatchTransactionRequest* request) {
    const auto no = [this](grpc::Status status) {
        return refuse<pb::WatchTransactionResponse>(
            edge_, RpcMethod::kWatchTransaction, std::move(status));
    };
    PeerLimits::Ticket ticket;
    if (auto status = admit(edge_, *call, ticket); !status.ok()) return no(std::move(status));
    const auto hash = to_hash(request->transaction_hash());
    if (!hash) return no(invalid_field("transaction_hash", "must be 32 bytes"));
    if (!pb::TransactionStage_IsValid(request->until()))
        return no(invalid_field("until", "no such stage"));
    if (request->wait_ms() > edge_.config.wait_ms_max)
        return no(invalid_field("wait_ms", "at most " + std::to_string(edge_.config.wait_ms_max)));
    Stage told = Stage::kUnknown;
    if (!request->cursor().empty()) {
        const auto cursor =
            decode_cursor(request->cursor(), CursorKind::kTransaction, edge_.chain.genesis_hash);
        if (!cursor || cursor->position > static_cast<std::uint64_t>(Stage::kFinalized))
            return no(bad_cursor());
        told = static_cast<Stage>(cursor->position);
    }
    const auto until = request->until() == pb::TRANSACTION_STAGE_UNSPECIFIED
                           ? Stage::kFinalized
                           : static_cast<Stage>(request->until());
    const auto stream = std::make_shared<TransactionStream>(
        edge_, *call, std::move(ticket), *hash, told, until, request->wait_ms());
    stream->start(true);
    return stream.get();
}

}  // namespace troupe::node
