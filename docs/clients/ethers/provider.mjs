// A provider for a chain whose blocks come faster than Ethereum's.
import { JsonRpcProvider } from 'ethers';

export function troupeProvider(url = 'http://127.0.0.1:8545') {
  return new JsonRpcProvider(url, undefined, {
    // ethers keeps answers for 250 ms. A second transaction sent sooner would get the first one's nonce
    // (NONCE_EXPIRED): ask the node each time.
    cacheTimeout: -1,
    // Milliseconds between looks for a receipt; ethers looks every 4,000 unless told otherwise.
    pollingInterval: 250,
    // The chain id does not change while the program runs: one question fewer.
    staticNetwork: true,
  });
}
