// The two nodes a scenario runs against, each a fresh process on free ports of 127.0.0.1.
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packagePath } from './packages.mjs';

export const chainId = 42069;
const readyWithinMs = 30_000;
const stopWithinMs = 15_000;

// Below Linux's ip_local_port_range: a connection that somebody makes before the port is listened on can't take it as its own end.
const [firstOfferedPort, offeredPorts] = [20_000, 12_000];
let nextPort = randomInt(offeredPorts);

/// A port that nobody listened on a moment ago; each call gives another one.
export async function freePort() {
  for (let tries = 0; tries < offeredPorts; ++tries) {
    const port = firstOfferedPort + nextPort++ % offeredPorts;
    const server = createServer().listen(port, '127.0.0.1');
    const free = await once(server, 'listening').then(() => true, () => false);
    if (!free) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
  throw new Error('every port is taken');
}

const running = new Set();
// Whatever ends this program ends what it started.
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1));

/// Starts `program`; its output is in a file that `said()` reads.
export function start(program, args, options = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'troupe-ecosystem-'));
  const output = openSync(join(directory, 'output'), 'a');
  const child = spawn(program, args, { cwd: directory, ...options, stdio: ['ignore', output, output] });
  closeSync(output);
  running.add(child);
  const ended = new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? code));
    child.once('error', (error) => resolve(error.message));
  }).then((status) => {
    running.delete(child);
    return status;
  });
  const said = () => readFileSync(join(directory, 'output'), 'utf8');
  return {
    directory, said, ended, pid: child.pid,
    async stop() {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), stopWithinMs);
      const status = await ended;
      clearTimeout(timer);
      rmSync(directory, { recursive: true, force: true });
      return status;
    },
  };
}

export async function rpc(url, method, params = []) {
  const response = await fetch(url, {
    method: 'POST', headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });
  return response.json();
}

async function untilReady(url, process_) {
  const deadline = Date.now() + readyWithinMs;
  let status;
  process_.ended.then((value) => (status = value));
  while (Date.now() < deadline) {
    if (status !== undefined) throw new Error(`the node ended (${status}):\n${process_.said()}`);
    const answer = await rpc(url, 'eth_getBlockByNumber', ['latest', false]).catch(() => null);
    if (answer?.result) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`the node is not ready after ${readyWithinMs} ms:\n${process_.said()}`);
}

export async function startAnvil() {
  const port = await freePort();
  const node = start(packagePath('@foundry-rs/anvil-linux-amd64/bin/anvil'), [
    '--host', '127.0.0.1', '--port', `${port}`, '--chain-id', `${chainId}`, '--hardfork', 'prague', '--silent',
  ]);
  const url = `http://127.0.0.1:${port}`;
  await untilReady(url, node);
  return { ...node, name: 'anvil', url, wsUrl: url.replace('http', 'ws') };
}

/// @param options.blockTimeMs  50 unless given; undefined: the devnet's own
export async function startTroupe(program, options = {}) {
  const { blockTimeMs } = { blockTimeMs: 50, ...options };
  const [port, grpc] = [await freePort(), await freePort()];
  const node = start(program, [
    'devnet', '--chain-id', `${chainId}`, ...(blockTimeMs ? ['--block-time-ms', `${blockTimeMs}`] : []), '--l1', 'none',
    '--rpc.listen', `127.0.0.1:${port}`, '--grpc.listen', `127.0.0.1:${grpc}`,
    '--grpc.admin-listen', '127.0.0.1:0', '--metrics.listen', '127.0.0.1:0', '--log.level', 'warn',
  ]);
  const url = `http://127.0.0.1:${port}`;
  await untilReady(url, node);
  return { ...node, name: 'troupe', url, wsUrl: url.replace('http', 'ws'), grpc: `127.0.0.1:${grpc}` };
}
