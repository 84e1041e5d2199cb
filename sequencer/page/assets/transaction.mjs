// One transaction: what it did in a sentence, how far it has come, its facts, tokens, logs, calls.
import { callTree } from './calltree.mjs';
import { chain } from './chain.mjs';
import { decodeCall, decodeLog, decodeRevert } from './abi.mjs';
import { h, set } from './dom.mjs';
import { amount, bytes, clean, count, exact, gwei, moment, number, size } from './format.mjs';
import { addressLink, blockLink, copied, facts, journey, note, section, show, since, trouble, loading } from './parts.mjs';
import { call, RpcError, tryCall } from './rpc.mjs';
import { moveLine, movement, token } from './tokens.mjs';

const kTypes = { '0x0': 'legacy', '0x1': 'EIP-2930', '0x2': 'EIP-1559', '0x4': 'EIP-7702, sets code', '0x7e': 'deposit from the L1' };
const kShownBytes = 4096;
const kLogsMax = 200;
const kMovementsMax = 50;
const kAgainMs = 400;

const known = (value) => (typeof value === 'bigint' ? value.toString() : value);

// A decoded value: addresses are links, lists are lists, the rest is text.
function shown(type, value) {
  if (Array.isArray(value))
    return h('span', { class: 'list' }, value.map((item) => h('span', {}, shown(type.replace(/\[\d*\]$/, ''), item))),
      value.more ? h('span', { class: 'quiet' }, `and ${count(value.more)} more`) : null);
  if (type === 'address') return addressLink(value, true);
  if (typeof value === 'bigint') return h('span', { class: 'num' }, value.toString());
  if (type === 'string') return h('span', {}, `“${clean(value, 200)}”`);
  if (type.startsWith('bytes')) return data(value);
  return h('span', {}, String(known(value)));
}

const kInline = 32;
function data(hexData) {
  if (size(hexData) <= kInline) return h('span', { class: 'hex' }, hexData);
  const cut = size(hexData) > kShownBytes;
  return h('details', {}, h('summary', {}, bytes(size(hexData))),
    h('pre', { class: 'hex' }, cut ? `${hexData.slice(0, 2 + 2 * kShownBytes)}…` : hexData));
}

function decoded({ name, arguments: list }) {
  return h('div', { class: 'decoded' }, h('h3', {}, name),
    list.length ? h('table', {}, h('tbody', {}, list.map((argument) => h('tr', {},
      h('th', { scope: 'row' }, argument.name), h('td', { class: 'type' }, argument.type),
      h('td', {}, shown(argument.type, argument.value)))))) : null);
}

// ---- the sentence

async function sentence(tx, receipt) {
  const value = BigInt(tx.value);
  const from = addressLink(tx.from);
  const failed = receipt?.status === '0x0';
  const did = (past, infinitive) => (failed ? ` tried to ${infinitive} ` : ` ${past} `);
  if (!tx.to) return [from, did('created contract', 'create contract'), receipt?.contractAddress ? addressLink(receipt.contractAddress) : ''];
  const to = addressLink(tx.to);
  if (tx.input === '0x') return [from, did('sent', 'send'), h('b', { class: 'num' }, `${amount(value)} ETH`), ' to ', to];
  const found = decodeCall(tx.input);
  const asked = Object.fromEntries((found?.arguments ?? []).map((a) => [a.name, a.value]));
  if (found?.name === 'transfer' && asked.to) {
    const about = await token(tx.to);
    if (about?.decimals !== null && about) return [from, did('sent', 'send'),
      h('b', { class: 'num' }, `${amount(asked.amount, about.decimals)} ${about.symbol}`), ' to ', addressLink(asked.to)];
  }
  if (found?.name === 'approve') {
    const about = await token(tx.to);
    const unlimited = asked.amount === 2n ** 256n - 1n;
    const much = unlimited ? 'all' : about?.decimals !== null && about ? amount(asked.amount, about.decimals) : count(asked.amount);
    return [from, did('allowed', 'allow'), addressLink(asked.spender), ' to spend ', h('b', { class: 'num' }, `${much} ${about?.symbol ?? ''}`)];
  }
  return [from, did('called', 'call'), h('b', {}, found?.name ?? tx.input.slice(0, 10)), ' of ', to,
    value > 0n ? [' with ', h('b', { class: 'num' }, `${amount(value)} ETH`)] : null];
}

