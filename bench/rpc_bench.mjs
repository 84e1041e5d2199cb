// What clients of JSON-RPC get: this build beside anvil 1.7.1, in one run on one machine.
//   node bench/rpc_bench.mjs TROUPE [--transfers 12000] [--json FILE]
// Every part checks what came of it, so that a fast wrong answer fails. Needs what ./dev setup installs.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { encodeFunctionData, numberToHex, parseEther } from 'viem';
import solc from 'solc';
import { market } from '../tests/ecosystem/scenarios/uniswap_v3.mjs';
import { compile } from '../tests/ecosystem/support/compile.mjs';
import { chainId, freePort, rpc, start } from '../tests/ecosystem/support/nodes.mjs';
import { packagePath } from '../tests/ecosystem/support/packages.mjs';
import { World, accounts } from '../tests/ecosystem/support/world.mjs';

const [program, ...options] = process.argv.slice(2);
const option = (name, otherwise) => (options.includes(name) ? options[options.indexOf(name) + 1] : otherwise);
const transfers = Number(option('--transfers', '12000'));
const gasLimit = 300_000_000;  // of both chains' blocks
const batch = 250;
const senders = 6;
const gasPrice = 20_000_000_000n;

const now = () => performance.now();
const quantile = (times, q) => [...times].sort((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * q))];
const round = (value, digits = 1) => Number(value.toFixed(digits));
const memoryMiB = (pid) => Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024);
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

async function post(url, body) {
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  return response.json();
}
async function result(url, method, params) {
  const answer = await rpc(url, method, params);
  assert.ok('result' in answer, `${method}: ${JSON.stringify(answer.error)}`);
  return answer.result;
}
async function ready(node, url) {
  for (let i = 0; i < 1500; ++i) {
    if (await rpc(url, 'eth_blockNumber').then(({ result: head }) => head, () => null)) return;
    await sleep(20);
  }
  throw new Error(`not ready:\n${node.said()}`);
}

async function startNodes() {
  const genesis = join(tmpdir(), `troupe-rpc-bench-${process.pid}.json`);
  const balance = numberToHex(parseEther('10000'));
  writeFileSync(genesis, JSON.stringify({
    config: { chainId }, timestamp: '0x0', difficulty: '0x0', gasLimit: numberToHex(gasLimit), baseFeePerGas: '0x3b9aca00',
    alloc: Object.fromEntries(accounts.map(({ address }) => [address.slice(2), { balance }])),
  }));
  const [rpcPort, grpcPort, anvilPort] = [await freePort(), await freePort(), await freePort()];
  const troupe = start(resolve(program), [
    'devnet', '--l1', 'none', '--chain-id', `${chainId}`, '--genesis', genesis, '--block-time-ms', '200', '--log.level', 'warn',
    '--rpc.listen', `127.0.0.1:${rpcPort}`, '--grpc.listen', `127.0.0.1:${grpcPort}`, '--grpc.admin-listen', '127.0.0.1:0',
    '--metrics.listen', '127.0.0.1:0',
  ]);
  // As `troupe bench` runs it: a block a second holds more transactions than a block for each.
  const anvil = start(packagePath('@foundry-rs/anvil-linux-amd64/bin/anvil'), [
    '--port', `${anvilPort}`, '--chain-id', `${chainId}`, '--silent', '--block-time', '1', '--gas-limit', `${gasLimit}`,
    '--hardfork', 'prague',
  ]);
  const named = (node, name, port) => ({ ...node, name, url: `http://127.0.0.1:${port}`, wsUrl: `ws://127.0.0.1:${port}` });
  const nodes = { troupe: named(troupe, 'troupe', rpcPort), anvil: named(anvil, 'anvil', anvilPort) };
  for (const node of Object.values(nodes)) await ready(node, node.url);
  return nodes;
}

// Signed once, sent to both. @param nonces  the next one of each sender
async function signed(count, nonces, offset) {
  const raws = [];
  for (let i = 0; i < count; ++i) {
    const sender = i % senders;
    raws.push(await accounts[sender].signTransaction({
      chainId, type: 'legacy', nonce: nonces[sender]++, gasPrice, gas: 21_000n, value: 1n,
      to: numberToHex(0x7000000 + offset + i, { size: 20 }),
    }));
  }
  return raws;
}

