// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// Calls within calls, one of which fails and is survived: something to look at in a call tree.
contract Relay {
    function pay(IERC20 token, address to, uint256 amount) external {
        require(token.transferFrom(msg.sender, to, amount), "no transfer");
        try this.refuse() {} catch {}
    }

    function refuse() external pure { revert("as it was asked to"); }
}
