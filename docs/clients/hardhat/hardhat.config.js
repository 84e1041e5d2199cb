// Hardhat 3, Node.js 22 or newer:  npx hardhat run scripts/deploy.js --network troupe
import { defineConfig } from 'hardhat/config';

export default defineConfig({
  solidity: {
    version: '0.8.37',
    // Hardhat downloads its compiler. Without a network, name one: SOLC=node_modules/solc/soljson.js
    ...(process.env.SOLC ? { path: process.env.SOLC } : {}),
    settings: { evmVersion: 'prague', optimizer: { enabled: true, runs: 200 } },
  },
  networks: {
    troupe: {
      type: 'http',
      url: process.env.TROUPE_RPC_URL ?? 'http://127.0.0.1:8545',
      chainId: 42069,
      // The first account of `troupe devnet`; known to everybody, worth nothing.
      accounts: ['0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80'],
    },
    // Hardhat's own node, on top of what is on the chain: scripts/fork.js.
    fork: {
      type: 'edr-simulated',
      chainId: 42069,
      forking: { url: process.env.TROUPE_RPC_URL ?? 'http://127.0.0.1:8545' },
    },
  },
  // Without the rules of a chain that it does not know, Hardhat executes none of its old blocks.
  chainDescriptors: {
    42069: { name: 'Troupe', hardforkHistory: { prague: { blockNumber: 0 } } },
  },
});
