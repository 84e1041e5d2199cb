// Finds out what somebody means: a block's number or tag, a hash, an address.
import { blockReference } from './block.mjs';
import { h } from './dom.mjs';
import { note, show } from './parts.mjs';
import { tryCall } from './rpc.mjs';

/** The place inside the page that `words` name; null where that is not known without asking. */
export function placeOf(words) {
  const asked = words.trim().replace(/^#/, '').replaceAll(',', '');
  if (/^0x[0-9a-f]{40}$/i.test(asked)) return `/address/${asked.toLowerCase()}`;
  if (/^[0-9a-f]{40}$/i.test(asked) && /[a-f]/i.test(asked)) return `/address/0x${asked.toLowerCase()}`;
  const tag = asked.toLowerCase();
  if (blockReference(tag) && !/^0x/.test(tag)) return `/block/${tag}`;
  return null;
}

/** Looks for what only the node knows: whose hash it is. */
export function search(signal, words, go) {
  document.title = 'Search · Troupe';
  const place = h('div');
  show(place, signal, async () => {
    const known = placeOf(words);
    const asked = words.trim().toLowerCase();
    const hash = /^(0x)?[0-9a-f]{64}$/.test(asked) ? `0x${asked.replace(/^0x/, '')}` : null;
    const target = known ?? (hash && await whose(hash));
    if (target) {
      if (!signal.aborted) go(target, { replace: true });
      return [];
    }
    return [h('h1', {}, 'Nothing found'), note(hash
      ? 'No transaction and no block of this chain has that hash.'
      : `“${words}” is no block number, transaction hash, block hash or address.`)];
  });
  return place;
}

async function whose(hash) {
  const [tx, status, block] = await Promise.all([tryCall('eth_getTransactionByHash', [hash]),
    tryCall('troupe_getTransactionStatus', [hash]), tryCall('eth_getBlockByHash', [hash, false])]);
  if (tx || status) return `/tx/${hash}`;
  return block ? `/block/${hash}` : null;
}
