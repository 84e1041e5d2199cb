// DePIN: devices serve, an epoch's Merkle root says how much, their operators claim; a device that lies is slashed.
import assert from 'node:assert/strict';
import { concatHex, encodeAbiParameters, keccak256, maxUint256, parseEther, toHex, zeroAddress } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { compile } from '../support/compile.mjs';
import { chainId } from '../support/nodes.mjs';

export const needs = ['@openzeppelin/contracts'];
const stake = parseEther('10');

/// OpenZeppelin's tree: leaves hashed twice, pairs in order. levels[0] are the leaves.
function merkleTree(leaves) {
  const levels = [[...leaves].sort()];
  while (levels.at(-1).length > 1) {
    const below = levels.at(-1);
    levels.push(Array.from({ length: Math.ceil(below.length / 2) }, (_, i) =>
      below[2 * i + 1] === undefined ? below[2 * i] : keccak256(concatHex([below[2 * i], below[2 * i + 1]].sort()))));
  }
  const proof = (leaf) => levels.slice(0, -1).reduce(({ index, path }, level) => ({
    index: index >> 1, path: level[index ^ 1] === undefined ? path : [...path, level[index ^ 1]] }),
  { index: levels[0].indexOf(leaf), path: [] }).path;
  return { root: levels.at(-1)[0], proof };
}
const leafOf = (device, units) => keccak256(keccak256(encodeAbiParameters([{ type: 'address' }, { type: 'uint256' }], [device, units])));

export default function scenarios() {
  const built = { ...compile(['ours/Tokens.sol']), ...compile(['ours/DeviceRewards.sol']) };
  return {
    async 'devices are paid for what they served, once'(w) {
      const { alice, bob, carol, dave } = w;
      const coin = await w.deploy(built.Coin, ['Network', 'NET']);
      const rewards = await w.deploy(built.DeviceRewards, [coin.address, stake]);
      for (const account of [alice, bob, carol]) {
        await w.send(coin, 'mint', [account.address, parseEther('1000')]);
        await w.send(coin, 'approve', [rewards.address, maxUint256], { from: account });
      }
      const devices = Array.from({ length: 20 }, (_, i) => privateKeyToAccount(keccak256(toHex(`device ${i}`))));
      const domain = { name: 'DeviceRewards', version: '1', chainId, verifyingContract: rewards.address };
      const consent = (device, operator) => device.signTypedData({
        domain, types: { Consent: [{ name: 'operator', type: 'address' }] }, primaryType: 'Consent', message: { operator: operator.address } });
      const operatorOf = (i) => (i % 2 === 0 ? bob : carol);
      await w.reverts(rewards, 'register', [devices[0].address, await consent(devices[0], bob)],
        { error: 'NotRegistered', args: [devices[0].address] }, { from: carol });
      for (const [i, device] of devices.slice(0, 3).entries()) {
        const registered = await w.send(rewards, 'register', [device.address, await consent(device, operatorOf(i))], { from: operatorOf(i) });
        w.events(registered, rewards, [['Registered', { device: device.address, operator: operatorOf(i).address, index: BigInt(i) }]]);
      }
      await w.reverts(rewards, 'register', [devices[0].address, await consent(devices[0], bob)],
        { error: 'AlreadyRegistered', args: [devices[0].address] }, { from: bob });
      assert.equal(await w.read(coin, 'balanceOf', [bob.address]), parseEther('980'));

      const served = devices.map((device, i) => [device.address, BigInt(i + 1) * 10n]);
      const total = served.reduce((sum, [, units]) => sum + units, 0n);  // 2,100
      const tree = merkleTree(served.map(([device, units]) => leafOf(device, units)));
      await w.reverts(rewards, 'publish', [tree.root, parseEther('210'), total],
        { error: 'OwnableUnauthorizedAccount', args: [bob.address] }, { from: bob });
      const published = await w.send(rewards, 'publish', [tree.root, parseEther('210'), total]);
      w.events(published, rewards, [['EpochPublished', { epoch: 1n, root: tree.root, reward: parseEther('210'), units: total }]]);
      const claim = (i, units = served[i][1]) => [1n, served[i][0], units, tree.proof(leafOf(...served[i]))];
      await w.reverts(rewards, 'claim', claim(0, 11n), { error: 'NotServed', args: [1n, served[0][0], 11n] });
      await w.reverts(rewards, 'claim', claim(5), { error: 'NotRegistered', args: [served[5][0]] });
      for (const i of [0, 1, 2]) {
        // A tenth of an ether for each unit; anyone may send the claim, the operator gets it.
        const claimed = await w.send(rewards, 'claim', claim(i), { from: dave });
        w.events(claimed, rewards, [['Claimed', { epoch: 1n, device: served[i][0], operator: operatorOf(i).address, reward: parseEther(`${i + 1}`) }]]);
      }
      await w.reverts(rewards, 'claim', claim(1), { error: 'AlreadyClaimed', args: [1n, served[1][0]] });
      assert.equal(await w.read(coin, 'balanceOf', [bob.address]), parseEther('984'));
      assert.equal(await w.read(coin, 'balanceOf', [rewards.address]), parseEther('234'));

      const reading = (units) => devices[2].signTypedData({ domain,
        types: { Reading: [{ name: 'time', type: 'uint256' }, { name: 'units', type: 'uint256' }] }, primaryType: 'Reading', message: { time: 99n, units } });
      const readings = [await reading(4n), await reading(400n)];
      await w.reverts(rewards, 'slash', [devices[2].address, 99n, [4n, 4n], [readings[0], readings[0]]], { error: 'NoContradiction' }, { from: dave });
      await w.reverts(rewards, 'slash', [devices[1].address, 99n, [4n, 400n], readings], { error: 'NoContradiction' }, { from: dave });
      const slashed = await w.send(rewards, 'slash', [devices[2].address, 99n, [4n, 400n], readings], { from: dave });
      w.events(slashed, rewards, [['Slashed', { device: devices[2].address, reporter: dave.address, stake }]]);
      assert.equal(await w.read(coin, 'balanceOf', [dave.address]), stake);
      await w.reverts(rewards, 'slash', [devices[2].address, 99n, [4n, 400n], readings], { error: 'NotRegistered' }, { from: dave });
      assert.deepEqual(await w.read(rewards, 'deviceOf', [zeroAddress]), [zeroAddress, 0n, 0n]);
    },
  };
}
