// A supply chain: making, certifying, handing over, recalling; and the way of a good read back from its events.
import assert from 'node:assert/strict';
import { keccak256, toHex, zeroAddress } from 'viem';
import { compile } from '../support/compile.mjs';

export const needs = ['@openzeppelin/contracts'];
const role = (name) => keccak256(toHex(name));
const papers = (text) => keccak256(toHex(text));

export default function scenarios() {
  const built = compile(['ours/SupplyChain.sol']);
  return {
    async 'goods travel from maker to shop, and a batch is recalled'(w) {
      const { alice, bob: maker, carol: carrier, dave: inspector, erin: shop } = w;
      const chain = await w.deploy(built.SupplyChain);
      for (const [name, account] of [['MAKER', maker], ['CARRIER', carrier], ['INSPECTOR', inspector], ['SHOP', shop]])
        await w.send(chain, 'grantRole', [role(name), account.address]);
      await w.reverts(chain, 'make', [7n, papers('forged')],
        { error: 'AccessControlUnauthorizedAccount', args: [alice.address, role('MAKER')] });
      for (const [id, batch] of [[1n, 7n], [2n, 7n], [3n, 8n]]) {
        const made = await w.send(chain, 'make', [batch, papers(`good ${id}`)], { from: maker });
        w.events(made, chain, [['Transfer', { from: zeroAddress, to: maker.address, tokenId: id }],
          ['Made', { id, batch, document: papers(`good ${id}`) }]]);
      }
      assert.deepEqual(await w.read(chain, 'batchOf', [7n]), [1n, 2n]);

      await w.reverts(chain, 'transferFrom', [maker.address, shop.address, 1n], { error: 'OnlyByHandover' }, { from: maker });
      await w.reverts(chain, 'offer', [1n, alice.address], { error: 'NotAKeeper', args: [alice.address] }, { from: maker });
      await w.reverts(chain, 'offer', [1n, carrier.address],
        { error: 'ERC721InsufficientApproval', args: [carrier.address, 1n] }, { from: carrier });
      await w.send(chain, 'offer', [1n, carrier.address], { from: maker });
      await w.reverts(chain, 'accept', [1n, papers('x')], { error: 'NotOffered', args: [1n, shop.address] }, { from: shop });
      const accepted = await w.send(chain, 'accept', [1n, papers('loaded')], { from: carrier });
      w.events(accepted, chain, [['Transfer', { from: maker.address, to: carrier.address, tokenId: 1n }],
        ['Accepted', { id: 1n, by: carrier.address, handovers: 1n, document: papers('loaded') }]]);
      await w.reverts(chain, 'offer', [1n, shop.address], { error: 'NotCertified', args: [1n] }, { from: carrier });
      await w.send(chain, 'certify', [1n], { from: inspector });
      await w.send(chain, 'offer', [1n, shop.address], { from: carrier });
      await w.send(chain, 'accept', [1n, papers('on the shelf')], { from: shop });
      assert.equal(await w.read(chain, 'ownerOf', [1n]), shop.address);

      // Whoever asks reads the way of good 1 from the logs, by its topic.
      const way = await w.client.getContractEvents({ address: chain.address, abi: chain.abi, eventName: 'Accepted', args: { id: 1n }, fromBlock: 0n });
      assert.deepEqual(way.map(({ args }) => [args.by, args.document]),
        [[carrier.address, papers('loaded')], [shop.address, papers('on the shelf')]]);

      const recalled = await w.send(chain, 'recall', [7n, 'a loose screw'], { from: inspector });
      w.events(recalled, chain, [['Recalled', { batch: 7n, count: 2n, reason: 'a loose screw' }]]);
      await w.reverts(chain, 'offer', [2n, carrier.address], { error: 'IsRecalled', args: [7n, 'a loose screw'] }, { from: maker });
      await w.send(chain, 'offer', [3n, carrier.address], { from: maker });
      assert.deepEqual(await w.read(chain, 'goodOf', [1n]), [7n, 2n, papers('on the shelf'), zeroAddress, inspector.address]);
    },
  };
}
