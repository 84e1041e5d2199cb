// A client that asks for too much is refused in the documented words, and others are answered all the while.
//   node misuse_client_test.mjs RPC_URL REPOSITORY
// The node has chain id 424242 and the first account of anvil's mnemonic with ether.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runTests } from './run_tests.mjs';

const [url, repository] = process.argv.slice(2);
const require = createRequire(join(repository, 'package.json'));
let viem, accounts, WebSocket;
try {
  viem = await import(pathToFileURL(require.resolve('viem')));
  accounts = await import(pathToFileURL(require.resolve('viem/accounts')));
  ({ WebSocket } = require('ws'));
} catch (missing) {
  console.log(`skipped: ${missing.message}; ./dev setup installs viem and ws`);
  process.exit(77);
}

const account = accounts.privateKeyToAccount('0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80');
const chain = {
  id: 424242, name: 'Troupe', blockTime: 200, nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
  rpcUrls: { default: { http: [url] } },
};
const client = viem.createPublicClient({ chain, transport: viem.http(url) });
const wallet = viem.createWalletClient({ account, chain, transport: viem.http(url) });

const body = (method, params = [], id = 1) => ({ jsonrpc: '2.0', id, method, params });
const post = (text) => fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: text });
const ask = async (request) => (await post(JSON.stringify(request))).json();
const many = (count, method, params) => Array.from({ length: count }, (_, id) => body(method, params, id));

/// Deploys code as it is.
async function deploy(code) {
  const size = viem.numberToHex(code.length / 2, { size: 1 }).slice(2);
  const hash = await wallet.sendTransaction({ data: `0x60${size}600a5f3960${size}5ff3${code}`, gas: 1_000_000n });
  return (await client.waitForTransactionReceipt({ hash })).contractAddress;
}

const tests = {
  async 'JSON that is too deep, broken or too long'() {
    for (const text of ['['.repeat(100_000), '{"a":'.repeat(50_000), 'x'.repeat(1_000_000)])
      assert.deepEqual((await (await post(text)).json()).error, { code: -32700, message: 'parse error' });
    assert.equal((await post('x'.repeat(6_000_000)).catch(() => ({ status: 413 }))).status, 413);
  },

  async 'batches of too many calls, and of too large answers'() {
    const [refused, ...others] = await ask(many(1001, 'eth_chainId'));
    assert.deepEqual([refused.error, others.length], [{ code: -32600, message: 'batch too large' }, 0]);
    assert.equal((await ask(many(1000, 'eth_chainId'))).filter(({ result }) => result === '0x67932').length, 1000);
  },

  async 'calls that burn all their gas, or memory'() {
    const loop = '5b5f56';
    const hashes = '5b624c00005f20505f56';  // 5 MB, which is what 50 million gas pay for
    for (const code of [loop, hashes]) {
      const to = await deploy(code);
      const burnt = await Promise.all(Array.from({ length: 8 }, () => ask(body('eth_call', [{ to, gas: '0xffffffff' }, 'latest']))));
      for (const { error } of burnt) assert.deepEqual(error, { code: -32000, message: 'out of gas' });
      const { error } = await ask(body('eth_estimateGas', [{ to }]));
      assert.match(error.message, /^(gas required exceeds allowance|out of gas)/);
    }
  },

  async 'logs of everything'() {
    // As many as the calldata says.
    const to = await deploy('5f355b5f5fa0600190038060025700');
    for (let i = 0; i < 3; ++i) {
      const hash = await wallet.sendTransaction({ to, data: viem.numberToHex(20_000, { size: 32 }), gas: 20_000_000n });
      const { status, logs } = await client.waitForTransactionReceipt({ hash });
      assert.deepEqual([status, logs.length], ['success', 20_000]);
    }
    const { error } = await ask(body('eth_getLogs', [{ fromBlock: '0x0', toBlock: 'latest' }]));
    assert.match(error.message, /^query returned more than 50000 results\. Try with this block range \[0x0, 0x[0-9a-f]+\]\.$/);
    assert.notEqual(error.code, -32603);
  },

  async 'filters that nobody reads'() {
    await ask(many(1000, 'eth_newBlockFilter'));
    const answers = await ask(many(100, 'eth_newBlockFilter'));
    assert.equal(answers.filter(({ result }) => result).length, 24);
    assert.deepEqual(answers.at(-1).error, { code: -32005, message: 'too many filters are installed (max 1024)' });
  },

  async 'subscriptions without end'() {
    const socket = new WebSocket(url.replace('http', 'ws'));
    await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
    const answer = new Promise((resolve) => socket.on('message', (message) => {
      const json = JSON.parse(message);
      if (Array.isArray(json)) resolve(json);
    }));
    socket.send(JSON.stringify(many(1000, 'eth_subscribe', ['newHeads'])));
    const answers = await answer;
    assert.equal(answers.filter(({ result }) => result).length, 128);
    assert.match(answers.at(-1).error.message, /^too many subscriptions on this connection \(max 128\)/);
    socket.terminate();
  },
};

// Somebody else, who must not notice.
let over = false;
const other = (async () => {
  while (!over) {
    assert.ok((await ask(body('eth_blockNumber'))).result);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
})();
let failed = await runTests(tests);
over = true;
await other.catch((error) => {
  ++failed;
  console.log(`FAILED others are answered\n${error.stack}`);
});
process.exit(failed === 0 ? 0 : 1);
