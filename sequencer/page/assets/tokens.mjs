// What a contract says of itself as a token. Its words are anybody's: cleaned, and shown as text.
import { decode } from './abi.mjs';
import { tryCall } from './rpc.mjs';
import { amount, clean } from './format.mjs';
import { h } from './dom.mjs';
import { addressLink } from './parts.mjs';

const kSelectors = { symbol: '0x95d89b41', name: '0x06fdde03', decimals: '0x313ce567', totalSupply: '0x18160ddd' };
const kKeptMax = 500;
const kDecimalsMax = 36;
const known = new Map();

async function ask(address) {
  const read = (selector) => tryCall('eth_call', [{ to: address, data: selector }, 'latest']);
  const [symbol, name, decimals, supply] = await Promise.all(
    [kSelectors.symbol, kSelectors.name, kSelectors.decimals, kSelectors.totalSupply].map(read));
  const words = (data, longest) => {
    const found = data && decode(['string'], data)?.[0];
    return found ? clean(found, longest) : '';
  };
  const places = decimals && decode(['uint8'], decimals)?.[0];
  const total = supply && decode(['uint256'], supply)?.[0];
  const token = {
    symbol: words(symbol, 12),
    name: words(name, 40),
    decimals: typeof places === 'bigint' && places <= kDecimalsMax ? Number(places) : null,
    supply: typeof total === 'bigint' ? total : null,
  };
  return token.symbol || token.name ? token : null;
}

/** {symbol, name, decimals, supply}, or null where the contract is no token. */
export function token(address) {
  let found = known.get(address);
  if (!found) {
    if (known.size >= kKeptMax) known.delete(known.keys().next().value);
    found = ask(address).catch(() => (known.delete(address), null));
    known.set(address, found);
  }
  return found;
}

const kTransfer = '0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef';
export const transferTopic = kTransfer;

/**
 * A log as the movement of a token: {token, from, to, text}, null for other logs. ERC-20 and ERC-721
 * have the same event; the third topic tells them apart.
 */
export async function movement(log) {
  if (log.topics[0] !== kTransfer || log.topics.length < 3) return null;
  const from = decode(['address'], log.topics[1])?.[0];
  const to = decode(['address'], log.topics[2])?.[0];
  if (!from || !to) return null;
  const about = await token(log.address);
  const symbol = about?.symbol || 'tokens';
  if (log.topics.length === 4) return { address: log.address, from, to, text: `${symbol} #${BigInt(log.topics[3])}` };
  const value = decode(['uint256'], log.data)?.[0];
  if (value === undefined) return null;
  const text = `${amount(value, about?.decimals ?? 0)} ${symbol}`;
  return { address: log.address, from, to, text };
}

/** One movement as a line of a list. */
export const moveLine = ({ from, to, text }, more) => h('li', {}, h('b', { class: 'num' }, text),
  addressLink(from), h('span', { class: 'arrow', 'aria-label': 'to' }, '→'), addressLink(to), more);
