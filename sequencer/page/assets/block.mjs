// One block: its header, how far it has come, its transactions.
import { chain } from './chain.mjs';
import { functionName } from './abi.mjs';
import { h, set } from './dom.mjs';
import { bytes, column, count, gwei, moment, number, size } from './format.mjs';
import { addressLink, blockLink, copied, emptyRow, facts, journey, note, show, since, table, transactionLink } from './parts.mjs';
import { call, tryCall } from './rpc.mjs';

const kPage = 25;
const kTags = ['latest', 'safe', 'finalized', 'earliest', 'pending'];

const hex = (value) => `0x${value.toString(16)}`;

/** What an address bar or a search may call a block; null where it cannot be one. */
export function blockReference(words) {
  if (/^0x[0-9a-f]{64}$/i.test(words)) return { method: 'eth_getBlockByHash', at: words };
  if (/^\d{1,15}$/.test(words)) return { method: 'eth_getBlockByNumber', at: hex(Number(words)) };
  return kTags.includes(words) ? { method: 'eth_getBlockByNumber', at: words } : null;
}

async function rows(block, first) {
  const hashes = block.transactions.slice(first, first + kPage);
  const got = await Promise.all(hashes.map(async (hash) => {
    const [tx, receipt] = await Promise.all([
      call('eth_getTransactionByHash', [hash]), tryCall('eth_getTransactionReceipt', [hash])]);
    return { hash, tx, receipt };
  }));
  return got.map(({ hash, tx, receipt }, i) => h('tr', {},
    h('td', { class: 'num quiet' }, count(first + i)),
    h('td', {}, transactionLink(hash)),
    h('td', { class: 'wide' }, tx ? addressLink(tx.from) : ''),
    h('td', {}, tx?.to ? addressLink(tx.to) : receipt?.contractAddress
      ? addressLink(receipt.contractAddress) : ''),
    h('td', { class: 'what' }, receipt?.status === '0x0' ? h('span', { class: 'chip failed' }, 'failed') : null,
      tx ? h('span', { class: 'chip' }, !tx.to ? 'create' : tx.input === '0x' ? 'transfer'
        : functionName(tx.input) || 'call') : ''),
    h('td', { class: 'right num wide' }, receipt ? count(number(receipt.gasUsed)) : ''),
    h('td', { class: 'right num' }, tx ? column(BigInt(tx.value)) : '')));
}

function transactionsOf(block, signal) {
  const total = block.transactions.length;
  const { element, body } = table('Transactions', [
    { title: '#' }, { title: 'Transaction' }, { title: 'From', kind: 'wide' }, { title: 'To' },
    { title: 'What', kind: 'what' }, { title: 'Gas', kind: 'right wide' }, { title: 'ETH', kind: 'right' }]);
  let first = 0;
  const where = h('span', { class: 'num' });
  const turn = (by) => () => {
    first = Math.min(Math.max(0, first + by), Math.max(0, Math.ceil(total / kPage) * kPage - kPage));
    draw();
  };
  const back = h('button', { type: 'button', onclick: turn(-kPage), 'aria-label': 'Earlier transactions' }, '←');
  const on = h('button', { type: 'button', onclick: turn(kPage), 'aria-label': 'Later transactions' }, '→');
  const draw = async () => {
    const asked = first;
    back.disabled = first === 0;
    on.disabled = first + kPage >= total;
    where.textContent = `${count(first + 1)}–${count(Math.min(first + kPage, total))} of ${count(total)}`;
    try {
      const made = await rows(block, asked);
      if (asked === first && !signal.aborted) set(body, made);
    } catch (error) {
      if (!signal.aborted) set(body, emptyRow(7, error.message));
    }
  };
  if (total === 0) set(body, emptyRow(7, 'This block has no transactions'));
  else draw();
  return h('section', {}, h('header', { class: 'titled' }, h('h2', {}, 'Transactions'),
    total > kPage ? h('nav', { class: 'pages', 'aria-label': 'Pages' }, back, where, on) : null), element);
}

