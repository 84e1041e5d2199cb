// The frame around every view: search, connection, theme; and which view an address means.
import { account } from './account.mjs';
import { block } from './block.mjs';
import { chain } from './chain.mjs';
import { h, set, svg, text } from './dom.mjs';
import { home } from './home.mjs';
import { note, tickAges } from './parts.mjs';
import { placeOf, search } from './search.mjs';
import { transaction } from './transaction.mjs';
import { walletButton } from './wallet.mjs';

const views = { '': home, block, tx: transaction, address: account,
  search: (signal, words) => search(signal, words, go) };

const main = h('main', { id: 'main', tabindex: -1 });
let leave = new AbortController();

/** Draws the view of the current address. */
function draw() {
  leave.abort();
  leave = new AbortController();
  const [, name = '', ...rest] = location.pathname.split('/');
  const view = views[name];
  const words = decode(rest.join('/'));
  set(main, view ? view(leave.signal, words)
    : [h('h1', {}, 'Nothing here'), note('This address is no place inside the page.')]);
  scrollTo(0, 0);
}

function decode(words) {
  try {
    return decodeURIComponent(words);
  } catch {
    return words;
  }
}

function go(target, { replace = false } = {}) {
  history[replace ? 'replaceState' : 'pushState'](null, '', target);
  draw();
}

// Links within the page do not load it again.
function follow(event) {
  const link = event.target.closest?.('a[href]');
  if (!link || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  if (link.origin !== location.origin || link.target) return;
  event.preventDefault();
  go(link.pathname);
  main.focus({ preventScroll: true });
}

function searchForm() {
  const input = h('input', { type: 'search', name: 'q', placeholder: 'Block, transaction, address', autocomplete: 'off',
    spellcheck: 'false', autocapitalize: 'off', 'aria-label': 'Search for a block, transaction or address', maxlength: 80 });
  const form = h('form', { role: 'search', onsubmit: (event) => {
    event.preventDefault();
    const words = input.value.trim();
    if (!words) return;
    input.value = '';
    input.blur();
    go(placeOf(words) ?? `/search/${encodeURIComponent(words)}`);
  } }, input, h('kbd', { 'aria-hidden': 'true' }, '/'));
  addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && event.target === input) input.blur();
    if (event.key !== '/' || event.target.closest?.('input, textarea, dialog')) return;
    event.preventDefault();
    input.focus();
  });
  return form;
}

function connection() {
  const words = h('span');
  const element = h('p', { class: 'connection', role: 'status' }, h('i'), words);
  const says = { connecting: 'connecting', live: 'live', offline: 'offline, trying again' };
  chain.listen(() => {
    const state = chain.connection === 'live' && chain.status && chain.status.ready?.word !== 'ok' ? 'warn' : chain.connection;
    element.dataset.state = state;
    text(words, state === 'warn' ? chain.status.ready.word : says[chain.connection]);
    element.title = state === 'warn' ? chain.status.ready.sentence : '';
    document.documentElement.classList.toggle('offline', chain.connection === 'offline');
  });
  return element;
}

function themeButton() {
  const dark = () => (document.documentElement.dataset.theme
    ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) === 'dark';
  const button = h('button', { type: 'button', class: 'theme', onclick: () => {
    const theme = dark() ? 'light' : 'dark';
    document.documentElement.dataset.theme = theme;
    try {
      localStorage.setItem('troupe.theme', theme);
    } catch {
      // storage is off: for this visit
    }
    name();
  } }, svg('svg', { viewBox: '0 0 16 16', 'aria-hidden': 'true' },
    svg('circle', { cx: 8, cy: 8, r: 6.25 }), svg('path', { d: 'M8 1.75a6.25 6.25 0 0 1 0 12.5z' })));
  const name = () => {
    const words = dark() ? 'Light theme' : 'Dark theme';
    button.setAttribute('aria-label', words);
    button.title = words;
  };
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', name);
  name();
  return button;
}

function brand() {
  const id = h('span', { class: 'num' });
  chain.listen(() => chain.status && text(id, String(chain.status.chainId)));
  return h('a', { href: '/', class: 'brand', 'aria-label': 'Troupe, overview' },
    svg('svg', { viewBox: '0 0 18 17', 'aria-hidden': 'true' },
      svg('rect', { x: 0, y: 0, width: 18, height: 4, rx: 1 }), svg('rect', { x: 0, y: 6, width: 8, height: 4, rx: 1 }),
      svg('rect', { x: 10, y: 6, width: 8, height: 4, rx: 1 }), svg('rect', { x: 7, y: 12, width: 4, height: 5, rx: 1 })),
    h('b', {}, 'Troupe'), id);
}

set(document.getElementById('app'),
  h('a', { class: 'skip', href: '#main', onclick: (event) => (event.preventDefault(), event.stopPropagation(), main.focus()) }, 'To the content'),
  h('header', { class: 'top' }, brand(), searchForm(), connection(), walletButton(), themeButton()),
  main);
document.addEventListener('click', follow);
addEventListener('popstate', draw);
setInterval(tickAges, 1000);
draw();
chain.start();
