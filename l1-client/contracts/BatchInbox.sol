// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SystemConfig} from "./SystemConfig.sol";

/// Takes the rollup's data. The whole calldata of a transaction to this contract is the data: no
/// selector and no padding, because the L1 charges for every byte.
///
/// Data begins with its version byte, 0x00; a call whose first four bytes name one of the functions
/// below is that call. compile.mjs refuses to build if one of their selectors begins with 0x00.
contract BatchInbox {
    bytes32 public constant KIND = "troupe.BatchInbox.1";

    SystemConfig public immutable systemConfig;

    /// keccak256(previous runningHash ‖ keccak256(data) ‖ L1 block number ‖ batcher), each 32 bytes,
    /// over all data in order; zero before the first. Whoever holds the data can prove that it is all.
    bytes32 public runningHash;

    /// `dataHash` is keccak256 of the transaction's whole calldata.
    event DataPosted(address indexed batcher, bytes32 dataHash, bytes32 runningHash);

    error NotBatcher(address caller, address batcher);
    error PostingPaused();
    error NotADirectCall(address caller);
    error EmptyData();

    constructor(SystemConfig config) {
        systemConfig = config;
    }

    fallback() external {
        _post();
    }

    function _post() private {
        if (msg.data.length == 0) revert EmptyData();
        (address batcher, bool paused) = systemConfig.posting();
        if (msg.sender != batcher) revert NotBatcher(msg.sender, batcher);
        if (paused) revert PostingPaused();
        // Readers take the data from the transaction itself, so it has to be there: no contract in
        // between, and no delegated code (EIP-7702) that calls from the sender's own address.
        if (msg.sender != tx.origin || msg.sender.code.length != 0) revert NotADirectCall(msg.sender);
        bytes32 dataHash = keccak256(msg.data);
        bytes32 next = keccak256(abi.encode(runningHash, dataHash, block.number, batcher));
        runningHash = next;
        emit DataPosted(batcher, dataHash, next);
    }
}
