// ERC-3643 (T-REX 4.1): a token for real-world assets that only verified investors of allowed countries hold.
// Identities and claims are OnchainID's.
import assert from 'node:assert/strict';
import { encodeAbiParameters, encodeFunctionData, keccak256, toHex, zeroAddress } from 'viem';
import { artifact } from '../support/packages.mjs';

export const needs = ['@tokenysolutions/t-rex'];
const folder = '@tokenysolutions/t-rex/artifacts';
const published = (path) => artifact(`${folder}/${path}.sol/${path.split('/').pop()}.json`);
const topic = BigInt(keccak256(toHex('passed know-your-customer')));
const claimPurpose = 3n;
const [germany, france, elsewhere] = [276, 250, 408];

const keyOf = (address) => keccak256(encodeAbiParameters([{ type: 'address' }], [address]));

/// The whole suite behind its proxies, as its factory makes it.
async function suite(w) {
  const { alice } = w;
  const implementations = {};
  for (const [name, path] of Object.entries({
    tokenImplementation: 'contracts/token/Token', ctrImplementation: 'contracts/registry/implementation/ClaimTopicsRegistry',
    irImplementation: 'contracts/registry/implementation/IdentityRegistry', irsImplementation: 'contracts/registry/implementation/IdentityRegistryStorage',
    tirImplementation: 'contracts/registry/implementation/TrustedIssuersRegistry', mcImplementation: 'contracts/compliance/modular/ModularCompliance' }))
    implementations[name] = await w.deploy(published(path));
  const authority = await w.deploy(published('contracts/proxy/authority/TREXImplementationAuthority'), [true, zeroAddress, zeroAddress]);
  await w.send(authority, 'addAndUseTREXVersion', [{ major: 4, minor: 1, patch: 6 },
    Object.fromEntries(Object.entries(implementations).map(([name, { address }]) => [name, address]))]);
  const behind = async (proxy, abi, args = []) =>
    ({ ...(await w.deploy(published(`contracts/proxy/${proxy}`), [authority.address, ...args])), abi });
  const topics = await behind('ClaimTopicsRegistryProxy', implementations.ctrImplementation.abi);
  const issuers = await behind('TrustedIssuersRegistryProxy', implementations.tirImplementation.abi);
  const storage = await behind('IdentityRegistryStorageProxy', implementations.irsImplementation.abi);
  const registry = await behind('IdentityRegistryProxy', implementations.irImplementation.abi, [issuers.address, topics.address, storage.address]);
  const compliance = await behind('ModularComplianceProxy', implementations.mcImplementation.abi);
  const token = await behind('TokenProxy', implementations.tokenImplementation.abi,
    [registry.address, compliance.address, 'Tower share', 'TWR', 0, zeroAddress]);
  await w.send(storage, 'bindIdentityRegistry', [registry.address]);
  for (const contract of [token, registry]) await w.send(contract, 'addAgent', [alice.address]);
  await w.send(topics, 'addClaimTopic', [topic]);
  return { topics, issuers, registry, compliance, token };
}

