// Signed transfers by the hundred thousand: written by `troupe load --sign-only`, sent in batches.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { recoverTransactionAddress } from 'viem';
import { Connection } from './connection.mjs';
import { now, processorMs, round, sleep } from './measure.mjs';

/// A file of transactions (sequencer/load/transaction_file.hpp): transaction i is from wallet i % wallets, with its
/// wallet's next nonce.
export class Transfers {
  constructor(program, path, { count, wallets, chainId }) {
    execFileSync(program, ['load', '--sign-only', '--file', path, '--transactions', `${count}`, '--wallets', `${wallets}`,
      '--chain-id', `${chainId}`], { stdio: ['ignore', 'ignore', 'inherit'] });
    this.bytes = readFileSync(path);
    this.wallets = wallets;
    this.count = Number(this.bytes.readBigUInt64LE(8));
    let at = 24 + Number(this.bytes.readBigUInt64LE(16));
    this.at = new Uint32Array(this.count + 1);
    for (let i = 0; i < this.count; ++i) {
      this.at[i] = at;
      at += 4 + this.bytes.readUInt32LE(at);
    }
    this.at[this.count] = at;
  }

  raw(i) {
    return `0x${this.bytes.hexSlice(this.at[i] + 4, this.at[i + 1])}`;
  }

  /// Addresses of all wallets, in order.
  senders() {
    return Promise.all(Array.from({ length: this.wallets }, (_, i) => recoverTransactionAddress({ serializedTransaction: this.raw(i) })));
  }
}

/// Sends for `seconds`, or all there is, in batches over `lanes` connections: each takes its own wallets, and a batch
/// when the one before it is answered. Ends when the last of each lane has a receipt.
/// @param from  what an earlier call gave as `next`: where each lane goes on
export async function sendBatches(node, transfers, { lanes, batch, seconds, from, onProgress }) {
  assert.equal(transfers.wallets % lanes, 0);
  const connections = Array.from({ length: lanes }, () => new Connection(node.url));
  const used = processorMs(node.pid);
  const begin = now();
  let [answered, lastAnswer] = [0, begin];
  const nexts = await Promise.all(connections.map(async (connection, lane) => {
    let next = from?.[lane] ?? lane;
    let last;
    while (next < transfers.count && now() < begin + seconds * 1000) {
      const calls = [];
      for (; calls.length < batch && next < transfers.count; next += lanes)
        calls.push(`{"jsonrpc":"2.0","id":${next},"method":"eth_sendRawTransaction","params":["${transfers.raw(next)}"]}`);
      const answers = JSON.parse(await connection.post(`[${calls.join()}]`));
      assert.equal(answers.length, calls.length);
      for (const { result, error } of answers) assert.ok(result, JSON.stringify(error));
      last = answers.at(-1).result;
      answered += answers.length;
      lastAnswer = now();
      onProgress?.(answered);
    }
    if (last) {
      let receipt = null;
      while (!(receipt = await connection.result('eth_getTransactionReceipt', [last]))) await sleep(5);
      assert.equal(receipt.status, '0x1');
    }
    return next;
  }));
  const included = now();
  // Every sender's nonce says how many of its transfers are in blocks.
  const senders = await transfers.senders();
  for (const [lane, connection] of connections.entries()) {
    const own = senders.map((address, wallet) => ({ address, wallet })).filter(({ wallet }) => wallet % lanes === lane);
    for (const { address, wallet } of own) {
      const sent = Math.ceil((nexts[lane] - wallet) / transfers.wallets);
      assert.equal(Number(await connection.result('eth_getTransactionCount', [address, 'latest'])), Math.max(0, sent));
    }
    connection.close();
  }
  return {
    sent: answered, seconds: round((included - begin) / 1000, 2), transfersPerSecond: round((answered * 1000) / (included - begin), 0),
    answeredPerSecond: round((answered * 1000) / (lastAnswer - begin), 0),
    processorUsEach: round(((processorMs(node.pid) - used) * 1000) / answered, 1),
    next: nexts,
  };
}
