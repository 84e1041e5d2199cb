// The first view: how the chain is doing, its newest blocks and transactions.
import { chain, kBlocksKept } from './chain.mjs';
import { functionName } from './abi.mjs';
import { h, keyed, set, text } from './dom.mjs';
import { bytes, column, count, fee, rate, seconds, span, tick } from './format.mjs';
import { addressLink, blockLink, emptyRow, renewStage, since, stageMark, table, tickAges, transactionLink } from './parts.mjs';
import { drawBars, drawLines, plotRoot } from './plot.mjs';
import { call } from './rpc.mjs';

const kBlocksShown = 12;
const kTransactionsShown = 12;
const kRefreshMs = 700;

function figure(name) {
  const value = h('dd', {}, '–');
  const about = h('dd', { class: 'about' }, ' ');
  return { element: h('div', {}, h('dt', {}, name), value, about),
    say: (figureText, aboutText) => (text(value, figureText), text(about, aboutText)) };
}

// ---- how far the chain is settled

const kStations = [
  ['unsafe', 'Sealed', 'here, in order, durable'],
  ['posted', 'Posted', 'mined on the L1'],
  ['safe', 'Safe', 'derived from the L1'],
  ['finalized', 'Final', 'in a final L1 block'],
];

function settlement() {
  const stations = kStations.map(([key, name, about]) => {
    const at = h('a', { class: 'num' }, '–');
    const lag = h('span', { class: 'lag' }, about);
    return { key, about, at, lag, element: h('li', {}, h('h3', {}, name), at, lag) };
  });
  const list = h('ol', { class: 'rail', 'aria-label': 'Settlement' }, stations.map((s) => s.element));
  const renew = () => {
    const status = chain.status;
    if (!status) return;
    const without = status.l1 && !status.l1.enabled;
    const head = Math.max(status.heads.unsafe, chain.head ?? 0);
    for (const { key, about, at, lag, element } of stations) {
      const reached = key === 'unsafe' ? head : status.heads[key];
      const never = Boolean(without) && key !== 'unsafe';
      element.classList.toggle('never', never);
      text(at, never ? '–' : count(reached));
      if (never) at.removeAttribute('href');
      else at.href = `/block/${reached}`;
      const behind = head - reached;
      text(lag, never ? 'no L1' : behind > 0 ? `${count(behind)} ${behind === 1 ? 'block' : 'blocks'} behind` : about);
    }
  };
  return { element: list, renew };
}

// ---- plots

function throughput() {
  const root = plotRoot('Transactions per second');
  const renew = () => {
    const perBlock = (chain.status?.blockTimeMs ?? 1000) / 1000;
    const blocks = chain.newest(kBlocksKept).filter((block) => block.transactions !== undefined).reverse();
    drawBars(root, blocks.map((block) => block.transactions / perBlock), kBlocksKept, {
      figure: (value) => rate(value),
      title: (i) => `Block ${count(blocks[i].number)}: ${count(blocks[i].transactions)} transactions`,
      label: `Transactions per second in the newest ${blocks.length} blocks, now ${rate(chain.rate() ?? 0)}`,
    });
  };
  return { element: h('figure', {}, h('figcaption', {}, h('h2', {}, 'Transactions per second'),
    h('span', {}, `newest ${kBlocksKept} blocks`)), root), renew };
}

function latencies() {
  const root = plotRoot('Soft confirmation');
  const empty = h('p', { class: 'over' }, 'No transactions while this page is open');
  const renew = () => {
    const samples = chain.latency;
    const any = samples.some((sample) => sample !== null);
    empty.hidden = any;
    const last = samples.findLast((sample) => sample !== null);
    drawLines(root, [
      { kind: 'p99', values: samples.map((sample) => sample?.p99 ?? null) },
      { kind: 'p50', values: samples.map((sample) => sample?.p50 ?? null) },
    ], 60, {
      figure: (value) => (any ? tick(value) : ''),
      label: last ? `Soft confirmation: half within ${seconds(last.p50)}, 99 % within ${seconds(last.p99)}`
        : 'Soft confirmation: no transactions yet',
    });
  };
  return { element: h('figure', {}, h('figcaption', {}, h('h2', {}, 'Soft confirmation'),
    h('span', { class: 'legend' }, h('i', { class: 'p50' }), 'p50', h('i', { class: 'p99' }), 'p99',
      ' last minute')), root, empty), renew };
}

// ---- tables

function blocksTable() {
  const { element, body } = table('Newest blocks', [
    { title: 'Block' }, { title: 'Age' }, { title: 'Transactions', kind: 'right' },
    { title: 'Gas used', kind: 'right wide' }, { title: 'Stage', kind: 'right' }]);
  const make = (block) => {
    const row = h('tr', {}, h('td', {}, blockLink(block.number)), h('td'), h('td', { class: 'right num' }),
      h('td', { class: 'right wide num' }),
      h('td', { class: 'right' }, stageMark(0)));
    renew(row, block);
    return row;
  };
  const renew = (row, block) => {
    const [, when, transactions, gas, stage] = row.children;
    if (!when.firstChild && block.timestamp !== undefined) when.append(since(block.timestamp));
    text(transactions, block.transactions === undefined ? '' : count(block.transactions));
    const used = block.gasUsed ?? (chain.status?.gasLimit && block.gasRatio !== undefined
      ? Math.round(block.gasRatio * chain.status.gasLimit) : null);
    text(gas, used === null ? '' : count(used));
    renewStage(stage.firstChild, Math.max(0, chain.stageOf(block.number)));
  };
  return { element, renew: () => {
    const blocks = chain.newest(kBlocksShown);
    if (blocks.length === 0) set(body, emptyRow(5, chain.connection === 'offline' ? 'The node does not answer' : 'Asking the node'));
    else keyed(body, blocks, (block) => block.number, make, renew);
  } };
}

