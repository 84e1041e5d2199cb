// Wallets' own libraries against a running node: viem, ethers and cast, none of them changed.
//   node json_rpc_client_test.mjs RPC_URL REPOSITORY
// The node has chain id 424242 and the first account of anvil's mnemonic with ether.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { runTests } from './run_tests.mjs';

const [url, repository] = process.argv.slice(2);
const wsUrl = url.replace('http', 'ws');
const require = createRequire(join(repository, 'package.json'));
let viem, accounts, ethers;
try {
  viem = await import(pathToFileURL(require.resolve('viem')));
  accounts = await import(pathToFileURL(require.resolve('viem/accounts')));
  ({ ethers } = await import(pathToFileURL(require.resolve('ethers'))));
} catch (missing) {
  console.log(`skipped: ${missing.message}; ./dev setup installs viem and ethers`);
  process.exit(77);
}

const key = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80';
const to = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8';
const chain = {
  id: 424242, name: 'Troupe', blockTime: 200,
  nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
  rpcUrls: { default: { http: [url], webSocket: [wsUrl] } },
};
const account = accounts.privateKeyToAccount(key);
const publicClient = viem.createPublicClient({ chain, transport: viem.http(url) });
const wallet = viem.createWalletClient({ account, chain, transport: viem.http(url) });
const gas = 21000n;

const rpc = async (method, params = []) => {
  const response = await fetch(url, {
    method: 'POST', headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });
  return response.json();
};
const until = async (condition, what) => {
  for (let i = 0; i < 200; ++i) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail(`${what} did not come true`);
};

