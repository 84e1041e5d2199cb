// The tracers against anvil's: the same transactions on both nodes, the same traces.
//   node trace_client_test.mjs RPC_URL ANVIL_URL REPOSITORY
import assert from 'node:assert/strict';
import { account, anvilUrl, ask, bytecode, call, elsewhere, nextNonce, receiptOf, result, run, send, url, viem } from './two_nodes.mjs';

const deployed = await send({ data: bytecode, gas: 3_000_000n });
const contract = deployed.to;
const salt = viem.pad('0x5a17');
const sent = { deployment: deployed.hash };
const scenarios = {
  transfer: { to: elsewhere, value: 7n, gas: 21_000n },
  funding: { to: contract, value: 10n ** 18n },
  store: { to: contract, data: call('store', 5n), value: 3n },
  again: { to: contract, data: call('store', 6n) },
  clear: { to: contract, data: call('clear') },
  fail: { to: contract, data: call('fail', 'no luck today') },
  refuse: { to: contract, data: call('refuse', 42n) },
  panic: { to: contract, data: call('panic', 0n) },
  burn: { to: contract, data: call('burn'), gas: 60_000n },
  loop: { to: contract, data: call('loop'), gas: 60_000n },
  mixed: { to: contract, data: call('mixed', 9n) },
  create: { to: contract, data: call('create', 3n), value: 4n },
  create2: { to: contract, data: call('create2', 3n, salt), gas: 3_000_000n },
  createAndDestroy: { to: contract, data: call('createAndDestroy', elsewhere), value: 11n },
  pay: { to: contract, data: call('send', elsewhere, 5n) },
  poor: { to: contract, data: call('send', elsewhere, 10n ** 24n) },
  recurse: { to: contract, data: call('recurse', 20n) },
  creationFails: { data: '0x60006000fd', gas: 100_000n },
  accessList: {
    type: 'eip2930', to: contract, data: call('store', 77n),
    accessList: [{ address: contract, storageKeys: [viem.pad('0x0')] }],
  },
};
for (const [name, request] of Object.entries(scenarios)) sent[name] = (await send(request)).hash;

const trace = (where, name, options) => result(where, 'debug_traceTransaction', [sent[name], options]);
// What anvil says otherwise than geth, made geth's; each line is a difference that is known.
const words = {
  OutOfGas: 'out of gas', InvalidFEOpcode: 'invalid opcode: INVALID', CreateCollision: 'contract address collision',
  OutOfFunds: 'insufficient balance for transfer', OutOfFund: 'insufficient balance for transfer',
};
const sameCalls = (ours, theirs, path) => {
  // The outermost call's gas is the transaction's in geth, and what is left of it for code in anvil.
  for (const key of ['type', 'from', 'to', 'gasUsed', 'input', 'output', 'value', ...(path.includes('.') ? ['gas'] : [])])
    assert.equal(ours[key] ?? '0x0', theirs[key] ?? '0x0', `${path}.${key}`);
  if (theirs.error) assert.equal(ours.error, words[theirs.error] ?? theirs.error, `${path}.error`);
  assert.equal(!!ours.error, !!theirs.error, `${path}.error`);
  const logs = (frame) => (frame.logs ?? []).map(({ address, topics, data, position }) => ({ address, topics, data, position: Number(position) }));
  assert.deepEqual(logs(ours), logs(theirs), `${path}.logs`);
  assert.equal(ours.calls?.length ?? 0, theirs.calls?.length ?? 0, `${path}.calls`);
  ours.calls?.forEach((inner, i) => sameCalls(inner, theirs.calls[i], `${path}.calls[${i}]`));
};

// Every scenario; the names of those that differ, and how.
const compare = async (options, same) => {
  const differences = {};
  for (const name of Object.keys(sent)) {
    try {
      await same(await trace(url, name, options), await trace(anvilUrl, name, options), name);
    } catch (difference) {
      differences[name] = difference.message;
    }
  }
  assert.deepEqual(differences, {});
};
// Blocks have other coinbases and base fees: what these two accounts have is not compared.
const withoutFees = (state) => Object.fromEntries(Object.entries(state)
  .filter(([address]) => !/^0x(fe|00)+$/.test(address))
  .map(([address, { codeHash, ...rest }]) => [address, address === account.address.toLowerCase() ? { nonce: rest.nonce } : rest]));
// geth leaves out accounts that were not there.
const withoutEmpty = (state) => Object.fromEntries(Object.entries(state)
  .filter(([, { balance, ...rest }]) => balance !== '0x0' || Object.keys(rest).length > 0));

