// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC20, IERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {ERC4626} from "@openzeppelin/contracts/token/ERC20/extensions/ERC4626.sol";
import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {ERC721Royalty} from "@openzeppelin/contracts/token/ERC721/extensions/ERC721Royalty.sol";
import {ERC1155} from "@openzeppelin/contracts/token/ERC1155/ERC1155.sol";
import {ERC1155Supply} from "@openzeppelin/contracts/token/ERC1155/extensions/ERC1155Supply.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

/// A fungible token with permits.
contract Coin is ERC20Permit, Ownable {
    constructor(string memory name, string memory symbol)
        ERC20(name, symbol) ERC20Permit(name) Ownable(msg.sender) {}

    function mint(address to, uint256 amount) external onlyOwner { _mint(to, amount); }
}

/// An NFT with royalties.
contract Deed is ERC721Royalty, Ownable {
    constructor(address royalties) ERC721("Deed", "DEED") Ownable(msg.sender) { _setDefaultRoyalty(royalties, 250); }

    function mint(address to, uint256 id) external onlyOwner { _safeMint(to, id); }
}

/// Many kinds of items, some of many pieces.
contract Items is ERC1155Supply, Ownable {
    constructor() ERC1155("ipfs://items/{id}.json") Ownable(msg.sender) {}

    function mintBatch(address to, uint256[] calldata ids, uint256[] calldata amounts) external onlyOwner {
        _mintBatch(to, ids, amounts, "");
    }

    function burn(address from, uint256 id, uint256 amount) external {
        if (from != msg.sender && !isApprovedForAll(from, msg.sender))
            revert ERC1155MissingApprovalForAll(msg.sender, from);
        _burn(from, id, amount);
    }
}

/// A tokenized vault whose shares grow when assets are given to it.
contract Vault is ERC4626 {
    constructor(IERC20 asset) ERC20("Vault share", "vSHARE") ERC4626(asset) {}
}