async function transferRate(node, raws) {
  const hashes = new Array(raws.length);
  const begin = now();
  // Each sender sends one batch after the other, so that its transactions stay in order; all send at once.
  await Promise.all(Array.from({ length: senders }, async (_, sender) => {
    const own = raws.map((raw, i) => ({ jsonrpc: '2.0', id: i, method: 'eth_sendRawTransaction', params: [raw] }))
      .filter(({ id }) => id % senders === sender);
    for (let i = 0; i < own.length; i += batch)
      for (const { id, result: hash, error } of await post(node.url, own.slice(i, i + batch))) {
        assert.ok(hash, JSON.stringify(error));
        hashes[id] = hash;
      }
  }));
  const sent = now() - begin;
  for (const hash of hashes.slice(-senders))
    while (!(await result(node.url, 'eth_getTransactionReceipt', [hash]))) await sleep(5);
  const included = now() - begin;
  const receipts = await post(node.url, hashes.slice(0, 200).map((hash, id) => ({ jsonrpc: '2.0', id, method: 'eth_getTransactionReceipt', params: [hash] })));
  assert.ok(receipts.every(({ result: receipt }) => receipt.status === '0x1'));
  return { transfersPerSecond: round((raws.length * 1000) / included, 0), answeredPerSecond: round((raws.length * 1000) / sent, 0) };
}

async function quotes(node, world, { token0, token1, quoter }) {
  const data = encodeFunctionData({ abi: quoter.abi, functionName: 'quoteExactInputSingle', args: [{
    tokenIn: token0.address, tokenOut: token1.address, fee: 3000, amountIn: parseEther('25'), sqrtPriceLimitX96: 0n }] });
  const once = async () => {
    const begin = now();
    const out = await result(node.url, 'eth_call', [{ to: quoter.address, data }, 'latest']);
    assert.ok(BigInt(out.slice(0, 66)) > parseEther('24'));
    return now() - begin;
  };
  for (let i = 0; i < 50; ++i) await once();
  const alone = [];
  for (let i = 0; i < 300; ++i) alone.push(await once());
  const until = now() + 3000;
  let calls = 0;
  const begin = now();
  await Promise.all(Array.from({ length: 16 }, async () => {
    while (now() < until) {
      await once();
      ++calls;
    }
  }));
  return { p50Ms: round(quantile(alone, 0.5), 2), p99Ms: round(quantile(alone, 0.99), 2), perSecond: round((calls * 1000) / (now() - begin), 0) };
}

async function syncSends(node, raws) {
  const times = [];
  const pending = [];
  const begin = now();
  for (const [i, raw] of raws.entries()) {
    await sleep(Math.max(0, begin + i * 10 - now()));  // 100 a second
    const sent = now();
    pending.push(result(node.url, 'eth_sendRawTransactionSync', [raw]).then((receipt) => {
      assert.equal(receipt.status, '0x1');
      times.push(now() - sent);
    }));
  }
  await Promise.all(pending);
  return { p50Ms: round(quantile(times, 0.5)), p99Ms: round(quantile(times, 0.99)) };
}