const tests = {
  async 'viem sends a transfer and reads everything back'() {
    assert.equal(await publicClient.getChainId(), 424242);
    const before = await publicClient.getBalance({ address: to });
    const hash = await wallet.sendTransaction({ to, value: 7n, gas });
    const receipt = await publicClient.waitForTransactionReceipt({ hash });
    assert.equal(receipt.status, 'success');
    assert.equal(receipt.gasUsed, 21000n);
    assert.equal(receipt.from, account.address.toLowerCase());
    assert.equal(await publicClient.getBalance({ address: to }), before + 7n);
    assert.equal(
      await publicClient.getBalance({ address: to, blockNumber: receipt.blockNumber - 1n }), before);
    const transaction = await publicClient.getTransaction({ hash });
    assert.equal(transaction.value, 7n);
    assert.equal(transaction.blockHash, receipt.blockHash);
    assert.equal(transaction.type, 'eip1559');
    const block = await publicClient.getBlock({ blockHash: receipt.blockHash, includeTransactions: true });
    assert.equal(block.transactions[receipt.transactionIndex].hash, hash);
    const nonce = await publicClient.getTransactionCount({ address: account.address, blockTag: 'pending' });
    assert.equal(nonce, transaction.nonce + 1);
    assert.equal(await publicClient.getCode({ address: to }), undefined);
    const proof = await publicClient.getProof({ address: to, storageKeys: [] });
    assert.equal(proof.balance, before + 7n);
    assert.ok(proof.accountProof.length > 0);
    const { baseFeePerGas } = await publicClient.getFeeHistory({ blockCount: 2, rewardPercentiles: [50] });
    assert.equal(baseFeePerGas.length, 3);
    assert.deepEqual(await publicClient.getLogs({ fromBlock: 0n }), []);
  },

  async 'viem submits and has the receipt in one call'() {
    const receipt = await wallet.sendTransactionSync({ to, value: 1n, gas });
    assert.equal(receipt.status, 'success');
    await until(async () => (await rpc('eth_getTransactionReceipt', [receipt.transactionHash])).result !== null, 'sealed');
    const sealed = await publicClient.getTransactionReceipt({ hash: receipt.transactionHash });
    // The one before sealing is the sealed one, but for the block's hash.
    assert.deepEqual({ ...receipt, blockHash: null }, { ...sealed, blockHash: null });
  },

  async 'viem knows the errors by their names'() {
    const nonce = await publicClient.getTransactionCount({ address: account.address });
    const refused = async (request) =>
      wallet.sendTransaction({ to, value: 1n, gas, ...request })
        .then(() => assert.fail('accepted'), (error) => error.walk((cause) => cause.name !== error.name));
    assert.equal((await refused({ nonce: nonce - 1 })).name, 'NonceTooLowError');
    assert.equal((await refused({ value: 10n ** 30n })).name, 'InsufficientFundsError');
    assert.equal((await refused({ gas: 20000n })).name, 'IntrinsicGasTooLowError');
    assert.equal((await refused({ maxFeePerGas: 1n, maxPriorityFeePerGas: 1n })).name, 'FeeCapTooLowError');
  },

  async 'viem watches blocks and transactions over a WebSocket'() {
    const client = viem.createPublicClient({ chain, transport: viem.webSocket(wsUrl) });
    const blocks = [];
    const pending = [];
    const stopBlocks = client.watchBlocks({ onBlock: (block) => blocks.push(block.number) });
    const stopPending = client.watchPendingTransactions({ onTransactions: (hashes) => pending.push(...hashes) });
    await until(() => blocks.length >= 1, 'a first head');
    const hash = await wallet.sendTransaction({ to, value: 2n, gas });
    await until(() => blocks.length >= 3 && pending.includes(hash), 'three heads and the transaction');
    stopBlocks();
    stopPending();
    assert.deepEqual(blocks, blocks.map((_, i) => blocks[0] + BigInt(i)));
    await client.transport.getRpcClient().then((socket) => socket.close());
  },

  async 'transactions beyond a nonce gap wait for the ones before them'() {
    const nonce = await publicClient.getTransactionCount({ address: account.address, blockTag: 'pending' });
    const hashes = [];
    for (const ahead of [3, 1, 2, 0])
      hashes.push(await wallet.sendTransaction({ to, value: 1n, gas, nonce: nonce + ahead }));
    for (const hash of hashes) {
      const receipt = await publicClient.waitForTransactionReceipt({ hash });
      assert.equal(receipt.status, 'success');
    }
  },

  async 'ethers sends one transfer after the other'() {
    const provider = new ethers.JsonRpcProvider(url, undefined, { cacheTimeout: -1, pollingInterval: 50 });
    const signer = new ethers.Wallet(key, provider);
    const before = await provider.getBalance(to);
    for (let i = 0; i < 3; ++i) {
      const sent = await signer.sendTransaction({ to, value: 5n, gasLimit: gas });
      const receipt = await sent.wait();
      assert.equal(receipt.status, 1);
      assert.equal((await provider.getTransaction(sent.hash)).blockNumber, receipt.blockNumber);
    }
    assert.equal(await provider.getBalance(to), before + 15n);
    const block = await provider.getBlock('latest', true);
    assert.equal((await provider.getBlock(block.hash)).number, block.number);
    assert.ok((await provider.getBlock('pending')).number > block.number - 1);
    assert.ok((await provider.getFeeData()).gasPrice > 0n);
    const nonce = await signer.getNonce();
    const error = await signer.sendTransaction({ to, nonce: nonce - 1, gasLimit: gas }).then(() => null, (e) => e);
    assert.equal(error.code, 'NONCE_EXPIRED');
    const poor = ethers.Wallet.createRandom(provider);
    const broke = await poor.sendTransaction({ to, value: 1n, gasLimit: gas }).then(() => null, (e) => e);
    assert.equal(broke.code, 'INSUFFICIENT_FUNDS');
    provider.destroy();
  },

  async 'ethers hears of blocks over a WebSocket'() {
    const provider = new ethers.WebSocketProvider(wsUrl);
    const numbers = [];
    await provider.on('block', (number) => numbers.push(number));
    await until(() => numbers.length >= 2, 'two blocks');
    await provider.destroy();
  },

  async 'cast sends and reads'() {
    const cast = join(repository, 'node_modules/@foundry-rs/cast-linux-amd64/bin/cast');
    if (!existsSync(cast)) return console.log('  (cast is not installed)');
    const run = async (...args) => (await promisify(execFile)(cast, [...args, '--rpc-url', url])).stdout.trim();
    assert.equal(await run('chain-id'), '424242');
    const before = BigInt(await run('balance', to));
    const sent = JSON.parse(await run('send', to, '--value', '3', '--gas-limit', '21000', '--private-key', key, '--json'));
    assert.equal(sent.status, '0x1');
    assert.equal(BigInt(await run('balance', to)), before + 3n);
    assert.equal(JSON.parse(await run('tx', sent.transactionHash, '--json')).hash, sent.transactionHash);
    assert.equal(BigInt(JSON.parse(await run('block', sent.blockNumber, '--json')).number), BigInt(sent.blockNumber));
    assert.ok(BigInt(await run('gas-price')) > 0n);
    assert.match(await run('client'), /troupe/);
  },

  async 'viem deploys a contract, calls it and finds its logs'() {
    // Without call data: returns slot 0. With: stores the first word there and logs it as a topic.
    const runtime = '36600f5760005460005260206000f35b60003580600055' + '60006000a100';
    const deployed = await publicClient.waitForTransactionReceipt({
      hash: await wallet.sendTransaction({ data: `0x601d80600b6000396000f3${runtime}` }),
    });
    assert.equal(deployed.status, 'success');
    const address = deployed.contractAddress;
    assert.equal(await publicClient.getCode({ address }), `0x${runtime}`);
    const word = viem.pad('0x2a');
    const stored = await publicClient.waitForTransactionReceipt({
      hash: await wallet.sendTransaction({ to: address, data: word }),
    });
    assert.deepEqual(stored.logs[0].topics, [word]);
    assert.equal((await publicClient.call({ to: address })).data, word);
    assert.equal((await publicClient.call({ to: address, blockNumber: deployed.blockNumber })).data, viem.pad('0x0'));
    assert.equal(await publicClient.getStorageAt({ address, slot: '0x0' }), word);
    assert.equal(
      await publicClient.getStorageAt({ address, slot: '0x0', blockNumber: deployed.blockNumber }), viem.pad('0x0'));
    const proof = await publicClient.getProof({ address, storageKeys: [viem.pad('0x0')] });
    assert.equal(proof.storageProof[0].value, 42n);
    const logs = await publicClient.getLogs({ address, fromBlock: deployed.blockNumber });
    assert.deepEqual(logs.map((log) => log.transactionHash), [stored.transactionHash]);
  },

  async 'a block, its header and its transactions are the same however they are asked for'() {
    const sent = await publicClient.waitForTransactionReceipt({ hash: await wallet.sendTransaction({ to, value: 1n, gas }) });
    const of = async (method, ...params) => (await rpc(method, params)).result;
    const number = viem.numberToHex(sent.blockNumber);
    const index = viem.numberToHex(sent.transactionIndex);
    const block = await of('eth_getBlockByNumber', number, false);
    const { transactions, uncles, withdrawals, size, ...header } = block;
    for (const ref of [sent.blockHash, { blockHash: sent.blockHash }, { blockHash: sent.blockHash, requireCanonical: true }, { blockNumber: number }])
      assert.deepEqual((await of('eth_getBlockReceipts', ref)).map(({ transactionHash }) => transactionHash), transactions);
    assert.deepEqual(await of('eth_getHeaderByNumber', number), header);
    assert.deepEqual(await of('eth_getHeaderByHash', sent.blockHash), header);
    const raw = await of('eth_getRawTransactionByHash', sent.transactionHash);
    assert.equal(viem.keccak256(raw), sent.transactionHash);
    assert.equal(await of('eth_getRawTransactionByBlockHashAndIndex', sent.blockHash, index), raw);
    assert.equal(await of('eth_getRawTransactionByBlockNumberAndIndex', number, index), raw);
    assert.equal(await of('eth_getUncleByBlockHashAndIndex', sent.blockHash, '0x0'), null);
  },

  async 'viem simulates with another block and another state'() {
    const number = '0x4360005260206000f3';  // returns NUMBER
    const { data } = await publicClient.call({ to, stateOverride: [{ address: to, code: number }], blockOverrides: { number: 9999n } });
    assert.equal(BigInt(data), 9999n);
    const estimated = await publicClient.estimateGas({
      account: viem.zeroAddress, to, value: 5n, stateOverride: [{ address: viem.zeroAddress, balance: 10n ** 18n }] });
    assert.equal(estimated, 21000n);
    const [{ calls }] = await publicClient.simulateBlocks({ blocks: [{ blockOverrides: { time: 2n ** 33n },
      stateOverrides: [{ address: to, code: '0x4260005260206000f3' }], calls: [{ to }] }] });  // TIMESTAMP
    assert.equal(BigInt(calls[0].data), 2n ** 33n);
    const both = await publicClient.multicall({ deployless: true, contracts: [account.address, to].map((address) => (
      { address, abi: viem.parseAbi(['function none() view returns (uint256)']), functionName: 'none' })) });
    assert.deepEqual(both.map(({ status }) => status), ['failure', 'failure']);  // neither has code
  },

  async 'viem finds events by polling, by filter and over a WebSocket that was lost'() {
    // Logs the first word of its call data as a topic.
    const deployed = await wallet.sendTransaction({ data: '0x600980600b6000396000f3' + '60003560006000a100' });
    const { contractAddress: address } = await publicClient.waitForTransactionReceipt({ hash: deployed });
    const socketClient = viem.createPublicClient({ chain, transport: viem.webSocket(wsUrl, { reconnect: { attempts: 5, delay: 50 } }) });
    const heard = { http: [], socket: [] };
    const watch = (client, list) => client.watchEvent({ address, onLogs: (logs) => list.push(...logs.map(({ topics }) => BigInt(topics[0]))) });
    const stops = [watch(publicClient, heard.http), watch(socketClient, heard.socket)];
    const emit = async (value) =>
      publicClient.waitForTransactionReceipt({ hash: await wallet.sendTransaction({ to: address, data: viem.numberToHex(value, { size: 32 }), gas: 100_000n }) });
    await new Promise((resolve) => setTimeout(resolve, 500));
    await emit(1n);
    await until(() => heard.http.length === 1 && heard.socket.length === 1, 'one event on both');
    (await socketClient.transport.getSocket()).close();
    await new Promise((resolve) => setTimeout(resolve, 1000));
    await emit(2n);
    await until(() => heard.http.length === 2 && heard.socket.length === 2, 'the second event on both');
    assert.deepEqual(heard, { http: [1n, 2n], socket: [1n, 2n] });
    stops.forEach((stop) => stop());
    const one = viem.numberToHex(1n, { size: 32 });
    const found = async (filter) => (await rpc('eth_getLogs', [{ address, fromBlock: '0x0', ...filter }])).result.length;
    assert.equal(await found({}), 2);
    assert.equal(await found({ topics: [one] }), 1);
    assert.equal(await found({ topics: [[one, viem.pad('0x2')]] }), 2);
    assert.equal(await found({ topics: [null] }), 2);
    assert.equal(await found({ topics: [[]] }), 2);
    assert.equal(await found({ topics: [null, one] }), 0);
    await socketClient.transport.getRpcClient().then((socket) => socket.close());
  },

  async 'the document of the interface names every module'() {
    const { result: modules } = await rpc('rpc_modules');
    assert.ok(modules.eth && modules.troupe);
    const { result: document } = await rpc('rpc.discover');
    assert.ok(document.methods.some(({ name }) => name === 'eth_getBlockByNumber'));
    const { error } = await rpc('anvil_nodeInfo');
    assert.equal(error.code, -32601);
  },
};

const failed = await runTests(tests);
process.exit(failed === 0 ? 0 : 1);
