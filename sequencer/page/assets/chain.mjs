// What the page knows of the running chain: the newest blocks, the node's status, latencies. One
// for all views; they are told of changes at most once per frame.
import { call, HeadFeed, tryCall } from './rpc.mjs';
import { number, quantile } from './format.mjs';

export const kBlocksKept = 60;
const kDetailed = 14;  // of them with time and hash when they were not heard of live
const kLatencyKept = 60;
const kStatusMs = 1000;
const kFillMs = 200;

export const kStages = ['sealed', 'posted', 'safe', 'finalized'];

class Chain {
  constructor() {
    this.listeners = new Set();
    this.reset();
  }

  reset() {
    this.connection = 'connecting';
    this.status = null;
    this.blocks = new Map();  // number -> {number, timestamp?, hash?, transactions?, gasUsed?, gasRatio?}
    this.head = null;
    this.latency = [];  // {p50, p99}, or null for a second without transactions
    this.sinceStart = null;  // the same over all that the node has taken
    this.histogram = null;
    this.genesis = null;
    this.trouble = '';
  }

  start() {
    this.feed = new HeadFeed({
      onHead: (header) => this.onHead(header),
      onState: (state) => this.onState(state),
    });
    setInterval(() => document.hidden || this.readStatus(), kStatusMs);
    this.load();
  }

  /** Calls `listener` after changes, until the function that is returned is called. */
  listen(listener) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  changed() {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = undefined;
      for (const listener of [...this.listeners]) listener();
    });
  }

  onState(state) {
    const back = state === 'live' && this.connection !== 'live';
    this.connection = state;
    if (back) this.load();
    this.changed();
  }

  async load() {
    try {
      const [genesis] = await Promise.all([call('troupe_outputAtBlock', ['0x0']), this.readStatus()]);
      // Another chain at the same address: a devnet that was started anew.
      if (this.genesis && this.genesis !== genesis.blockRef.hash) {
        const { connection } = this;
        this.reset();
        this.connection = connection;
        await this.readStatus();
      }
      this.genesis = genesis.blockRef.hash;
      if (this.status) this.reach(this.status.heads.unsafe);
      this.trouble = '';
    } catch (error) {
      this.trouble = error.message;
    }
    this.changed();
  }

  async readStatus() {
    try {
      const status = await call('troupe_nodeStatus');
      this.sample(status);
      this.status = status;
      this.reach(status.heads.unsafe);
    } catch {
      // The feed says that the node is away; an old status stays until it is back.
    }
    this.changed();
  }

  sample(status) {
    if (!status.latency) return;
    const { boundsSeconds: bounds, submit } = status.latency;
    const before = this.histogram;
    this.histogram = submit;
    const ofAll = (q) => quantile(bounds, submit, q);
    this.sinceStart = ofAll(0.5) === undefined ? null : { p50: ofAll(0.5), p99: ofAll(0.99) };
    if (!before) return;
    const counts = submit.map((n, i) => n - before[i]);
    const p50 = quantile(bounds, counts, 0.5);
    this.latency.push(p50 === undefined ? null : { p50, p99: quantile(bounds, counts, 0.99) });
    if (this.latency.length > kLatencyKept) this.latency.shift();
  }

  onHead(header) {
    const at = number(header.number);
    this.blocks.set(at, {
      ...this.blocks.get(at),
      number: at,
      hash: header.hash,
      timestamp: number(header.timestamp),
      gasUsed: number(header.gasUsed),
    });
    this.reach(at);
    this.changed();
  }

  /** Block `at` is there: what is kept moves on, and what is missing is asked for, soon. */
  reach(at) {
    if (this.head !== null && at < this.head) return;
    this.head = at;
    for (const known of this.blocks.keys()) if (known <= at - kBlocksKept) this.blocks.delete(known);
    this.filling ??= setTimeout(() => this.fillGaps(), this.blocks.size ? kFillMs : 0);
  }

  async fillGaps() {
    const first = Math.max(0, this.head - kBlocksKept + 1);
    const asked = [];
    for (let at = this.head; at >= first; --at) {
      const block = this.blocks.get(at);
      if (block?.transactions === undefined) asked.push(this.fillCount(at));
      if (block?.timestamp === undefined && at > this.head - kDetailed) asked.push(this.fillName(at));
    }
    if ([...this.blocks.values()].some((block) => block.gasUsed === undefined) || !this.blocks.size)
      asked.push(this.fillGas());
    await Promise.allSettled(asked);
    this.filling = undefined;
    this.changed();
  }

  merge(at, facts) {
    this.blocks.set(at, { number: at, ...this.blocks.get(at), ...facts });
  }
  async fillCount(at) {
    const count = await call('eth_getBlockTransactionCountByNumber', [`0x${at.toString(16)}`]);
    if (count !== null) this.merge(at, { transactions: number(count) });
  }
  async fillName(at) {
    const { blockRef } = await call('troupe_outputAtBlock', [`0x${at.toString(16)}`]);
    this.merge(at, { timestamp: blockRef.timestamp, hash: blockRef.hash });
  }
  async fillGas() {
    const history = await tryCall('eth_feeHistory', [kBlocksKept, 'latest', []]);
    const oldest = number(history?.oldestBlock);
    history?.gasUsedRatio.forEach((ratio, i) => this.merge(oldest + i, { gasRatio: ratio }));
    for (const block of this.blocks.values()) if (block.gasUsed === undefined) block.gasUsed = null;
  }

  /** The newest blocks, newest first, as far as they are known. */
  newest(most) {
    const found = [];
    for (let at = this.head; at >= 0 && found.length < most && this.head !== null; --at) {
      const block = this.blocks.get(at);
      if (!block) break;
      found.push(block);
    }
    return found;
  }

  /** How far a block has come: an index of kStages; -1 where it is not sealed. */
  stageOf(at) {
    const heads = this.status?.heads;
    if (!heads) return 0;
    if (at > Math.max(heads.unsafe, this.head ?? 0)) return -1;
    if (this.status.l1 && !this.status.l1.enabled) return 0;
    if (at <= heads.finalized) return 3;
    if (at <= heads.safe) return 2;
    return at <= heads.posted ? 1 : 0;
  }

  /** Transactions per second over the newest blocks; null before two are known. */
  rate(over = 10) {
    const known = this.newest(over).filter((block) => block.transactions !== undefined);
    const time = (known.length * (this.status?.blockTimeMs ?? 0)) / 1000;
    return time > 0 ? known.reduce((sum, block) => sum + block.transactions, 0) / time : null;
  }
}

export const chain = new Chain();
