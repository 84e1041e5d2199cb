// What a node tells of transactions afterwards: the transaction and its call tree. Only what two nodes must have
// in common: no hashes of blocks, no prices.
import { rpc } from './nodes.mjs';

const told = ['from', 'to', 'value', 'input', 'nonce', 'type', 'chainId', 'accessList', 'authorizationList'];

/// A frame of the callTracer, and all below it. What failed has logged nothing (geth clears it, anvil does not).
function frame({ type, from, to, value, input, output, gasUsed, error, revertReason, calls, logs }, failed = false) {
  const undone = failed || error !== undefined;
  return {
    type, from, to: to ?? null, value: value ?? '0x0', input, output: output ?? '0x', error: error ?? null, revertReason: revertReason ?? null,
    gasUsed,
    calls: (calls ?? []).map((inner) => frame(inner, undone)),
    logs: undone ? [] : (logs ?? []).map(({ address, topics, data, position }) => ({ address, topics, data, position })),
  };
}

export async function retell(url, hashes) {
  const all = [];
  for (const hash of hashes) {
    const { result: transaction } = await rpc(url, 'eth_getTransactionByHash', [hash]);
    all.push(['transaction', Object.fromEntries(told.map((key) => [key, transaction[key] ?? null]))]);
    const { result: trace, error } = await rpc(url, 'debug_traceTransaction', [hash, { tracer: 'callTracer', tracerConfig: { withLog: true } }]);
    all.push(['call tree', trace ? frame(trace) : error]);
  }
  return all;
}
