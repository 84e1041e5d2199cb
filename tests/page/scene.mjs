// Puts something on a devnet's chain that is worth looking at: tokens, an NFT, nested calls, failures.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compile } from '../ecosystem/support/compile.mjs';
import { repository } from '../ecosystem/support/packages.mjs';

const require = createRequire(join(repository, 'package.json'));
const viem = await import(pathToFileURL(require.resolve('viem')));
const { mnemonicToAccount } = await import(pathToFileURL(require.resolve('viem/accounts')));

const mnemonic = 'test test test test test test test test test test test junk';
export const people = Array.from({ length: 10 }, (_, i) => mnemonicToAccount(mnemonic, { addressIndex: i }));
const [owner, friend] = people;
export const { parseEther } = viem;

export function connect(url) {
  const chain = { id: 42069, name: 'Troupe', blockTime: 200, rpcUrls: { default: { http: [url] } },
    nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 } };
  const transport = viem.http(url);
  const reader = viem.createPublicClient({ chain, transport, pollingInterval: 50 });
  const walletOf = (account) => viem.createWalletClient({ account, chain, transport });
  return { reader, walletOf };
}

/** @return hashes and addresses of what was made, by name */
export async function play(url) {
  const { reader, walletOf } = connect(url);
  const wallet = walletOf(owner);
  const { Coin, Deed, Relay } = compile(['ours/Tokens.sol', 'ours/Relay.sol']);
  const sealed = async (hash) => reader.waitForTransactionReceipt({ hash });
  const deploy = async ({ abi, bytecode }, args) =>
    sealed(await wallet.deployContract({ abi, bytecode, args }));
  const write = async ({ abi }, address, functionName, args, more = {}) =>
    sealed(await wallet.writeContract({ abi, address, functionName, args, ...more }));

  const made = {};
  made.creation = await deploy(Coin, ['Harbour Coin', 'HRB']);
  const coin = made.creation.contractAddress;
  const deed = (await deploy(Deed, [owner.address])).contractAddress;
  const relay = (await deploy(Relay, [])).contractAddress;
  await write(Coin, coin, 'mint', [owner.address, parseEther('1000000')]);
  made.plain = await sealed(await wallet.sendTransaction({ to: friend.address, value: parseEther('1.5') }));
  made.coins = await write(Coin, coin, 'transfer', [friend.address, parseEther('1234.5')]);
  made.approval = await write(Coin, coin, 'approve', [relay, 2n ** 256n - 1n]);
  made.nested = await write(Relay, relay, 'pay', [coin, people[3].address, parseEther('20')]);
  made.nft = await write(Deed, deed, 'mint', [friend.address, 7n]);
  made.failed = await write(Coin, coin, 'transfer', [viem.zeroAddress, 1n], { gas: 100_000n });
  return { ...made, coin, deed, relay, owner, friend };
}

/** Plain transfers, `perSecond` of them, until `stop()`. */
export function keepSending(url, perSecond) {
  const { reader, walletOf } = connect(url);
  let going = true;
  const run = async (account, to, every) => {
    const wallet = walletOf(account);
    let nonce = await reader.getTransactionCount({ address: account.address, blockTag: 'pending' });
    while (going) {
      const value = BigInt(1 + (nonce * 7919) % 9973) * 10n ** 14n;
      await wallet.sendTransaction({ to, value, nonce: nonce++, gas: 21000n, maxFeePerGas: 10n ** 10n, maxPriorityFeePerGas: 10n ** 6n });
      await new Promise((resolve) => setTimeout(resolve, every * (0.3 + 1.4 * Math.abs(Math.sin(nonce / 9)))));
    }
  };
  const senders = people.slice(4, 9);
  const ended = Promise.all(senders.map((account, i) =>
    run(account, people[(i + 3) % 10].address, (1000 * senders.length) / perSecond)));
  return { stop: () => (going = false, ended) };
}
