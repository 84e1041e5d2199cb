// Executes a state test's case with @ethereumjs/vm: an EVM that shares no code with ours.
import { createBlock } from '@ethereumjs/block';
import { Common, Hardfork, Mainnet } from '@ethereumjs/common';
import { createEVM } from '@ethereumjs/evm';
import { SimpleStateManager } from '@ethereumjs/statemanager';
import { createTxFromRLP } from '@ethereumjs/tx';
import { Account, bytesToHex, createAddressFromString, hexToBytes } from '@ethereumjs/util';
import { createVM, runTx } from '@ethereumjs/vm';
import { keccak_256 } from '@noble/hashes/sha3.js';

// Blob transactions ask for a KZG library to be there. None is: cases do not call precompile 0x0a.
const customCrypto = { kzg: {} };
const commons = {
  Cancun: new Common({ chain: Mainnet, hardfork: Hardfork.Cancun, customCrypto }),
  Prague: new Common({ chain: Mainnet, hardfork: Hardfork.Prague, customCrypto }),
};

// BLOCKHASH of block n in state tests: keccak256 of n in decimal digits.
const blockchain = {
  getBlock: async (number) => ({ hash: () => keccak_256(new TextEncoder().encode(String(number))) }),
  putBlock: async () => {},
  shallowCopy() {
    return this;
  },
};

const quantity = (value) => `0x${value.toString(16)}`;
const numberOf = (bytes) => (bytes.length === 0 ? 0n : BigInt(bytesToHex(bytes)));

async function worldOf(pre, common) {
  const state = new SimpleStateManager({ common });
  for (const [text, { nonce, balance, code, storage }] of Object.entries(pre)) {
    const address = createAddressFromString(text);
    await state.putAccount(address, new Account(BigInt(nonce), BigInt(balance)));
    if (code !== '0x') await state.putCode(address, hexToBytes(code));
    for (const [slot, value] of Object.entries(storage)) {
      const key = hexToBytes(`0x${BigInt(slot).toString(16).padStart(64, '0')}`);
      const even = BigInt(value).toString(16);
      await state.putStorage(address, key, hexToBytes(`0x${even.length % 2 ? '0' : ''}${even}`));
    }
  }
  return state;
}

// As our side writes them: no empty accounts, no slots of value zero, sorted.
function accountsOf(state) {
  const accounts = {};
  const addresses = [...state.topAccountStack().keys()].sort();
  for (const address of addresses) {
    const account = state.topAccountStack().get(address);
    if (account === undefined || account.isEmpty()) continue;
    const code = state.topCodeStack().get(address) ?? new Uint8Array();
    accounts[address] = {
      nonce: quantity(account.nonce),
      balance: quantity(account.balance),
      code: bytesToHex(code),
      storage: {},
    };
  }
  const slots = [];
  for (const [key, value] of state.topStorageStack()) {
    const [address, slot] = key.split('_');
    const number = numberOf(value);
    if (number !== 0n && accounts[address]) slots.push([address, BigInt(slot), number]);
  }
  slots.sort(([, a], [, b]) => (a < b ? -1 : 1));
  for (const [address, slot, value] of slots) {
    accounts[address].storage[quantity(slot)] = quantity(value);
  }
  return accounts;
}

export async function execute(test) {
  const [revision, [post]] = Object.entries(test.post)[0];
  const common = commons[revision];
  const { env } = test;
  const state = await worldOf(test.pre, common);
  const evm = await createEVM({ common, stateManager: state, blockchain });
  const vm = await createVM({ common, stateManager: state, blockchain, evm });
  const header = {
    coinbase: env.currentCoinbase,
    gasLimit: env.currentGasLimit,
    number: env.currentNumber,
    timestamp: env.currentTimestamp,
    baseFeePerGas: env.currentBaseFee,
    mixHash: env.currentRandom,
    excessBlobGas: env.currentExcessBlobGas,
  };
  let result;
  try {
    const block = createBlock({ header }, { common, skipConsensusFormatValidation: true });
    const tx = createTxFromRLP(hexToBytes(post.txbytes), { common, freeze: false });
    const sender = createAddressFromString(test.transaction.sender);
    tx.getSenderAddress = () => sender; // both sides sign alike; recovering takes longer than the rest
    result = await runTx(vm, { tx, block, skipHardForkValidation: true });
  } catch (error) {
    return { refused: String(error.message ?? error), accounts: accountsOf(state) };
  }
  return {
    gasUsed: Number(result.totalGasSpent),
    success: result.execResult.exceptionError === undefined,
    output: bytesToHex(result.execResult.returnValue),
    logs: (result.execResult.logs ?? []).map(([address, topics, data]) => ({
      address: bytesToHex(address),
      topics: topics.map((topic) => bytesToHex(topic)),
      data: bytesToHex(data),
    })),
    accounts: accountsOf(state),
  };
}