export default function scenarios() {
  return {
    async 'only verified investors of allowed countries hold it'(w) {
      const { alice, bob, carol, dave, erin } = w;
      const { issuers, registry, compliance, token } = await suite(w);

      const issuer = await w.deploy(published('@onchain-id/solidity/contracts/ClaimIssuer'), [erin.address], { from: erin });
      await w.send(issuer, 'addKey', [keyOf(erin.address), claimPurpose, 1n], { from: erin });
      await w.send(issuers, 'addTrustedIssuer', [issuer.address, [topic]]);
      const identities = {};
      for (const [account, country] of [[bob, germany], [carol, france], [dave, elsewhere]]) {
        const identity = await w.deploy(published('@onchain-id/solidity/contracts/Identity'), [account.address, false], { from: account });
        const data = toHex(`passport of ${country}`);
        const claim = keccak256(encodeAbiParameters([{ type: 'address' }, { type: 'uint256' }, { type: 'bytes' }], [identity.address, topic, data]));
        const signature = await erin.signMessage({ message: { raw: claim } });
        const added = await w.send(identity, 'addClaim', [topic, 1n, issuer.address, signature, data, ''], { from: account });
        assert.equal(w.event(added, identity.abi, 'ClaimAdded').topic, topic);
        const registered = await w.send(registry, 'registerIdentity', [account.address, identity.address, country]);
        assert.equal(w.event(registered, registry.abi, 'IdentityRegistered').identity, identity.address);
        assert.equal(await w.read(registry, 'isVerified', [account.address]), true);
        identities[account.address] = { identity, signature };
      }

      const restrict = published('contracts/compliance/modular/modules/CountryRestrictModule');
      const code = await w.deploy(restrict);
      const module = { ...(await w.deploy(published('contracts/compliance/modular/modules/ModuleProxy'),
        [code.address, encodeFunctionData({ abi: restrict.abi, functionName: 'initialize' })])), abi: restrict.abi };
      await w.send(compliance, 'addModule', [module.address]);
      const forbidding = encodeFunctionData({ abi: restrict.abi, functionName: 'addCountryRestriction', args: [elsewhere] });
      const forbidden = await w.send(compliance, 'callModuleFunction', [forbidding, module.address]);
      w.events(forbidden, module, [['AddedRestrictedCountry', { _compliance: compliance.address, _country: elsewhere }]]);

      const minted = await w.send(token, 'mint', [bob.address, 1000n]);
      w.events(minted, token, [['Transfer', { from: zeroAddress, to: bob.address, value: 1000n }]]);
      await w.reverts(token, 'mint', [erin.address, 1n], { reason: 'Identity is not verified.' });
      await w.reverts(token, 'mint', [dave.address, 1n], { reason: 'Compliance not followed' });
      await w.reverts(token, 'mint', [bob.address, 1n], { reason: 'AgentRole: caller does not have the Agent role' }, { from: bob });
      await w.reverts(token, 'transfer', [carol.address, 1n], { reason: 'Pausable: paused' }, { from: bob });
      await w.send(token, 'unpause');
      const sent = await w.send(token, 'transfer', [carol.address, 300n], { from: bob });
      w.events(sent, token, [['Transfer', { from: bob.address, to: carol.address, value: 300n }]]);
      await w.reverts(token, 'transfer', [dave.address, 1n], { reason: 'Transfer not possible' }, { from: bob });
      await w.reverts(token, 'transfer', [erin.address, 1n], { reason: 'Transfer not possible' }, { from: bob });

      await w.send(token, 'freezePartialTokens', [carol.address, 250n]);
      await w.reverts(token, 'transfer', [bob.address, 51n], { reason: 'Insufficient Balance' }, { from: carol });
      await w.send(token, 'transfer', [bob.address, 50n], { from: carol });
      await w.send(token, 'setAddressFrozen', [bob.address, true]);
      await w.reverts(token, 'transfer', [carol.address, 1n], { reason: 'wallet is frozen' }, { from: bob });
      // A court orders: the agent moves what is frozen, and the freeze shrinks with it.
      const forced = await w.send(token, 'forcedTransfer', [carol.address, bob.address, 100n]);
      w.events(forced, token, [['TokensUnfrozen', { _userAddress: carol.address, _amount: 100n }],
        ['Transfer', { from: carol.address, to: bob.address, value: 100n }]]);
      assert.equal(await w.read(token, 'getFrozenTokens', [carol.address]), 150n);
      assert.equal(await w.read(token, 'balanceOf', [bob.address]), 850n);

      // The issuer takes its word back: the investor is not verified any more and receives nothing.
      await w.send(token, 'setAddressFrozen', [bob.address, false]);
      await w.send(issuer, 'revokeClaimBySignature', [identities[carol.address].signature], { from: erin });
      assert.equal(await w.read(registry, 'isVerified', [carol.address]), false);
      await w.reverts(token, 'transfer', [carol.address, 1n], { reason: 'Transfer not possible' }, { from: bob });
      assert.equal(await w.read(token, 'totalSupply'), 1000n);
      assert.equal(await w.read(token, 'owner'), alice.address);
    },
  };
}
