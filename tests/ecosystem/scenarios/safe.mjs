// Safe's multisig 1.5.0: a 2-of-3 wallet made by the proxy factory.
import assert from 'node:assert/strict';
import { concatHex, encodeFunctionData, encodePacked, parseEther, size, zeroAddress } from 'viem';
import { compile } from '../support/compile.mjs';
import { chainId } from '../support/nodes.mjs';
import { hardhatArtifact } from '../support/packages.mjs';

export const needs = ['@openzeppelin/contracts', '@safe-global/safe-smart-account'];
const folder = '@safe-global/safe-smart-account/build/artifacts/contracts';
const fields = ['to:address', 'value:uint256', 'data:bytes', 'operation:uint8', 'safeTxGas:uint256', 'baseGas:uint256',
  'gasPrice:uint256', 'gasToken:address', 'refundReceiver:address', 'nonce:uint256'];
const types = { SafeTx: fields.map((field) => ({ name: field.split(':')[0], type: field.split(':')[1] })) };

const order = (transaction) => fields.slice(0, -1).map((field) => transaction[field.split(':')[0]]);
const safeTx = (given) => ({ value: 0n, data: '0x', operation: 0, safeTxGas: 0n, baseGas: 0n, gasPrice: 0n,
  gasToken: zeroAddress, refundReceiver: zeroAddress, ...given });

/// The owners' signatures, in the order of their addresses as the Safe wants them.
async function sign(safe, transaction, owners) {
  const sorted = [...owners].sort((a, b) => (a.address.toLowerCase() < b.address.toLowerCase() ? -1 : 1));
  return concatHex(await Promise.all(sorted.map((owner) => owner.signTypedData({
    domain: { chainId, verifyingContract: safe.address }, types, primaryType: 'SafeTx', message: transaction }))));
}

export default function scenarios() {
  const built = compile(['ours/Tokens.sol']);
  return {
    async 'two of three owners decide'(w) {
      const { alice, bob, carol, dave, erin } = w;
      const singleton = await w.deploy(hardhatArtifact(folder, 'Safe'));
      const factory = await w.deploy(hardhatArtifact(`${folder}/proxies`, 'SafeProxyFactory'));
      const handler = await w.deploy(hardhatArtifact(`${folder}/handler`, 'CompatibilityFallbackHandler'));
      const multiSend = await w.deploy(hardhatArtifact(`${folder}/libraries`, 'MultiSend'));
      const owners = [alice, bob, carol].map(({ address }) => address);
      const setup = encodeFunctionData({ abi: singleton.abi, functionName: 'setup',
        args: [owners, 2n, zeroAddress, '0x', handler.address, zeroAddress, 0n, zeroAddress] });
      const created = await w.send(factory, 'createProxyWithNonce', [singleton.address, setup, 7n]);
      const { proxy } = w.event(created, factory.abi, 'ProxyCreation');
      const safe = { name: 'safe', abi: singleton.abi, address: proxy };
      assert.deepEqual(await w.read(safe, 'getOwners'), owners);
      await w.reverts(safe, 'setup', [owners, 2n, zeroAddress, '0x', handler.address, zeroAddress, 0n, zeroAddress], { reason: 'GS200' });

      const paidIn = await w.transact({ to: safe.address, value: parseEther('3') });
      w.events(paidIn, safe, [['SafeReceived', { sender: alice.address, value: parseEther('3') }]]);

      const pay = safeTx({ to: dave.address, value: parseEther('1'), nonce: 0n });
      const both = await sign(safe, pay, [alice, bob]);
      await w.reverts(safe, 'execTransaction', [...order(pay), await sign(safe, pay, [alice])], { reason: 'GS020' }, { from: erin });
      await w.reverts(safe, 'execTransaction', [...order(pay), await sign(safe, pay, [alice, erin])], { reason: 'GS026' }, { from: erin });
      await w.reverts(safe, 'execTransaction', [...order({ ...pay, value: parseEther('2') }), both], { reason: 'GS026' }, { from: erin });
      const before = await w.balance(dave.address);
      const paid = await w.send(safe, 'execTransaction', [...order(pay), both], { from: erin });
      const txHash = await w.read(safe, 'getTransactionHash', [...order(pay), 0n]);
      w.events(paid, safe, [['ExecutionSuccess', { txHash, payment: 0n }]]);
      assert.equal(await w.balance(dave.address), before + parseEther('1'));
      await w.reverts(safe, 'execTransaction', [...order(pay), both], { reason: 'GS026' }, { from: erin });

      // One owner by signature, the other by a transaction of his own.
      const coin = await w.deploy(built.Coin, ['Safe', 'SAFE']);
      await w.send(coin, 'mint', [safe.address, 100n]);
      const call = (abi, functionName, args) => encodeFunctionData({ abi, functionName, args });
      const inner = [
        [coin.address, call(coin.abi, 'transfer', [dave.address, 60n])],
        [safe.address, call(safe.abi, 'addOwnerWithThreshold', [erin.address, 3n])],
      ];
      const packed = concatHex(inner.map(([to, data]) =>
        encodePacked(['uint8', 'address', 'uint256', 'uint256', 'bytes'], [0, to, 0n, BigInt(size(data)), data])));
      const batch = safeTx({ to: multiSend.address, data: call(multiSend.abi, 'multiSend', [packed]), operation: 1, nonce: 1n });
      const batchHash = await w.read(safe, 'getTransactionHash', [...order(batch), 1n]);
      const approved = await w.send(safe, 'approveHash', [batchHash], { from: bob });
      w.events(approved, safe, [['ApproveHash', { approvedHash: batchHash, owner: bob.address }]]);
      const byApproval = concatHex([encodePacked(['uint256', 'uint256', 'uint8'], [BigInt(bob.address), 0n, 1])]);
      const bySignature = await sign(safe, batch, [carol]);
      const signatures = carol.address.toLowerCase() < bob.address.toLowerCase() ? [bySignature, byApproval] : [byApproval, bySignature];
      const batched = await w.send(safe, 'execTransaction', [...order(batch), concatHex(signatures)]);
      w.events(batched, coin, [['Transfer', { from: safe.address, to: dave.address, value: 60n }]]);
      w.events(batched, safe, [['AddedOwner', { owner: erin.address }], ['ChangedThreshold', { threshold: 3n }],
        ['ExecutionSuccess', { txHash: batchHash, payment: 0n }]]);
      assert.equal(await w.read(safe, 'getThreshold'), 3n);

      // A message of the Safe's is valid when enough owners signed (EIP-1271, by the fallback handler).
      const message = `0x${'ab'.repeat(32)}`;
      const asHandler = { abi: handler.abi, address: safe.address };
      const safeMessage = { domain: { chainId, verifyingContract: safe.address },
        types: { SafeMessage: [{ name: 'message', type: 'bytes' }] }, primaryType: 'SafeMessage', message: { message } };
      const signers = [alice, bob, carol].sort((a, b) => (a.address.toLowerCase() < b.address.toLowerCase() ? -1 : 1));
      const signed = concatHex(await Promise.all(signers.map((owner) => owner.signTypedData(safeMessage))));
      assert.equal(await w.read(asHandler, 'isValidSignature', [message, signed]), '0x1626ba7e');
    },
  };
}