/** Why it failed: run once more on the state before its block. */
async function whyFailed(tx) {
  try {
    await call('eth_call', [{ from: tx.from, to: tx.to ?? undefined, value: tx.value, data: tx.input, gas: tx.gas },
      `0x${(number(tx.blockNumber) - 1).toString(16)}`]);
    return '';
  } catch (error) {
    if (!(error instanceof RpcError)) return '';
    return clean(decodeRevert(error.data) || error.message, 200);
  }
}

// ---- parts of the page

async function movements(receipt) {
  const found = (await Promise.all(receipt.logs.slice(0, kLogsMax).map(movement))).filter(Boolean);
  if (found.length === 0) return null;
  return section('Tokens', h('ul', { class: 'movements' }, found.slice(0, kMovementsMax).map((moved) =>
    moveLine(moved, h('a', { class: 'quiet', href: `/address/${moved.address}` }, 'contract')))),
  found.length > kMovementsMax ? note(`and ${count(found.length - kMovementsMax)} more`) : null);
}

function logs(receipt) {
  if (receipt.logs.length === 0) return null;
  return section(`Logs (${count(receipt.logs.length)})`, h('ol', { class: 'logs' },
    receipt.logs.slice(0, kLogsMax).map((log) => {
      const found = decodeLog(log);
      return h('li', {}, h('header', {}, h('span', { class: 'num quiet' }, count(number(log.logIndex))), addressLink(log.address, true)),
        found ? decoded(found) : h('dl', { class: 'facts raw' },
          log.topics.map((topic, i) => h('div', {}, h('dt', {}, `topic ${i}`), h('dd', { class: 'hex' }, topic))),
          log.data !== '0x' ? h('div', {}, h('dt', {}, 'data'), h('dd', {}, data(log.data))) : null));
    })), receipt.logs.length > kLogsMax ? note(`and ${count(receipt.logs.length - kLogsMax)} more`) : null);
}

function input(tx) {
  if (tx.input === '0x') return null;
  const found = tx.to && decodeCall(tx.input);
  return section(tx.to ? 'Input' : 'Init code', found ? decoded(found) : null,
    h('details', { class: 'rawdata', open: !found && size(tx.input) <= 256 }, h('summary', {}, `${count(size(tx.input))} bytes`),
      h('pre', { class: 'hex' }, size(tx.input) > kShownBytes ? `${tx.input.slice(0, 2 + 2 * kShownBytes)}…` : tx.input)));
}

function calls(hash, signal) {
  const place = h('div', {}, loading());
  const ask = () => callTree(hash).then((made) => signal.aborted || set(place, made),
    (error) => signal.aborted || set(place, trouble(error, ask)));
  ask();
  return section('Calls', place);
}

