// OpenZeppelin's token standards: ERC-20 with permit, ERC-721 with royalties, ERC-1155, ERC-4626.
import assert from 'node:assert/strict';
import { maxUint256, parseEther, parseSignature, zeroAddress } from 'viem';
import { compile } from '../support/compile.mjs';
import { chainId } from '../support/nodes.mjs';

export const needs = ['@openzeppelin/contracts'];
const ether = parseEther;

export default function scenarios() {
  const built = compile(['ours/Tokens.sol']);
  return {
    async 'ERC-20 moves, allows and permits'(w) {
      const { alice, bob, carol } = w;
      const coin = await w.deploy(built.Coin, ['Troupe Coin', 'TRC']);
      const minted = await w.send(coin, 'mint', [alice.address, ether('1000')]);
      w.events(minted, coin, [['Transfer', { from: zeroAddress, to: alice.address, value: ether('1000') }]]);
      assert.equal(await w.read(coin, 'totalSupply'), ether('1000'));

      const sent = await w.send(coin, 'transfer', [bob.address, ether('300')]);
      w.events(sent, coin, [['Transfer', { from: alice.address, to: bob.address, value: ether('300') }]]);
      assert.equal(await w.read(coin, 'balanceOf', [alice.address]), ether('700'));
      assert.equal(await w.read(coin, 'balanceOf', [bob.address]), ether('300'));
      await w.reverts(coin, 'transfer', [bob.address, ether('701')],
        { error: 'ERC20InsufficientBalance', args: [alice.address, ether('700'), ether('701')] });
      await w.reverts(coin, 'transfer', [zeroAddress, 1n], { error: 'ERC20InvalidReceiver', args: [zeroAddress] });
      await w.reverts(coin, 'mint', [bob.address, 1n],
        { error: 'OwnableUnauthorizedAccount', args: [bob.address] }, { from: bob });

      await w.send(coin, 'approve', [carol.address, ether('100')], { from: bob });
      const pulled = await w.send(coin, 'transferFrom', [bob.address, carol.address, ether('60')], { from: carol });
      w.events(pulled, coin, [['Transfer', { from: bob.address, to: carol.address, value: ether('60') }]]);
      assert.equal(await w.read(coin, 'allowance', [bob.address, carol.address]), ether('40'));
      await w.reverts(coin, 'transferFrom', [bob.address, carol.address, ether('41')],
        { error: 'ERC20InsufficientAllowance', args: [carol.address, ether('40'), ether('41')] }, { from: carol });

      const message = { owner: bob.address, spender: carol.address, value: ether('7'), nonce: 0n, deadline: maxUint256 };
      const permit = {
        domain: { name: 'Troupe Coin', version: '1', chainId, verifyingContract: coin.address },
        types: { Permit: ['owner:address', 'spender:address', 'value:uint256', 'nonce:uint256', 'deadline:uint256']
          .map((field) => ({ name: field.split(':')[0], type: field.split(':')[1] })) },
        primaryType: 'Permit', message,
      };
      const { r, s, yParity } = parseSignature(await bob.signTypedData(permit));
      const signature = [27 + yParity, r, s];
      const permitted = await w.send(coin, 'permit', [bob.address, carol.address, ether('7'), maxUint256, ...signature]);
      w.events(permitted, coin, [['Approval', { owner: bob.address, spender: carol.address, value: ether('7') }]]);
      assert.equal(await w.read(coin, 'nonces', [bob.address]), 1n);
      // The nonce is used: the same signature now recovers to somebody else.
      await w.refuses({ to: coin.address, data: (await w.client.getTransaction({ hash: permitted.transactionHash })).input },
        { error: 'ERC2612InvalidSigner' }, coin.abi, 'permit again');
      await w.reverts(coin, 'permit', [bob.address, carol.address, ether('7'), 1n, ...signature],
        { error: 'ERC2612ExpiredSignature', args: [1n] });

      const logs = await w.client.getContractEvents({
        address: coin.address, abi: coin.abi, eventName: 'Transfer', args: { from: bob.address }, fromBlock: 0n });
      assert.deepEqual(logs.map(({ args }) => args.value), [ether('60')]);
    },

    async 'ERC-721 has one owner each and pays royalties'(w) {
      const { alice, bob, carol } = w;
      const deed = await w.deploy(built.Deed, [carol.address]);
      const minted = await w.send(deed, 'mint', [alice.address, 7n]);
      w.events(minted, deed, [['Transfer', { from: zeroAddress, to: alice.address, tokenId: 7n }]]);
      await w.reverts(deed, 'mint', [alice.address, 7n], { error: 'ERC721InvalidSender', args: [zeroAddress] });
      assert.deepEqual(await w.read(deed, 'royaltyInfo', [7n, 10_000n]), [carol.address, 250n]);
      await w.reverts(deed, 'transferFrom', [alice.address, bob.address, 7n],
        { error: 'ERC721InsufficientApproval', args: [bob.address, 7n] }, { from: bob });
      await w.send(deed, 'approve', [bob.address, 7n]);
      assert.equal(await w.read(deed, 'getApproved', [7n]), bob.address);
      const taken = await w.send(deed, 'safeTransferFrom', [alice.address, bob.address, 7n], { from: bob });
      w.events(taken, deed, [['Transfer', { from: alice.address, to: bob.address, tokenId: 7n }]]);
      assert.equal(await w.read(deed, 'ownerOf', [7n]), bob.address);
      assert.equal(await w.read(deed, 'getApproved', [7n]), zeroAddress);
      await w.refuses({ to: deed.address, data: '0x6352211e' + '00'.repeat(31) + '08' },
        { error: 'ERC721NonexistentToken', args: [8n] }, deed.abi, 'ownerOf nothing');
      // A contract that does not know ERC-721 cannot receive one safely.
      await w.reverts(deed, 'safeTransferFrom', [bob.address, deed.address, 7n],
        { error: 'ERC721InvalidReceiver', args: [deed.address] }, { from: bob });
      assert.equal(await w.read(deed, 'supportsInterface', ['0x2a55205a']), true);
    },

    async 'ERC-1155 moves many kinds at once'(w) {
      const { alice, bob, carol } = w;
      const items = await w.deploy(built.Items);
      const minted = await w.send(items, 'mintBatch', [alice.address, [1n, 2n, 3n], [10n, 20n, 30n]]);
      w.events(minted, items, [['TransferBatch',
        { operator: alice.address, from: zeroAddress, to: alice.address, ids: [1n, 2n, 3n], values: [10n, 20n, 30n] }]]);
      await w.send(items, 'safeBatchTransferFrom', [alice.address, bob.address, [1n, 3n], [4n, 30n], '0x']);
      assert.deepEqual(
        await w.read(items, 'balanceOfBatch', [[alice.address, alice.address, bob.address, bob.address], [1n, 3n, 1n, 3n]]),
        [6n, 0n, 4n, 30n]);
      await w.reverts(items, 'burn', [bob.address, 1n, 1n],
        { error: 'ERC1155MissingApprovalForAll', args: [carol.address, bob.address] }, { from: carol });
      await w.send(items, 'setApprovalForAll', [carol.address, true], { from: bob });
      const burnt = await w.send(items, 'burn', [bob.address, 1n, 4n], { from: carol });
      w.events(burnt, items, [['TransferSingle',
        { operator: carol.address, from: bob.address, to: zeroAddress, id: 1n, value: 4n }]]);
      assert.equal(await w.read(items, 'totalSupply', [1n]), 6n);
      await w.reverts(items, 'safeTransferFrom', [bob.address, alice.address, 1n, 1n, '0x'],
        { error: 'ERC1155InsufficientBalance', args: [bob.address, 0n, 1n, 1n] }, { from: bob });
    },

    async 'ERC-4626 shares grow with the assets'(w) {
      const { alice, bob } = w;
      const asset = await w.deploy(built.Coin, ['Asset', 'AST']);
      const vault = await w.deploy(built.Vault, [asset.address]);
      for (const account of [alice, bob]) {
        await w.send(asset, 'mint', [account.address, 1_000n]);
        await w.send(asset, 'approve', [vault.address, maxUint256], { from: account });
      }
      const deposited = await w.send(vault, 'deposit', [600n, alice.address]);
      w.events(deposited, vault, [
        ['Transfer', { from: zeroAddress, to: alice.address, value: 600n }],
        ['Deposit', { sender: alice.address, owner: alice.address, assets: 600n, shares: 600n }],
      ]);
      await w.send(vault, 'mint', [300n, bob.address], { from: bob });
      // 90 come as yield. A share is then worth (900 + 90 + 1) / (900 + 1), rounded against its owner.
      await w.send(asset, 'transfer', [vault.address, 90n]);
      assert.equal(await w.read(vault, 'totalAssets'), 990n);
      assert.equal(await w.read(vault, 'convertToAssets', [600n]), (600n * 991n) / 901n);
      await w.reverts(vault, 'redeem', [601n, alice.address, alice.address],
        { error: 'ERC4626ExceededMaxRedeem', args: [alice.address, 601n, 600n] });
      const redeemed = await w.send(vault, 'redeem', [600n, alice.address, alice.address]);
      w.events(redeemed, vault, [
        ['Transfer', { from: alice.address, to: zeroAddress, value: 600n }],
        ['Withdraw', { sender: alice.address, receiver: alice.address, owner: alice.address, assets: 659n, shares: 600n }],
      ]);
      assert.equal(await w.read(asset, 'balanceOf', [alice.address]), 1_000n - 600n - 90n + 659n);
      await w.send(vault, 'withdraw', [330n, bob.address, bob.address], { from: bob });
      assert.equal(await w.read(vault, 'balanceOf', [bob.address]), 0n);
      assert.equal(await w.read(asset, 'balanceOf', [vault.address]), 1n);
    },
  };
}
