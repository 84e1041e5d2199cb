// A foreign client: Node.js with @grpc/grpc-js and nothing but the .proto files of the repository.
//   node grpc_client_test.mjs SERVER_BINARY REPOSITORY
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { runTests } from './run_tests.mjs';

const [serverBinary, repository] = process.argv.slice(2);
const require = createRequire(join(repository, 'package.json'));
let grpc, loader;
try {
  grpc = require('@grpc/grpc-js');
  loader = require('@grpc/proto-loader');
} catch {
  console.log('skipped: @grpc/grpc-js is not installed, ./dev setup installs it');
  process.exit(77);
}

const proto = grpc.loadPackageDefinition(
  loader.loadSync(
    [
      'troupe/v1/submit.proto', 'troupe/v1/query.proto', 'troupe/v1/watch.proto',
      'troupe/v1/admin.proto', 'troupe/v1/errors.proto', 'google/rpc/status.proto',
      'google/rpc/error_details.proto', 'grpc/health/v1/health.proto',
    ],
    { includeDirs: [join(repository, 'proto')], keepCase: true, longs: String, enums: String, defaults: true },
  ),
);
const api = proto.troupe.v1;

// The fake node's transactions: the reason to refuse with, the sender, then anything.
function transaction(id, reason = 0) {
  const raw = Buffer.alloc(110);
  raw[0] = reason;
  raw[20] = 1;
  raw.writeUInt32BE(id, 25);
  return raw;
}

const call = (client, method, request) =>
  new Promise((resolve, reject) =>
    client[method](request, (error, answer) => (error ? reject(error) : resolve(answer))));

const next = (stream) =>
  new Promise((resolve, reject) => {
    stream.once('data', resolve);
    stream.once('error', reject);
  });

// The reason stands in the details; their bytes name it in plain text.
function assertReason(error, reason) {
  const [details] = error.metadata.get('grpc-status-details-bin');
  assert.ok(details.includes('type.googleapis.com/google.rpc.ErrorInfo'));
  assert.ok(details.includes(reason), `${reason} is not in the details`);
}

const tests = {
  async 'unary submit answers with the hash, and waits for the receipt'() {
    const answer = await call(submit, 'submitTransaction', {
      raw_transaction: transaction(1), wait_for: 'TRANSACTION_STAGE_SEALED', wait_timeout_ms: 5000,
    });
    assert.equal(answer.transaction_hash.length, 32);
    assert.equal(answer.stage, 'TRANSACTION_STAGE_SEALED');
    assert.equal(answer.receipt.gas_used, '21000');
    assert.equal(answer.receipt.block_hash.length, 32);
    const { receipt } = await call(query, 'getReceipt', { transaction_hash: answer.transaction_hash });
    assert.deepEqual(receipt, answer.receipt);
  },

  async 'a refusal is a status with google.rpc details'() {
    const error = await call(submit, 'submitTransaction', { raw_transaction: transaction(2, 4) })
      .then(() => assert.fail('accepted'), (refused) => refused);
    assert.equal(error.code, grpc.status.FAILED_PRECONDITION);
    assert.equal(error.details, 'nonce 7, next is 9');
    assertReason(error, 'NONCE_TOO_LOW');
  },

  async 'a batch has a result per item'() {
    const { results } = await call(submit, 'submitTransactions',
      { raw_transactions: [transaction(3), transaction(4, 12), transaction(5)] });
    assert.deepEqual(results.map((item) => item.refusal?.reason ?? 'accepted'),
      ['accepted', 'REASON_ALREADY_KNOWN', 'accepted']);
    assert.equal(results[1].refusal.code, grpc.status.ALREADY_EXISTS);
  },

  async 'a stream grants credit, answers in order and ends with OK'() {
    const stream = submit.submitStream();
    const answered = [];
    let receipts = 0;
    let credits = 0;
    let sent = 0;
    const batches = 40;
    const ended = new Promise((resolve, reject) => {
      stream.on('status', resolve);
      stream.on('error', reject);
    });
    stream.write({ options: { soft_receipts: true } });
    const pump = () => {
      while (sent < batches && credits >= 256) {
        credits -= 256;
        const first = 1000 + sent * 256;
        sent += 1;
        stream.write({
          sequence: sent,
          raw_transactions: Array.from({ length: 256 }, (_, i) => transaction(first + i)),
        });
        if (sent === batches) stream.end();
      }
    };
    stream.on('data', (answer) => {
      credits += answer.credits;
      receipts += answer.soft_receipts.length;
      for (const batch of answer.outcomes) {
        answered.push(Number(batch.sequence));
        assert.equal(batch.transaction_hashes.length, 32 * batch.count);
        assert.equal(batch.refusals.length, 0);
      }
      pump();
    });
    const status = await ended;
    assert.equal(status.code, grpc.status.OK);
    assert.deepEqual(answered, Array.from({ length: batches }, (_, i) => i + 1));
    assert.equal(receipts, 256 * batches);
  },

  async 'blocks are watched and resumed from a cursor without a gap'() {
    let cursor = null;
    let expected = 1;
    for (let round = 0; round < 4; ++round) {
      const stream = watch.watchBlocks(cursor ? { cursor } : { from_block: '1' });
      stream.on('error', () => {});  // cancelled below
      for (let message = 0; message < 3; ++message) {
        const event = await next(stream);
        cursor = event.cursor;
        if (event.block) assert.equal(Number(event.block.header.number), expected++);
      }
      stream.cancel();
    }
    assert.equal(expected, 13);
  },

  async 'a cursor that is none is refused'() {
    const stream = watch.watchBlocks({ cursor: Buffer.from('nonsense') });
    const error = await new Promise((resolve) => stream.once('error', resolve));
    assert.equal(error.code, grpc.status.INVALID_ARGUMENT);
    assertReason(error, 'CURSOR_INVALID');
  },

  async 'health, chain info and admin answer'() {
    const { status } = await call(health, 'check', { service: 'troupe.v1.SubmitService' });
    assert.equal(status, 'SERVING');
    const info = await call(query, 'getChainInfo', {});
    assert.equal(info.chain_id, '4711');
    assert.ok(info.limits.stream_credits_max > 0);
    const node = await call(admin, 'getStatus', {});
    assert.equal(node.sequencing, true);
  },
};

const server = spawn(serverBinary, { stdio: ['pipe', 'pipe', 'inherit'] });
const ports = {};
for await (const line of createInterface({ input: server.stdout })) {
  const [name, port] = line.split(' ');
  ports[name] = port;
  if (ports.admin) break;
}
const insecure = grpc.credentials.createInsecure();
const submit = new api.SubmitService(`127.0.0.1:${ports.port}`, insecure);
const query = new api.QueryService(`127.0.0.1:${ports.port}`, insecure);
const watch = new api.WatchService(`127.0.0.1:${ports.port}`, insecure);
const health = new proto.grpc.health.v1.Health(`127.0.0.1:${ports.port}`, insecure);
const admin = new api.AdminService(`127.0.0.1:${ports.admin}`, insecure);

const failed = await runTests(tests);
server.stdin.end();
process.exit(failed === 0 ? 0 : 1);
