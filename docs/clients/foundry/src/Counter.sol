// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

contract Counter {
    uint256 public count;

    event Counted(address indexed by, uint256 count);

    error TooMuch(uint256 asked, uint256 most);

    function add(uint256 amount) external {
        if (amount > 10) revert TooMuch(amount, 10);
        count += amount;
        emit Counted(msg.sender, count);
    }
}
