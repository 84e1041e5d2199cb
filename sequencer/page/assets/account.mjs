// One account: what it has, what it is, and what it did lately, as far as a node without an index
// by account can tell: by looking through the newest blocks.
import { chain } from './chain.mjs';
import { functionName } from './abi.mjs';
import { h, set } from './dom.mjs';
import { bytes, column, count, exact, number, size } from './format.mjs';
import { addressLink, blockLink, copied, emptyRow, facts, note, show, table, transactionLink } from './parts.mjs';
import { call, tryCall } from './rpc.mjs';
import { moveLine, movement, token, transferTopic } from './tokens.mjs';

const kDelegation = '0xef0100';  // EIP-7702
const kLookBack = 100;           // blocks looked through at once
const kLookAtMost = 500;         // without being asked to go on
const kEnough = 10;              // transactions found without being asked to go on
const kLargest = 500;            // transactions of a block that is still read whole
const kLogBlocks = 2000;
const kMovements = 25;
const kCodeShown = 4096;

const hex = (value) => `0x${value.toString(16)}`;

async function kind(address, code) {
  if (code === '0x') return ['Account'];
  if (code.startsWith(kDelegation) && size(code) === 23)
    return ['Account with code', ['Delegates to', addressLink(`0x${code.slice(8)}`, true)]];
  const about = await token(address);
  if (!about) return ['Contract'];
  return [about.decimals === null ? 'Contract' : 'Token',
    ['Calls itself', `${about.name} ${about.symbol ? `(${about.symbol})` : ''}`],
    about.supply !== null && about.decimals !== null
      ? ['Supply', h('span', { class: 'num' }, `${exact(about.supply, about.decimals)} ${about.symbol}`)] : null];
}

function recent(address, signal) {
  const { element, body } = table('Recent transactions', [
    { title: 'Transaction' }, { title: 'Block' }, { title: 'From', kind: 'wide' }, { title: 'To' },
    { title: 'What', kind: 'what' }, { title: 'ETH', kind: 'right' }]);
  const about = h('p', { class: 'note' });
  const more = h('button', { type: 'button', onclick: () => look() }, 'Look further back');
  let below = null;  // blocks from here down are not looked at yet
  let found = 0;
  let skipped = 0;
  let looked = 0;
  const row = (tx) => h('tr', {}, h('td', {}, transactionLink(tx.hash)), h('td', {}, blockLink(number(tx.blockNumber))),
    h('td', { class: 'wide' }, tx.from === address ? h('span', { class: 'quiet' }, 'this account') : addressLink(tx.from)),
    h('td', {}, tx.to === address ? h('span', { class: 'quiet' }, 'this account') : tx.to ? addressLink(tx.to) : h('span', { class: 'quiet' }, 'new contract')),
    h('td', { class: 'what' }, h('span', { class: 'chip' }, !tx.to ? 'create' : tx.input === '0x' ? 'transfer' : functionName(tx.input) || 'call')),
    h('td', { class: 'right num' }, `${tx.value === '0x0' ? '' : tx.from === address ? '−' : '+'}${column(BigInt(tx.value))}`));
  const look = async () => {
    more.disabled = true;
    try {
      const top = below ?? number(await call('eth_blockNumber'));
      const first = Math.max(0, top - kLookBack + 1);
      const numbers = Array.from({ length: top - first + 1 }, (_, i) => hex(top - i));
      const counts = await Promise.all(numbers.map((at) => call('eth_getBlockTransactionCountByNumber', [at])));
      const readable = numbers.filter((_, i) => number(counts[i]) > 0 && number(counts[i]) <= kLargest);
      skipped += counts.filter((n) => number(n) > kLargest).length;
      for (const at of readable) {
        const block = await call('eth_getBlockByNumber', [at, true]);
        if (signal.aborted) return;
        const own = block.transactions.filter((tx) => tx.from === address || tx.to === address).reverse();
        if (found === 0 && own.length) set(body);
        body.append(...own.map(row));
        found += own.length;
      }
      below = first - 1;
      about.textContent = `Looked through blocks ${count(first)} to ${count(chain.head ?? top)}.`
        + (skipped ? ` ${count(skipped)} of them have more than ${count(kLargest)} transactions and were left out.` : '');
      if (found === 0) set(body, emptyRow(6, 'Nothing from or to this account in these blocks'));
      more.hidden = below < 0;
      looked += kLookBack;
      if (!signal.aborted && below >= 0 && found < kEnough && looked < kLookAtMost) await look();
    } catch (error) {
      about.textContent = error.message;
    }
    more.disabled = false;
  };
  set(body, emptyRow(6, 'Asking the node'));
  look();
  return h('section', {}, h('h2', {}, 'Recent transactions'), element, h('div', { class: 'under' }, about, more));
}

