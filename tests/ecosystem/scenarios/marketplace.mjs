// Seaport 1.6, compiled as its authors do: NFTs are listed by signature and sold for tokens and for ether.
import assert from 'node:assert/strict';
import { maxUint256, parseEther, zeroAddress, zeroHash } from 'viem';
import { compile } from '../support/compile.mjs';
import { chainId } from '../support/nodes.mjs';

export const needs = ['@openzeppelin/contracts', 'seaport-core', 'seaport-types', 'solc-0_8_24'];
const ether = parseEther;
const Item = { native: 0, erc20: 1, erc721: 2 };
const forever = 2n ** 48n;
const typed = (...fields) => fields.map((field) => ({ name: field.split(':')[0], type: field.split(':')[1] }));
const item = ['itemType:uint8', 'token:address', 'identifierOrCriteria:uint256', 'startAmount:uint256', 'endAmount:uint256'];
const types = {
  OrderComponents: typed('offerer:address', 'zone:address', 'offer:OfferItem[]', 'consideration:ConsiderationItem[]', 'orderType:uint8',
    'startTime:uint256', 'endTime:uint256', 'zoneHash:bytes32', 'salt:uint256', 'conduitKey:bytes32', 'counter:uint256'),
  OfferItem: typed(...item),
  ConsiderationItem: typed(...item, 'recipient:address'),
};

const of = (itemType, token, identifierOrCriteria, amount) =>
  ({ itemType, token, identifierOrCriteria, startAmount: amount, endAmount: amount });

/// An order of `offerer`'s, signed: what goes into the contract, and its components.
async function list(seaport, offerer, offer, consideration, salt) {
  const order = { offerer: offerer.address, zone: zeroAddress, offer, consideration, orderType: 0, startTime: 0n, endTime: forever,
    zoneHash: zeroHash, salt, conduitKey: zeroHash };
  const components = { ...order, counter: 0n };
  const signature = await offerer.signTypedData({
    domain: { name: 'Seaport', version: '1.6', chainId, verifyingContract: seaport.address }, types, primaryType: 'OrderComponents', message: components });
  return { parameters: { ...order, totalOriginalConsiderationItems: BigInt(consideration.length) }, signature, components };
}

