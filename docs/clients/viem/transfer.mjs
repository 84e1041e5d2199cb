// node transfer.mjs [RPC_URL]    sends ether from the devnet's first account, in three ways
import { createPublicClient, createWalletClient, formatEther, http, parseEther, webSocket } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { troupe } from './troupe.mjs';

const url = process.argv[2] ?? troupe.rpcUrls.default.http[0];
// Printed by `troupe devnet`; known to everybody, worth nothing.
const account = privateKeyToAccount('0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80');
const to = '0x000000000000000000000000000000000000beef';
const client = createPublicClient({ chain: troupe, transport: http(url) });
const wallet = createWalletClient({ account, chain: troupe, transport: http(url) });

// 1. Send, and wait for the block.
const hash = await wallet.sendTransaction({ to, value: parseEther('1') });
const receipt = await client.waitForTransactionReceipt({ hash });
console.log(`sent: ${receipt.status}, ${receipt.gasUsed} gas`);

// 2. One call: the answer is the receipt, as soon as the transaction is executed (EIP-7966).
const soon = await wallet.sendTransactionSync({ to, value: parseEther('2') });
console.log(`sent and executed: ${soon.status}, ${soon.gasUsed} gas`);

// 3. Told over a WebSocket instead of asking again and again.
const live = createPublicClient({ chain: troupe, transport: webSocket(url.replace('http', 'ws')) });
const heard = new Promise((resolve) => {
  const stop = live.watchPendingTransactions({ onTransactions: ([first]) => { stop(); resolve(first); } });
});
await live.getChainId(); // asked on the same connection after the subscription: that is there, too
const third = await wallet.sendTransaction({ to, value: parseEther('3') });
console.log(`heard of it: ${(await heard) === third}`);
await client.waitForTransactionReceipt({ hash: third });

console.log(`balance: ${formatEther(await client.getBalance({ address: to }))} ETH`);
(await live.transport.getRpcClient()).close();
