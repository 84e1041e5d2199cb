// node transfer.mjs [RPC_URL]    sends ether from the devnet's first account, one transfer after the other
import { formatEther, parseEther, Wallet } from 'ethers';
import { troupeProvider } from './provider.mjs';

const provider = troupeProvider(process.argv[2]);
// Printed by `troupe devnet`; known to everybody, worth nothing.
const wallet = new Wallet('0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80', provider);
const to = '0x000000000000000000000000000000000000cafe';

for (const amount of ['1', '2', '3']) {
  const sent = await wallet.sendTransaction({ to, value: parseEther(amount) });
  const receipt = await sent.wait();
  console.log(`sent: status ${receipt.status}, ${receipt.gasUsed} gas`);
}
console.log(`balance: ${formatEther(await provider.getBalance(to))} ETH`);
provider.destroy();
