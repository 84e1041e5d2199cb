// Solidity's ABI, read: "Contract ABI Specification" of the Solidity documentation. Input is what
// anybody may have put on the chain: what does not fit is no decoding (null), never an exception.
import { errors, events, functions, panics } from './signatures.mjs';

const kItemsMax = 64;    // of an array that are shown
const kDepthMax = 4;     // arrays within arrays
const kWord = 64;        // hexadecimal digits of 32 bytes

class Misfit extends Error {}

/** "transfer(address to, uint256 amount)" -> {name, parameters: [{type, name, indexed}]} */
export function parse(signature) {
  const open = signature.indexOf('(');
  const inside = signature.slice(open + 1, -1);
  const parts = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i <= inside.length; ++i) {
    const c = inside[i];
    if (c === '(') ++depth;
    else if (c === ')') --depth;
    else if ((c === ',' || c === undefined) && depth === 0) {
      if (i > start) parts.push(inside.slice(start, i).trim());
      start = i + 1;
    }
  }
  return {
    name: signature.slice(0, open),
    parameters: parts.map((part) => {
      const words = part.split(' ');
      return { type: words[0], name: words.at(-1), indexed: words[1] === 'indexed' };
    }),
  };
}

const arrayOf = (type) => /^(.*)\[(\d*)\]$/.exec(type);
const tupleOf = (type) => (type.startsWith('(') ? parse(type).parameters.map(({ type: t }) => t) : null);

function isDynamic(type) {
  const array = arrayOf(type);
  if (array) return array[2] === '' || isDynamic(array[1]);
  const tuple = tupleOf(type);
  return tuple ? tuple.some(isDynamic) : type === 'bytes' || type === 'string';
}

// Words that a value takes in its head.
function headWords(type) {
  if (isDynamic(type)) return 1;
  const array = arrayOf(type);
  if (array) return Number(array[2]) * headWords(array[1]);
  const tuple = tupleOf(type);
  return tuple ? tuple.reduce((sum, t) => sum + headWords(t), 0) : 1;
}

function wordAt(data, at) {
  const word = data.slice(at, at + kWord);
  if (word.length !== kWord) throw new Misfit();
  return word;
}

// A length or an offset: beyond what the data holds it cannot be meant.
function lengthAt(data, at) {
  const value = BigInt(`0x${wordAt(data, at)}`);
  if (value > BigInt(data.length)) throw new Misfit();
  return Number(value);
}

function readWord(type, word) {
  const value = BigInt(`0x${word}`);
  if (type === 'address') {
    if (value >> 160n) throw new Misfit();
    return `0x${word.slice(24)}`;
  }
  if (type === 'bool') {
    if (value > 1n) throw new Misfit();
    return value === 1n;
  }
  const sized = /^(u?int|bytes)(\d*)$/.exec(type);
  if (!sized) throw new Misfit();
  if (sized[1] === 'bytes') return `0x${word.slice(0, 2 * Number(sized[2]))}`;
  const bits = Number(sized[2] || 256);
  if (sized[1] === 'uint') {
    if (value >> BigInt(bits)) throw new Misfit();
    return value;
  }
  return BigInt.asIntN(256, value);
}

function read(type, data, at, depth) {
  if (depth > kDepthMax) throw new Misfit();
  const array = arrayOf(type);
  if (array) {
    const open = array[2] === '';
    const length = open ? lengthAt(data, at) : Number(array[2]);
    const begin = open ? at + kWord : at;
    const shown = Math.min(length, kItemsMax);
    const items = readAll(Array(shown).fill(array[1]), data, begin, depth + 1);
    if (shown < length) items.more = length - shown;
    return items;
  }
  const tuple = tupleOf(type);
  if (tuple) return readAll(tuple, data, at, depth + 1);
  if (type !== 'bytes' && type !== 'string') return readWord(type, wordAt(data, at));
  const length = lengthAt(data, at) * 2;
  const content = data.slice(at + kWord, at + kWord + length);
  if (content.length !== length) throw new Misfit();
  return type === 'bytes' ? `0x${content}` : utf8(content);
}

function readAll(types, data, begin, depth) {
  let head = begin;
  return types.map((type) => {
    const at = isDynamic(type) ? begin + 2 * lengthAt(data, head) : head;
    head += headWords(type) * kWord;
    return read(type, data, at, depth);
  });
}

function utf8(hex) {
  const bytes = new Uint8Array((hex.match(/../g) ?? []).map((byte) => parseInt(byte, 16)));
  return new TextDecoder().decode(bytes);
}

/** Values of `types` in `data` ("0x…"); null where it does not fit. */
export function decode(types, data) {
  try {
    return readAll(types, data.slice(2), 0, 0);
  } catch (error) {
    if (error instanceof Misfit) return null;
    throw error;
  }
}

function named(signature, data) {
  const { name, parameters } = parse(signature);
  const values = decode(parameters.map(({ type }) => type), data);
  return values && { name, arguments: parameters.map((p, i) => ({ ...p, value: values[i] })) };
}

/** A call's data -> {name, arguments: [{type, name, value}]}; null where it is not known. */
export function decodeCall(data) {
  const signature = functions[data.slice(0, 10)];
  return signature ? named(signature, `0x${data.slice(10)}`) : null;
}

/** The same of a log. */
export function decodeLog({ topics, data }) {
  for (const signature of events[topics[0]] ?? []) {
    const { name, parameters } = parse(signature);
    const indexed = parameters.filter((p) => p.indexed);
    if (indexed.length !== topics.length - 1) continue;
    const rest = decode(parameters.filter((p) => !p.indexed).map((p) => p.type), data);
    const found = indexed.map((p, i) => decode([p.type], topics[i + 1])?.[0]);
    if (!rest || found.includes(undefined)) continue;
    const values = [...rest];
    return {
      name,
      arguments: parameters.map((p) => ({ ...p, value: p.indexed ? found.shift() : values.shift() })),
    };
  }
  return null;
}

/** What a revert said, in words; '' where it said nothing. */
export function decodeRevert(data) {
  if (!data || data === '0x') return '';
  const signature = errors[data.slice(0, 10)];
  const found = signature && named(signature, `0x${data.slice(10)}`);
  if (!found) return `error ${data.slice(0, 10)}`;
  const values = found.arguments.map(({ value }) => value);
  if (found.name === 'Error') return values[0];
  if (found.name === 'Panic') return panics[Number(values[0])] ?? `panic ${values[0]}`;
  return `${found.name}(${values.join(', ')})`;
}

/** The name of a function, or its four bytes. */
export const functionName = (data) =>
  data.length < 10 ? '' : functions[data.slice(0, 10)]?.split('(')[0] ?? data.slice(0, 10);
