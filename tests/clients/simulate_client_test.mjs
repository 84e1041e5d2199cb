// Simulations and access lists against anvil's: the same questions to both nodes, the same answers.
//   node simulate_client_test.mjs RPC_URL ANVIL_URL REPOSITORY
import assert from 'node:assert/strict';
import { account, anvilUrl, ask, bytecode, call, elsewhere, result, run, send, url, viem } from './two_nodes.mjs';

const { to: contract } = await send({ data: bytecode, gas: 3_000_000n });
await send({ to: contract, value: 10n ** 18n });
await send({ to: contract, data: call('store', 5n) });
const from = account.address;
const slot0 = viem.pad('0x0');
const rich = viem.pad('0x51c4', { size: 20 });

const simulate = (where, payload, block = 'latest') => ask(where, 'eth_simulateV1', [payload, block]);
const simulated = async (payload) => {
  const { result: blocks, error } = await simulate(url, payload);
  assert.ok(blocks, JSON.stringify(error));
  return blocks;
};
// What does not depend on the block that a simulation begins with.
const outcome = ({ calls }) => calls.map(({ returnData, gasUsed, status, error, logs }) => ({
  returnData, gasUsed, status, reverts: error?.message.startsWith('execution reverted') ?? false,
  logs: logs.map(({ address, topics, data, logIndex }) => ({ address, topics, data, logIndex })),
}));
const bothSimulate = async (payload) => {
  const ours = await simulated(payload);
  const theirs = await result(anvilUrl, 'eth_simulateV1', [payload, 'latest']);
  assert.deepEqual(ours.map(outcome), theirs.map(outcome));
  return ours;
};

