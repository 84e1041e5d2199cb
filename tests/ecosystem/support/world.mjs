// What a scenario sees of a node: accounts with ether, contracts, and assertions. Every receipt, answer and
// refusal is also written down, so that two nodes can be compared in what no scenario thought of: the gas of
// each transaction, all its logs, the bytes of each revert.
import assert from 'node:assert/strict';
import { createPublicClient, createWalletClient, decodeErrorResult, encodeDeployData, encodeFunctionData, getAddress, getContractAddress,
  http, parseEventLogs } from 'viem';
import { mnemonicToAccount } from 'viem/accounts';
import { chainId } from './nodes.mjs';

const mnemonic = 'test test test test test test test test test test test junk';
export const accounts = Array.from({ length: 10 }, (_, addressIndex) => mnemonicToAccount(mnemonic, { addressIndex }));

export class World {
  constructor(node) {
    this.node = node;
    this.chain = {
      id: chainId, name: node.name, nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
      rpcUrls: { default: { http: [node.url], webSocket: [node.wsUrl] } },
    };
    this.client = createPublicClient({
      chain: this.chain, transport: http(node.url), pollingInterval: 15, cacheTime: 0,
    });
    this.wallets = new Map();
    this.record = [];
    this.transactions = 0;
    this.hashes = [];  // of transactions that do not depend on the clock
    [this.alice, this.bob, this.carol, this.dave, this.erin, this.frank] = accounts;
  }

  wallet(account = this.alice) {
    if (!this.wallets.has(account.address))
      this.wallets.set(account.address, createWalletClient({
        account, chain: this.chain, transport: http(this.node.url), pollingInterval: 15, cacheTime: 0,
      }));
    return this.wallets.get(account.address);
  }

  note(what, value) {
    this.record.push([what, plain(value)]);
    return value;
  }

  /// The receipt of a transaction, whatever its status; written down.
  /// @param changing  its logs depend on the clock: only status and number of logs are compared; 'gas': only its
  ///                  gas does, and everything else is compared
  async receipt(hash, { label = 'transaction', changing = false } = {}) {
    const receipt = await this.client.waitForTransactionReceipt({ hash, timeout: 20_000 });
    ++this.transactions;
    if (!changing) this.hashes.push(hash);
    const { status, gasUsed, contractAddress, type, logs } = receipt;
    this.note(label, changing === true ? { status, logs: logs.length } : {
      status, gasUsed: changing === 'gas' ? null : gasUsed, contractAddress: contractAddress?.toLowerCase() ?? null, type,
      logs: logs.map(({ address, topics, data }) => ({ address: address.toLowerCase(), topics, data })),
    });
    return receipt;
  }

  /// Sends a transaction that must succeed and gives its receipt.
  async transact({ from, label, changing, ...request }) {
    // What depends on the clock may need more gas in its block than when it was estimated.
    if (changing && request.gas === undefined) request.gas = 5_000_000n;
    const hash = await this.wallet(from).sendTransaction(request);
    const receipt = await this.receipt(hash, { label, changing });
    assert.equal(receipt.status, 'success', `${label ?? 'transaction'} failed`);
    return receipt;
  }

  /// Deploys and gives {address, abi}. libraries: {Name: address}
  async deploy(artifact, args = [], { libraries = {}, ...options } = {}) {
    const data = encodeDeployData({ abi: artifact.abi, bytecode: link(artifact, libraries), args });
    const receipt = await this.transact({ ...options, data, label: `deploy ${artifact.name}` });
    assert.ok(receipt.contractAddress, `${artifact.name} has no address`);
    return { name: artifact.name, address: getAddress(receipt.contractAddress), abi: artifact.abi };
  }

  /// A contract at the place where `deploy` would put the next but `ahead` one of `from`.
  async nextAddress(from = this.alice, ahead = 0) {
    const nonce = await this.client.getTransactionCount({ address: from.address, blockTag: 'pending' });
    return getContractAddress({ from: from.address, nonce: BigInt(nonce + ahead) });
  }

  async send(contract, functionName, args = [], options = {}) {
    const data = encodeFunctionData({ abi: contract.abi, functionName, args });
    return this.transact({ ...options, to: contract.address, data, label: functionName });
  }

  async read(contract, functionName, args = [], { changing = false, from, ...options } = {}) {
    const value = await this.client.readContract({
      ...options, address: contract.address, abi: contract.abi, functionName, args, account: from?.address,
    });
    if (!changing) this.note(`read ${functionName}`, value);
    return value;
  }

  /// The receipt's events of `contract`, as [name, arguments], must be these.
  events(receipt, contract, expected) {
    const logs = receipt.logs.filter(({ address }) => address.toLowerCase() === contract.address.toLowerCase());
    const seen = parseEventLogs({ abi: contract.abi, logs, strict: true }).map(({ eventName, args }) => [eventName, args]);
    assert.deepEqual(plain(seen), plain(expected));
  }