function what(transaction) {
  if (!transaction.to) return 'create';
  if (transaction.input === '0x') return 'transfer';
  return functionName(transaction.input) || 'call';
}

function transactionsTable(signal) {
  const { element, body } = table('Newest transactions', [
    { title: 'Transaction' }, { title: 'From', kind: 'wide' }, { title: 'To' },
    { title: 'What', kind: 'what' }, { title: 'ETH', kind: 'right' }]);
  let shown = [];
  let upTo = -1;
  let asking = false;
  let askedAt = 0;
  const make = (tx) => h('tr', {},
    h('td', {}, transactionLink(tx.hash)),
    h('td', { class: 'wide' }, addressLink(tx.from)),
    h('td', {}, tx.to ? addressLink(tx.to) : h('span', { class: 'quiet' }, 'new contract')),
    h('td', { class: 'what' }, h('span', { class: 'chip' }, what(tx))),
    h('td', { class: 'right num' }, column(BigInt(tx.value))));
  const draw = () => {
    if (shown.length > 0) keyed(body, shown, (tx) => tx.hash, make);
    else if (chain.head !== null && upTo >= chain.head) set(body, emptyRow(5,
      `No transactions in the newest ${Math.min(kBlocksKept, chain.head + 1)} blocks`));
    else if (!body.firstChild) set(body, emptyRow(5, 'Asking the node'));
  };
  // The newest places (block, index) that have a transaction and are not shown yet.
  const places = (blocks) => {
    const found = [];
    for (const block of blocks)
      for (let i = block.transactions - 1; i >= 0 && found.length < kTransactionsShown; --i)
        found.push([`0x${block.number.toString(16)}`, `0x${i.toString(16)}`]);
    return found;
  };
  const refresh = async () => {
    const blocks = chain.newest(kBlocksKept);
    const known = blocks.filter((block) => block.transactions !== undefined);
    if (asking || known.length < blocks.length || known.length === 0 || known[0].number <= upTo) return draw();
    if (Date.now() - askedAt < kRefreshMs) return;
    asking = true;
    askedAt = Date.now();
    try {
      const fresh = places(known.filter((block) => block.number > upTo));
      const got = await Promise.all(fresh.map((at) => call('eth_getTransactionByBlockNumberAndIndex', at)));
      shown = [...got.filter(Boolean), ...shown].slice(0, kTransactionsShown);
      upTo = known[0].number;
    } catch {
      // asked again with the next block
    }
    asking = false;
    if (!signal.aborted) draw();
  };
  return { element, renew: refresh };
}

export function home(signal) {
  document.title = 'Troupe';
  const names = { block: 'Block', tps: 'Per second', latency: 'Soft confirmation', fee: 'Base fee', queue: 'Queue', backlog: 'Waiting for the L1' };
  const figures = Object.fromEntries(Object.entries(names).map(([key, name]) => [key, figure(name)]));
  const rail = settlement();
  const tps = throughput();
  const latency = latencies();
  const blocks = blocksTable();
  const transactions = transactionsTable(signal);

  const renewFigures = () => {
    const { status } = chain;
    if (!status) return;
    figures.block.say(chain.head === null ? '–' : count(chain.head), `every ${seconds(status.blockTimeMs / 1000)}`);
    const perSecond = chain.rate();
    figures.tps.say(perSecond === null ? '–' : rate(perSecond), `${count(status.transactions.sealed)} in all`);
    const last = chain.latency.findLast((sample) => sample !== null);
    const told = last ?? chain.sinceStart;
    figures.latency.say(told ? seconds(told.p50) : '–',
      told ? `99 % in ${seconds(told.p99)}${last ? '' : ' since the start'}` : 'no transactions yet');
    const [price, unit] = fee(status.fees.baseFeePerGas);
    figures.fee.say(price, `${unit} per gas`);
    const { transactions: queued, held } = status.queue;
    figures.queue.say(count(queued), held ? `${count(held)} beyond a nonce gap` : 'transactions waiting');
    const { l1 } = status;
    if (!l1.enabled) figures.backlog.say('–', 'runs without an L1');
    else if (!l1.reachable) figures.backlog.say(count(l1.backlogBlocks), 'the L1 does not answer');
    else figures.backlog.say(count(l1.backlogBlocks), `blocks, ${bytes(l1.backlogBytes)}`);
  };
  const footer = h('p', { class: 'node' });
  const renewFooter = () => {
    const { status } = chain;
    if (!status) return;
    const ready = status.ready.word === 'ok' ? 'ready' : status.ready.sentence;
    text(footer, [status.version, `chain ${status.chainId}`, ready, `up ${span(status.uptimeSeconds)}`,
      `${bytes(status.memoryBytes)} of memory`].join('  ·  '));
  };
  const renew = () => {
    renewFigures();
    rail.renew();
    tps.renew();
    latency.renew();
    blocks.renew();
    transactions.renew();
    renewFooter();
    tickAges();
  };
  signal.addEventListener('abort', chain.listen(renew));
  renew();
  return [
    h('h1', { class: 'hidden' }, 'The chain now'),
    h('dl', { class: 'figures' }, Object.values(figures).map(({ element }) => element)),
    rail.element,
    h('div', { class: 'pair' }, tps.element, latency.element),
    h('div', { class: 'pair' },
      h('section', {}, h('h2', {}, 'Blocks'), blocks.element),
      h('section', {}, h('h2', {}, 'Transactions'), transactions.element)),
    footer,
  ];
}
