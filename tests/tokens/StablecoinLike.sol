// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// Stands for the dollar tokens behind proxies: the highest bit of a balance's word says that the
/// account is on the blacklist, the owner's word also holds whether all is paused.
contract StablecoinLike {
    address public owner;
    bool public paused;
    mapping(address => uint256) internal balanceAndBlacklistStates;
    mapping(address => mapping(address => uint256)) public allowance;
    uint256 public totalSupply;

    event Transfer(address indexed from, address indexed to, uint256 value);

    modifier whenNotPaused() {
        require(!paused, "paused");
        _;
    }
    modifier notBlacklisted(address account) {
        require(!_isBlacklisted(account), "blacklisted");
        _;
    }

    function balanceOf(address account) external view returns (uint256) {
        return _balanceOf(account);
    }

    function approve(address spender, uint256 value) external whenNotPaused returns (bool) {
        allowance[msg.sender][spender] = value;
        return true;
    }

    function transfer(address to, uint256 value)
        external
        whenNotPaused
        notBlacklisted(msg.sender)
        notBlacklisted(to)
        returns (bool)
    {
        _transfer(msg.sender, to, value);
        return true;
    }

    function transferFrom(address from, address to, uint256 value)
        external
        whenNotPaused
        notBlacklisted(msg.sender)
        notBlacklisted(from)
        notBlacklisted(to)
        returns (bool)
    {
        require(value <= allowance[from][msg.sender], "allowance");
        _transfer(from, to, value);
        allowance[from][msg.sender] -= value;
        return true;
    }

    function _transfer(address from, address to, uint256 value) internal {
        require(to != address(0), "to zero");
        require(value <= _balanceOf(from), "balance");
        _setBalance(from, _balanceOf(from) - value);
        _setBalance(to, _balanceOf(to) + value);
        emit Transfer(from, to, value);
    }

    function _isBlacklisted(address account) internal view returns (bool) {
        return balanceAndBlacklistStates[account] >> 255 == 1;
    }

    function _balanceOf(address account) internal view returns (uint256) {
        return balanceAndBlacklistStates[account] & ((1 << 255) - 1);
    }

    function _setBalance(address account, uint256 balance) internal {
        require(balance <= ((1 << 255) - 1), "too much");
        require(!_isBlacklisted(account), "blacklisted");
        balanceAndBlacklistStates[account] = balance;
    }
}

/// Runs another contract's code on its own storage.
contract Proxy {
    bytes32 private constant LOGIC_SLOT = keccak256("troupe.tests.proxy.logic");

    constructor(address logic) {
        bytes32 slot = LOGIC_SLOT;
        assembly {
            sstore(slot, logic)
        }
    }

    fallback() external payable {
        bytes32 slot = LOGIC_SLOT;
        assembly {
            calldatacopy(0, 0, calldatasize())
            let result := delegatecall(gas(), sload(slot), 0, calldatasize(), 0, 0)
            returndatacopy(0, 0, returndatasize())
            switch result
            case 0 { revert(0, returndatasize()) }
            default { return(0, returndatasize()) }
        }
    }
}