async function tokenMovements(address, isToken) {
  const head = number(await call('eth_blockNumber'));
  const topic = `0x${'0'.repeat(24)}${address.slice(2)}`;
  const ask = (filter) => tryCall('eth_getLogs', [{ fromBlock: hex(Math.max(0, head - kLogBlocks)), toBlock: 'latest', ...filter }]);
  const answers = await Promise.all([ask({ topics: [transferTopic, topic] }), ask({ topics: [transferTopic, null, topic] }),
    isToken ? ask({ topics: [transferTopic], address }) : null]);
  const unique = new Map(answers.flatMap((logs) => logs ?? []).map((log) => [`${log.blockHash}${log.logIndex}`, log]));
  const newest = [...unique.values()].sort((a, b) =>
    number(b.blockNumber) - number(a.blockNumber) || number(b.logIndex) - number(a.logIndex)).slice(0, kMovements);
  const moves = await Promise.all(newest.map(async (log) => ({ log, moved: await movement(log) })));
  const shown = moves.filter(({ moved }) => moved);
  if (shown.length === 0) return null;
  return h('section', {}, h('h2', {}, 'Tokens'), h('ul', { class: 'movements' }, shown.map(({ log, moved }) =>
    moveLine(moved, transactionLink(log.transactionHash)))));
}

export function account(signal, words) {
  const address = words.toLowerCase();
  document.title = `${words.slice(0, 10)} · Troupe`;
  const place = h('div');
  const holdings = h('b', { class: 'num' });
  let drawn = false;
  const renew = async () => {
    if (!drawn || chain.head === renew.head) return;
    renew.head = chain.head;
    const [balance, nonce] = await Promise.all([tryCall('eth_getBalance', [address, 'latest']),
      tryCall('eth_getTransactionCount', [address, 'latest'])]).catch(() => []);
    if (signal.aborted || !balance) return;
    holdings.textContent = `${exact(BigInt(balance), 18)} ETH`;
    sent.textContent = count(number(nonce));
  };
  const sent = h('span', { class: 'num' });
  show(place, signal, async () => {
    if (!/^0x[0-9a-f]{40}$/.test(address)) return [h('h1', {}, 'No such account'), note('An address is 0x and 40 hexadecimal digits.')];
    const [balance, nonce, code] = await Promise.all([call('eth_getBalance', [address, 'latest']),
      call('eth_getTransactionCount', [address, 'latest']), call('eth_getCode', [address, 'latest'])]);
    const [title, ...rows] = await kind(address, code);
    holdings.textContent = `${exact(BigInt(balance), 18)} ETH`;
    sent.textContent = count(number(nonce));
    drawn = true;
    return [
      h('header', { class: 'titled' }, h('h1', {}, title)),
      h('p', { class: 'sentence' }, copied(address)),
      facts([['Balance', holdings], ['Nonce', sent], ...rows,
        ['Code', code === '0x' ? null : h('details', {}, h('summary', {}, bytes(size(code))),
          h('pre', { class: 'hex' }, size(code) > kCodeShown ? `${code.slice(0, 2 + 2 * kCodeShown)}…` : code))]]),
      await tokenMovements(address, title === 'Token'),
      recent(address, signal),
    ];
  });
  signal.addEventListener('abort', chain.listen(renew));
  return place;
}
