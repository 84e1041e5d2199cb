// ERC-4337: EntryPoint 0.8 at its well-known address, accounts that own no ether and a paymaster.
// EIP-7702: an ordinary account borrows code.
import assert from 'node:assert/strict';
import { concatHex, encodeFunctionData, getContractAddress, keccak256, numberToHex, pad, parseEther, parseGwei, toHex, zeroAddress } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { compile } from '../support/compile.mjs';
import { chainId } from '../support/nodes.mjs';
import { artifact } from '../support/packages.mjs';

export const needs = ['@openzeppelin/contracts', '@account-abstraction/contracts'];
const published = (name) => artifact(`@account-abstraction/contracts/artifacts/${name}.json`);
const deployer = '0x4e59b44847b379578588920cA78FbF26c0B4956C';
const salt = '0x0a59dbff790c23c976a548690c27297883cc66b4c67024f9117b0238995e35e9';
const entryPointAddress = '0x4337084D9E255Ff0702461CF8895CE9E3b5Ff108';
const price = parseGwei('20');
const pair = (high, low) => concatHex([numberToHex(high, { size: 16 }), numberToHex(low, { size: 16 })]);
const types = { PackedUserOperation: ['sender:address', 'nonce:uint256', 'initCode:bytes', 'callData:bytes', 'accountGasLimits:bytes32',
  'preVerificationGas:uint256', 'gasFees:bytes32', 'paymasterAndData:bytes']
  .map((field) => ({ name: field.split(':')[0], type: field.split(':')[1] })) };

/// Puts the EntryPoint where every chain has it, by the deterministic deployment proxy.
async function deployEntryPoint(w) {
  const { abi, bytecode } = published('EntryPoint');
  assert.equal(getContractAddress({ opcode: 'CREATE2', from: deployer, salt, bytecode }), entryPointAddress);
  if (!(await w.client.getCode({ address: entryPointAddress })))
    await w.transact({ to: deployer, data: concatHex([salt, bytecode]), label: 'deploy EntryPoint' });
  assert.ok(await w.client.getCode({ address: entryPointAddress }));
  return { name: 'EntryPoint', address: entryPointAddress, abi };
}

const userOperation = (given) => ({ nonce: 0n, initCode: '0x', accountGasLimits: pair(400_000n, 200_000n), preVerificationGas: 60_000n,
  gasFees: pair(price, price), paymasterAndData: '0x', signature: '0x', ...given });
const paidBy = (sponsor) => concatHex([sponsor.address, pair(100_000n, 60_000n)]);

/// @param initCode  what stands for it in the hash: an account of EIP-7702 has its delegate there
async function signOperation(operation, owner, initCode = operation.initCode) {
  const signature = await owner.signTypedData({
    domain: { name: 'ERC4337', version: '1', chainId, verifyingContract: entryPointAddress },
    types, primaryType: 'PackedUserOperation', message: { ...operation, initCode } });
  return { ...operation, signature };
}

