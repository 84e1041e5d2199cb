// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

// Contracts whose conflicts the arguments of a call do not show, or show where there are none.

/// Lots have small numbers, which could be anything; two bids conflict exactly when their lots do.
contract Auction {
    struct Lot {
        uint256 price;
        address bidder;
        uint64 bids;
    }
    mapping(uint256 => Lot) public lots;
    mapping(address => uint256) public spent;

    function bid(uint256 number, uint256 more) external {
        Lot storage lot = lots[number];
        uint256 price = lot.price + lot.price / 64 + more;
        lot.price = price % 1e18;
        lot.bidder = msg.sender;
        lot.bids += 1;
        spent[msg.sender] = spent[msg.sender] / 2 + price;
    }
}

interface IToken {
    function transferFrom(address from, address to, uint256 amount) external returns (bool);
}

/// Pays in any of many tokens: all who pay in one name it, and do not conflict.
contract Cashier {
    function pay(IToken token, address to, uint256 amount) external {
        require(token.transferFrom(msg.sender, to, amount));
    }
}

/// Two accounts are named, and the entry is the sender's own.
contract Ratings {
    mapping(address => mapping(address => uint256)) public ofShop;
    mapping(address => mapping(address => bytes32)) public notes;
    mapping(address => uint256) public given;

    function rate(address shop, address item, uint256 stars) external {
        uint256 before = ofShop[shop][msg.sender];
        ofShop[shop][msg.sender] = before / 2 + stars;
        notes[item][msg.sender] = keccak256(abi.encode(item, stars, before));
        given[msg.sender] = given[msg.sender] / 2 + stars;
    }
}
