// What clients of JSON-RPC get: this build beside anvil 1.7.1, in one run on one machine.
//   node bench/rpc_bench.mjs TROUPE [--seconds 6] [--transactions 1500000] [--parts transfers,sync,quotes,logs,memory,attacks]
//                            [--json FILE] [--plot FILE.svg] [--attack NAME] [--sign-with TROUPE, for a build that cannot]
// Every part checks what came of it, so that a fast wrong answer fails. Needs what ./dev setup installs.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { encodeFunctionData, numberToHex, parseEther } from 'viem';
import { runSolc } from '../cmake/solidity.mjs';
import { market } from '../tests/ecosystem/scenarios/uniswap_v3.mjs';
import { compile } from '../tests/ecosystem/support/compile.mjs';
import { chainId, freePort, rpc, start } from '../tests/ecosystem/support/nodes.mjs';
import { packagePath } from '../tests/ecosystem/support/packages.mjs';
import { World, accounts } from '../tests/ecosystem/support/world.mjs';
import { underAttack } from './rpc/attacks.mjs';
import { Connection } from './rpc/connection.mjs';
import { memoryMiB, now, processorMs, quantile, round, sleep } from './rpc/measure.mjs';
import { plotMemory } from './rpc/plot.mjs';
import { Transfers, sendBatches } from './rpc/transfers.mjs';

const [program, ...options] = process.argv.slice(2);
const option = (name, otherwise) => (options.includes(name) ? options[options.indexOf(name) + 1] : otherwise);
const seconds = Number(option('--seconds', '6'));  // of each part that runs for a time
const transactions = Number(option('--transactions', '1500000'));
const parts = option('--parts', 'transfers,sync,quotes,logs,memory,attacks').split(',');
const want = (part) => parts.includes(part);
const gasLimit = 5_000_000_000;  // of both chains' blocks: they are never full
const batch = 250;
const lanes = 6;
const wallets = 600;
const syncSenders = 6;
const gasPrice = 20_000_000_000n;

async function ready(node, url) {
  for (let i = 0; i < 1500; ++i) {
    if (await rpc(url, 'eth_blockNumber').then(({ result: head }) => head, () => null)) return;
    await sleep(20);
  }
  throw new Error(`not ready:\n${node.said()}`);
}

async function startNodes(senders) {
  const genesis = join(tmpdir(), `troupe-rpc-bench-${process.pid}.json`);
  const balance = numberToHex(parseEther('10000'));
  const rich = [...accounts.map(({ address }) => address), ...senders];
  writeFileSync(genesis, JSON.stringify({
    config: { chainId }, timestamp: '0x0', difficulty: '0x0', gasLimit: numberToHex(gasLimit), baseFeePerGas: '0x3b9aca00',
    alloc: Object.fromEntries(rich.map((address) => [address.slice(2), { balance }])),
  }));
  const named = (node, name, port) => ({ ...node, name, url: `http://127.0.0.1:${port}`, wsUrl: `ws://127.0.0.1:${port}` });
  const ports = await Promise.all(Array.from({ length: 5 }, freePort));  // at once, so that they differ
  const startTroupe = (name) => {
    const [rpcPort, grpcPort] = [ports.pop(), ports.pop()];
    return named(start(resolve(program), [
      'devnet', '--l1', 'none', '--chain-id', `${chainId}`, '--genesis', genesis, '--block-time-ms', '200', '--log.level', 'warn',
      '--rpc.listen', `127.0.0.1:${rpcPort}`, '--grpc.listen', `127.0.0.1:${grpcPort}`, '--grpc.admin-listen', '127.0.0.1:0',
      '--metrics.listen', '127.0.0.1:0',
    ]), name, rpcPort);
  };
  const anvilPort = ports.pop();
  // As `troupe bench` runs it: a block a second holds more transactions than a block for each.
  const anvil = start(packagePath('@foundry-rs/anvil-linux-amd64/bin/anvil'), [
    '--port', `${anvilPort}`, '--chain-id', `${chainId}`, '--silent', '--block-time', '1', '--gas-limit', `${gasLimit}`,
    '--hardfork', 'prague',
  ]);
  const nodes = { troupe: startTroupe('troupe'), anvil: named(anvil, 'anvil', anvilPort) };
  if (want('attacks')) nodes.neighbour = startTroupe('neighbour');
  for (const node of Object.values(nodes)) await ready(node, node.url);
  rmSync(genesis);
  const anvilClient = new Connection(nodes.anvil.url);
  for (const address of senders) await anvilClient.result('anvil_setBalance', [address, balance]);
  anvilClient.close();
  return nodes;
}

