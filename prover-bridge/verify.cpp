#include "prover-bridge/verify.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace troupe::prover {
namespace {

using chain::Result;
using std::string;

/// One rollup on one L1, read as often as needed.
struct Reading {
    const chain::Genesis& genesis;
    const chain::ChainConfig& config;
    L1Source& l1;
    const VerifyOptions& options;

    /// Empty: the L1 was re-organised on the way.
    [[nodiscard]] Result<std::optional<Verifier>, string> read_once(
        std::optional<std::uint64_t> keep_block) const {
        Verifier verifier{genesis, config, {options.threads, keep_block}};
        l1.restart();
        while (!keep_block || verifier.kept_block() == nullptr) {
            auto next = l1.next();
            if (!next) return next.error();
            if (!next->has_value()) break;
            const L1Step& step = **next;
            if (!verifier.follows(step.block)) return std::optional<Verifier>{};
            verifier.advance(step);
            if (options.on_progress)
                options.on_progress({step.block.number, verifier.safe_head().number});
        }
        return std::optional<Verifier>{std::move(verifier)};
    }

    /// Reads to the end of the L1, or until `keep_block` is there.
    [[nodiscard]] Result<Verifier, string> read(std::optional<std::uint64_t> keep_block) const {
        for (unsigned attempt = 0; attempt <= options.restarts_max; ++attempt) {
            auto verifier = read_once(keep_block);
            if (!verifier) return verifier.error();
            if (verifier->has_value()) return std::move(**verifier);
        }
        return fmt::format(
            "the L1 was re-organised {} times while it was read", options.restarts_max + 1);
    }
};

}  // namespace

Result<Verification, string> verify(
    const chain::Genesis& genesis, const chain::ChainConfig& config, L1Source& l1,
    ClaimedChain* claimed, const VerifyOptions& options) {
    const Reading reading{genesis, config, l1, options};
    TROUPE_TRY(verifier, reading.read(std::nullopt));
    Verification verification{verifier.report(), std::nullopt};
    if (verification.report.ok() || claimed == nullptr) return verification;

    // Blocks that the L1 does not give cannot be compared: what is false lies before them, or the
    // claim itself is.
    const std::uint64_t last =
        std::min(verification.report.claims_wrong[0].claim.l2_block, verifier.safe_head().number);
    Fault fault = find_wrong_block(verifier, last, *claimed);
    if (fault.kind == FaultKind::kBlock) {
        TROUPE_TRY(again, reading.read(fault.block));
        if (again.kept_block() == nullptr ||
            again.block_hash(fault.block) != verifier.block_hash(fault.block))
            return string{"the L1 was re-organised between two readings of it"};
        compare_block(*again.kept_block(), *claimed, fault);
    }
    verification.fault = std::move(fault);
    return verification;
}

}  // namespace troupe::prover
