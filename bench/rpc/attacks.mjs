// One client after the other misbehaves, from an address of its own (127.0.0.2), while another one goes on with what it
// does: what becomes of the other's times? The one who misbehaves is a process of its own with less priority: on
// another machine it would not take the node's processor either.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { numberToHex } from 'viem';
import { WebSocket } from 'ws';
import { Connection } from './connection.mjs';
import { now, quantile, round, sleep } from './measure.mjs';

const attacker = '127.0.0.2';
const call = (id, method, params) => ({ jsonrpc: '2.0', id, method, params });

/// What ordinary clients ask, each every 10 ms: the head, a balance, a call. Times in ms.
async function ordinary(node, seconds) {
  const times = [];
  const end = now() + seconds * 1000;
  const address = numberToHex(1, { size: 20 });
  const requests = [['eth_blockNumber', []], ['eth_getBalance', [address, 'latest']],
    ['eth_call', [{ to: node.contracts.idle, data: '0x' }, 'latest']]];
  await Promise.all(Array.from({ length: 4 }, async (_, client) => {
    const connection = new Connection(node.url);
    await sleep(client * 2.5);
    for (let i = client; now() < end; ++i) {
      const begin = now();
      await connection.result(...requests[i % requests.length]);
      times.push(now() - begin);
      await sleep(10);
    }
    connection.close();
  }));
  return { p50Ms: round(quantile(times, 0.5), 2), p99Ms: round(quantile(times, 0.99), 2) };
}

// Repeats `bodies` over `count` connections until stopped; counts the answers by what `judge` makes of them.
async function flood(node, count, bodies, judge, state) {
  await Promise.all(Array.from({ length: count }, async (_, i) => {
    let connection = new Connection(node.url, attacker);
    for (let n = i; !state.over; ++n) {
      const answer = await connection.post(bodies[n % bodies.length]).catch(() => null);
      if (answer === null) {  // refused by closing: comes again
        connection.close();
        connection = new Connection(node.url, attacker);
        await sleep(1);
      }
      const judged = judge(answer);
      state.answers[judged] = (state.answers[judged] ?? 0) + 1;
    }
    connection.close();
  }));
}

const judge = (answer) => {
  if (answer === null) return 'closed';
  if (!answer) return 'empty';
  const text = answer.slice(0, 300);
  return /"message":"([^"]*)"/.exec(text)?.[1].slice(0, 60) ?? 'answered';
};

export const attacks = {
  // What the attacker's own program costs the others, who share the machine with it here: no request at all.
  async 'a program that only computes'(node, _, state) {
    while (!state.over) {
      for (const begin = now(); now() < begin + 5;);
      await new Promise((resolve) => setImmediate(resolve));
    }
  },
  'calls that burn all their gas': (node, { burner }, state) =>
    flood(node, 64, [JSON.stringify(call(1, 'eth_call', [{ to: burner, gas: '0x2faf080' }, 'latest']))], judge, state),
  'calls that take all the memory they can pay': (node, { hog }, state) =>
    flood(node, 64, [JSON.stringify(call(1, 'eth_call', [{ to: hog, gas: '0x2faf080' }, 'latest']))], judge, state),
  'batches of a thousand and of more': (node, _, state) =>
    flood(node, 16, [1000, 1001, 20_000].map((size) =>
      JSON.stringify(Array.from({ length: size }, (_, id) => call(id, 'eth_getBlockByNumber', ['latest', true])))), judge, state),
  'deep, broken and oversized JSON': (node, _, state) =>
    flood(node, 16, ['['.repeat(1_000_000), '{"a":'.repeat(50_000), `{"jsonrpc":"2.0","id":1,"method":"${'x'.repeat(4_000_000)}"}`,
      'x'.repeat(6_000_000)], judge, state),
  'logs of everything': (node, _, state) =>
    flood(node, 16, [JSON.stringify(call(1, 'eth_getLogs', [{ fromBlock: '0x0', toBlock: 'latest' }]))], judge, state),
  'filters that nobody reads': (node, _, state) =>
    flood(node, 16, [JSON.stringify(Array.from({ length: 1000 }, (_, id) => call(id, 'eth_newFilter', [{}])))], judge, state),
  async 'headers that never end'(node, _, state) {
    const { hostname, port } = new URL(node.url);
    const open = () => {
      if (state.over) return null;
      const socket = connect({ host: hostname, port: Number(port), localAddress: attacker });
      socket.on('error', () => {});
      socket.on('close', () => {
        if (!state.over) state.answers.closed = (state.answers.closed ?? 0) + 1;
      });
      socket.write('POST / HTTP/1.1\r\nHost: localhost\r\n');
      return socket;
    };
    const sockets = Array.from({ length: 1500 }, open);
    for (let i = 0; !state.over; ++i) {
      for (const socket of sockets) if (socket.writable) socket.write(`x-${i}: 1\r\n`);
      await sleep(200);
    }
    for (const socket of sockets) socket.destroy();
  },
  async 'subscriptions without end'(node, _, state) {
    const body = JSON.stringify(Array.from({ length: 1000 }, (_, id) => call(id, 'eth_subscribe', ['newHeads'])));
    await Promise.all(Array.from({ length: 32 }, async () => {
      const socket = new WebSocket(node.wsUrl, { localAddress: attacker });
      socket.on('error', () => {});
      socket.on('message', (message) => {
        const text = message.toString();
        if (!text.startsWith('[')) return;
        for (const { error } of JSON.parse(text)) {
          const judged = error?.message ?? 'subscribed';
          state.answers[judged] = (state.answers[judged] ?? 0) + 1;
        }
      });
      await new Promise((resolve) => socket.on('open', resolve).on('close', resolve));
      while (!state.over && socket.readyState === 1) {
        socket.send(body);
        await sleep(50);
      }
      socket.terminate();
    }));
  },
};

// Starts this file as the program below.
function start(name, { url, wsUrl, contracts }) {
  const work = JSON.stringify({ name, node: { url, wsUrl }, contracts });
  const child = spawn('nice', ['-n', '5', process.execPath, fileURLToPath(import.meta.url), work], { stdio: ['pipe', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (part) => {
    said += part;
  });
  return {
    async end() {
      const timer = setTimeout(() => child.kill('SIGKILL'), 30_000);
      const ended = once(child, 'close');
      child.stdin.end();
      await ended;
      clearTimeout(timer);
      return JSON.parse(said || '{}');
    },
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { name, node, contracts } = JSON.parse(process.argv[2]);
  const state = { over: false, answers: {} };
  process.stdin.on('end', () => {
    state.over = true;
    setTimeout(() => {
      console.log(JSON.stringify(state.answers));
      process.exit(0);
    }, 500);
  }).resume();
  await attacks[name](node, contracts, state);
}

/// @param node       with contracts: the addresses of { burner, hog, idle }
/// @param neighbour  another node of the same machine: what an attack on that one costs the clients of `node` is the
///                   machine's part, and no node could do better
/// @return times of ordinary clients alone and beside each attack, and how the attacker was answered
export async function underAttack(node, neighbour, seconds, only) {
  const alone = await ordinary(node, seconds);
  const figures = [];
  for (const name of Object.keys(attacks)) {
    if (only && !name.includes(only)) continue;
    const beside = async (attacked) => {
      const attack = start(name, attacked);
      await sleep(500);
      const times = await ordinary(node, seconds);
      const answers = await attack.end();
      await sleep(300);
      return { ...times, answers };
    };
    const elsewhere = await beside(neighbour);
    figures.push({ name, ...(await beside(node)), elsewhere });
  }
  return { alone, figures };
}
