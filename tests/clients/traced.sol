// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// What tracers have to see: calls of every kind, creations, logs, reverts, storage, precompiles.
contract Child {
    uint256 public value;
    event Born(address indexed by, uint256 value);

    constructor(uint256 value_) payable {
        require(value_ != 13, "unlucky");
        value = value_;
        emit Born(msg.sender, value_);
    }
    function set(uint256 value_) external payable {
        value = value_;
    }
    function leave(address payable to) external {
        selfdestruct(to);
    }
}

contract Traced {
    uint256 public stored;
    mapping(address => uint256) public balances;
    event Stored(uint256 indexed before, uint256 value);
    error Refused(uint256 code, address by);

    receive() external payable {}

    function store(uint256 value) external payable {
        emit Stored(stored, value);
        stored = value;
        balances[msg.sender] += msg.value;
    }
    function clear() external {
        stored = 0;
    }
    function fail(string calldata reason) external pure {
        revert(reason);
    }
    function refuse(uint256 code) external view {
        revert Refused(code, msg.sender);
    }
    function panic(uint256 by) external pure returns (uint256) {
        return 1 / by;
    }
    function burn() external pure {
        assembly { invalid() }
    }
    function loop() external view {
        uint256 x = 0;
        while (gasleft() > 0) { unchecked { x += 1; } }
    }
    // One that fails is caught; its logs are gone, those before and after it stay.
    function mixed(uint256 value) external returns (bytes32 digest) {
        emit Stored(1, value);
        try this.storeAndFail(value) {} catch {}
        this.store(value);
        (bool ok, bytes memory data) = address(this).staticcall(abi.encodeCall(this.stored, ()));
        require(ok);
        (ok, ) = address(this).delegatecall(abi.encodeCall(this.store, (value + 1)));
        require(ok);
        digest = sha256(data);
        emit Stored(2, uint256(digest));
    }
    function storeAndFail(uint256 value) external {
        emit Stored(3, value);
        stored = value;
        revert("caught");
    }
    function create(uint256 value) external payable returns (Child child) {
        child = new Child{value: msg.value}(value);
        child.set(value + 1);
    }
    function create2(uint256 value, bytes32 salt) external returns (Child child) {
        child = new Child{salt: salt}(value);
        try new Child{salt: salt}(value) {} catch {}
        try new Child(13) {} catch {}
    }
    function createAndDestroy(address payable to) external payable {
        Child child = new Child{value: msg.value}(1);
        child.leave(to);
    }
    function send(address payable to, uint256 value) external returns (bool ok) {
        (ok, ) = to.call{value: value}("");
    }
    function recurse(uint256 depth) external returns (uint256) {
        if (depth == 0) return stored;
        return this.recurse(depth - 1) + 1;
    }
}
