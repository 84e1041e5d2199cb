// Deploys Counter, counts, and reads the event and a refusal back. Hardhat signs; viem speaks.
import { artifacts, network } from 'hardhat';
import { createPublicClient, createWalletClient, custom } from 'viem';

const { provider } = await network.create();
const [from] = await provider.request({ method: 'eth_accounts' });
const { abi, bytecode } = await artifacts.readArtifact('Counter');
const transport = custom(provider);
const client = createPublicClient({ transport, pollingInterval: 100 });
const wallet = createWalletClient({ account: from, transport });

const deployed = await client.waitForTransactionReceipt({ hash: await wallet.deployContract({ abi, bytecode, chain: null }) });
const counter = { abi, address: deployed.contractAddress };
console.log(`Counter: ${counter.address}, ${deployed.gasUsed} gas`);

const hash = await wallet.writeContract({ ...counter, functionName: 'add', args: [7n], chain: null });
await client.waitForTransactionReceipt({ hash });
console.log(`count: ${await client.readContract({ ...counter, functionName: 'count' })}`);
const [event] = await client.getContractEvents({ ...counter, eventName: 'Counted', fromBlock: 0n });
console.log(`event: Counted(${event.args.by}, ${event.args.count})`);

const refused = await client.simulateContract({ ...counter, functionName: 'add', args: [11n] }).catch((error) => error);
const { data } = refused.walk((cause) => cause.name === 'ContractFunctionRevertedError');
console.log(`refused: ${data.errorName}(${data.args})`);
