// The node's JSON-RPC: calls over HTTP, those of one moment in one request; new heads over a
// WebSocket that connects again by itself.

const kCallsMax = 100;  // in one request
const kTimeoutMs = 20000;

/** The node answered, and said no. */
export class RpcError extends Error {
  constructor({ code, message, data }) {
    super(message);
    this.code = code;
    this.data = data;
  }
  get unknownMethod() {
    return this.code === -32601;
  }
}

/** The node did not answer. */
export class OfflineError extends Error {}

let waiting = [];
let nextId = 1;

/** The result of a method. @throws RpcError, OfflineError */
export function call(method, params = []) {
  return new Promise((resolve, reject) => {
    if (waiting.length === 0) queueMicrotask(flush);
    waiting.push({ id: nextId++, method, params, resolve, reject });
  });
}

/** As call(), but null where the node says no. */
export const tryCall = (method, params) =>
  call(method, params).catch((error) => {
    if (error instanceof RpcError) return null;
    throw error;
  });

function flush() {
  const calls = waiting;
  waiting = [];
  for (let i = 0; i < calls.length; i += kCallsMax) send(calls.slice(i, i + kCallsMax));
}

async function send(calls) {
  let answers;
  try {
    const response = await fetch('/', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(
        calls.map(({ id, method, params }) => ({ jsonrpc: '2.0', id, method, params }))),
      signal: AbortSignal.timeout(kTimeoutMs),
    });
    answers = await response.json();
    if (!Array.isArray(answers)) throw new Error(answers.error?.message ?? 'no batch');
  } catch (cause) {
    for (const { reject } of calls) reject(new OfflineError(`The node did not answer (${cause.message}).`));
    return;
  }
  const byId = new Map(answers.map((answer) => [answer.id, answer]));
  for (const { id, resolve, reject } of calls) {
    const answer = byId.get(id);
    if (answer === undefined) reject(new OfflineError('The node left a call unanswered.'));
    else if (answer.error) reject(new RpcError(answer.error));
    else resolve(answer.result);
  }
}

const kRetryMinMs = 250;
const kRetryMaxMs = 5000;
const kPingMs = 10000;

/** Tells of new heads. onState: 'live' or 'offline'. */
export class HeadFeed {
  constructor({ onHead, onState }) {
    this.onHead = onHead;
    this.onState = onState;
    this.failures = 0;
    addEventListener('online', () => this.hurry());
    document.addEventListener('visibilitychange', () => document.hidden || this.hurry());
    this.connect();
  }

  connect() {
    clearTimeout(this.timer);
    this.timer = undefined;
    const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/`);
    this.socket = socket;
    let heard = Date.now();
    const ask = (method, params) =>
      socket.send(JSON.stringify({ jsonrpc: '2.0', id: method, method, params }));
    const ping = setInterval(() => {
      if (Date.now() - heard > 2.5 * kPingMs) return socket.close();
      if (socket.readyState === WebSocket.OPEN) ask('net_listening', []);
    }, kPingMs);
    socket.onopen = () => ask('eth_subscribe', ['newHeads']);
    socket.onmessage = ({ data }) => {
      heard = Date.now();
      const message = JSON.parse(data);
      if (message.method === 'eth_subscription') return this.onHead(message.params.result);
      if (message.id !== 'eth_subscribe') return;
      if (message.error) return socket.close();
      this.failures = 0;
      this.onState('live');
    };
    socket.onclose = () => {
      clearInterval(ping);
      if (this.socket !== socket) return;
      this.onState('offline');
      const delay = Math.min(kRetryMaxMs, kRetryMinMs * 2 ** this.failures++);
      this.timer = setTimeout(() => this.connect(), delay * (0.5 + Math.random() / 2));
    };
  }

  /** Somebody looks again: do not wait for the timer. */
  hurry() {
    if (this.timer === undefined) return;
    this.failures = 0;
    this.connect();
  }
}
