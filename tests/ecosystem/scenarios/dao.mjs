// OpenZeppelin's Governor with a TimelockController, and a VestingWallet. Periods are seconds, and pass.
import assert from 'node:assert/strict';
import { encodeFunctionData, keccak256, parseEther, toHex, zeroAddress, zeroHash } from 'viem';
import { compile } from '../support/compile.mjs';
import { artifact } from '../support/packages.mjs';

export const needs = ['@openzeppelin/contracts'];
// Most of it is waiting: both nodes at once.
export const together = true;
const [delay, period, wait] = [1n, 4n, 1n];
const State = { pending: 0, active: 1, canceled: 2, defeated: 3, succeeded: 4, queued: 5, expired: 6, executed: 7 };

export default function scenarios() {
  const built = { ...compile(['ours/Tokens.sol']), ...compile(['ours/Dao.sol']) };
  const published = (name) => artifact(`@openzeppelin/contracts/build/contracts/${name}.json`);
  return {
    async 'a DAO votes, waits and pays'(w) {
      const { alice, bob, carol, dave } = w;
      const coin = await w.deploy(built.Ballot);
      const timelock = await w.deploy(published('TimelockController'), [wait, [], [zeroAddress], alice.address]);
      const dao = await w.deploy(built.Dao, [coin.address, timelock.address, Number(delay), Number(period), 100n], { changing: 'gas' });
      for (const role of ['PROPOSER_ROLE', 'CANCELLER_ROLE'])
        await w.send(timelock, 'grantRole', [keccak256(toHex(role)), dao.address]);
      await w.send(timelock, 'renounceRole', [zeroHash, alice.address]);
      await w.reverts(timelock, 'grantRole', [keccak256(toHex('PROPOSER_ROLE')), alice.address],
        { error: 'AccessControlUnauthorizedAccount', args: [alice.address, zeroHash] });

      for (const [account, votes] of [[alice, 500n], [bob, 300n], [carol, 200n]]) {
        // Votes of one second share a checkpoint: how many are written depends on the clock.
        await w.send(coin, 'mint', [account.address, votes], { changing: true });
        await w.send(coin, 'delegate', [account.address], { from: account, changing: true });
      }
      assert.equal(await w.read(coin, 'getVotes', [bob.address]), 300n);
      await w.transact({ to: timelock.address, value: parseEther('5') });

      // Votes count from the second before the proposal on.
      await w.untilTime((await w.now()) + 1n);
      const transfer = [[dave.address], [parseEther('2')], ['0x']];
      await w.reverts(dao, 'propose', [...transfer, 'by a stranger'],
        { error: 'GovernorInsufficientProposerVotes', args: [dave.address, 0n, 100n] }, { from: dave, changing: true });
      const description = 'Pay Dave two ether';
      const proposed = await w.send(dao, 'propose', [...transfer, description], { changing: true });
      const { proposalId, voteStart, voteEnd } = w.event(proposed, dao.abi, 'ProposalCreated');
      const { timestamp } = await w.client.getBlock({ blockNumber: proposed.blockNumber });
      assert.deepEqual([voteStart, voteEnd], [timestamp + delay, timestamp + delay + period]);
      const hash = keccak256(toHex(description));
      assert.equal(await w.read(dao, 'hashProposal', [...transfer, hash]), proposalId);

      await w.untilTime(voteStart + 1n);
      assert.equal(await w.read(dao, 'state', [proposalId]), State.active);
      const voted = await w.send(dao, 'castVoteWithReason', [proposalId, 1, 'he earned it'], { changing: true });
      w.events(voted, dao, [['VoteCast',
        { voter: alice.address, proposalId, support: 1, weight: 500n, reason: 'he earned it' }]]);
      await w.send(dao, 'castVote', [proposalId, 0], { from: bob, changing: true });
      await w.reverts(dao, 'castVote', [proposalId, 1], { error: 'GovernorAlreadyCastVote', args: [bob.address] },
        { from: bob, changing: true });
      assert.deepEqual(await w.read(dao, 'proposalVotes', [proposalId]), [300n, 500n, 0n]);

      await w.untilTime(voteEnd + 1n);
      assert.equal(await w.read(dao, 'state', [proposalId]), State.succeeded);
      const queued = await w.send(dao, 'queue', [...transfer, hash], { changing: true });
      const { etaSeconds } = w.event(queued, dao.abi, 'ProposalQueued');
      await w.untilTime(etaSeconds);
      const before = await w.balance(dave.address);
      const executed = await w.send(dao, 'execute', [...transfer, hash], { from: carol, changing: true });
      w.events(executed, dao, [['ProposalExecuted', { proposalId }]]);
      assert.equal(await w.balance(dave.address), before + parseEther('2'));
      assert.equal(await w.balance(timelock.address), parseEther('3'));
      assert.equal(await w.read(dao, 'state', [proposalId]), State.executed);
      await w.reverts(dao, 'execute', [...transfer, hash], { error: 'GovernorUnexpectedProposalState' });
    },

    async 'a timelock refuses what is too early'(w) {
      const { alice, bob } = w;
      const coin = await w.deploy(built.Coin, ['Locked', 'LCK']);
      const timelock = await w.deploy(published('TimelockController'), [wait, [alice.address], [bob.address], zeroAddress]);
      await w.send(coin, 'transferOwnership', [timelock.address]);
      const data = encodeFunctionData({ abi: coin.abi, functionName: 'mint', args: [bob.address, 77n] });
      const call = [coin.address, 0n, data, zeroHash, zeroHash];
      const id = await w.read(timelock, 'hashOperation', call);
      await w.reverts(timelock, 'schedule', [...call, 0n], { error: 'TimelockInsufficientDelay', args: [0n, wait] });
      const scheduled = await w.send(timelock, 'schedule', [...call, wait + 2n]);
      w.events(scheduled, timelock, [['CallScheduled',
        { id, index: 0n, target: coin.address, value: 0n, data, predecessor: zeroHash, delay: wait + 2n }]]);
      await w.refuses({ from: bob, to: timelock.address, data: encodeFunctionData({ abi: timelock.abi, functionName: 'execute', args: call }) },
        { error: 'TimelockUnexpectedOperationState' }, timelock.abi, 'execute too early');
      await w.untilTime((await w.client.getBlock({ blockNumber: scheduled.blockNumber })).timestamp + wait + 2n);
      const executed = await w.send(timelock, 'execute', call, { from: bob });
      w.events(executed, timelock, [['CallExecuted', { id, index: 0n, target: coin.address, value: 0n, data }]]);
      assert.equal(await w.read(coin, 'balanceOf', [bob.address]), 77n);
    },

    async 'a vesting wallet pays by the second'(w) {
      const { bob, carol } = w;
      const start = await w.now();
      const wallet = await w.deploy(published('VestingWallet'), [bob.address, start, 4n], { value: parseEther('4'), changing: true });
      assert.equal(await w.read(wallet, 'owner'), bob.address);
      assert.equal(await w.read(wallet, 'vestedAmount', [start + 1n], { changing: true }), parseEther('1'));
      assert.equal(await w.read(wallet, 'vestedAmount', [start + 3n], { changing: true }), parseEther('3'));
      await w.untilTime(start + 1n);
      const before = await w.balance(bob.address);
      const first = await w.send(wallet, 'release', [], { from: carol, changing: true });
      const { timestamp } = await w.client.getBlock({ blockNumber: first.blockNumber });
      const vested = timestamp - start < 4n ? parseEther(`${timestamp - start}`) : parseEther('4');
      w.events(first, wallet, [['EtherReleased', { amount: vested }]]);
      assert.equal(await w.balance(bob.address), before + vested);
      await w.untilTime(start + 4n);
      await w.send(wallet, 'release', [], { from: carol, changing: true });
      assert.equal(await w.balance(bob.address), before + parseEther('4'));
      assert.equal(await w.balance(wallet.address), 0n);
    },
  };
}
