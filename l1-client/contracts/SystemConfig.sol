// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// The rollup's settings on the L1: who may post data, who may claim output roots, who may stop both.
/// Every change is an event, so that the L1's logs alone tell what was in force at which block.
///
/// A new batcher counts from the L1 block after the one that names it: within one L1 block there is
/// exactly one batcher, which is what derivation assumes.
/// There is no proxy: a new version is a new deployment and a new rollup config file.
contract SystemConfig {
    /// What this contract is, for clients that check an address before they trust it.
    bytes32 public constant KIND = "troupe.SystemConfig.1";
    uint64 public constant GAS_LIMIT_MIN = 5_000_000;
    uint64 public constant GAS_LIMIT_MAX = 100_000_000_000;

    /// All at once, for the constructor.
    struct Roles {
        address owner; // sets everything below, and its own successor
        address guardian; // pauses, lifts the pause, deletes wrong claims
        address batcher; // posts data to BatchInbox
        address proposer; // claims output roots in OutputRegistry
    }

    /// Chain id of the L2.
    uint64 public immutable chainId;

    address public owner;
    address public pendingOwner;
    address public guardian;
    address public proposer;

    // One slot: BatchInbox reads it for every posting.
    address private _batcher;
    uint64 private _batcherSince; // L1 block from which _batcher counts
    bool private _paused;
    address private _previousBatcher; // counts before _batcherSince

    uint64 public gasLimit; // gas of every L2 block
    uint64 public baseFeeElasticity; // EIP-1559: target = gasLimit / elasticity
    uint64 public baseFeeDenominator; // EIP-1559: change per block at most 1 / denominator

    /// `batcher` may post from L1 block `fromBlock` on.
    event BatcherChanged(address indexed previous, address indexed batcher, uint64 fromBlock);
    event ProposerChanged(address indexed previous, address indexed proposer);
    event GuardianChanged(address indexed previous, address indexed guardian);
    event OwnershipOffered(address indexed owner, address indexed pendingOwner);
    event OwnershipTransferred(address indexed previous, address indexed owner);
    event GasLimitChanged(uint64 previous, uint64 gasLimit);
    event FeeParametersChanged(uint64 baseFeeElasticity, uint64 baseFeeDenominator);
    event Paused(address indexed by);
    event Unpaused(address indexed by);

    error NotOwner(address caller);
    error NotPendingOwner(address caller);
    error NotGuardian(address caller);
    error ZeroAddress();
    error ZeroChainId();
    error GasLimitOutOfRange(uint64 gasLimit, uint64 min, uint64 max);
    error FeeParametersInvalid(uint64 baseFeeElasticity, uint64 baseFeeDenominator);
    error AlreadyPaused();
    error NotPaused();

    modifier onlyOwner() {
        if (msg.sender != owner) revert NotOwner(msg.sender);
        _;
    }

    modifier onlyGuardian() {
        if (msg.sender != guardian) revert NotGuardian(msg.sender);
        _;
    }

    constructor(
        uint64 l2ChainId,
        Roles memory roles,
        uint64 initialGasLimit,
        uint64 elasticity,
        uint64 denominator
    ) {
        if (l2ChainId == 0) revert ZeroChainId();
        chainId = l2ChainId;
        owner = _nonZero(roles.owner);
        guardian = _nonZero(roles.guardian);
        proposer = _nonZero(roles.proposer);
        _batcher = _nonZero(roles.batcher);
        _batcherSince = uint64(block.number);
        emit OwnershipTransferred(address(0), roles.owner);
        emit GuardianChanged(address(0), roles.guardian);
        emit ProposerChanged(address(0), roles.proposer);
        emit BatcherChanged(address(0), roles.batcher, uint64(block.number));
        _setGasLimit(initialGasLimit);
        _setFeeParameters(elasticity, denominator);
    }

    /// The batcher in force in this L1 block.
    function batcher() public view returns (address) {
        return block.number < _batcherSince ? _previousBatcher : _batcher;
    }

    /// The batcher named last, and the first L1 block in which it may post.
    function nextBatcher() external view returns (address named, uint64 fromBlock) {
        return (_batcher, _batcherSince);
    }

    function paused() external view returns (bool) {
        return _paused;
    }

    /// Both things that BatchInbox asks, in one call.
    function posting() external view returns (address currentBatcher, bool isPaused) {
        return (batcher(), _paused);
    }

    function setBatcher(address next) external onlyOwner {
        _nonZero(next);
        address current = batcher();
        _previousBatcher = current;
        _batcher = next;
        _batcherSince = uint64(block.number) + 1;
        emit BatcherChanged(current, next, uint64(block.number) + 1);
    }

    function setProposer(address next) external onlyOwner {
        emit ProposerChanged(proposer, _nonZero(next));
        proposer = next;
    }

    function setGuardian(address next) external onlyOwner {
        emit GuardianChanged(guardian, _nonZero(next));
        guardian = next;
    }

    function setGasLimit(uint64 next) external onlyOwner {
        _setGasLimit(next);
    }

    function setFeeParameters(uint64 elasticity, uint64 denominator) external onlyOwner {
        _setFeeParameters(elasticity, denominator);
    }

    /// Ownership moves in two steps, so that a mistyped address cannot take it. Zero withdraws an offer.
    function offerOwnership(address next) external onlyOwner {
        pendingOwner = next;
        emit OwnershipOffered(owner, next);
    }

    function acceptOwnership() external {
        if (msg.sender != pendingOwner) revert NotPendingOwner(msg.sender);
        emit OwnershipTransferred(owner, msg.sender);
        owner = msg.sender;
        pendingOwner = address(0);
    }

    /// Stops postings and claims at once.
    function pause() external onlyGuardian {
        if (_paused) revert AlreadyPaused();
        _paused = true;
        emit Paused(msg.sender);
    }

    function unpause() external onlyGuardian {
        if (!_paused) revert NotPaused();
        _paused = false;
        emit Unpaused(msg.sender);
    }

    function _setGasLimit(uint64 next) private {
        if (next < GAS_LIMIT_MIN || next > GAS_LIMIT_MAX) {
            revert GasLimitOutOfRange(next, GAS_LIMIT_MIN, GAS_LIMIT_MAX);
        }
        emit GasLimitChanged(gasLimit, next);
        gasLimit = next;
    }

    function _setFeeParameters(uint64 elasticity, uint64 denominator) private {
        if (elasticity == 0 || denominator == 0) {
            revert FeeParametersInvalid(elasticity, denominator);
        }
        baseFeeElasticity = elasticity;
        baseFeeDenominator = denominator;
        emit FeeParametersChanged(elasticity, denominator);
    }

    function _nonZero(address account) private pure returns (address) {
        if (account == address(0)) revert ZeroAddress();
        return account;
    }
}
