// The page's modules that need no browser: the ABI's reader against viem's writer, and how numbers
// are told.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { needPackages, repository } from '../ecosystem/support/packages.mjs';
import { runTests } from '../clients/run_tests.mjs';

needPackages('viem');
const require = createRequire(join(repository, 'package.json'));
const viem = await import(pathToFileURL(require.resolve('viem')));
const assets = join(repository, 'sequencer/page/assets');
const load = (name) => import(pathToFileURL(join(assets, name)));
const abi = await load('abi.mjs');
const signatures = await load('signatures.mjs');
const format = await load('format.mjs');

// A generator with a seed: a failure can be had again.
const seed = Number(process.env.TROUPE_SEED ?? 20261121);
let state = seed;
const random = (below) => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
};
const hexOf = (bytes) => `0x${Array.from({ length: bytes }, () => random(256).toString(16).padStart(2, '0')).join('')}`;

function randomValue(type) {
  const array = /^(.*)\[(\d*)\]$/.exec(type);
  if (array) return Array.from({ length: array[2] === '' ? random(4) : Number(array[2]) }, () => randomValue(array[1]));
  if (type.startsWith('(')) return abi.parse(type).parameters.map(({ type: inner }) => randomValue(inner));
  if (type === 'address') return hexOf(20);
  if (type === 'bool') return random(2) === 1;
  if (type === 'string') return 'añ😀x'.slice(0, random(5) & ~1).repeat(random(20));
  if (type === 'bytes') return hexOf(random(80));
  if (type.startsWith('bytes')) return hexOf(Number(type.slice(5)));
  const bits = BigInt(/\d+/.exec(type)?.[0] ?? 256);
  const value = BigInt(hexOf(32)) & ((1n << bits) - 1n);
  return type.startsWith('int') ? BigInt.asIntN(Number(bits), value) : value;
}

const plain = (value) => (Array.isArray(value) ? value.map(plain) : typeof value === 'string' ? value.toLowerCase()
  : typeof value === 'number' ? BigInt(value) : value);