const tests = {
  async 'callTracer finds the calls that anvil finds'() {
    await compare({ tracer: 'callTracer', tracerConfig: { withLog: true } }, sameCalls);
    await compare({ tracer: 'callTracer', tracerConfig: { onlyTopCall: true } }, (ours, theirs, name) => {
      assert.equal(ours.calls, undefined);
      sameCalls(ours, theirs, name);
    });
  },

  async '4byteTracer counts the functions that anvil counts'() {
    await compare({ tracer: '4byteTracer' }, (ours, theirs) => {
      delete theirs['0x00000000-28'];  // SHA-256's input: geth passes over precompiles
      assert.deepEqual(ours, theirs);
    });
  },

  async 'struct logs tell every instruction as anvil does'() {
    await compare({ enableMemory: true, enableReturnData: true }, (ours, theirs, name) => {
      assert.equal(ours.gas, theirs.gas);
      assert.equal(ours.failed, theirs.failed);
      assert.equal(ours.returnValue, theirs.returnValue);
      ours.structLogs.forEach((step, i) => {
        const other = theirs.structLogs[i];
        for (const key of ['pc', 'op', 'gas', 'depth'])
          assert.equal(step[key], other[key], `${name}[${i}] ${step.op} ${key}`);
        // Of a creation geth leaves out what it passes on; of an instruction that could not be paid
        // anvil tells what was left.
        if (!step.op.startsWith('CREATE') && !step.error)
          assert.equal(step.gasCost, other.gasCost, `${name}[${i}] ${step.op} gasCost`);
        // geth leaves out what is empty or zero.
        assert.equal(step.refund ?? 0, other.refund ?? 0, `${name}[${i}] ${step.op} refund`);
        assert.equal(step.returnData ?? '0x', other.returnData ?? '0x', `${name}[${i}] ${step.op} returnData`);
        assert.deepEqual(step.stack, other.stack, `${name}[${i}] ${step.op} stack`);
        assert.deepEqual(step.memory ?? [], other.memory ?? [], `${name}[${i}] ${step.op} memory`);
        // anvil tells of no SLOAD that finds its slot warm.
        if (Object.keys(other.storage ?? {}).length > 0 || step.op === 'SSTORE')
          assert.deepEqual(step.storage ?? {}, other.storage, `${name}[${i}] ${step.op} storage`);
      });
      assert.equal(ours.structLogs.length, theirs.structLogs.length);
    });
  },

  async 'a creation costs its 32,000 gas and two for each word of init code'() {
    const { structLogs } = await trace(url, 'create', {});
    const create = structLogs.find(({ op }) => op === 'CREATE');
    const words = Math.ceil(Number(BigInt(create.stack.at(-3))) / 32);
    assert.equal(create.gasCost, 32_000 + 2 * words);
  },

  async 'struct logs leave out what is not wanted'() {
    const { structLogs } = await trace(url, 'store', { disableStack: true, disableStorage: true, limit: 3 });
    assert.deepEqual(structLogs.map(({ pc, op, gasCost, depth }) => ({ pc, op, gasCost, depth })), [
      { pc: 0, op: 'PUSH1', gasCost: 3, depth: 1 }, { pc: 2, op: 'PUSH1', gasCost: 3, depth: 1 },
      { pc: 4, op: 'MSTORE', gasCost: 12, depth: 1 },
    ]);
    assert.ok(structLogs.every((step) => !('stack' in step) && !('storage' in step)));
  },

  async 'prestateTracer shows the accounts and slots that anvil shows'() {
    // anvil shows accounts that are not there yet; geth does when it is asked to.
    await compare({ tracer: 'prestateTracer', tracerConfig: { includeEmpty: true } }, (ours, theirs) =>
      assert.deepEqual(withoutFees(ours), withoutFees(theirs)));
  },

  async 'prestateTracer shows the changes that anvil shows'() {
    await compare({ tracer: 'prestateTracer', tracerConfig: { diffMode: true } }, (ours, theirs) => {
      assert.deepEqual(withoutFees(ours.pre), withoutEmpty(withoutFees(theirs.pre)));
      assert.deepEqual(withoutFees(ours.post), withoutFees(theirs.post));
    });
  },
  async 'a block is traced as its transactions are'() {
    const hash = sent.mixed;
    const { blockNumber, blockHash } = await receiptOf(url, hash);
    const options = { tracer: 'callTracer' };
    const byNumber = await result(url, 'debug_traceBlockByNumber', [blockNumber, options]);
    const byHash = await result(url, 'debug_traceBlockByHash', [blockHash, options]);
    assert.deepEqual(byNumber, byHash);
    assert.deepEqual(byNumber.find(({ txHash }) => txHash === hash).result, await trace(url, 'mixed', options));
  },

  async 'transactions of one block are traced one after the other'() {
    // All at once: most of them share a block. Each finds what the one before stored.
    const raws = [];
    for (let i = 0; i < 20; ++i)
      raws.push(await account.signTransaction({
        type: 'legacy', chainId: 424242, nonce: nextNonce(), gasPrice: 20_000_000_000n, gas: 200_000n,
        to: contract, data: call('store', BigInt(1000 + i)),
      }));
    const hashes = [];
    for (const raw of raws) hashes.push(await result(url, 'eth_sendRawTransaction', [raw]));
    for (const [i, hash] of hashes.entries()) {
      const receipt = await receiptOf(url, hash);
      const { logs } = await result(url, 'debug_traceTransaction', [hash, { tracer: 'callTracer', tracerConfig: { withLog: true } }]);
      assert.equal(BigInt(logs[0].data), BigInt(1000 + i));
      if (i > 0) assert.equal(BigInt(logs[0].topics[1]), BigInt(999 + i));
      assert.equal(logs[0].index, receipt.logs[0].logIndex);
    }
  },

  async 'a call is traced on the state of a block, with overrides'() {
    const request = { from: account.address, to: contract, data: call('stored') };
    const { blockNumber } = await receiptOf(url, sent.store);
    const at = async (block, options) => BigInt((await result(url, 'debug_traceCall', [request, block, { tracer: 'callTracer', ...options }])).output);
    assert.equal(await at(blockNumber), 5n);
    const { blockNumber: later } = await receiptOf(url, sent.again);
    assert.equal(await at(later), 6n);
    assert.equal(await at(later, { txIndex: '0x0' }), 5n);
    assert.equal(await at('latest', { stateOverrides: { [contract]: { stateDiff: { [viem.pad('0x0')]: viem.pad('0x2a') } } } }), 42n);
    // NUMBER, PUSH0, MSTORE, PUSH1 32, PUSH0, RETURN
    const { output } = await result(url, 'debug_traceCall', [{ to: elsewhere }, 'latest', {
      tracer: 'callTracer', blockOverrides: { number: '0x1337' }, stateOverrides: { [elsewhere]: { code: '0x435f5260205ff3' } },
    }]);
    assert.equal(BigInt(output), 0x1337n);
    const poor = await ask(url, 'debug_traceCall', [{ from: elsewhere, to: contract, value: '0xffffffffffffffff' }, 'latest', {}]);
    assert.match(poor.error.message, /^tracing failed: insufficient funds for gas \* price \+ value: address 0x[0-9a-fA-F]{40} have \d+ want 18446744073709551615$/);
    const diff = await result(url, 'debug_traceCall', [
      { from: account.address, to: contract, data: call('store', 9n) }, 'latest', { tracer: 'prestateTracer', tracerConfig: { diffMode: true } }]);
    assert.equal(BigInt(diff.post[contract.toLowerCase()].storage[viem.pad('0x0')]), 9n);
  },

  async 'a trace that takes too long or grows too large is refused'() {
    // JUMPDEST, PUSH0, JUMP: until 50,000,000 gas are used
    const overrides = { stateOverrides: { [elsewhere]: { code: '0x5b5f56' } } };
    const forever = (options) => ask(url, 'debug_traceCall', [{ to: elsewhere, gas: '0x2faf080' }, 'latest', { ...overrides, ...options }]);
    assert.deepEqual((await forever({})).error, { code: -32003, message: 'response too large' });
    assert.deepEqual((await forever({ tracer: 'callTracer', timeout: '20ms' })).error, { code: -32000, message: 'execution timeout' });
  },

  async 'what cannot be traced is refused in words that clients of geth know'() {
    const error = async (method, ...params) => (await ask(url, method, params)).error;
    const nothing = viem.pad('0x1');
    assert.deepEqual(await error('debug_traceTransaction', nothing), { code: -32000, message: 'transaction not found' });
    assert.deepEqual(await error('debug_traceBlockByNumber', '0x0'), { code: -32000, message: 'genesis is not traceable' });
    assert.deepEqual(await error('debug_traceBlockByNumber', '0xffffff'), { code: -32000, message: 'block #16777215 not found' });
    assert.deepEqual(await error('debug_traceBlockByHash', nothing), { code: -32000, message: `block ${nothing} not found` });
    assert.equal((await error('debug_traceTransaction', sent.store, { tracer: 'muchTracer' })).code, -32000);
    assert.equal((await error('debug_traceTransaction', sent.store, { timeout: 'soon' })).message, 'time: invalid duration "soon"');
  },
};

await run(tests);
