// A headless Chromium, driven over the DevTools protocol. Only what the page's test needs.
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const kStartMs = 30000;
const kCallMs = 20000;
const kWaitMs = 20000;

/** @param WebSocket  of the npm package ws */
export async function startBrowser(program, WebSocket) {
  const profile = await mkdtemp(join(tmpdir(), 'troupe-browser-'));
  const child = spawn(program, ['--headless=new', '--remote-debugging-port=0', `--user-data-dir=${profile}`,
    '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run', '--hide-scrollbars',
    '--disable-background-networking', '--disable-component-update', '--disable-extensions', 'about:blank'],
  { stdio: ['ignore', 'ignore', 'pipe'], detached: true });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const address = await Promise.race([
    new Promise((resolve) => {
      let said = '';
      child.stderr.on('data', (part) => {
        said += part;
        const found = /DevTools listening on (ws:\S+)/.exec(said);
        if (found) resolve(found[1]);
      });
    }),
    ended.then((status) => { throw new Error(`the browser ended with ${status}`); }),
    sleep(kStartMs, undefined, { ref: false }).then(() => { throw new Error('the browser did not start'); }),
  ]);
  const socket = new WebSocket(address, { perMessageDeflate: false });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  const waiting = new Map();
  const listeners = new Set();
  let lastId = 0;
  socket.on('message', (data) => {
    const message = JSON.parse(data);
    const call = waiting.get(message.id);
    if (!call) return listeners.forEach((listener) => listener(message));
    waiting.delete(message.id);
    if (message.error) call.reject(new Error(`${call.method}: ${message.error.message}`));
    else call.resolve(message.result);
  });
  const send = (method, params = {}, sessionId = undefined) => {
    const id = ++lastId;
    const answer = new Promise((resolve, reject) => waiting.set(id, { resolve, reject, method }));
    socket.send(JSON.stringify({ id, method, params, sessionId }));
    return Promise.race([answer, sleep(kCallMs, undefined, { ref: false })
      .then(() => { throw new Error(`${method}: no answer`); })]);
  };
  return {
    async open(size) {
      const { targetId } = await send('Target.createTarget', { url: 'about:blank' });
      const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
      return page((method, params) => send(method, params, sessionId), size, (listener) =>
        listeners.add((message) => message.sessionId === sessionId && listener(message)));
    },
    async close() {
      await send('Browser.close').catch(() => {});
      await Promise.race([ended, sleep(5000, undefined, { ref: false })]);
      if (child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
      await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}

async function page(send, { width, height, phone = false, dark = false }, listen) {
  const complaints = [];
  listen(({ method, params }) => {
    if (method === 'Runtime.exceptionThrown')
      complaints.push(params.exceptionDetails.exception?.description ?? params.exceptionDetails.text);
    if (method === 'Log.entryAdded' && params.entry.level === 'error') complaints.push(params.entry.text);
  });
  await send('Page.enable');
  await send('Runtime.enable');
  await send('Log.enable');
  const self = {
    complaints,
    async size(to) {
      await send('Emulation.setDeviceMetricsOverride',
        { width: to.width, height: to.height, deviceScaleFactor: to.phone ? 2 : 1, mobile: to.phone ?? false });
    },
    async scheme(isDark) {
      await send('Emulation.setEmulatedMedia',
        { features: [{ name: 'prefers-color-scheme', value: isDark ? 'dark' : 'light' }] });
    },
    async go(url) {
      await send('Page.navigate', { url });
      await self.until('document.readyState === "complete"', `${url} loaded`);
    },
    async run(expression) {
      const { result, exceptionDetails } = await send('Runtime.evaluate',
        { expression, awaitPromise: true, returnByValue: true });
      if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
      return result.value;
    },
    text: (selector = 'main') => self.run(
      `[...document.querySelectorAll(${JSON.stringify(selector)})].map((e) => e.innerText).join('\\n')`),
    /** Waits until `expression` is true; says what was on the page when it never is. */
    async until(expression, what = expression) {
      const end = Date.now() + kWaitMs;
      while (Date.now() < end) {
        if (await self.run(`Boolean(${expression})`).catch(() => false)) return;
        await sleep(50);
      }
      throw new Error(`did not come true: ${what}\n--- the page shows\n${await self.text('body').catch(() => '')}\n`
        + `--- it complained\n${complaints.join('\n')}`);
    },
    untilText: (words, selector = 'main') => self.until(
      `[...document.querySelectorAll(${JSON.stringify(selector)})].some((e) => e.innerText.includes(${JSON.stringify(words)}))`,
      `"${words}" in ${selector}`),
    /** key: as in KeyboardEvent.key, or a text that is typed. */
    async type(words) {
      await send('Input.insertText', { text: words });
    },
    async press(key) {
      const code = { Enter: 13, Escape: 27, Tab: 9, ArrowLeft: 37, ArrowRight: 39, '/': 191 }[key];
      const about = { key, windowsVirtualKeyCode: code, text: key === 'Enter' ? '\r' : key.length === 1 ? key : undefined };
      await send('Input.dispatchKeyEvent', { type: 'keyDown', ...about });
      await send('Input.dispatchKeyEvent', { type: 'keyUp', ...about });
    },
    async before(script) {
      await send('Page.addScriptToEvaluateOnNewDocument', { source: script });
    },
    async offline(is) {
      await send('Network.enable');
      await send('Network.emulateNetworkConditions', { offline: is, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
    },
    async picture(file, { whole = true } = {}) {
      const { data } = await send('Page.captureScreenshot', { format: 'png', captureBeyondViewport: whole });
      await writeFile(file, Buffer.from(data, 'base64'));
    },
  };
  await self.size({ width, height, phone });
  await self.scheme(dark);
  return self;
}
