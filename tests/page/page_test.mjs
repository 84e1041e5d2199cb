// The explorer page in a headless Chromium, against a devnet of this build.
//   node page_test.mjs TROUPE [FOLDER]      FOLDER: where pictures of the views go
import assert from 'node:assert/strict';
import { existsSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { freePort, rpc, start } from '../ecosystem/support/nodes.mjs';
import { needPackages, packagePath, repository } from '../ecosystem/support/packages.mjs';
import { runTests } from '../clients/run_tests.mjs';

const [troupe, pictures] = process.argv.slice(2);
needPackages('viem', 'ws', 'solc', '@openzeppelin/contracts', '@foundry-rs/anvil-linux-amd64');
const chromium = [process.env.TROUPE_CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => path && existsSync(path));
if (!chromium) {
  console.log('skipped: no Chromium (Debian\'s package chromium; ./dev setup installs it)');
  process.exit(77);
}
const { startBrowser } = await import('./browser.mjs');
const { connect, keepSending, people, play } = await import('./scene.mjs');
const WebSocket = createRequire(join(repository, 'package.json'))('ws');

const port = await freePort();
const url = `http://127.0.0.1:${port}`;
const anvil = packagePath('@foundry-rs/anvil-linux-amd64/bin/anvil');
const arguments_ = ['devnet', '--dir', 'devnet', '--anvil', anvil, '--l1-port', String(await freePort()), '--port', String(port),
  '--grpc-port', '0', '--admin-port', '0', '--metrics-port', '0', '--block-time', '200ms', '--batcher.channel-age-ms', '500'];
let node = start(troupe, arguments_);
const ready = async () => {
  for (let i = 0; i < 600; ++i) {
    if ((await rpc(url, 'eth_chainId').catch(() => null))?.result) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`the devnet is not ready:\n${node.said()}`);
};

const desk = { width: 1280, height: 900 };
const phone = { width: 390, height: 844, phone: true };
let browser;
let made;
let page;
const picture = async (name, options) => pictures && page.picture(join(pictures, `${name}.png`), options);
const open = (path, options = desk) => browser.open(options).then(async (opened) => {
  page = opened;
  await page.go(url + path);
});
const address = (checksummed) => checksummed.toLowerCase();
const short = (hex) => `${hex.slice(0, 8)}…${hex.slice(-4)}`;

const tests = {
  async 'the overview shows blocks, transactions, rates and settlement, and goes on by itself'() {
    const load = keepSending(url, 30);
    await open('/');
    await page.untilText('live', '.connection');
    await page.untilText('42069', '.brand');
    await page.until('document.querySelectorAll("tbody tr td .stage").length >= 10', 'ten blocks');
    await page.until('document.querySelectorAll(".chip").length >= 10', 'ten transactions');
    await page.until('document.querySelectorAll(".plot .bar").length > 5', 'bars');
    await page.until('document.querySelector(".plot .line.p50")?.getAttribute("d").includes("L")', 'a line of latencies');
    const first = Number((await page.text('.figures dd')).split('\n')[0].replaceAll(',', ''));
    await page.until(`Number(document.querySelector(".figures dd").innerText.replaceAll(",", "")) > ${first + 3}`, 'the head moves');
    await page.until('/^[1-9]/.test(document.querySelectorAll(".figures dd")[2].innerText)', 'a rate');
    await page.until('/^[1-9][\\d,]*$/.test(document.querySelectorAll(".rail a")[2].innerText)', 'a safe block');
    const stages = await page.text('.rail h3');
    assert.equal(stages, 'Sealed\nPosted\nSafe\nFinal');
    await picture('overview');
    await load.stop();
  },

  async 'a transfer is a sentence, with its fee and its way to the L1'() {
    await open(`/tx/${made.plain.transactionHash}`);
    await page.untilText(`${short(address(made.owner.address))} sent 1.5 ETH to ${short(address(made.friend.address))}`, '.sentence');
    const fee = made.plain.gasUsed * made.plain.effectiveGasPrice;
    await page.untilText(`0.${fee.toString().padStart(18, '0')}`.replace(/0+$/, ''), '.facts');
    await page.untilText('succeeded', '.chip');
    await page.until('document.querySelectorAll(".journey li.done").length >= 3', 'safe');
    assert.match(await page.text('.facts'), /Nonce\s+4\b/);
  },

  async 'the fee that is shown is all that a sender pays'() {
    const { reader } = connect(url);
    const before = await reader.getBalance({ address: made.owner.address, blockNumber: made.plain.blockNumber - 1n });
    const after = await reader.getBalance({ address: made.owner.address, blockNumber: made.plain.blockNumber });
    assert.equal(before - after, 1500000000000000000n + made.plain.gasUsed * made.plain.effectiveGasPrice);
  },

  async 'a token transfer names the token, its amount, its log and its calls'() {
    await open(`/tx/${made.coins.transactionHash}`);
    await page.untilText(`sent 1,234.5 HRB to ${short(address(made.friend.address))}`, '.sentence');
    await page.untilText('1,234.5 HRB', '.movements');
    await page.untilText('Transfer', '.logs');
    await page.untilText('1234500000000000000000', '.logs');
    await page.untilText('transfer', '.decoded');
    await page.until('document.querySelector(".calls, .note")', 'calls, or why there are none');
  },

  async 'calls within calls are a tree, and a survived revert says why'() {
    await open(`/tx/${made.nested.transactionHash}`);
    await page.untilText('Calls', 'main');
    await page.until('document.querySelector(".calls, .note")', 'calls');
    const { error } = await rpc(url, 'debug_traceTransaction', [made.nested.transactionHash, { tracer: 'callTracer' }]);
    if (error) return assert.match(await page.text('.note'), /does not trace/);
    assert.equal(await page.run('document.querySelectorAll(".calls .frame").length'), 3);
    assert.match(await page.text('.calls'), /transferFrom/);
    assert.match(await page.text('.calls .frame.failed'), /as it was asked to/);
    await picture('transaction');
  },

  async 'an approval of everything is told as one'() {
    await open(`/tx/${made.approval.transactionHash}`);
    await page.untilText(`allowed ${short(made.relay)} to spend all HRB`, '.sentence');
  },

  async 'an NFT moves with its number'() {
    await open(`/tx/${made.nft.transactionHash}`);
    await page.untilText('DEED #7', '.movements');
  },

  async 'a failed transaction says why'() {
    await open(`/tx/${made.failed.transactionHash}`, { ...desk, dark: true });
    await page.untilText('failed', '.chip');
    await page.untilText('ERC20InvalidReceiver(0x0000000000000000000000000000000000000000)', 'p.why');
    await picture('failed');
  },

  async 'a transaction that waits is followed until it is sealed'() {
    const { walletOf, reader } = connect(url);
    const wallet = walletOf(people[2]);
    const nonce = await reader.getTransactionCount({ address: people[2].address });
    const fields = { to: made.friend.address, value: 1n, gas: 21000n, maxFeePerGas: 10n ** 10n, maxPriorityFeePerGas: 1n };
    const hash = await wallet.sendTransaction({ ...fields, nonce: nonce + 1 });
    await open(`/tx/${hash}`);
    await page.untilText('held', '.chip');
    await wallet.sendTransaction({ ...fields, nonce });
    await page.untilText('succeeded', '.chip');
  },

  async 'a block tells its header and its transactions; arrows go to its neighbours'() {
    const at = Number(made.nested.blockNumber);
    await open(`/block/${at}`);
    await page.untilText(`Block ${at.toLocaleString('en-US')}`, 'h1');
    await page.untilText(made.nested.blockHash, '.facts');
    await page.until(`document.querySelector('a[href="/tx/${made.nested.transactionHash}"]')`, 'its transaction');
    await page.press('ArrowRight');
    await page.untilText(`Block ${(at + 1).toLocaleString('en-US')}`, 'h1');
    await page.press('ArrowLeft');
    await page.untilText(`Block ${at.toLocaleString('en-US')}`, 'h1');
    await page.run('history.back()');
    await page.untilText(`Block ${(at + 1).toLocaleString('en-US')}`, 'h1');
    await picture('block');
  },

  async 'a block that is to come is shown when it is there'() {
    const { result } = await rpc(url, 'eth_blockNumber');
    const at = Number(result) + 15;
    await open(`/block/${at}`);
    await page.untilText('Not sealed yet', 'h1');
    await page.untilText(`Block ${at.toLocaleString('en-US')}`, 'h1');
  },

  async 'accounts show what they have, what they are and what they did'() {
    await open(`/address/${made.friend.address}`);
    await page.untilText('10,001.5', '.facts');
    await page.untilText('1,234.5 HRB', '.movements');
    await page.untilText('Looked through blocks', '.note');
    await open(`/address/${made.coin}`);
    await page.untilText('Harbour Coin (HRB)', '.facts');
    await page.untilText('1,000,000 HRB', '.facts');
    await page.until('document.querySelectorAll(".movements li").length >= 3', 'transfers of the token');
    await picture('token');
  },

  async 'search finds blocks, transactions and accounts, from the keyboard alone'() {
    await open('/');
    const find = async (words) => {
      await page.press('/');
      await page.until('document.activeElement.type === "search"', 'the search has the focus');
      await page.type(words);
      await page.press('Enter');
    };
    await find(made.coins.transactionHash);
    await page.untilText('1,234.5 HRB', '.sentence');
    await find(made.plain.blockHash);
    await page.untilText(`Block ${Number(made.plain.blockNumber).toLocaleString('en-US')}`, 'h1');
    await find(made.friend.address);
    await page.untilText('10,001.5', '.facts');
    await find('12');
    await page.untilText('Block 12', 'h1');
    await find('safe');
    await page.untilText('Gas used', '.facts');
    await find('<img src=x onerror=alert(1)>');
    await page.untilText('<img src=x onerror=alert(1)> is no block number'.slice(0, 28), '.note');
    assert.equal(await page.run('document.querySelectorAll("main img").length'), 0);
  },

  async 'the tab key reaches everything in order, the skip link first'() {
    await open('/');
    await page.until('document.querySelectorAll("tbody a").length > 5', 'links');
    const names = [];
    for (let i = 0; i < 6; ++i) {
      await page.press('Tab');
      names.push(await page.run('document.activeElement.innerText || document.activeElement.getAttribute("aria-label")'));
    }
    assert.equal(names[0], 'To the content');
    assert.match(names[1], /Troupe/);
    assert.match(names[2], /Search/);
    assert.equal(names[3], 'Add to wallet');
    assert.match(names[4], /theme/);
  },

  async 'dark and light follow the system, and the switch is remembered'() {
    const paper = 'getComputedStyle(document.documentElement).backgroundColor';
    await open('/');
    const light = await page.run(paper);
    await page.scheme(true);
    const dark = await page.run(paper);
    assert.notEqual(light, dark);
    await page.run('document.querySelector("button.theme").click()');
    assert.equal(await page.run(paper), light);
    await page.go(url);
    await page.until('document.querySelector("button.theme")', 'the switch');
    assert.equal(await page.run(paper), light);
    await page.run('document.querySelector("button.theme").click()');
    assert.equal(await page.run(paper), dark);
    await page.run('localStorage.clear()');
  },

  async 'every pair of text and ground has contrast enough in both themes'() {
    for (const dark of [false, true]) {
      await open('/', { ...desk, dark });
      await page.until('document.querySelectorAll("tbody a").length > 5', 'links');
      const low = await page.run(`(() => {
        const parse = (c) => (c.match(/[\\d.]+/g) ?? []).map(Number);
        const lum = ([r, g, b]) => [r, g, b].map((v) => v / 255).map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
          .reduce((s, v, i) => s + v * [0.2126, 0.7152, 0.0722][i], 0);
        const ground = (e) => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c.length === 3 || c[3] > 0.99) return c; } };
        const found = [];
        for (const e of document.querySelectorAll('body *')) {
          if (![...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()) || !e.checkVisibility() || e.closest('svg, .hidden, .skip')) continue;
          const [a, b] = [lum(parse(getComputedStyle(e).color)), lum(ground(e))];
          const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
          if (ratio < 4.5) found.push(e.className + ' ' + e.textContent.slice(0, 20) + ' ' + ratio.toFixed(2));
        }
        return found;
      })()`);
      assert.deepEqual(low, [], dark ? 'dark' : 'light');
    }
  },

  async 'a phone shows it all without scrolling sideways'() {
    for (const path of ['/', `/tx/${made.nested.transactionHash}`, `/block/${made.nested.blockNumber}`, `/address/${made.coin}`]) {
      await open(path, phone);
      await page.until('document.querySelector("h1") && !document.querySelector(".loading")', `${path} is drawn`);
      assert.ok(await page.run('document.documentElement.scrollWidth <= innerWidth'), `${path} is too wide`);
      await picture(`phone${path.split('/')[1]}`);
    }
  },

  async 'a wallet is told the chain as EIP-3085 has it; without one the values are shown'() {
    await open('/');
    await page.before('window.ethereum = { request: async (asked) => { window.asked = asked; return null; } }');
    await page.go(url);
    await page.until('document.querySelector("button.wallet")', 'the button');
    await page.run('document.querySelector("button.wallet").click()');
    await page.untilText('Added', 'button.wallet');
    assert.deepEqual(await page.run('window.asked'), { method: 'wallet_addEthereumChain', params: [{
      chainId: '0xa455', chainName: 'Troupe 42069', nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
      rpcUrls: [url], blockExplorerUrls: [url] }] });
    await open('/');
    await page.run('document.querySelector("button.wallet").click()');
    await page.untilText('No wallet was found', 'dialog');
    await page.untilText(url, 'dialog');
    await page.press('Escape');
    await page.until('!document.querySelector("dialog")', 'closed');
  },

  async 'nothing of other hosts is loaded, nothing is inline, nothing complains'() {
    const document_ = await fetch(url);
    assert.match(document_.headers.get('content-security-policy'), /default-src 'none'/);
    const etag = document_.headers.get('etag');
    assert.equal((await fetch(url, { headers: { 'if-none-match': etag } })).status, 304);
    await open('/');
    await page.untilText('live', '.connection');
    const loaded = await page.run('performance.getEntriesByType("resource").map((entry) => new URL(entry.name).origin)');
    assert.deepEqual([...new Set(loaded)], [url]);
    assert.deepEqual(page.complaints, []);
  },

  async 'what is not there is said'() {
    await open(`/tx/0x${'ab'.repeat(32)}`);
    await page.untilText('No such transaction', 'h1');
    await open('/tx/zebra');
    await page.untilText('64 hexadecimal digits', '.note');
    await open('/address/zebra');
    await page.untilText('No such account', 'h1');
    await open('/block/zebra');
    await page.untilText('No such block', 'h1');
    await open(`/search/0x${'ab'.repeat(32)}`);
    await page.untilText('Nothing found', 'h1');
  },

  async 'a node that goes away is said, and one that comes back with another chain is shown'() {
    await open('/');
    await page.untilText('live', '.connection');
    const before = await page.run('Number(document.querySelector(".figures dd").innerText.replaceAll(",", ""))');
    assert.ok(before > 20);
    assert.equal(await node.stop(), 0);
    await page.untilText('offline', '.connection');
    await picture('offline');
    node = start(troupe, arguments_);
    await ready();
    await page.untilText('live', '.connection');
    await page.until(`Number(document.querySelector(".figures dd").innerText.replaceAll(",", "")) < ${before}`, 'the new chain');
  },
};

let failed = 1;
try {
  if (pictures) mkdirSync(pictures, { recursive: true });
  [browser] = await Promise.all([startBrowser(chromium, WebSocket), ready()]);
  made = await play(url);
  failed = await runTests(tests);
} finally {
  await browser?.close();
  await node.stop();
}
process.exit(failed === 0 ? 0 : 1);
