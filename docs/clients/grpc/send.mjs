// node send.mjs [HOST:PORT]    gRPC from Node.js: what the chain is, a transfer, its receipt
import { credentials, loadPackageDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parseEther, parseGwei } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';

const address = process.argv[2] ?? '127.0.0.1:50051';
const protos = join(fileURLToPath(import.meta.url), '../../../../proto');
const definition = loadSync(['troupe/v1/query.proto', 'troupe/v1/submit.proto'],
  { includeDirs: [protos], keepCase: true, longs: String, enums: String });
const { QueryService, SubmitService } = loadPackageDefinition(definition).troupe.v1;
/// Every method of a service as a function that gives a promise.
const connect = (Service) => {
  const client = new Service(address, credentials.createInsecure());
  return new Proxy(client, { get: (of, method) => promisify(of[method].bind(of)) });
};
const [query, submit] = [connect(QueryService), connect(SubmitService)];

const chain = await query.GetChainInfo({});
console.log(`chain ${chain.chain_id}`);

// Printed by `troupe devnet`; known to everybody, worth nothing.
const account = privateKeyToAccount('0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d');
const { pending_nonce: nonce } = await query.GetAccount({ address: Buffer.from(account.address.slice(2), 'hex') });
const signed = await account.signTransaction({
  chainId: Number(chain.chain_id), nonce: Number(nonce), to: '0x000000000000000000000000000000000000f00d', value: parseEther('1'),
  gas: 21000n, maxFeePerGas: parseGwei('10'), maxPriorityFeePerGas: 1_000_000n, type: 'eip1559' });

// Answered when it is executed: the receipt never changes after that.
const answer = await submit.SubmitTransaction(
  { raw_transaction: Buffer.from(signed.slice(2), 'hex'), wait_for: 'TRANSACTION_STAGE_SEQUENCED' });
console.log(`${answer.stage}: success ${answer.receipt.success}, ${answer.receipt.gas_used} gas`);