function allFacts(tx, receipt, block) {
  const used = receipt && BigInt(receipt.gasUsed);
  const price = receipt && BigInt(receipt.effectiveGasPrice);
  return facts([
    ['Block', receipt ? [blockLink(number(receipt.blockNumber)), h('span', { class: 'quiet' }, `, place ${count(number(receipt.transactionIndex))}`)] : 'not sealed yet'],
    ['Time', block ? [since(number(block.timestamp)), ' ago ', h('span', { class: 'quiet' }, moment(number(block.timestamp)))] : null],
    ['From', copied(tx.from, addressLink(tx.from, true))],
    ['To', tx.to ? copied(tx.to, addressLink(tx.to, true)) : null],
    ['Contract', receipt?.contractAddress ? copied(receipt.contractAddress, addressLink(receipt.contractAddress, true)) : null],
    ['Value', h('span', { class: 'num' }, `${exact(BigInt(tx.value), 18)} ETH`)],
    ['Fee', receipt ? [h('span', { class: 'num' }, `${exact(used * price, 18)} ETH`),
      h('span', { class: 'quiet' }, ` ${count(used)} gas × ${gwei(price)}`)] : null],
    ['Gas limit', [h('span', { class: 'num' }, count(number(tx.gas))), receipt
      ? h('span', { class: 'quiet' }, `, ${((number(receipt.gasUsed) / number(tx.gas)) * 100).toFixed(1)} % used`) : null]],
    ['Fee limits', tx.maxFeePerGas ? h('span', { class: 'num' }, `at most ${gwei(tx.maxFeePerGas)}, tip ${gwei(tx.maxPriorityFeePerGas)}`) : null],
    ['Nonce', h('span', { class: 'num' }, count(number(tx.nonce)))],
    ['Type', kTypes[tx.type] ?? tx.type],
    ['Delegates to', tx.authorizationList?.length ? h('span', { class: 'list' }, tx.authorizationList.slice(0, 16).map((a) => addressLink(a.address, true))) : null],
    ['Hash', copied(tx.hash)],
  ]);
}

// What becomes known later: sealed, and the reason of a failure.
export function transaction(signal, hash) {
  document.title = `Transaction ${hash.slice(0, 10)} · Troupe`;
  const place = h('div');
  const load = async () => {
    if (!/^0x[0-9a-f]{64}$/i.test(hash)) return [h('h1', {}, 'No such transaction'), note('A transaction’s hash is 0x and 64 hexadecimal digits.')];
    const [tx, receipt, status] = await Promise.all([call('eth_getTransactionByHash', [hash]),
      call('eth_getTransactionReceipt', [hash]), tryCall('troupe_getTransactionStatus', [hash])]);
    if (!tx && status?.stage === 'dropped') return [h('h1', {}, 'Dropped transaction'), note(`The node has dropped it: ${status.reason}.`)];
    if (!tx) return [h('h1', {}, 'No such transaction'), note(status
      ? `The node knows it (${status.stage}); its contents are told once its block is sealed.`
      : 'This chain has no transaction with that hash.'), status ? again(signal, load, place) : null];
    const block = receipt && await tryCall('eth_getBlockByHash', [receipt.blockHash, false]);
    const failed = receipt?.status === '0x0';
    const why = failed ? await whyFailed(tx) : '';
    const state = !receipt ? h('span', { class: 'chip open' }, status?.stage ?? 'pending')
      : failed ? h('span', { class: 'chip failed' }, 'failed') : h('span', { class: 'chip good' }, 'succeeded');
    return [
      h('header', { class: 'titled' }, h('h1', {}, 'Transaction'), state),
      h('p', { class: 'sentence' }, await sentence(tx, receipt)),
      why ? h('p', { class: 'why' }, why) : null,
      receipt ? null : again(signal, load, place),
      journey(() => (receipt ? number(receipt.blockNumber) : null), signal),
      allFacts(tx, receipt, block),
      receipt ? await movements(receipt) : null,
      input(tx),
      receipt ? logs(receipt) : null,
      receipt && (tx.input !== '0x' || receipt.logs.length) ? calls(hash, signal) : null,
    ];
  };
  show(place, signal, load);
  return place;
}

// Not sealed: looked at again with every block.
function again(signal, load, place) {
  const before = chain.head;
  const stop = chain.listen(() => {
    if (chain.head === before) return;
    stop();
    setTimeout(() => signal.aborted || show(place, signal, load), kAgainMs);
  });
  signal.addEventListener('abort', stop);
  return note('This page goes on by itself once the block is sealed.');
}