// Signed once, sent to both.
async function signed(count) {
  const raws = [];
  for (let i = 0; i < count; ++i)
    raws.push(await accounts[i % syncSenders].signTransaction({
      chainId, type: 'legacy', nonce: Math.floor(i / syncSenders), gasPrice, gas: 21_000n, value: 1n,
      to: numberToHex(0x7000000 + i, { size: 20 }),
    }));
  return raws;
}

// Asked by a program that costs the machine little (`troupe bench ask`), `each` requests of `size` quotes at once: of a new
// amount each time, as the node answers from memory what it was asked before on the same block; or all of the same.
function askQuotes(node, call, { connections, size, same }) {
  const file = join(tmpdir(), `troupe-rpc-bench-${process.pid}.requests`);
  const distinct = same ? size : 12_000;
  const lines = [];
  for (let i = 0; i < distinct; i += size) {
    const batch = Array.from({ length: size }, (_, n) => call(same ? 0 : i + n, n));
    lines.push(JSON.stringify(size === 1 ? batch[0] : batch));
  }
  writeFileSync(file, `${lines.join('\n')}\n`);
  const ask = (time) => JSON.parse(execFileSync(resolve(program), ['bench', 'ask', '--port', new URL(node.url).port, '--body', file,
    '--expect', '"result":"0x', '--expect-times', `${size}`, '--connections', `${connections}`, '--seconds', `${time}`]).toString());
  ask(0.5);
  const used = processorMs(node.pid);
  const { answers, perSecond, p50Ms, p99Ms, clientUsEach } = ask(seconds);
  rmSync(file);
  return { perSecond: Math.round(perSecond * size), p50Ms, p99Ms, clientUsEach: round(clientUsEach / size),
    processorUsEach: round(((processorMs(node.pid) - used) * 1000) / (answers * size)) };
}

async function quotes(node, { token0, token1, quoter }) {
  const call = (amount, id) => ({ jsonrpc: '2.0', id, method: 'eth_call', params: [{ to: quoter.address, data: encodeFunctionData({
    abi: quoter.abi, functionName: 'quoteExactInputSingle', args: [{ tokenIn: token0.address, tokenOut: token1.address, fee: 3000,
      amountIn: parseEther('25') + BigInt(amount), sqrtPriceLimitX96: 0n }] }) }, 'latest'] });
  const connection = new Connection(node.url);
  const { result: out, error } = JSON.parse(await connection.post(JSON.stringify(call(0, 1))));
  assert.ok(out && BigInt(out.slice(0, 66)) > parseEther('24'), JSON.stringify(error));
  connection.close();
  return {
    alone: askQuotes(node, call, { connections: 1, size: 1 }),
    ...askQuotes(node, call, { connections: 16, size: 1 }),
    inTens: askQuotes(node, call, { connections: 16, size: 10 }),
    inHundreds: askQuotes(node, call, { connections: 16, size: 100 }),
    same: askQuotes(node, call, { connections: 16, size: 1, same: true }),
  };
}

async function syncSends(node, raws) {
  const idle = [];
  const times = [];
  const pending = [];
  const begin = now();
  for (const [i, raw] of raws.entries()) {
    await sleep(Math.max(0, begin + i * 10 - now()));  // 100 a second
    const connection = idle.pop() ?? new Connection(node.url);
    const sent = now();
    pending.push(connection.result('eth_sendRawTransactionSync', [raw]).then((receipt) => {
      times.push(now() - sent);
      assert.equal(receipt.status, '0x1');
      idle.push(connection);
    }));
  }
  await Promise.all(pending);
  for (const connection of idle) connection.close();
  return { p50Ms: round(quantile(times, 0.5)), p99Ms: round(quantile(times, 0.99)) };
}

