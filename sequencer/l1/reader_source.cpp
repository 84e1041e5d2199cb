#include "sequencer/l1/reader_source.hpp"

namespace troupe::node {

void ReaderSource::restart() {
    reader_.reset();
    blocks_.clear();
    claims_.clear();
}

std::optional<std::string> ReaderSource::begin() {
    auto reader = std::make_unique<l1::L1Reader>(l1_, config_);
    const auto heads = reader->heads();
    if (!heads) return heads.error().text;
    if (auto started = reader->start(config_.l1_start); !started) return started.error().text;
    auto claims = l1::read_claims(l1_, config_);
    if (!claims) return claims.error().text;
    for (const l1::OutputClaim& claim : *claims) {
        claims_.emplace(
            claim.l1_block, prover::OutputClaim{
                                .l2_block = claim.l2_block,
                                .output_root = claim.output_root,
                                .l1_block = claim.l1_block});
    }
    end_ = heads->latest.number;
    reader_ = std::move(reader);
    return std::nullopt;
}

chain::Result<std::optional<prover::L1Step>, std::string> ReaderSource::next() {
    if (!reader_) {
        if (auto failure = begin()) return *failure;
    }
    if (blocks_.empty()) {
        if (reader_->last().number >= end_) return std::optional<prover::L1Step>();
        auto step = reader_->next();
        if (!step) return step.error().text;
        // After a re-org the blocks begin again lower down; the verifier sees that they do not
        // follow and restarts.
        for (auto& block : step->blocks)
            blocks_.push_back(std::move(block));
        if (blocks_.empty()) return std::optional<prover::L1Step>();
    }
    prover::L1Step given;
    given.block = std::move(blocks_.front());
    blocks_.pop_front();
    if (given.block.number > end_) return std::optional<prover::L1Step>();
    const auto [first, last] = claims_.equal_range(given.block.number);
    for (auto claim = first; claim != last; ++claim)
        given.claims.push_back(claim->second);
    return std::optional<prover::L1Step>(std::move(given));
}

}  // namespace troupe::node
