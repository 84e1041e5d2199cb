// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Counter} from "../src/Counter.sol";

// What forge-std's Test gives; named here so that the example needs no library.
interface Vm {
    function envAddress(string calldata name) external view returns (address);
    function envBytes32(string calldata name) external view returns (bytes32);
    function rollFork(bytes32 transaction) external;
}

/// What is on the chain is there, what a test does stays in it:
///   COUNTER=0x... ADDED=0x... forge test --fork-url troupe
contract ForkTest {
    Vm private constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    function test_a_fork_has_the_chains_state_and_keeps_its_own() external {
        Counter counter = Counter(vm.envAddress("COUNTER"));
        uint256 before = counter.count();
        require(before == 6, "the chain's count");
        counter.add(4);
        require(counter.count() == before + 4, "the fork's count");
    }

    /// ADDED: the transaction that added the last of 1, 2 and 3. Before it, others of its block ran.
    function test_a_fork_goes_back_to_before_a_transaction() external {
        vm.rollFork(vm.envBytes32("ADDED"));
        require(Counter(vm.envAddress("COUNTER")).count() == 3, "the count before it");
    }
}
