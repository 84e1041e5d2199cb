// A payment channel: a thousand payments off the chain, two transactions on it; and a cheat who loses.
import assert from 'node:assert/strict';
import { encodeFunctionData, maxUint256 } from 'viem';
import { compile } from '../support/compile.mjs';
import { chainId } from '../support/nodes.mjs';

export const needs = ['@openzeppelin/contracts'];
export const together = true;  // it waits for the dispute's end
const disputeSeconds = 3n;
const Phase = { none: 0, open: 1, closing: 2, closed: 3 };

export default function scenarios() {
  const built = { ...compile(['ours/Tokens.sol']), ...compile(['ours/Channel.sol']) };
  const types = { Division: [['channel', 'uint256'], ['version', 'uint256'], ['first', 'uint256'], ['isFinal', 'bool']]
    .map(([name, type]) => ({ name, type })) };

  async function setUp(w) {
    const coin = await w.deploy(built.Coin, ['Coin', 'COIN']);
    const channel = await w.deploy(built.Channel, [coin.address, disputeSeconds]);
    for (const account of [w.bob, w.carol]) {
      await w.send(coin, 'mint', [account.address, 1000n]);
      await w.send(coin, 'approve', [channel.address, maxUint256], { from: account });
    }
    const opened = await w.send(channel, 'open', [w.bob.address, w.carol.address, 700n, 300n]);
    w.events(opened, channel, [['Opened', { id: 1n, a: w.bob.address, b: w.carol.address, total: 1000n }]]);
    const sign = (version, first, isFinal = false, [a, b] = [w.bob, w.carol]) => Promise.all([a, b].map((party) => party.signTypedData({
      domain: { name: 'Channel', version: '1', chainId, verifyingContract: channel.address }, types, primaryType: 'Division',
      message: { channel: 1n, version, first, isFinal } })));
    return { coin, channel, sign };
  }

  return {
    async 'both close it with the last of a thousand payments'(w) {
      const { coin, channel, sign } = await setUp(w);
      // Bob pays one token a thousand times, Carol gives change: only the last division matters.
      let first = 700n;
      for (let version = 1n; version <= 1000n; ++version) first += version % 3n === 0n ? 2n : -1n;
      assert.equal(first, 699n);
      const signatures = await sign(1000n, first, true);
      await w.reverts(channel, 'closeTogether', [1n, 1000n, 1001n, signatures], { error: 'TooMuch', args: [1001n, 1000n] });
      await w.reverts(channel, 'closeTogether', [1n, 1000n, first, await sign(1000n, first, false)], { error: 'WrongSignature' });
      const closed = await w.send(channel, 'closeTogether', [1n, 1000n, first, signatures], { from: w.dave });
      w.events(closed, channel, [['Closed', { id: 1n, first: 699n, second: 301n }]]);
      assert.equal(await w.read(coin, 'balanceOf', [w.bob.address]), 300n + 699n);
      assert.equal(await w.read(coin, 'balanceOf', [w.carol.address]), 700n + 301n);
      assert.equal(await w.read(coin, 'balanceOf', [channel.address]), 0n);
      await w.reverts(channel, 'closeTogether', [1n, 1000n, first, signatures], { error: 'WrongPhase', args: [Phase.closed] });
    },

    async 'a close with an old division is disputed'(w) {
      const { coin, channel, sign } = await setUp(w);
      const [old, last] = [await sign(5n, 690n), await sign(90n, 120n)];
      await w.reverts(channel, 'startClose', [1n, 5n, 690n, await sign(5n, 690n, false, [w.bob, w.bob])],
        { error: 'WrongSignature', args: [w.bob.address] }, { from: w.bob });
      const closing = await w.send(channel, 'startClose', [1n, 5n, 690n, old], { from: w.bob });
      w.events(closing, channel, [['Closing', { id: 1n, version: 5n, first: 690n }]]);
      const { timestamp } = await w.client.getBlock({ blockNumber: closing.blockNumber });
      const state = await w.read(channel, 'stateOf', [1n], { changing: true });
      assert.deepEqual([state.phase, state.deadline], [Phase.closing, timestamp + disputeSeconds]);
      await w.refuses({ from: w.bob, to: channel.address, data: encodeFunctionData({ abi: channel.abi, functionName: 'finish', args: [1n] }) },
        { error: 'TooEarly', args: [timestamp + disputeSeconds] }, channel.abi, 'finish', true);
      const disputed = await w.send(channel, 'dispute', [1n, 90n, 120n, last], { from: w.carol });
      w.events(disputed, channel, [['Disputed', { id: 1n, version: 90n, first: 120n }]]);
      await w.untilTime(timestamp + disputeSeconds);
      await w.reverts(channel, 'dispute', [1n, 91n, 500n, await sign(91n, 500n)], { error: 'TooLate', args: [timestamp + disputeSeconds] },
        { from: w.bob, changing: true });
      const finished = await w.send(channel, 'finish', [1n], { from: w.carol });
      w.events(finished, channel, [['Closed', { id: 1n, first: 120n, second: 880n }]]);
      assert.equal(await w.read(coin, 'balanceOf', [w.carol.address]), 700n + 880n);
    },
  };
}
