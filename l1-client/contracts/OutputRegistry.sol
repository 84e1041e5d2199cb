// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SystemConfig} from "./SystemConfig.sol";

/// Claims of output roots: keccak256(version ‖ state root ‖ message root ‖ block hash) per L2 block.
/// A claim is final when its challenge window has passed; until then the guardian can delete it.
contract OutputRegistry {
    bytes32 public constant KIND = "troupe.OutputRegistry.1";
    uint64 public constant CHALLENGE_WINDOW_MAX = 90 days;

    struct Claim {
        bytes32 outputRoot;
        uint64 l2Block;
        uint64 l1Block; // L1 block that holds the claim
        uint64 timestamp; // of that L1 block
    }

    SystemConfig public immutable systemConfig;
    /// Seconds from a claim until it is final.
    uint64 public immutable challengeWindow;

    /// Claims that stand: indices 0 … claimCount − 1, in increasing order of their L2 block.
    uint256 public claimCount;
    mapping(uint256 index => Claim) private _claims;

    event OutputClaimed(
        uint256 indexed index,
        uint64 indexed l2Block,
        bytes32 outputRoot,
        uint64 l1Block,
        uint64 timestamp
    );
    /// The claims `firstIndex` … `count` − 1 no longer stand.
    event ClaimsDeleted(uint256 indexed firstIndex, uint256 count, address indexed by);

    error NotProposer(address caller);
    error NotGuardian(address caller);
    error ClaimsPaused();
    error ZeroOutputRoot();
    error L2BlockNotIncreasing(uint64 latest, uint64 claimed);
    error L1BlockMismatch(uint64 number, bytes32 expected, bytes32 actual);
    error UnknownClaim(uint256 index, uint256 count);
    error ClaimFinal(uint256 index);
    error ChallengeWindowTooLong(uint64 challengeWindow, uint64 max);

    constructor(SystemConfig config, uint64 challengeWindowSeconds) {
        if (challengeWindowSeconds > CHALLENGE_WINDOW_MAX) {
            revert ChallengeWindowTooLong(challengeWindowSeconds, CHALLENGE_WINDOW_MAX);
        }
        systemConfig = config;
        challengeWindow = challengeWindowSeconds;
    }

    /// Claims `outputRoot` for `l2Block`. The claim rests on data up to L1 block `l1Number`, and is
    /// refused on a fork of the L1 where that block has another hash. `l1Hash` zero skips the check
    /// (blocks older than 256 have no hash here).
    function claim(bytes32 outputRoot, uint64 l2Block, uint64 l1Number, bytes32 l1Hash) external {
        if (msg.sender != systemConfig.proposer()) revert NotProposer(msg.sender);
        if (systemConfig.paused()) revert ClaimsPaused();
        if (outputRoot == 0) revert ZeroOutputRoot();
        uint64 latest = latestL2Block();
        if (l2Block <= latest) revert L2BlockNotIncreasing(latest, l2Block);
        if (l1Hash != 0 && blockhash(l1Number) != l1Hash) {
            revert L1BlockMismatch(l1Number, l1Hash, blockhash(l1Number));
        }
        uint256 index = claimCount++;
        _claims[index] = Claim(outputRoot, l2Block, uint64(block.number), uint64(block.timestamp));
        emit OutputClaimed(
            index, l2Block, outputRoot, uint64(block.number), uint64(block.timestamp)
        );
    }

    /// Takes back claim `firstIndex` and all later ones, which build on it.
    function deleteClaims(uint256 firstIndex) external {
        if (msg.sender != systemConfig.guardian()) revert NotGuardian(msg.sender);
        if (finalized(firstIndex)) revert ClaimFinal(firstIndex);
        emit ClaimsDeleted(firstIndex, claimCount, msg.sender);
        claimCount = firstIndex;
    }

    function claimAt(uint256 index) public view returns (Claim memory) {
        if (index >= claimCount) revert UnknownClaim(index, claimCount);
        return _claims[index];
    }

    /// The highest L2 block with a claim; 0, which is genesis and needs none, before the first.
    function latestL2Block() public view returns (uint64) {
        return claimCount == 0 ? 0 : _claims[claimCount - 1].l2Block;
    }

    /// Whether the claim's challenge window has passed.
    function finalized(uint256 index) public view returns (bool) {
        return block.timestamp > uint256(claimAt(index).timestamp) + challengeWindow;
    }
}