const tests = {
  'every function, error and event has the hash of its signature'() {
    for (const list of [signatures.functions, signatures.errors])
      for (const [selector, signature] of Object.entries(list))
        assert.equal(viem.toFunctionSelector(`function ${signature}`), selector, signature);
    for (const [topic, list] of Object.entries(signatures.events))
      for (const signature of list) assert.equal(viem.toEventSelector(`event ${signature}`), topic, signature);
  },

  'what viem encodes is read back, for every function that is known and random arguments'() {
    for (let round = 0; round < 40; ++round) {
      for (const signature of Object.values(signatures.functions)) {
        const [item] = viem.parseAbi([`function ${signature}`]);
        const { name, parameters } = abi.parse(signature);
        const args = parameters.map(({ type }) => randomValue(type));
        const found = abi.decodeCall(viem.encodeFunctionData({ abi: [item], functionName: name, args }));
        assert.ok(found, `${signature}, seed ${seed}`);
        assert.equal(found.name, name);
        assert.deepEqual(plain(found.arguments.map(({ value }) => value)), plain(args), `${signature}, seed ${seed}`);
      }
    }
  },

  'arrays of a fixed length and tuples within tuples are read, too'() {
    for (const type of ['uint256[3]', 'string[2]', 'bytes[][2]', '(uint8,(string,address)[],bool)[]', 'int24', 'bytes3[]']) {
      for (let round = 0; round < 20; ++round) {
        const value = randomValue(type);
        const data = viem.encodeAbiParameters([...viem.parseAbiParameters(type), { type: 'uint256' }], [value, 5n]);
        assert.deepEqual(plain(abi.decode([type, 'uint256'], data)), plain([value, 5n]), `${type}, seed ${seed}`);
      }
    }
  },

  'damaged data is no decoding, and never an exception'() {
    for (const signature of Object.values(signatures.functions)) {
      const [item] = viem.parseAbi([`function ${signature}`]);
      const { name, parameters } = abi.parse(signature);
      const whole = viem.encodeFunctionData({ abi: [item], functionName: name, args: parameters.map(({ type }) => randomValue(type)) });
      for (let round = 0; round < 50; ++round) {
        const bytes = [...whole.slice(10)];
        for (let i = 0; i < 3 && bytes.length; ++i) bytes[random(bytes.length)] = random(16).toString(16);
        abi.decodeCall(whole.slice(0, 10) + bytes.join('').slice(0, random(bytes.length + 1)));
      }
      if (parameters.length) assert.equal(abi.decodeCall(whole.slice(0, 40)), null);
    }
    // An array of 2^255 items, and one that begins at itself.
    assert.equal(abi.decode(['uint256[]'], `0x${'20'.padStart(64, '0')}${'80'.padEnd(64, '0')}`), null);
    assert.deepEqual(abi.decode(['bytes[]'], `0x${'0'.repeat(64)}`), [[]]);
  },

  'long arrays are cut and say so'() {
    const data = viem.encodeAbiParameters([{ type: 'uint256[]' }], [Array(100).fill(1n)]);
    const [values] = abi.decode(['uint256[]'], data);
    assert.equal(values.length, 64);
    assert.equal(values.more, 36);
  },

  'ERC-20 and ERC-721 transfers are told apart by their topics'() {
    const [topic] = Object.keys(signatures.events);
    const word = (n) => `0x${n.toString(16).padStart(64, '0')}`;
    const coins = abi.decodeLog({ topics: [topic, word(1), word(2)], data: word(9) });
    assert.deepEqual(coins.arguments.map(({ name, value }) => [name, value]),
      [['from', `0x${'0'.repeat(39)}1`], ['to', `0x${'0'.repeat(39)}2`], ['amount', 9n]]);
    assert.equal(abi.decodeLog({ topics: [topic, word(1), word(2), word(7)], data: '0x' }).arguments[2].name, 'tokenId');
    assert.equal(abi.decodeLog({ topics: [], data: '0x' }), null);
    assert.equal(abi.decodeLog({ topics: [topic], data: '0x' }), null);
  },

  'reverts are told in words'() {
    const [error] = viem.parseAbi(['error Error(string)']);
    assert.equal(abi.decodeRevert(viem.encodeErrorResult({ abi: [error], errorName: 'Error', args: ['too late'] })), 'too late');
    const [panic] = viem.parseAbi(['error Panic(uint256)']);
    assert.equal(abi.decodeRevert(viem.encodeErrorResult({ abi: [panic], errorName: 'Panic', args: [0x11n] })), 'arithmetic overflow');
    assert.equal(abi.decodeRevert('0xdeadbeef'), 'error 0xdeadbeef');
    assert.equal(abi.decodeRevert('0x'), '');
  },

  'amounts are exact, or cut and never rounded up'() {
    assert.equal(format.exact(1500000000000000000n, 18), '1.5');
    assert.equal(format.exact(1234567n * 10n ** 18n, 18), '1,234,567');
    assert.equal(format.exact(1n, 18), '0.000000000000000001');
    assert.equal(format.exact(5n, 0), '5');
    assert.equal(format.amount(1999999999999999999n), '1.999999');
    assert.equal(format.amount(1n), '<0.000001');
    assert.equal(format.amount(0n), '0');
    assert.equal(format.amount(10n ** 18n + 1n), '1');
    assert.equal(format.column(636000000000000000n), '0.6360');
    assert.equal(format.column(0n), '0');
    assert.equal(format.column(2n * 10n ** 18n), '2.0000');
    assert.equal(format.gwei('0x3b9aca00'), '1 gwei');
    assert.equal(format.gwei('0x7'), '7 wei');
  },

  'times, sizes and rates have few figures'() {
    assert.equal(format.seconds(0.000512), '512 µs');
    assert.equal(format.seconds(0.0123), '12.3 ms');
    assert.equal(format.seconds(0.2), '200 ms');
    assert.equal(format.seconds(1.234), '1.23 s');
    assert.equal(format.tick(0.05), '50 ms');
    assert.equal(format.age(100, 100.9), 'now');
    assert.equal(format.age(100, 175), '1 min');
    assert.equal(format.bytes(1536), '1.5 KiB');
    assert.equal(format.rate(3.21), '3.2');
    assert.equal(format.rate(41272), '41,272');
    assert.equal(format.short('0x1234567890abcdef1234'), '0x123456…1234');
  },

  'a contract cannot turn the page\'s words around'() {
    assert.equal(format.clean('a\u202Eb\u0000c\nd\u200B'), 'abcd');
    assert.equal(format.clean('x'.repeat(200), 12), `${'x'.repeat(12)}…`);
  },

  'quantiles lie within their buckets'() {
    const bounds = [1, 2, 4];
    assert.equal(format.quantile(bounds, [0, 0, 0, 0], 0.5), undefined);
    assert.equal(format.quantile(bounds, [10, 0, 0, 0], 0.5), 0.5);
    assert.equal(format.quantile(bounds, [0, 0, 10, 0], 0.5), 3);   // half of the way from 2 to 4
    assert.equal(format.quantile(bounds, [5, 5, 0, 0], 0.99), 1.98);  // 4.9 of 5 from 1 to 2
    assert.equal(format.quantile(bounds, [0, 0, 0, 3], 0.5), 4);    // beyond the last bound: at it
  },
};

process.exit((await runTests(tests)) === 0 ? 0 : 1);
