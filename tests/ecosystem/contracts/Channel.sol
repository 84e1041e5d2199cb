// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20, SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

/// Payment channels of two parties: both put tokens in, sign new divisions of them off the chain, and anyone of
/// them closes with the newest one. A close with an old one can be disputed for a while; who disputes wins.
contract Channel is EIP712("Channel", "1") {
    using SafeERC20 for IERC20;

    enum Phase { None, Open, Closing, Closed }

    struct State {
        Phase phase;
        address[2] parties;
        uint256 total;
        uint256 version;  // of the division below; each new one is higher
        uint256 first;    // tokens of parties[0]; the rest is parties[1]'s
        uint256 deadline; // disputes are heard before it
    }

    bytes32 private constant DIVISION =
        keccak256("Division(uint256 channel,uint256 version,uint256 first,bool isFinal)");

    IERC20 public immutable token;
    uint256 public immutable disputeSeconds;
    uint256 public channels;
    mapping(uint256 id => State) private states;

    event Opened(uint256 indexed id, address indexed a, address indexed b, uint256 total);
    event Closing(uint256 indexed id, uint256 version, uint256 first);
    event Disputed(uint256 indexed id, uint256 version, uint256 first);
    event Closed(uint256 indexed id, uint256 first, uint256 second);

    error WrongPhase(Phase phase);
    error WrongSignature(address signer);
    error NotNewer(uint256 version);
    error TooMuch(uint256 first, uint256 total);
    error TooEarly(uint256 deadline);
    error TooLate(uint256 deadline);

    constructor(IERC20 token_, uint256 disputeSeconds_) {
        token = token_;
        disputeSeconds = disputeSeconds_;
    }

    function open(address a, address b, uint256 fromA, uint256 fromB) external returns (uint256 id) {
        id = ++channels;
        State storage state = states[id];
        (state.phase, state.parties, state.total, state.first) = (Phase.Open, [a, b], fromA + fromB, fromA);
        token.safeTransferFrom(a, address(this), fromA);
        token.safeTransferFrom(b, address(this), fromB);
        emit Opened(id, a, b, fromA + fromB);
    }

    function stateOf(uint256 id) external view returns (State memory) { return states[id]; }

    /// Both agree that it is over: no waiting.
    function closeTogether(uint256 id, uint256 version, uint256 first, bytes[2] calldata signatures) external {
        State storage state = states[id];
        if (state.phase != Phase.Open && state.phase != Phase.Closing) revert WrongPhase(state.phase);
        check(id, version, first, true, signatures);
        state.first = first;
        pay(id, state);
    }

    function startClose(uint256 id, uint256 version, uint256 first, bytes[2] calldata signatures) external {
        State storage state = states[id];
        if (state.phase != Phase.Open) revert WrongPhase(state.phase);
        check(id, version, first, false, signatures);
        (state.phase, state.version, state.first) = (Phase.Closing, version, first);
        state.deadline = block.timestamp + disputeSeconds;
        emit Closing(id, version, first);
    }

    /// A newer division replaces the one that it is being closed with.
    function dispute(uint256 id, uint256 version, uint256 first, bytes[2] calldata signatures) external {
        State storage state = states[id];
        if (state.phase != Phase.Closing) revert WrongPhase(state.phase);
        if (block.timestamp >= state.deadline) revert TooLate(state.deadline);
        if (version <= state.version) revert NotNewer(state.version);
        check(id, version, first, false, signatures);
        (state.version, state.first) = (version, first);
        emit Disputed(id, version, first);
    }

    function finish(uint256 id) external {
        State storage state = states[id];
        if (state.phase != Phase.Closing) revert WrongPhase(state.phase);
        if (block.timestamp < state.deadline) revert TooEarly(state.deadline);
        pay(id, state);
    }

    function check(uint256 id, uint256 version, uint256 first, bool isFinal, bytes[2] calldata signatures) private view {
        State storage state = states[id];
        if (first > state.total) revert TooMuch(first, state.total);
        bytes32 digest = _hashTypedDataV4(keccak256(abi.encode(DIVISION, id, version, first, isFinal)));
        for (uint256 i = 0; i < 2; ++i) {
            address signer = ECDSA.recover(digest, signatures[i]);
            if (signer != state.parties[i]) revert WrongSignature(signer);
        }
    }

    function pay(uint256 id, State storage state) private {
        state.phase = Phase.Closed;
        token.safeTransfer(state.parties[0], state.first);
        token.safeTransfer(state.parties[1], state.total - state.first);
        emit Closed(id, state.first, state.total - state.first);
    }
}