const tests = {
  async 'calls see what the calls and blocks before them left'() {
    const blocks = await bothSimulate({
      blockStateCalls: [
        { calls: [{ from, to: contract, data: call('store', 8n) }, { from, to: contract, data: call('stored') }] },
        { calls: [{ from, to: contract, data: call('stored') }] },
      ],
    });
    assert.equal(BigInt(blocks[0].calls[1].returnData), 8n);
    assert.equal(BigInt(blocks[1].calls[0].returnData), 8n);
    assert.equal(BigInt(blocks[1].number), BigInt(blocks[0].number) + 1n);
    assert.equal(blocks[1].parentHash, blocks[0].hash);
    assert.equal(BigInt(blocks[1].timestamp), BigInt(blocks[0].timestamp) + 12n);
    assert.equal(BigInt(await result(url, 'eth_getStorageAt', [contract, '0x0', 'latest'])), 5n);
  },

  async 'state and block are overridden'() {
    const far = await simulate(url, { blockStateCalls: [{ blockOverrides: { number: '0xffffff00' } }] });
    assert.deepEqual(far.error, { code: -38026, message: 'too many blocks' });
    const head = BigInt(await result(url, 'eth_blockNumber'));
    const blocks = await simulated({
      blockStateCalls: [{
        blockOverrides: { number: viem.toHex(head + 10n), feeRecipient: elsewhere },
        stateOverrides: { [contract]: { stateDiff: { [slot0]: viem.pad('0x2a') } }, [rich]: { balance: '0x64' } },
        calls: [{ from: rich, to: contract, data: call('stored') }, { from: rich, to: elsewhere, value: '0x64' }],
      }],
    });
    const last = blocks.at(-1);
    assert.equal(BigInt(last.number), head + 10n);
    assert.equal(last.miner, elsewhere);
    assert.equal(BigInt(last.calls[0].returnData), 0x2an);
    assert.equal(last.calls[1].status, '0x1');
    assert.ok(blocks.length >= 9 && blocks.slice(0, -1).every(({ calls }) => calls.length === 0));
  },

  async 'failures are told where they happen'() {
    const [{ calls }] = await simulated({
      blockStateCalls: [{
        calls: [
          { from, to: contract, data: call('fail', 'no luck') },
          { from, to: contract, data: call('burn'), gas: '0xfffff' },
          { from, to: contract, data: call('refuse', 1n) },
        ],
      }],
    });
    assert.equal(calls[0].status, '0x0');
    assert.equal(calls[0].error.code, -32000);
    assert.equal(calls[0].error.message, 'execution reverted: no luck');
    assert.ok(calls[0].error.data.startsWith('0x08c379a0'));
    assert.equal(calls[1].error.code, -32015);
    assert.equal(calls[2].error.message, 'execution reverted');
  },

  async 'transfers have logs when they are asked for'() {
    const calls = [
      { from, to: elsewhere, value: '0x7' },
      { from, to: contract, data: call('send', elsewhere, 5n) },
      { from, to: contract, data: call('store', 1n), value: '0x3' },
      { from, to: contract, data: call('create', 2n), value: '0x4' },
    ];
    const [{ calls: quiet }] = await bothSimulate({ blockStateCalls: [{ calls }] });
    assert.deepEqual(quiet.map(({ logs }) => logs.length), [0, 0, 1, 1]);
    const [{ calls: told }] = await simulated({ blockStateCalls: [{ calls }], traceTransfers: true });
    assert.deepEqual(told.map(({ logs }) => logs.length), [1, 1, 2, 3]);
    const [transfer] = told[0].logs;
    assert.equal(transfer.address, '0xeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee');
    assert.deepEqual(transfer.topics, [
      viem.keccak256(viem.toBytes('Transfer(address,address,uint256)')), viem.pad(from.toLowerCase()), viem.pad(elsewhere)]);
    assert.equal(BigInt(transfer.data), 7n);
    assert.deepEqual(told.flatMap(({ logs }) => logs.map(({ logIndex }) => Number(logIndex))), [0, 1, 2, 3, 4, 5, 6]);
  },

  async 'whole transactions are given when they are asked for'() {
    const [block] = await simulated({
      blockStateCalls: [{ calls: [{ from, to: elsewhere, value: '0x7' }] }], returnFullTransactions: true });
    assert.equal(block.transactions[0].from, from.toLowerCase());
    assert.equal(block.transactions[0].value, '0x7');
    assert.equal(block.transactions[0].blockHash, block.hash);
    assert.equal(block.gasUsed, '0x5208');
  },

  async 'validation refuses what a block would refuse, by number'() {
    const code = async (request, overrides) => {
      const { error } = await simulate(url, {
        validation: true, blockStateCalls: [{ ...overrides, calls: [{ from, to: elsewhere, maxFeePerGas: '0x12a05f200', ...request }] }] });
      return error?.code;
    };
    assert.equal(await code({}), undefined);
    assert.equal(await code({ nonce: '0x0' }), -38010);
    assert.equal(await code({ nonce: '0xff' }), -38011);
    assert.equal(await code({ maxFeePerGas: '0x1' }), -38012);
    assert.equal(await code({ gas: '0x64' }), -38013);
    assert.equal(await code({ value: viem.toHex(10n ** 30n) }), -38014);
    assert.equal(await code({ gas: '0xfffffffff' }), -38015);
    assert.equal(await code({}, { blockOverrides: { number: '0x0' } }), -38020);
    assert.equal(await code({}, { blockOverrides: { time: '0x1' } }), -38021);
    assert.equal((await simulate(url, { blockStateCalls: [] })).error.code, -32602);
    assert.equal((await simulate(url, { blockStateCalls: new Array(257).fill({}) })).error.code, -38026);
  },

  async 'access lists name the slots that anvil names'() {
    for (const data of [call('store', 9n), call('mixed', 3n), call('stored'), call('send', elsewhere, 1n)]) {
      const request = { from, to: contract, data, gas: '0xf4240' };
      const ours = await result(url, 'eth_createAccessList', [request, 'latest']);
      const theirs = await result(anvilUrl, 'eth_createAccessList', [request, 'latest']);
      const sorted = ({ accessList }) => accessList
        .map(({ address, storageKeys }) => ({ address, storageKeys: [...storageKeys].sort() }))
        .sort((a, b) => (a.address < b.address ? -1 : 1));
      assert.deepEqual(sorted(ours), sorted(theirs));
      assert.equal(ours.gasUsed, theirs.gasUsed);
    }
    const failed = await result(url, 'eth_createAccessList', [{ from, to: contract, data: call('fail', 'x') }, 'latest']);
    assert.equal(failed.error, 'execution reverted');
    assert.deepEqual(await result(url, 'eth_createAccessList', [{ from, to: elsewhere, value: '0x1' }, 'latest']),
      { accessList: [], gasUsed: '0x5208' });
  },

  async 'slots of many accounts are read at once'() {
    assert.deepEqual(await result(url, 'eth_getStorageValues', [{ [contract]: [slot0, viem.pad('0x9')], [elsewhere]: [slot0] }, 'latest']),
      { [contract.toLowerCase()]: [viem.pad('0x5'), slot0], [elsewhere]: [slot0] });
    assert.deepEqual((await ask(url, 'eth_getStorageValues', [{}, 'latest'])).error, { code: -32602, message: 'empty request' });
  },

  async 'the node tells its rules and what it can answer'() {
    const config = await result(url, 'eth_config');
    assert.equal(BigInt(config.current.chainId), 424242n);
    assert.equal(config.current.precompiles.ECREC, '0x0000000000000000000000000000000000000001');
    assert.equal(config.current.precompiles.BLS12_MAP_FP2_TO_G2, '0x0000000000000000000000000000000000000011');
    assert.match(config.current.forkId, /^0x[0-9a-f]{8}$/);
    assert.equal(config.next, null);
    const can = await result(url, 'eth_capabilities');
    assert.equal(can.state.oldestBlock, '0x0');
    assert.equal(can.logs.disabled, false);
    const rollup = await result(url, 'optimism_rollupConfig');
    assert.equal(rollup.l2_chain_id, 424242);
    assert.equal(rollup.block_time, 1);
    assert.match(await result(url, 'optimism_version'), /troupe/);
  },

  async 'a call with an authorization runs the code that it names'() {
    const authorization = await account.signAuthorization({ chainId: 424242, contractAddress: contract, nonce: Number(await result(url, 'eth_getTransactionCount', [from, 'latest'])) });
    const entry = {
      chainId: viem.toHex(authorization.chainId), address: authorization.address, nonce: viem.toHex(authorization.nonce),
      yParity: viem.toHex(authorization.yParity), r: viem.toHex(BigInt(authorization.r)), s: viem.toHex(BigInt(authorization.s)),
    };
    const request = { from: rich, to: from, data: call('stored'), authorizationList: [entry] };
    assert.equal(await result(url, 'eth_call', [request, 'latest']), slot0);
    assert.equal(await result(url, 'eth_call', [{ ...request, authorizationList: undefined }, 'latest']), '0x');
  },
};
await run(tests);