const logger = () => {
  const source = `// SPDX-License-Identifier: MIT
    pragma solidity ^0.8.20;
    contract Logger {
      event Made(uint256 indexed group, uint256 number);
      function make(uint256 count) external { for (uint256 i = 0; i < count; ++i) emit Made(i % 100, i); }
    }`;
  const { contracts } = runSolc({
    language: 'Solidity', sources: { 'logger.sol': { content: source } },
    settings: { optimizer: { enabled: true }, outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object'] } } },
  });
  const { abi, evm } = contracts['logger.sol'].Logger;
  return { name: 'Logger', abi, bytecode: `0x${evm.bytecode.object}`, linkReferences: {} };
};

async function logQueries(node, world) {
  const made = await world.deploy(logger());
  for (let i = 0; i < 10; ++i) await world.send(made, 'make', [10_000n], { gas: 40_000_000n });
  const connection = new Connection(node.url);
  const ask = async (groups, wanted, times) => {
    const topics = [null, Array.from({ length: groups }, (_, i) => numberToHex(7 + i, { size: 32 }))];
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_getLogs', params: [
      { fromBlock: '0x0', toBlock: 'latest', address: made.address, topics }] });
    const took = [];
    for (let i = 0; i < times; ++i) {
      const begin = now();
      const answer = await connection.post(body);
      took.push(now() - begin);
      assert.equal(JSON.parse(answer).result.length, wanted);
    }
    return round(quantile(took, 0.5));
  };
  await ask(1, 1000, 3);
  const used = processorMs(node.pid);
  const p50Ms = await ask(1, 1000, 40);
  const processorMsEach = round((processorMs(node.pid) - used) / 40, 2);
  const wideP50Ms = await ask(20, 20_000, 5);
  connection.close();
  return { logs: 100_000, p50Ms, processorMsEach, wideP50Ms };
}

// Bytecode that loops, that hashes as much memory as it can pay for again and again, and that does nothing.
const contracts = { burner: '5b5f56', hog: '5b624c00005f20505f56', idle: '00' };
async function deployed(node) {
  const world = new World(node);
  const addresses = {};
  for (const [name, code] of Object.entries(contracts)) {
    const size = numberToHex(code.length / 2, { size: 1 }).slice(2);
    const hash = await world.wallet().sendTransaction({ data: `0x60${size}600a5f3960${size}5ff3${code}`, gas: 1_000_000n });
    addresses[name] = (await world.client.waitForTransactionReceipt({ hash })).contractAddress;
    assert.equal(await world.client.getCode({ address: addresses[name] }), `0x${code}`);
  }
  return { ...node, contracts: addresses };
}

// What stays after a million transactions: sampled while they are sent.
async function memoryOver(node, transfers, from) {
  const samples = [];
  let next = 0;
  const onProgress = (answered) => {
    if (answered < next) return;
    samples.push({ transactions: answered, mib: memoryMiB(node.pid), ownMib: memoryMiB(node.pid, 'RssAnon') });
    next = answered + transactions / 200;
  };
  const sent = await sendBatches(node, transfers, { lanes, batch, seconds: 180, from, onProgress });
  // What the node holds itself, on average in each fifth.
  const fifths = Array.from({ length: 5 }, (_, i) => {
    const part = samples.filter((one) => one.transactions >= (sent.sent * i) / 5 && one.transactions < (sent.sent * (i + 1)) / 5);
    return Math.round(part.reduce((sum, { ownMib }) => sum + ownMib, 0) / part.length);
  });
  return { ...sent, samples, fifthsMiB: fifths, peakMiB: Math.max(...samples.map(({ mib }) => mib)) };
}

const file = join(tmpdir(), `troupe-rpc-bench-${process.pid}.transactions`);
const transfers = new Transfers(resolve(option('--sign-with', program)), file, { count: transactions, wallets, chainId });
rmSync(file);
const nodes = await startNodes(await transfers.senders());
const report = { machine: cpus()[0].model, cores: cpus().length, load: loadavg().map((one) => round(one)), seconds, batch, lanes };
try {
  const sync = want('sync') ? await signed(800) : [];
  const coin = want('quotes') ? compile(['ours/Tokens.sol']).Coin : null;
  let next;
  for (const node of [nodes.troupe, nodes.anvil]) {
    const figures = (report[node.name] = { memoryMiBBefore: memoryMiB(node.pid) });
    if (want('transfers')) {
      figures.transfers = await sendBatches(node, transfers, { lanes, batch, seconds });
      if (node === nodes.troupe) next = figures.transfers.next;
    }
    if (want('sync')) figures.sendRawTransactionSync = await syncSends(node, sync);
    const world = new World(node);
    if (want('quotes')) {
      const pool = await market(world, coin);
      await world.send(pool.positions, 'createAndInitializePoolIfNecessary', [pool.token0.address, pool.token1.address, 3000, 2n ** 96n]);
      await world.send(pool.positions, 'mint', [{ token0: pool.token0.address, token1: pool.token1.address, fee: 3000, tickLower: -887220, tickUpper: 887220,
        amount0Desired: parseEther('1000'), amount1Desired: parseEther('1000'), amount0Min: 0n, amount1Min: 0n,
        recipient: world.alice.address, deadline: 2n ** 48n }], { gas: 6_000_000n });
      figures.uniswapV3Quote = await quotes(node, pool);
    }
    if (want('logs')) figures.getLogs = await logQueries(node, world);
    figures.memoryMiBAfter = memoryMiB(node.pid);
    if (want('memory') && node === nodes.troupe) figures.memory = await memoryOver(node, transfers, next);
    if (want('attacks') && node === nodes.troupe) {
      figures.attacks = await underAttack(await deployed(node), await deployed(nodes.neighbour), seconds, option('--attack'));
      figures.memoryMiBAfterAttacks = memoryMiB(node.pid);
    }
  }
} catch (error) {
  for (const node of Object.values(nodes)) console.log(`${node.name}: ${node.said().split('\n').slice(-10).join('\n')}`);
  throw error;
} finally {
  await Promise.all(Object.values(nodes).map((node) => node.stop()));
}

