#include "sequencer/grpc/testing/fake_node.hpp"

#include "chain/base/endian.hpp"
#include "chain/crypto/keccak.hpp"

#include <algorithm>
#include <chrono>

namespace troupe::node::testing {

namespace {

constexpr std::uint64_t kGas = 21'000;

chain::Receipt receipt_at(std::size_t index) {
    chain::Receipt receipt;
    receipt.success = true;
    receipt.cumulative_gas_used = kGas * (index + 1);
    return receipt;
}

}  // namespace

chain::Address fake_sender(std::uint8_t sender) {
    chain::Address address;
    address[19] = sender;
    return address;
}

chain::Bytes fake_transaction(std::uint64_t id, actors::Reason reason, std::uint8_t sender) {
    chain::Bytes raw{static_cast<std::uint8_t>(reason)};
    chain::append(raw, fake_sender(sender));
    chain::append_be(raw, id);
    raw.resize(110);  // about the size of a signed transfer
    return raw;
}

FakeNode::FakeNode(std::uint32_t queue_txs_max) : queue_txs_max_(queue_txs_max) {
    add_genesis();
}

FakeNode::~FakeNode() {
    stop();
}

void FakeNode::add_genesis() {
    auto genesis = std::make_shared<actors::SealedBlock>();
    genesis->hash[0] = 0x67;
    blocks_.push_back(std::move(genesis));
}

bool FakeNode::submit(
    std::vector<chain::Bytes> raw, std::shared_ptr<actors::SubmitSink> sink,
    actors::Credit credit) {
    if (before_submit) before_submit();
    const std::lock_guard lock(mutex_);
    if (shutting_down_ || queued_ + raw.size() > queue_txs_max_) return false;
    if (busy && credit == actors::Credit::kNone) return false;
    queued_ += raw.size();
    ++submissions;
    queue_.push_back({std::move(raw), std::move(sink)});
    return true;
}

std::uint32_t FakeNode::free_credits() const noexcept {
    if (busy) return 0;
    const std::lock_guard lock(mutex_);
    return queue_txs_max_ - static_cast<std::uint32_t>(queued_);
}

void FakeNode::answer() {
    const std::lock_guard lock(mutex_);
    answer_locked();
}

void FakeNode::answer_locked() {
    for (Submission& submission : queue_) {
        std::vector<actors::SubmitSink::Item> items;
        for (std::uint32_t i = 0; i < submission.raw.size(); ++i) {
            chain::Bytes& raw = submission.raw[i];
            actors::SubmitOutcome outcome;
            const bool known = raw.size() >= 21 && raw[0] < actors::kReasons;
            outcome.reason =
                known ? static_cast<actors::Reason>(raw[0]) : actors::Reason::kMalformed;
            if (known) outcome.transaction_hash = chain::crypto::keccak256(raw);
            if (outcome.reason == actors::Reason::kNone) {
                outcome.block_number = blocks_.size();
                outcome.sequence = sequence_;
                ordered_.push_back(
                    {raw, outcome.transaction_hash,
                     chain::Address::from(chain::ByteView(raw).subspan(1, 20))});
            } else {
                outcome.message = "nonce 7, next is 9";
                if (outcome.reason == actors::Reason::kOverCapacity) outcome.retry_after_ms = 250;
            }
            items.push_back({i, std::move(outcome)});
        }
        queued_ -= submission.raw.size();
        submission.sink->on_outcomes(items);
    }
    queue_.clear();
}

std::size_t FakeNode::execute() {
    const std::lock_guard lock(mutex_);
    answer_locked();
    if (ordered_.empty()) return 0;
    auto micro_block = std::make_shared<actors::CommittedMicroBlock>();
    micro_block->sequence = sequence_++;
    micro_block->block_number = blocks_.size();
    for (Executed& executed : ordered_) {
        actors::SoftReceipt& soft = micro_block->receipts.emplace_back();
        soft.transaction_hash = executed.hash;
        soft.sender = executed.sender;
        soft.block_number = blocks_.size();
        soft.transaction_index = static_cast<std::uint32_t>(open_.size());
        soft.gas_used = kGas;
        soft.effective_gas_price = 7;
        soft.receipt = receipt_at(open_.size());
        open_.push_back(std::move(executed));
    }
    const std::size_t count = ordered_.size();
    ordered_.clear();
    executed_ += count;
    hub_->on_micro_block(std::move(micro_block));
    return count;
}

void FakeNode::seal() {
    const std::lock_guard lock(mutex_);
    auto sealed = std::make_shared<actors::SealedBlock>();
    const std::uint64_t number = blocks_.size();
    sealed->block.header.number = number;
    sealed->block.header.parent_hash = blocks_.back()->hash;
    sealed->block.header.timestamp = number;
    sealed->block.header.gas_limit = 30'000'000;
    chain::store_be(sealed->hash.data(), number);
    sealed->hash[31] = 0xb1;
    std::map<chain::Address, actors::SealedBlock*> changed;
    for (const Executed& executed : open_) {
        places_[executed.hash] = {
            number, static_cast<std::uint32_t>(sealed->transaction_hashes.size())};
        sealed->receipts.push_back(receipt_at(sealed->receipts.size()));
        sealed->transaction_hashes.push_back(executed.hash);
        sealed->block.transactions.push_back(executed.raw);
        sealed->block.senders.push_back(executed.sender);
        auto change = std::find_if(
            sealed->changes.begin(), sealed->changes.end(),
            [&](const auto& known) { return known.address == executed.sender; });
        if (change == sealed->changes.end()) {
            sealed->changes.push_back(
                {executed.sender, accounts_[executed.sender], accounts_[executed.sender]});
            change = sealed->changes.end() - 1;
        }
        ++change->after.nonce;
        accounts_[executed.sender] = change->after;
    }
    std::sort(sealed->changes.begin(), sealed->changes.end(), [](const auto& a, const auto& b) {
        return a.address < b.address;
    });
    open_.clear();
    sealed->last_sequence = sequence_++;
    blocks_.push_back(sealed);
    heads_.unsafe = number;
    hub_->on_block(std::move(sealed));
}

void FakeNode::settle(std::uint64_t batched, std::uint64_t posted, actors::Heads heads) {
    {
        const std::lock_guard lock(mutex_);
        heads_ = heads;
    }
    if (batched != 0) hub_->on_batched(1, batched);
    if (posted != 0) hub_->on_posted(1, posted, 1'000 + posted);
    hub_->on_heads(heads);
}

void FakeNode::run(std::uint32_t block_ms) {
    running_ = true;
    thread_ = std::thread([this, block_ms] {
        auto next_seal = std::chrono::steady_clock::now() + std::chrono::milliseconds(block_ms);
        while (running_) {
            execute();
            if (std::chrono::steady_clock::now() >= next_seal) {
                seal();
                next_seal += std::chrono::milliseconds(block_ms);
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
    });
}

void FakeNode::stop() {
    running_ = false;
    if (thread_.joinable()) thread_.join();
}

void FakeNode::prune_before(std::uint64_t block) {
    const std::lock_guard lock(mutex_);
    oldest_ = block;
}

std::uint64_t FakeNode::head() const {
    const std::lock_guard lock(mutex_);
    return blocks_.size() - 1;
}

void FakeNode::query_account(
    actors::AccountQuery query, std::function<void(actors::AccountAnswer)> reply) {
    if (forgetting_) return;
    const chain::Address& address = query.address;
    actors::AccountAnswer answer;
    {
        const std::lock_guard lock(mutex_);
        const auto entry = accounts_.find(address);
        if (entry != accounts_.end()) answer.account = entry->second;
        // As the engine: the open block once something ran in it, and proofs of sealed ones.
        answer.block_number = blocks_.size() - (query.with_proof || open_.empty() ? 1 : 0);
        answer.pending_nonce = answer.account.nonce + 1;
        if (query.with_proof) {
            answer.state_root[0] = 0x5a;
            answer.proof = {{1, 2, 3}, {4}};
        }
        const auto code = codes_.find(address);
        if (query.with_code)
            answer.code = code == codes_.end() ? chain::Bytes{0x60, 0x01} : code->second;
    }
    for (const chain::Hash32& slot : query.slots)
        answer.slots.push_back({slot, slot[31], {}});
    reply(std::move(answer));
}

void FakeNode::put_code(const chain::Address& address, chain::Bytes code) {
    const std::lock_guard lock(mutex_);
    accounts_[address].code_hash = chain::crypto::keccak256(code);
    codes_[address] = std::move(code);
}

chain::execution::BlockEnv FakeNode::open_block() const {
    const std::lock_guard lock(mutex_);
    chain::execution::BlockEnv env;
    env.number = blocks_.size();
    env.gas_limit = 30'000'000;
    env.base_fee_per_gas = 7;
    return env;
}

actors::Heads FakeNode::heads() const {
    const std::lock_guard lock(mutex_);
    return heads_;
}

std::uint64_t FakeNode::oldest_block() const {
    const std::lock_guard lock(mutex_);
    return oldest_;
}

ReadResult<actors::SealedBlockPtr> FakeNode::block(std::uint64_t number) const {
    const std::lock_guard lock(mutex_);
    if (number < oldest_) return ReadError::kPruned;
    if (number >= blocks_.size()) return ReadError::kNotFound;
    return blocks_[number];
}

ReadResult<actors::SealedBlockPtr> FakeNode::header(std::uint64_t number) const {
    return block(number);
}

ReadResult<std::uint64_t> FakeNode::number_of(const chain::Hash32& block_hash) const {
    const std::lock_guard lock(mutex_);
    for (const auto& block : blocks_)
        if (block->hash == block_hash) return block->block.header.number;
    return ReadError::kNotFound;
}

ReadResult<StoredTransaction> FakeNode::transaction(const chain::Hash32& hash) const {
    const std::lock_guard lock(mutex_);
    const auto place = places_.find(hash);
    if (place == places_.end()) return ReadError::kNotFound;
    const auto [number, index] = place->second;
    if (number < oldest_) return ReadError::kPruned;
    const actors::SealedBlock& block = *blocks_[number];
    StoredTransaction stored;
    stored.raw = block.block.transactions[index];
    stored.hash = hash;
    stored.sender = block.block.senders[index];
    stored.block_number = number;
    stored.block_hash = block.hash;
    stored.index = index;
    stored.receipt = block.receipts[index];
    stored.gas_used = kGas;
    stored.effective_gas_price = 7;
    return stored;
}

ReadResult<std::vector<AccountVersion>> FakeNode::account_history(
    const chain::Address& address, std::uint64_t first, std::uint64_t last,
    std::uint32_t count_max) const {
    const std::lock_guard lock(mutex_);
    if (first < oldest_) return ReadError::kPruned;
    std::vector<AccountVersion> versions;
    for (std::uint64_t n = first; n <= last && n < blocks_.size(); ++n) {
        for (const auto& change : blocks_[n]->changes)
            if (change.address == address && versions.size() < count_max)
                versions.push_back({n, change.after, change.slots});
    }
    return versions;
}

}  // namespace troupe::node::testing
