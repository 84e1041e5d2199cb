// A fork of the chain in Hardhat's own node: what is on the chain is there, what is done here stays here.
//   COUNTER=0x... npx hardhat run scripts/fork.js --network fork
import { artifacts, network } from 'hardhat';
import { createPublicClient, createWalletClient, custom } from 'viem';

const { provider } = await network.create();
const [from] = await provider.request({ method: 'eth_accounts' });
const transport = custom(provider);
const client = createPublicClient({ transport, pollingInterval: 100 });
const wallet = createWalletClient({ account: from, transport });
const { abi } = await artifacts.readArtifact('Counter');
const counter = { abi, address: process.env.COUNTER };

console.log(`count on the chain: ${await client.readContract({ ...counter, functionName: 'count' })}`);
const hash = await wallet.writeContract({ ...counter, functionName: 'add', args: [1n], chain: null });
await client.waitForTransactionReceipt({ hash });
console.log(`count on the fork: ${await client.readContract({ ...counter, functionName: 'count' })}`);