const logger = () => {
  const source = `// SPDX-License-Identifier: MIT
    pragma solidity ^0.8.20;
    contract Logger {
      event Made(uint256 indexed group, uint256 number);
      function make(uint256 count) external { for (uint256 i = 0; i < count; ++i) emit Made(i % 100, i); }
    }`;
  const { contracts } = JSON.parse(solc.compile(JSON.stringify({
    language: 'Solidity', sources: { 'logger.sol': { content: source } },
    settings: { optimizer: { enabled: true }, outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object'] } } },
  })));
  const { abi, evm } = contracts['logger.sol'].Logger;
  return { name: 'Logger', abi, bytecode: `0x${evm.bytecode.object}`, linkReferences: {} };
};

async function logQueries(node, world) {
  const made = await world.deploy(logger());
  for (let i = 0; i < 10; ++i) await world.send(made, 'make', [10_000n], { gas: 40_000_000n });
  const filter = (topics) => [{ fromBlock: '0x0', toBlock: 'latest', address: made.address, topics }];
  const group = [null, numberToHex(7, { size: 32 })];
  const times = [];
  for (let i = 0; i < 20; ++i) {
    const begin = now();
    assert.equal((await result(node.url, 'eth_getLogs', filter(group))).length, 1000);
    times.push(now() - begin);
  }
  return { logs: 100_000, found: 1000, p50Ms: round(quantile(times, 0.5)) };
}

const nodes = await startNodes();
const report = { machine: cpus()[0].model, cores: cpus().length, transfers, batch };
try {
  const nonces = new Array(senders).fill(0);
  const raws = await signed(transfers, nonces, 0);
  const sync = await signed(300, nonces, transfers);
  const coin = compile(['ours/Tokens.sol']).Coin;
  for (const node of Object.values(nodes)) {
    const figures = (report[node.name] = { memoryMiBBefore: memoryMiB(node.pid) });
    figures.transfers = await transferRate(node, raws);
    figures.sendRawTransactionSync = await syncSends(node, sync);
    const world = new World(node);
    const pool = await market(world, coin);
    const q96 = 2n ** 96n;
    await world.send(pool.positions, 'createAndInitializePoolIfNecessary', [pool.token0.address, pool.token1.address, 3000, q96]);
    await world.send(pool.positions, 'mint', [{ token0: pool.token0.address, token1: pool.token1.address, fee: 3000, tickLower: -887220, tickUpper: 887220,
      amount0Desired: parseEther('1000'), amount1Desired: parseEther('1000'), amount0Min: 0n, amount1Min: 0n,
      recipient: world.alice.address, deadline: 2n ** 48n }], { gas: 6_000_000n });
    figures.uniswapV3Quote = await quotes(node, world, pool);
    figures.getLogs = await logQueries(node, world);
    figures.memoryMiBAfter = memoryMiB(node.pid);
  }
} catch (error) {
  for (const node of Object.values(nodes)) console.log(`${node.name}: ${node.said().split('\n').slice(-10).join('\n')}`);
  throw error;
} finally {
  await Promise.all(Object.values(nodes).map((node) => node.stop()));
}

const { troupe, anvil } = report;
const line = (what, ours, theirs, unit, more) =>
  console.log(`${what.padEnd(46)} ${String(ours).padStart(9)} ${String(theirs).padStart(9)}  ${unit.padEnd(10)} ${round(more ? ours / theirs : theirs / ours, 2)}x`);
console.log(`${report.machine}, ${report.cores} cores; ${execFileSync(resolve(program), ['--version']).toString().trim()}; anvil 1.7.1`);
console.log(`${''.padEnd(46)}    troupe     anvil`);
line(`transfers included, batches of ${batch}`, troupe.transfers.transfersPerSecond, anvil.transfers.transfersPerSecond, '/s', true);
line('eth_call: Uniswap V3 quote, p50', troupe.uniswapV3Quote.p50Ms, anvil.uniswapV3Quote.p50Ms, 'ms', false);
line('eth_call: Uniswap V3 quotes, 16 at once', troupe.uniswapV3Quote.perSecond, anvil.uniswapV3Quote.perSecond, '/s', true);
line('eth_sendRawTransactionSync at 100/s, p50', troupe.sendRawTransactionSync.p50Ms, anvil.sendRawTransactionSync.p50Ms, 'ms', false);
line('eth_sendRawTransactionSync at 100/s, p99', troupe.sendRawTransactionSync.p99Ms, anvil.sendRawTransactionSync.p99Ms, 'ms', false);
line('eth_getLogs: 1,000 of 100,000 logs, p50', troupe.getLogs.p50Ms, anvil.getLogs.p50Ms, 'ms', false);
line('memory afterwards', troupe.memoryMiBAfter, anvil.memoryMiBAfter, 'MiB', false);
if (option('--json')) writeFileSync(option('--json'), `${JSON.stringify(report, null, 2)}\n`);
