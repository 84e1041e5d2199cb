// Pieces that several views are made of.
import { chain, kStages } from './chain.mjs';
import { h, set } from './dom.mjs';
import { age, count, moment, short } from './format.mjs';

export const zeroAddress = `0x${'0'.repeat(40)}`;

export const blockLink = (at) => h('a', { href: `/block/${at}`, class: 'num' }, count(at));
export const transactionLink = (hash, full = false) =>
  h('a', { href: `/tx/${hash}`, class: 'hex', title: full ? null : hash }, full ? hash : short(hash, 8, 6));
export const addressLink = (address, full = false) =>
  h('a', { href: `/address/${address}`, class: 'hex', title: full ? null : address },
    full ? address : short(address, 6, 4));

/** A hash or address with a button that copies it, where the browser allows that. */
export function copied(value, shown = h('span', { class: 'hex' }, value)) {
  if (!navigator.clipboard) return shown;
  const button = h('button', { class: 'copy', type: 'button', 'aria-label': 'Copy', title: 'Copy',
    onclick: async () => {
      await navigator.clipboard.writeText(value).catch(() => {});
      button.classList.add('done');
      setTimeout(() => button.classList.remove('done'), 900);
    } });
  return h('span', { class: 'copied' }, shown, button);
}

/** How long ago, kept current by tickAges(). */
export function since(unix) {
  return h('time', { class: 'age', data: { t: unix }, datetime: new Date(unix * 1000).toISOString(),
    title: moment(unix) }, age(unix, Date.now() / 1000));
}

export function tickAges() {
  const now = Date.now() / 1000;
  for (const element of document.querySelectorAll('time.age')) {
    const words = age(Number(element.dataset.t), now);
    if (element.textContent !== words) element.textContent = words;
  }
}

const kStageWords = ['sealed', 'posted', 'safe', 'final'];

/** How far a block has come: four strokes and a word. */
export function stageMark(stage) {
  return renewStage(h('span', { class: 'stage' },
    kStages.map(() => h('i')), h('b')), stage);
}
export function renewStage(mark, stage) {
  if (mark.dataset.stage === String(stage)) return mark;
  mark.dataset.stage = stage;
  [...mark.querySelectorAll('i')].forEach((stroke, i) => stroke.classList.toggle('on', i <= stage));
  mark.querySelector('b').textContent = kStageWords[stage] ?? 'open';
  return mark;
}

/** [[name, value, …], …] as a list of facts; rows without a value are left out. */
export function facts(rows) {
  return h('dl', { class: 'facts' }, rows
    .filter((row) => row && row[1] !== null && row[1] !== undefined && row[1] !== '')
    .map(([name, ...value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value))));
}

export const section = (title, ...content) =>
  h('section', {}, h('h2', {}, title), content);

export const note = (...words) => h('p', { class: 'note' }, words);

export const loading = () => h('div', { class: 'loading', role: 'status' }, 'Asking the node');

/** What went wrong, and a way to try again. */
export function trouble(error, again) {
  return h('div', { class: 'trouble', role: 'alert' },
    h('p', {}, error.message),
    again && h('button', { type: 'button', onclick: again }, 'Try again'));
}

/** columns: [{title, class}]; the body is filled by the caller. */
export function table(label, columns) {
  const body = h('tbody');
  const element = h('div', { class: 'scroll' }, h('table', { 'aria-label': label },
    h('thead', {}, h('tr', {}, columns.map(({ title, kind }) => h('th', { scope: 'col', class: kind }, title)))),
    body));
  return { element, body };
}

/** An empty table says why. */
export const emptyRow = (columns, words) =>
  h('tr', { class: 'empty' }, h('td', { colspan: columns }, words));

/**
 * Asks, shows, and says what went wrong: fills `place` with what `make` gives.
 * @param signal  aborted when the view is left: then nothing is shown any more
 */
export async function show(place, signal, make) {
  set(place, loading());
  try {
    const content = await make();
    if (!signal.aborted) set(place, content);
  } catch (error) {
    if (!signal.aborted) set(place, trouble(error, () => show(place, signal, make)));
  }
}

/** The stations of a block or transaction on its way to the L1, kept current. */
export function journey(at, signal, { before = null } = {}) {
  const words = [
    ['Sealed', 'in a block here'],
    ['Posted', 'in an L1 transaction'],
    ['Safe', 'derived from the L1'],
    ['Final', 'in a final L1 block'],
  ];
  const stations = words.map(([name, about]) => h('li', {}, h('b', {}, name), h('span', {}, about)));
  const list = h('ol', { class: 'journey', 'aria-label': 'How far it has come' }, stations);
  const renew = () => {
    const stage = at() === null ? -1 : chain.stageOf(at());
    const without = chain.status?.l1 && !chain.status.l1.enabled;
    stations.forEach((station, i) => {
      station.classList.toggle('done', i <= stage);
      station.classList.toggle('next', i === stage + 1 && !(without && i > 0));
      station.classList.toggle('never', Boolean(without) && i > 0);
    });
    list.title = before && stage < 0 ? before : '';
  };
  renew();
  const stop = chain.listen(renew);
  signal.addEventListener('abort', stop);
  return list;
}
