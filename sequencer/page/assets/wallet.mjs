// "Add to wallet": EIP-3085, with a wallet found by EIP-6963 or as window.ethereum.
import { call } from './rpc.mjs';
import { h, set } from './dom.mjs';
import { copied, facts } from './parts.mjs';

const announced = [];
addEventListener('eip6963:announceProvider', ({ detail }) => announced.push(detail.provider));
dispatchEvent(new Event('eip6963:requestProvider'));

/** The chain as EIP-3085 describes one. */
export const description = (chainId) => ({
  chainId,
  chainName: `Troupe ${Number(chainId)}`,
  nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
  rpcUrls: [location.origin],
  blockExplorerUrls: [location.origin],
});

async function add(say) {
  const provider = globalThis.ethereum ?? announced[0];
  const chain = description(await call('eth_chainId'));
  if (!provider) return byHand(chain);
  say('Look at your wallet');
  try {
    await provider.request({ method: 'wallet_addEthereumChain', params: [chain] });
    say('Added');
  } catch (error) {
    // EIP-1193: 4001 is the user's no.
    if (error?.code === 4001) say('Declined');
    else byHand(chain, error?.message);
  }
}

function byHand(chain, why) {
  const dialog = h('dialog', { class: 'byhand', 'aria-labelledby': 'byhand' },
    h('h2', { id: 'byhand' }, 'Add this chain by hand'),
    h('p', {}, why ? `The wallet says: ${why}` : 'No wallet was found in this browser. These are the values that one asks for:'),
    facts([
      ['Name', copied(chain.chainName)],
      ['RPC URL', copied(chain.rpcUrls[0])],
      ['Chain id', copied(String(Number(chain.chainId)))],
      ['Currency', copied('ETH')],
      ['Explorer', copied(chain.blockExplorerUrls[0])],
    ]),
    h('form', { method: 'dialog' }, h('button', {}, 'Close')));
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

const kShownMs = 2500;

export function walletButton() {
  const words = 'Add to wallet';
  const button = h('button', { type: 'button', class: 'wallet' }, words);
  const say = (message) => {
    set(button, message);
    setTimeout(() => set(button, words), kShownMs);
  };
  button.addEventListener('click', () => add(say).catch((error) => say(error.message.slice(0, 40))));
  return button;
}