export default function scenarios() {
  const built = { ...compile(['ours/Tokens.sol']), ...compile(['ours/Sponsor.sol']) };
  const key = (name) => privateKeyToAccount(keccak256(toHex(name)));
  const call = (abi, functionName, args) => encodeFunctionData({ abi, functionName, args });

  return {
    async 'an account without ether acts, and a paymaster pays'(w) {
      const { alice, bob, carol } = w;
      const entryPoint = await deployEntryPoint(w);
      const factory = await w.deploy(published('SimpleAccountFactory'), [entryPoint.address]);
      const sponsor = await w.deploy(built.Sponsor, [entryPoint.address]);
      const coin = await w.deploy(built.Coin, ['Coin', 'COIN']);
      await w.send(sponsor, 'deposit', [], { value: parseEther('1') });

      const owner = key('an owner without ether');
      const sender = await w.read(factory, 'getAddress', [owner.address, 0n]);
      const account = { address: sender, abi: published('SimpleAccount').abi };
      await w.send(coin, 'mint', [sender, 50n]);
      const initCode = concatHex([factory.address, call(factory.abi, 'createAccount', [owner.address, 0n])]);
      const transfer = call(account.abi, 'execute', [coin.address, 0n, call(coin.abi, 'transfer', [bob.address, 20n])]);
      const first = await signOperation(userOperation({ sender, initCode, callData: transfer, paymasterAndData: paidBy(sponsor) }), owner);

      await w.reverts(entryPoint, 'handleOps', [[first], carol.address], { error: 'FailedOpWithRevert' }, { from: carol });
      await w.send(sponsor, 'sponsor', [sender, true]);
      const forged = { ...first, signature: (await signOperation(first, alice)).signature };
      await w.reverts(entryPoint, 'handleOps', [[forged], carol.address],
        { error: 'FailedOp', args: [0n, 'AA24 signature error'] }, { from: carol });
      const handled = await w.send(entryPoint, 'handleOps', [[first], carol.address], { from: carol, gas: 3_000_000n });
      const userOpHash = await w.read(entryPoint, 'getUserOpHash', [{ ...first, initCode }]);
      const { actualGasCost, actualGasUsed } = w.event(handled, entryPoint.abi, 'UserOperationEvent');
      assert.equal(actualGasCost, actualGasUsed * price);
      w.events(handled, coin, [['Transfer', { from: sender, to: bob.address, value: 20n }]]);
      w.events(handled, sponsor, [['Paid', { account: sender, succeeded: true }]]);
      assert.deepEqual(w.event(handled, entryPoint.abi, 'AccountDeployed'),
        { userOpHash, sender, factory: factory.address, paymaster: sponsor.address });
      assert.equal(await w.balance(sender), 0n);
      assert.equal(await w.balance(owner.address), 0n);
      assert.equal(await w.read(account, 'owner'), owner.address);
      assert.equal(await w.read(entryPoint, 'balanceOf', [sponsor.address]), parseEther('1') - actualGasCost);

      // An operation whose call reverts is paid for all the same, and says why.
      const tooMuch = call(account.abi, 'execute', [coin.address, 0n, call(coin.abi, 'transfer', [bob.address, 31n])]);
      const second = await signOperation(userOperation({ sender, nonce: 1n, callData: tooMuch, paymasterAndData: paidBy(sponsor) }), owner);
      await w.reverts(entryPoint, 'handleOps', [[{ ...second, nonce: 0n }], carol.address],
        { error: 'FailedOp', args: [0n, 'AA25 invalid account nonce'] }, { from: carol });
      const failed = await w.send(entryPoint, 'handleOps', [[second], carol.address], { from: carol, gas: 3_000_000n });
      assert.equal(w.event(failed, entryPoint.abi, 'UserOperationEvent').success, false);
      assert.match(w.event(failed, entryPoint.abi, 'UserOperationRevertReason').revertReason, /^0xe450d38c/);  // ERC20InsufficientBalance
      w.events(failed, sponsor, [['Paid', { account: sender, succeeded: false }]]);
      assert.equal(await w.read(sponsor, 'operations', [sender]), 2n);
      assert.equal(await w.read(coin, 'balanceOf', [sender]), 30n);
    },

    async 'an ordinary account borrows code and gives it back'(w) {
      const { alice, bob, carol } = w;
      const delegate = await w.deploy(published('Simple7702Account'));
      const coin = await w.deploy(built.Coin, ['Coin', 'COIN']);
      const eoa = key('an ordinary account');
      await w.send(coin, 'mint', [eoa.address, 90n]);
      await w.transact({ to: eoa.address, value: parseEther('1') });

      // Bob pays for the transaction that carries the authorization.
      const authorization = await eoa.signAuthorization({ chainId, contractAddress: delegate.address, nonce: 0 });
      const set = await w.transact({ from: bob, to: eoa.address, authorizationList: [authorization], gas: 200_000n, label: 'delegate' });
      assert.equal(set.type, 'eip7702');
      assert.equal(await w.client.getCode({ address: eoa.address }), concatHex(['0xef0100', delegate.address]).toLowerCase());
      assert.equal(await w.client.getTransactionCount({ address: eoa.address }), 1);
      const transaction = await w.client.getTransaction({ hash: set.transactionHash });
      assert.equal(transaction.authorizationList[0].address.toLowerCase(), delegate.address.toLowerCase());

      const account = { address: eoa.address, abi: delegate.abi };
      const calls = [
        { target: coin.address, value: 0n, data: call(coin.abi, 'transfer', [bob.address, 40n]) },
        { target: carol.address, value: parseEther('0.25'), data: '0x' },
      ];
      await w.reverts(account, 'executeBatch', [calls], { reason: 'not from self or EntryPoint' }, { from: bob });
      const before = await w.balance(carol.address);
      const batched = await w.send(account, 'executeBatch', [calls], { from: eoa });
      w.events(batched, coin, [['Transfer', { from: eoa.address, to: bob.address, value: 40n }]]);
      assert.equal(await w.balance(carol.address), before + parseEther('0.25'));
      // One of many fails: nothing of it stays.
      await w.reverts(account, 'executeBatch', [[calls[0], calls[0]]], { error: 'ExecuteError' }, { from: eoa });
      assert.equal(await w.read(coin, 'balanceOf', [bob.address]), 40n);

      // An authorization with an old nonce is skipped, and the transaction goes on without it.
      const stale = await eoa.signAuthorization({ chainId, contractAddress: zeroAddress, nonce: 0 });
      await w.transact({ from: bob, to: alice.address, authorizationList: [stale], gas: 100_000n, label: 'a stale authorization' });
      assert.ok(await w.client.getCode({ address: eoa.address }));
      const nonce = await w.client.getTransactionCount({ address: eoa.address });
      const away = await eoa.signAuthorization({ chainId, contractAddress: zeroAddress, nonce });
      await w.transact({ from: bob, to: alice.address, authorizationList: [away], gas: 100_000n, label: 'undelegate' });
      assert.equal(await w.client.getCode({ address: eoa.address }), undefined);
      // What it was is still known.
      assert.equal(await w.client.getCode({ address: eoa.address, blockNumber: batched.blockNumber }),
        concatHex(['0xef0100', delegate.address]).toLowerCase());
      assert.equal((await w.client.call({ to: eoa.address, data: '0xb0d691fe', blockNumber: batched.blockNumber })).data,
        pad(entryPointAddress.toLowerCase()));
    },

    async 'an ordinary account acts gasless through the EntryPoint'(w) {
      const { bob, carol } = w;
      const entryPoint = await deployEntryPoint(w);
      const delegate = await w.deploy(published('Simple7702Account'));
      const sponsor = await w.deploy(built.Sponsor, [entryPoint.address]);
      const coin = await w.deploy(built.Coin, ['Coin', 'COIN']);
      const eoa = key('another ordinary account');
      await w.send(coin, 'mint', [eoa.address, 9n]);
      await w.send(sponsor, 'deposit', [], { value: parseEther('1') });
      await w.send(sponsor, 'sponsor', [eoa.address, true]);
      const authorization = await eoa.signAuthorization({ chainId, contractAddress: delegate.address, nonce: 0 });
      const callData = call(delegate.abi, 'execute', [coin.address, 0n, call(coin.abi, 'transfer', [bob.address, 4n])]);
      // 0x7702 in place of a factory: the hash has the delegate's address there.
      const operation = await signOperation(userOperation({ sender: eoa.address, initCode: concatHex(['0x7702', `0x${'00'.repeat(18)}`]), callData,
        paymasterAndData: paidBy(sponsor) }), eoa, delegate.address);
      // The account is empty, so EIP-7702 refunds nothing; anvil 1.7.1 refunds 12,500 gas for any account.
      const handled = await w.send(entryPoint, 'handleOps', [[operation], carol.address],
        { from: carol, gas: 3_000_000n, authorizationList: [authorization], changing: 'gas' });
      assert.equal(w.event(handled, entryPoint.abi, 'UserOperationEvent').success, true);
      assert.equal(await w.read(coin, 'balanceOf', [bob.address]), 4n);
      assert.equal(await w.balance(eoa.address), 0n);
    },
  };
}
