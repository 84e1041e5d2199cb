// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {BasePaymaster} from "@account-abstraction/contracts/core/BasePaymaster.sol";
import {IEntryPoint} from "@account-abstraction/contracts/interfaces/IEntryPoint.sol";
import {PackedUserOperation} from "@account-abstraction/contracts/interfaces/PackedUserOperation.sol";

/// An ERC-4337 paymaster: pays for the accounts that its owner names, and counts what it paid for.
contract Sponsor is BasePaymaster {
    mapping(address account => bool) public sponsored;
    mapping(address account => uint256) public operations;

    event Paid(address indexed account, bool succeeded);

    error NotSponsored(address account);

    constructor(IEntryPoint entryPoint) BasePaymaster(entryPoint) {}

    function sponsor(address account, bool yes) external onlyOwner { sponsored[account] = yes; }

    function _validatePaymasterUserOp(PackedUserOperation calldata operation, bytes32, uint256)
        internal view override returns (bytes memory context, uint256 validationData)
    {
        if (!sponsored[operation.sender]) revert NotSponsored(operation.sender);
        return (abi.encode(operation.sender), 0);
    }

    function _postOp(PostOpMode mode, bytes calldata context, uint256, uint256) internal override {
        address account = abi.decode(context, (address));
        ++operations[account];
        emit Paid(account, mode == PostOpMode.opSucceeded);
    }
}
