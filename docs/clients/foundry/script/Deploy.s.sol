// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Counter} from "../src/Counter.sol";

// What forge-std's Script gives; named here so that the example needs no library.
interface Vm {
    function startBroadcast(uint256 key) external;
    function stopBroadcast() external;
}

contract Deploy {
    // forge finds its cheat codes at this address, and the entry point by this name.
    Vm private constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
    bool public constant IS_SCRIPT = true;
    // The first account of `troupe devnet`; known to everybody, worth nothing.
    uint256 private constant KEY = 0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80;

    /// Deploys and counts to six, as four transactions that forge sends one after the other.
    function run() external returns (Counter counter) {
        vm.startBroadcast(KEY);
        counter = new Counter();
        for (uint256 i = 1; i <= 3; ++i) counter.add(i);
        vm.stopBroadcast();
    }
}