function nextTo(at, signal) {
  const before = h('a', { class: 'button', rel: 'prev', 'aria-label': 'Block before', title: 'Block before (←)' }, '←');
  if (at > 0) before.href = `/block/${at - 1}`;
  const after = h('a', { class: 'button', rel: 'next', 'aria-label': 'Block after', title: 'Block after (→)' }, '→');
  const renew = () => {
    if (chain.head !== null && at < chain.head) after.href = `/block/${at + 1}`;
  };
  renew();
  signal.addEventListener('abort', chain.listen(renew));
  addEventListener('keydown', (event) => {
    if (event.target.closest('input, textarea, dialog') || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === 'ArrowLeft') before.click();
    if (event.key === 'ArrowRight') after.click();
  }, { signal });
  return h('nav', { class: 'steps', 'aria-label': 'Neighbours' }, before, after);
}

async function header(block, at, signal) {
  const reference = hex(at);
  const [batch, output] = await Promise.all([
    tryCall('troupe_getBatch', [reference]), tryCall('troupe_outputAtBlock', [reference])]);
  const gasUsed = number(block.gasUsed);
  const gasLimit = number(block.gasLimit);
  const l1 = chain.status?.l1?.enabled;
  return [
    journey(() => at, signal),
    facts([
      ['Time', since(number(block.timestamp)), ' ago ', h('span', { class: 'quiet' }, moment(number(block.timestamp)))],
      ['Transactions', h('span', { class: 'num' }, count(block.transactions.length))],
      ['Gas used', h('span', { class: 'num' }, count(gasUsed)), h('span', { class: 'quiet' },
        ` of ${count(gasLimit)}, ${((gasUsed / gasLimit) * 100).toFixed(2)} %`)],
      ['Base fee', h('span', { class: 'num' }, gwei(block.baseFeePerGas))],
      ['Size', block.size ? bytes(number(block.size)) : null],
      ['Posted in', batch?.l1BlockNumber ? `L1 block ${count(number(batch.l1BlockNumber))}` : null],
      ['L1 origin', l1 && output ? `L1 block ${count(output.blockRef.l1origin.number)}` : null],
      ['Hash', copied(block.hash)],
      ['Parent', at > 0 ? h('a', { class: 'hex', href: `/block/${at - 1}` }, block.parentHash) : block.parentHash],
      ['State root', copied(block.stateRoot)],
      ['Receipts root', copied(block.receiptsRoot)],
      ['Output root', output ? copied(output.outputRoot) : null],
      ['Fees to', addressLink(block.miner, true)],
      ['Extra data', block.extraData && size(block.extraData) > 0 ? h('span', { class: 'hex' }, block.extraData) : null],
    ]),
  ];
}

export function block(signal, words) {
  document.title = `Block ${words} · Troupe`;
  const place = h('div');
  const load = async () => {
    const reference = blockReference(words);
    if (!reference) return [h('h1', {}, 'No such block'), note(`“${words}” is no block’s number, hash or tag.`)];
    const found = await call(reference.method, [reference.at, false]);
    if (!found) return missing(words, signal, load, place);
    if (found.hash === null) return pending(found);
    const at = number(found.number);
    document.title = `Block ${count(at)} · Troupe`;
    return [
      h('header', { class: 'titled' }, h('h1', {}, 'Block ', h('span', { class: 'num' }, count(at))), nextTo(at, signal)),
      await header(found, at, signal),
      transactionsOf(found, signal),
    ];
  };
  show(place, signal, load);
  return place;
}

// The open block: what is executed and not sealed.
function pending(found) {
  return [
    h('h1', {}, 'The open block'),
    note('Executed and durable, sealed within one block time. Nothing in it is undone.'),
    facts([
      ['Number', h('span', { class: 'num' }, count(number(found.number)))],
      ['Transactions', h('span', { class: 'num' }, count(found.transactions.length))],
      ['Gas used', h('span', { class: 'num' }, count(number(found.gasUsed)))],
      ['Parent', blockLink(number(found.number) - 1)]]),
  ];
}

// A block that is still to come appears by itself.
async function missing(words, signal, load, place) {
  const wanted = /^\d+$/.test(words) ? Number(words) : null;
  const head = number(await call('eth_blockNumber'));
  const future = wanted !== null && wanted > head;
  if (future) {
    const stop = chain.listen(() => {
      if (chain.head === null || chain.head < wanted) return;
      stop();
      show(place, signal, load);
    });
    signal.addEventListener('abort', stop);
  }
  return [h('h1', {}, future ? 'Not sealed yet' : 'No such block'),
    note(future ? `Block ${count(wanted)} comes in about ${count(wanted - head)} blocks; it will be shown here.`
      : 'This chain has no block of that name.')];
}
