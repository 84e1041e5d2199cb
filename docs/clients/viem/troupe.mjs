// The chain definition that viem needs. Copy it and change what differs: id, URLs, block time.
import { defineChain } from 'viem';

export const troupe = defineChain({
  id: 42069, // of `troupe devnet`
  name: 'Troupe devnet',
  nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
  rpcUrls: { default: { http: ['http://127.0.0.1:8545'], webSocket: ['ws://127.0.0.1:8545'] } },
  // Milliseconds between blocks, the node's --block-time-ms. viem polls every half of it; without it
  // viem waits four seconds for each receipt, whatever the chain does.
  blockTime: 1_000,
});