export default function scenarios() {
  const built = {
    ...compile(['ours/Tokens.sol']),
    ...compile(['seaport-core/src/Seaport.sol', 'seaport-core/src/conduit/ConduitController.sol'],
      { viaIR: true, optimizer: { enabled: true, runs: 4294967295 }, evmVersion: 'cancun' }, 'solc-0_8_24'),
  };
  return {
    async 'an NFT is sold for tokens, for ether, and not twice'(w) {
      const { alice, bob, carol } = w;
      const conduits = await w.deploy(built.ConduitController);
      const seaport = await w.deploy(built.Seaport, [conduits.address]);
      assert.deepEqual((await w.read(seaport, 'information')).slice(0, 1), ['1.6']);
      const deed = await w.deploy(built.Deed, [carol.address]);
      const coin = await w.deploy(built.Coin, ['Coin', 'COIN']);
      for (const id of [1n, 2n, 3n]) await w.send(deed, 'mint', [alice.address, id]);
      await w.send(deed, 'setApprovalForAll', [seaport.address, true]);
      await w.send(coin, 'mint', [bob.address, ether('100')]);

      // 97.5 to the seller, 2.5 to the creator.
      const price = [
        { ...of(Item.erc20, coin.address, 0n, ether('97.5')), recipient: alice.address },
        { ...of(Item.erc20, coin.address, 0n, ether('2.5')), recipient: carol.address },
      ];
      const first = await list(seaport, alice, [of(Item.erc721, deed.address, 1n, 1n)], price, 1n);
      const orderHash = await w.read(seaport, 'getOrderHash', [first.components]);
      await w.reverts(seaport, 'fulfillOrder', [first, zeroHash],
        { error: 'ERC20InsufficientAllowance', args: [seaport.address, 0n, ether('97.5')] }, { from: bob, errors: coin.abi });
      await w.send(coin, 'approve', [seaport.address, maxUint256], { from: bob });
      const cheaper = { ...first, parameters: { ...first.parameters, consideration: [{ ...price[0], startAmount: 1n, endAmount: 1n }, price[1]] } };
      await w.reverts(seaport, 'fulfillOrder', [cheaper, zeroHash], { error: 'InvalidSigner' }, { from: bob });
      const sold = await w.send(seaport, 'fulfillOrder', [first, zeroHash], { from: bob });
      w.events(sold, deed, [['Transfer', { from: alice.address, to: bob.address, tokenId: 1n }]]);
      w.events(sold, coin, [
        ['Transfer', { from: bob.address, to: alice.address, value: ether('97.5') }],
        ['Transfer', { from: bob.address, to: carol.address, value: ether('2.5') }],
      ]);
      const filled = w.event(sold, seaport.abi, 'OrderFulfilled');
      assert.deepEqual([filled.orderHash, filled.offerer, filled.recipient], [orderHash, alice.address, bob.address]);
      assert.equal(await w.read(deed, 'ownerOf', [1n]), bob.address);
      assert.deepEqual(await w.read(seaport, 'getOrderStatus', [orderHash]), [true, false, 1n, 1n]);
      await w.reverts(seaport, 'fulfillOrder', [first, zeroHash], { error: 'OrderAlreadyFilled', args: [orderHash] }, { from: bob });

      // For ether, by the cheaper way.
      const second = await list(seaport, alice, [of(Item.erc721, deed.address, 2n, 1n)],
        [{ ...of(Item.native, zeroAddress, 0n, ether('2')), recipient: alice.address }], 2n);
      const basic = { considerationToken: zeroAddress, considerationIdentifier: 0n, considerationAmount: ether('2'), offerer: alice.address,
        zone: zeroAddress, offerToken: deed.address, offerIdentifier: 2n, offerAmount: 1n, basicOrderType: 0, startTime: 0n, endTime: forever,
        zoneHash: zeroHash, salt: 2n, offererConduitKey: zeroHash, fulfillerConduitKey: zeroHash, totalOriginalAdditionalRecipients: 0n,
        additionalRecipients: [], signature: second.signature };
      await w.reverts(seaport, 'fulfillBasicOrder', [basic], { error: 'InvalidMsgValue', args: [0n] }, { from: bob });
      const before = await w.balance(alice.address);
      await w.send(seaport, 'fulfillBasicOrder', [basic], { from: bob, value: ether('2') });
      assert.equal(await w.balance(alice.address), before + ether('2'));
      assert.equal(await w.read(deed, 'ownerOf', [2n]), bob.address);

      // A bid and a listing are matched by somebody else.
      const bid = await list(seaport, bob, [of(Item.erc721, deed.address, 2n, 1n)],
        [{ ...of(Item.erc721, deed.address, 3n, 1n), recipient: bob.address }], 3n);
      const mirror = await list(seaport, alice, [of(Item.erc721, deed.address, 3n, 1n)],
        [{ ...of(Item.erc721, deed.address, 2n, 1n), recipient: alice.address }], 4n);
      await w.send(deed, 'setApprovalForAll', [seaport.address, true], { from: bob });
      const part = (orderIndex) => [{ orderIndex, itemIndex: 0n }];
      const matched = await w.send(seaport, 'matchOrders', [[bid, mirror], [
        { offerComponents: part(0n), considerationComponents: part(1n) },
        { offerComponents: part(1n), considerationComponents: part(0n) },
      ]], { from: carol });
      w.events(matched, deed, [
        ['Transfer', { from: bob.address, to: alice.address, tokenId: 2n }],
        ['Transfer', { from: alice.address, to: bob.address, tokenId: 3n }],
      ]);

      const fourth = await list(seaport, alice, [of(Item.erc721, deed.address, 2n, 1n)], price, 5n);
      const fourthHash = await w.read(seaport, 'getOrderHash', [fourth.components]);
      await w.reverts(seaport, 'cancel', [[fourth.components]], { error: 'CannotCancelOrder' }, { from: bob });
      const cancelled = await w.send(seaport, 'cancel', [[fourth.components]]);
      w.events(cancelled, seaport, [['OrderCancelled', { orderHash: fourthHash, offerer: alice.address, zone: zeroAddress }]]);
      await w.reverts(seaport, 'fulfillOrder', [fourth, zeroHash], { error: 'OrderIsCancelled', args: [fourthHash] }, { from: bob });
    },
  };
}
