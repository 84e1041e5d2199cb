// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {IERC20, SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {BitMaps} from "@openzeppelin/contracts/utils/structs/BitMaps.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// Rewards for physical infrastructure: operators stake for devices, the network's owner publishes per epoch a
/// Merkle root of who served how much, and each device's operator claims its share of the epoch's reward. A
/// device that signs two different readings for one time loses its stake to who shows them.
contract DeviceRewards is EIP712("DeviceRewards", "1"), Ownable {
    using SafeERC20 for IERC20;
    using BitMaps for BitMaps.BitMap;

    struct Device {
        address operator;
        uint128 stake;
        uint64 index; // its bit in the epochs
    }

    struct Epoch {
        bytes32 root;
        uint256 reward;
        uint256 units; // served by all
    }

    bytes32 private constant READING = keccak256("Reading(uint256 time,uint256 units)");

    IERC20 public immutable token;
    uint128 public immutable stakeNeeded;
    uint64 public devices;
    uint256 public epochs;
    mapping(address device => Device) public deviceOf;
    mapping(uint256 epoch => Epoch) public epochOf;
    mapping(uint256 epoch => BitMaps.BitMap) private claimed;

    event Registered(address indexed device, address indexed operator, uint64 index);
    event EpochPublished(uint256 indexed epoch, bytes32 root, uint256 reward, uint256 units);
    event Claimed(uint256 indexed epoch, address indexed device, address indexed operator, uint256 reward);
    event Slashed(address indexed device, address indexed reporter, uint256 stake);

    error AlreadyRegistered(address device);
    error NotRegistered(address device);
    error AlreadyClaimed(uint256 epoch, address device);
    error NotServed(uint256 epoch, address device, uint256 units);
    error NoContradiction();

    constructor(IERC20 token_, uint128 stakeNeeded_) Ownable(msg.sender) {
        (token, stakeNeeded) = (token_, stakeNeeded_);
    }

    /// The device agrees by signing its operator's address, so that nobody registers another's.
    function register(address device, bytes calldata consent) external {
        if (deviceOf[device].operator != address(0)) revert AlreadyRegistered(device);
        bytes32 digest = _hashTypedDataV4(keccak256(abi.encode(keccak256("Consent(address operator)"), msg.sender)));
        if (ECDSA.recover(digest, consent) != device) revert NotRegistered(device);
        deviceOf[device] = Device(msg.sender, stakeNeeded, devices);
        token.safeTransferFrom(msg.sender, address(this), stakeNeeded);
        emit Registered(device, msg.sender, devices++);
    }

    function publish(bytes32 root, uint256 reward, uint256 units) external onlyOwner {
        token.safeTransferFrom(msg.sender, address(this), reward);
        epochOf[++epochs] = Epoch(root, reward, units);
        emit EpochPublished(epochs, root, reward, units);
    }

    function claim(uint256 epoch, address device, uint256 units, bytes32[] calldata proof) external {
        Device memory known = deviceOf[device];
        if (known.operator == address(0)) revert NotRegistered(device);
        if (claimed[epoch].get(known.index)) revert AlreadyClaimed(epoch, device);
        bytes32 leaf = keccak256(bytes.concat(keccak256(abi.encode(device, units))));
        if (!MerkleProof.verifyCalldata(proof, epochOf[epoch].root, leaf)) revert NotServed(epoch, device, units);
        claimed[epoch].set(known.index);
        uint256 reward = Math.mulDiv(epochOf[epoch].reward, units, epochOf[epoch].units);
        token.safeTransfer(known.operator, reward);
        emit Claimed(epoch, device, known.operator, reward);
    }

    function slash(address device, uint256 time, uint256[2] calldata units, bytes[2] calldata signatures) external {
        uint256 stake = deviceOf[device].stake;
        if (stake == 0) revert NotRegistered(device);
        if (units[0] == units[1]) revert NoContradiction();
        for (uint256 i = 0; i < 2; ++i) {
            bytes32 digest = _hashTypedDataV4(keccak256(abi.encode(READING, time, units[i])));
            if (ECDSA.recover(digest, signatures[i]) != device) revert NoContradiction();
        }
        deviceOf[device].stake = 0;
        token.safeTransfer(msg.sender, stake);
        emit Slashed(device, msg.sender, stake);
    }
}
