#include "actors/sealer/sealer_engine.hpp"

#include "chain/base/assert.hpp"
#include "chain/execution/seal.hpp"
#include "chain/trie/trie.hpp"

#include <algorithm>

namespace troupe::actors {

namespace {

using Change = chain::execution::AccountChange;

template <class T>
void append(std::vector<T>& to, std::vector<T>& from) {
    std::move(from.begin(), from.end(), std::back_inserter(to));
}

// Each part is sorted: they are merged by twos. What moves is pointers, and each change once.
std::vector<Change> merge_changes(std::vector<PartitionSeal>& parts) {
    std::vector<Change*> order;
    std::vector<std::ptrdiff_t> begins;
    for (PartitionSeal& part : parts) {
        begins.push_back(std::ssize(order));
        for (Change& change : part.changes)
            order.push_back(&change);
    }
    begins.push_back(std::ssize(order));
    const auto before = [](const Change* a, const Change* b) { return a->address < b->address; };
    for (std::size_t width = 1; width < parts.size(); width *= 2) {
        for (std::size_t i = 0; i + width < parts.size(); i += 2 * width) {
            const std::size_t end = std::min(i + 2 * width, parts.size());
            std::inplace_merge(
                order.begin() + begins[i], order.begin() + begins[i + width],
                order.begin() + begins[end], before);
        }
    }
    std::vector<Change> all;
    all.reserve(order.size());
    for (Change* const change : order)
        all.push_back(std::move(*change));
    return all;
}

}  // namespace

SealerEngine::SealerEngine(
    std::uint32_t partitions, chain::Header head, chain::Hash32 head_hash, Roots roots)
    : partitions_(partitions),
      next_(head.number + 1),
      stored_(head.number),
      parent_hash_(head_hash),
      roots_(std::make_shared<const Roots>(std::move(roots))) {
    sealed_[head.number] = {head.state_root, roots_};
    stats_.unsafe_number = head.number;
}

void SealerEngine::on_grown(BlockPiece& piece) {
    Pending& pending = pending_[piece.number];
    pending.body.add(piece.transactions, piece.receipts);
    SealedBlock& block = *pending.block;
    append(block.block.transactions, piece.transactions);
    append(block.block.senders, piece.senders);
    append(block.transaction_hashes, piece.hashes);
    append(block.receipts, piece.receipts);
    append(block.codes, piece.codes);
}

void SealerEngine::on_closed(std::shared_ptr<BlockContent> content) {
    const std::uint64_t number = content->env.number;
    pending_[number].content = std::move(content);
}

void SealerEngine::on_partition_seal(PartitionSeal seal) {
    pending_[seal.block_number].parts.push_back(std::move(seal));
}

std::shared_ptr<SealedBlock> SealerEngine::take_sealed() {
    const auto found = pending_.find(next_);
    if (found == pending_.end() || !found->second.content ||
        found->second.parts.size() < partitions_)
        return nullptr;
    Pending pending = std::move(found->second);
    pending_.erase(found);
    BlockContent& content = *pending.content;

    auto roots = std::make_shared<Roots>(*roots_);
    for (PartitionSeal& part : pending.parts) {
        for (auto& [first, root] : part.roots)
            (*roots)[first] = std::move(root);
    }
    roots_ = std::move(roots);
    TROUPE_ASSERT(pending.body.count() == content.transactions);
    const auto sealed = std::move(pending.block);
    content.env.parent_hash = parent_hash_;
    sealed->changes = merge_changes(pending.parts);
    chain::execution::sort_codes(sealed->codes);
    sealed->block.l1_origin = content.env.l1_origin;
    sealed->block.header = chain::execution::seal_header(
        content.env, chain::trie::combine_roots(*roots_), pending.body);
    sealed->hash = chain::hash_header(sealed->block.header);
    parent_hash_ = sealed->hash;
    sealed_[next_] = {sealed->block.header.state_root, roots_};
    ++next_;

    ++stats_.blocks;
    stats_.transactions += sealed->block.transactions.size();
    stats_.gas_used += sealed->block.header.gas_used;
    stats_.unsafe_number = sealed->block.header.number;
    return sealed;
}

void SealerEngine::on_stored(std::uint64_t number) {
    stored_ = std::max(stored_, number);
    while (sealed_.begin()->first + kRootsKept <= stored_)
        sealed_.erase(sealed_.begin());
    auto waiting = std::exchange(waiting_, {});
    for (auto& [query, part] : waiting)
        on_proof(std::move(query), std::move(part));
}

SealerEngine::Proof SealerEngine::on_proof(QueryPtr query, PartitionProof part) {
    if (part.block_number > stored_) {
        waiting_.emplace_back(std::move(query), std::move(part));
        return Proof::kWaits;
    }
    const auto found = sealed_.find(part.block_number);
    if (found == sealed_.end()) return Proof::kGone;
    complete(query, part, found->second);
    return Proof::kAnswered;
}

void SealerEngine::complete(
    const QueryPtr& query, const PartitionProof& part, const Sealed& sealed) {
    chain::trie::TopProof top = chain::trie::prove_top(*sealed.roots, part.key);
    AccountAnswer& answer = query->answer;
    answer.proof = std::move(top.nodes);
    const auto below = part.nodes.begin() + (top.replaces_first && !part.nodes.empty() ? 1 : 0);
    answer.proof.insert(answer.proof.end(), below, part.nodes.end());
    answer.block_number = part.block_number;
    answer.state_root = sealed.state_root;
    // The account is the one that the proof shows: both are of the same block by construction.
    const auto leaf = chain::trie::verify_proof(sealed.state_root, part.key, answer.proof);
    TROUPE_ASSERT(leaf.ok());
    answer.account = {};
    if (!leaf->empty()) {
        const auto account = chain::decode_account(*leaf);
        TROUPE_ASSERT(account.ok());
        answer.account = *account;
    }
    answer.slots.clear();
    for (const SlotProof& slot : part.slots)
        answer.slots.push_back({slot.slot, slot.value, slot.nodes});
    query->reply(std::move(answer));
}

}  // namespace troupe::actors
