// What the scripts that compare a node with anvil share. Both have chain id 424242 and the first account
// of anvil's mnemonic with ether and nonce 0.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compileFile, loadCompiler } from '../../cmake/solidity.mjs';
import { runTests } from './run_tests.mjs';

export const [url, anvilUrl, repository] = process.argv.slice(2);
const require = createRequire(join(repository, 'package.json'));
export let viem;
let accounts;
try {
  viem = await import(pathToFileURL(require.resolve('viem')));
  accounts = await import(pathToFileURL(require.resolve('viem/accounts')));
  loadCompiler();
} catch (missing) {
  console.log(`skipped: ${missing.message}; ./dev setup installs viem and solc`);
  process.exit(77);
}

export const account = accounts.privateKeyToAccount('0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80');
export const elsewhere = '0x00000000000000000000000000000000000e15e0';

const { Traced } = compileFile(join(repository, 'tests/clients/traced.sol'), ['abi', 'evm.bytecode.object'], 'prague');
export const { abi } = Traced;
export const bytecode = `0x${Traced.evm.bytecode.object}`;
export const call = (functionName, ...args) => viem.encodeFunctionData({ abi, functionName, args });

export const ask = async (where, method, params = []) => {
  const response = await fetch(where, {
    method: 'POST', headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });
  return response.json();
};
export const result = async (where, method, params) => {
  const answer = await ask(where, method, params);
  assert.ok('result' in answer, `${method}: ${JSON.stringify(answer)}`);
  return answer.result;
};
export const receiptOf = async (where, hash) => {
  for (let i = 0; i < 200; ++i) {
    const receipt = await result(where, 'eth_getTransactionReceipt', [hash]);
    if (receipt) return receipt;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return assert.fail(`${hash} is not in a block`);
};

// The same bytes to both: fees are high enough for either, so hashes and effective prices agree.
let nonce = 0;
export const nextNonce = () => nonce++;
export const send = async (request) => {
  const raw = await account.signTransaction({
    type: 'legacy', chainId: 424242, nonce: nextNonce(), gasPrice: 20_000_000_000n, gas: 1_000_000n, ...request,
  });
  const [hash] = await Promise.all([url, anvilUrl].map((where) => result(where, 'eth_sendRawTransaction', [raw])));
  const [ours] = await Promise.all([receiptOf(url, hash), receiptOf(anvilUrl, hash)]);
  return { hash, to: ours.contractAddress ?? request.to, receipt: ours };
};

/// Runs every test and ends the process: 0 where all went well.
export const run = async (tests) => process.exit((await runTests(tests)) === 0 ? 0 : 1);