const { troupe, anvil } = report;
const line = (what, part, name, unit, more, asked = '') => {
  const of = (one) => name.split('.').reduce((value, key) => value?.[key], one[part]);
  const [ours, theirs] = [of(troupe), of(anvil)];
  if (ours === undefined) return;
  const ratio = round(more ? ours / theirs : theirs / ours, 2);
  console.log(`${what.padEnd(52)} ${String(ours).padStart(9)} ${String(theirs).padStart(9)}  ${unit.padEnd(3)} ${`${ratio}x`.padStart(8)}  ${asked}`);
};
console.log(`${report.machine}, ${report.cores} cores, load ${report.load[0]}; ${execFileSync(resolve(program), ['--version']).toString().trim()}; anvil 1.7.1`);
console.log(`${''.padEnd(52)}    troupe     anvil                asked`);
line(`transfers included, batches of ${batch}, ${seconds} s`, 'transfers', 'transfersPerSecond', '/s', true, '>= 5x');
line('  processor time of the node, each', 'transfers', 'processorUsEach', 'us', false);
line('eth_call: Uniswap V3 quote, p50', 'uniswapV3Quote', 'alone.p50Ms', 'ms', false, '>= 1x');
for (const [what, name] of [['16 at once', ''], ['16 batches of 10', 'inTens.'], ['16 batches of 100', 'inHundreds.'], ['the same one, 16 at once', 'same.']]) {
  line(`eth_call: Uniswap V3 quotes, ${what}`, 'uniswapV3Quote', `${name}perSecond`, '/s', true, '>= 3x');
  line('  processor time of the node, each', 'uniswapV3Quote', `${name}processorUsEach`, 'us', false);
  line('  and of the client', 'uniswapV3Quote', `${name}clientUsEach`, 'us', false);
}
line('eth_sendRawTransactionSync at 100/s, p50', 'sendRawTransactionSync', 'p50Ms', 'ms', false, '<= 15 ms');
line('eth_sendRawTransactionSync at 100/s, p99', 'sendRawTransactionSync', 'p99Ms', 'ms', false, '<= 50 ms');
line('eth_getLogs: 1,000 of 100,000 logs, p50', 'getLogs', 'p50Ms', 'ms', false, '>= 1x');
line('eth_getLogs: 20,000 of 100,000 logs, p50', 'getLogs', 'wideP50Ms', 'ms', false, '>= 1x');
if (troupe.attacks) {
  console.log(`\n${'an ordinary client of troupe, 400 requests a second'.padEnd(52)}    p50 ms     p99 ms   attack on another node   the other is told`);
  const row = (name, { p50Ms, p99Ms, elsewhere, answers }) =>
    console.log(`${name.padEnd(52)} ${String(p50Ms).padStart(9)} ${String(p99Ms).padStart(10)} ${
      (elsewhere ? `${elsewhere.p50Ms} / ${elsewhere.p99Ms}` : '').padStart(24)}   ${
      Object.entries(answers ?? {}).map(([words, count]) => `${count} ${words}`).join('; ')}`);
  row('alone', troupe.attacks.alone);
  for (const one of troupe.attacks.figures) row(`beside ${one.name}`, one);
  console.log(`memory after that: ${troupe.memoryMiBAfterAttacks} MiB\n`);
}
if (troupe.memory) {
  const { sent, fifthsMiB, peakMiB, transfersPerSecond, samples } = troupe.memory;
  console.log(`memory of the node over ${sent} transactions at ${transfersPerSecond}/s: ${samples[0].mib} MiB at first; without mapped files ${
    fifthsMiB.join(', ')} MiB in each fifth; ${peakMiB} MiB at most with them`);
  if (option('--plot')) writeFileSync(option('--plot'), plotMemory(samples));
}
if (option('--json')) writeFileSync(option('--json'), `${JSON.stringify(report, null, 2)}\n`);
