// The calls within a transaction, as debug_traceTransaction's callTracer tells them.
import { decodeCall, decodeRevert, functionName } from './abi.mjs';
import { h } from './dom.mjs';
import { amount, clean, count, number } from './format.mjs';
import { addressLink, note } from './parts.mjs';
import { call, RpcError } from './rpc.mjs';

const kFramesMax = 500;
const kDepthMax = 64;

function line(frame) {
  const value = BigInt(frame.value ?? '0x0');
  const input = frame.input ?? '0x';
  const creates = frame.type?.startsWith('CREATE');
  const name = creates ? 'new contract' : input === '0x' ? 'transfer' : functionName(input);
  const known = !creates && decodeCall(input);
  const failed = frame.error ? clean(frame.revertReason || decodeRevert(frame.output) || frame.error, 120) : '';
  return h('div', { class: failed ? 'frame failed' : 'frame' },
    h('span', { class: 'kind' }, (frame.type ?? 'call').toLowerCase()),
    frame.to ? addressLink(frame.to) : null,
    h('b', {}, name || 'call'),
    known ? h('span', { class: 'quiet' }, `(${known.arguments.map(({ name: n }) => n).join(', ')})`) : null,
    value > 0n ? h('span', { class: 'num' }, `${amount(value)} ETH`) : null,
    failed ? h('span', { class: 'why' }, failed) : null,
    h('span', { class: 'gas num' }, count(number(frame.gasUsed))));
}

function tree(frame, depth, budget) {
  const children = frame.calls ?? [];
  const shown = [];
  for (const child of children) {
    if (budget.left <= 0 || depth >= kDepthMax) break;
    --budget.left;
    shown.push(tree(child, depth + 1, budget));
  }
  const left = children.length - shown.length;
  return h('li', {}, line(frame), shown.length || left
    ? h('ul', {}, shown, left ? h('li', { class: 'quiet' }, `and ${count(left)} more`) : null) : null);
}

/** @return what to show, whatever the node says */
export async function callTree(hash) {
  try {
    const trace = await call('debug_traceTransaction', [hash, { tracer: 'callTracer' }]);
    return h('ul', { class: 'calls' }, tree(trace, 0, { left: kFramesMax }));
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    if (error.unknownMethod) return note('This node does not trace calls.');
    return note(`The node does not trace this transaction: ${error.message}.`);
  }
}