  /// The first event of that name in the receipt, whoever emitted it.
  event(receipt, abi, eventName) {
    const [log] = parseEventLogs({ abi, logs: receipt.logs, eventName });
    assert.ok(log, `no event ${eventName}`);
    return log.args;
  }

  /// The call must revert with `expected`: {error, args} of the ABI (errors: a further ABI), {reason} of
  /// require, {panic}, or {data}. It is refused by eth_call and by eth_estimateGas, and when it is sent
  /// nevertheless it fails in a block.
  async reverts(contract, functionName, args, expected, { from = this.alice, value, gas = 3_000_000n, errors = [], changing = false } = {}) {
    const data = encodeFunctionData({ abi: contract.abi, functionName, args });
    await this.refuses({ to: contract.address, data, value, from }, expected, [...contract.abi, ...errors], functionName, changing);
    const hash = await this.wallet(from).sendTransaction({ to: contract.address, data, value, gas });
    const receipt = await this.receipt(hash, { label: `reverting ${functionName}`, changing });
    assert.equal(receipt.status, 'reverted');
    return receipt;
  }

  /// As `reverts`, without a transaction.
  async refuses({ from = this.alice, ...request }, expected, abi = [], label = 'call', changing = false) {
    const ask = { ...request, from: from.address, value: request.value === undefined ? undefined : `0x${request.value.toString(16)}` };
    for (const [method, params] of [['eth_call', [ask, 'latest']], ['eth_estimateGas', [ask]]]) {
      const failure = await this.client.request({ method, params }).then(
        () => assert.fail(`${label}: ${method} did not revert`),
        (error) => {
          const cause = error.walk?.((inner) => inner.code !== undefined && inner.data !== undefined);
          if (!cause) throw error;
          return cause;
        });
      assert.equal(failure.code, 3, `${label}: code of ${method}`);
      if (!changing) this.note(`refused ${label}`, failure.data);
      sameError(failure.data, expected, abi, label);
    }
  }

  balance(address) {
    return this.client.getBalance({ address });
  }

  /// Waits until the newest block's time is at least `timestamp`. A chain that makes no blocks of its own
  /// is given transactions.
  async untilTime(timestamp) {
    const deadline = Date.now() + 20_000;
    while (Date.now() < deadline) {
      if ((await this.client.getBlock()).timestamp >= timestamp) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
      if (this.node.name === 'anvil') await this.poke();
    }
    assert.fail(`no block of time ${timestamp}`);
  }

  /// A transfer of nothing by an account that scenarios do not use: a block, on a chain that waits for one.
  async poke() {
    const hash = await this.wallet(accounts[9]).sendTransaction({ to: accounts[9].address, gas: 21000n });
    await this.client.waitForTransactionReceipt({ hash });
  }

  async now() {
    return (await this.client.getBlock()).timestamp;
  }
}

const standardErrors = [
  { type: 'error', name: 'Error', inputs: [{ name: 'reason', type: 'string' }] },
  { type: 'error', name: 'Panic', inputs: [{ name: 'code', type: 'uint256' }] },
];

function sameError(data, expected, abi, label) {
  if (expected.data !== undefined) return assert.equal(data, expected.data, label);
  const decoded = decodeErrorResult({ abi: [...standardErrors, ...abi.filter(({ type }) => type === 'error')], data });
  if (expected.reason !== undefined) assert.deepEqual([decoded.errorName, ...decoded.args], ['Error', expected.reason], label);
  else if (expected.panic !== undefined) assert.deepEqual([decoded.errorName, ...decoded.args], ['Panic', expected.panic], label);
  else {
    assert.equal(decoded.errorName, expected.error, label);
    if (expected.args) assert.deepEqual(plain(decoded.args ?? []), plain(expected.args), label);
  }
}

/// Puts the addresses of libraries where the compiler left room for them.
export function link(artifact, libraries) {
  let code = artifact.bytecode;
  for (const names of Object.values(artifact.linkReferences)) {
    for (const [name, places] of Object.entries(names)) {
      assert.ok(libraries[name], `${artifact.name} needs the library ${name}`);
      for (const { start } of places)
        code = code.slice(0, 2 + 2 * start) + libraries[name].slice(2).toLowerCase() + code.slice(2 + 2 * start + 40);
    }
  }
  return code;
}

/// Values without what differs in spelling only: numbers as text, addresses in lower case.
export function plain(value) {
  if (typeof value === 'bigint' || typeof value === 'number') return value.toString();
  if (typeof value === 'string') return value.startsWith('0x') ? value.toLowerCase() : value;
  if (Array.isArray(value)) return value.map(plain);
  if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
  return value ?? null;
}
