// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";
import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {EnumerableSet} from "@openzeppelin/contracts/utils/structs/EnumerableSet.sol";

/// Goods from maker to shop. Custody changes when the next keeper accepts; inspectors certify; a recalled batch
/// stands still. Whoever holds a good can show its whole way from the events.
contract SupplyChain is ERC721, AccessControl {
    using EnumerableSet for EnumerableSet.UintSet;

    bytes32 public constant MAKER = keccak256("MAKER");
    bytes32 public constant CARRIER = keccak256("CARRIER");
    bytes32 public constant INSPECTOR = keccak256("INSPECTOR");
    bytes32 public constant SHOP = keccak256("SHOP");

    struct Good {
        uint64 batch;
        uint64 handovers;
        bytes32 document;    // hash of its papers
        address offeredTo;   // the next keeper, until it accepts
        address certifiedBy;
    }

    uint256 public goods;
    mapping(uint256 id => Good) public goodOf;
    mapping(uint64 batch => string reason) public recallOf;
    mapping(uint64 batch => EnumerableSet.UintSet) private goodsOfBatch;

    event Made(uint256 indexed id, uint64 indexed batch, bytes32 document);
    event Offered(uint256 indexed id, address indexed from, address indexed to);
    event Accepted(uint256 indexed id, address indexed by, uint64 handovers, bytes32 document);
    event Certified(uint256 indexed id, address indexed by);
    event Recalled(uint64 indexed batch, uint256 count, string reason);

    error NotOffered(uint256 id, address to);
    error NotAKeeper(address account);
    error NotCertified(uint256 id);
    error IsRecalled(uint64 batch, string reason);
    error OnlyByHandover();

    constructor() ERC721("Good", "GOOD") { _grantRole(DEFAULT_ADMIN_ROLE, msg.sender); }

    function make(uint64 batch, bytes32 document) external onlyRole(MAKER) returns (uint256 id) {
        id = ++goods;
        goodOf[id] = Good(batch, 0, document, address(0), address(0));
        goodsOfBatch[batch].add(id);
        _mint(msg.sender, id);
        emit Made(id, batch, document);
    }

    function certify(uint256 id) external onlyRole(INSPECTOR) {
        _requireOwned(id);
        goodOf[id].certifiedBy = msg.sender;
        emit Certified(id, msg.sender);
    }

    function offer(uint256 id, address to) external {
        _checkAuthorized(_requireOwned(id), msg.sender, id);
        if (!hasRole(CARRIER, to) && !hasRole(SHOP, to)) revert NotAKeeper(to);
        Good storage good = goodOf[id];
        standsStill(good.batch);
        if (hasRole(SHOP, to) && good.certifiedBy == address(0)) revert NotCertified(id);
        good.offeredTo = to;
        emit Offered(id, msg.sender, to);
    }

    /// The new keeper signs for the good and the papers that came with it.
    function accept(uint256 id, bytes32 document) external {
        Good storage good = goodOf[id];
        if (good.offeredTo != msg.sender) revert NotOffered(id, msg.sender);
        standsStill(good.batch);
        (good.offeredTo, good.document) = (address(0), document);
        ++good.handovers;
        _update(msg.sender, id, address(0));
        emit Accepted(id, msg.sender, good.handovers, document);
    }

    function recall(uint64 batch, string calldata reason) external onlyRole(INSPECTOR) {
        recallOf[batch] = reason;
        emit Recalled(batch, goodsOfBatch[batch].length(), reason);
    }

    function batchOf(uint64 batch) external view returns (uint256[] memory) { return goodsOfBatch[batch].values(); }

    function transferFrom(address, address, uint256) public pure override { revert OnlyByHandover(); }

    function supportsInterface(bytes4 id) public view override(ERC721, AccessControl) returns (bool) {
        return super.supportsInterface(id);
    }

    function standsStill(uint64 batch) private view {
        if (bytes(recallOf[batch]).length != 0) revert IsRecalled(batch, recallOf[batch]);
    }
}
