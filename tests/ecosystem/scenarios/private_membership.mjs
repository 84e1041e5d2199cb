// Semaphore 4: a member of a group speaks without saying who it is. The Groth16 proof is made by snarkjs from the
// published circuit and keys, and checked by the published verifier: pairings (EIP-196, EIP-197) on chain.
import assert from 'node:assert/strict';
import { Group, Identity, generateProof, verifyProof } from '@semaphore-protocol/core';
import { encodeFunctionData } from 'viem';
import { compile } from '../support/compile.mjs';
import { packagePath } from '../support/packages.mjs';

export const needs = ['@semaphore-protocol/contracts', '@semaphore-protocol/core', '@zk-kit/semaphore-artifacts'];
const depth = 2;
const files = (suffix) => packagePath(`@zk-kit/semaphore-artifacts/semaphore-${depth}.${suffix}`);

export default function scenarios() {
  const built = compile(['@semaphore-protocol/contracts/Semaphore.sol', '@semaphore-protocol/contracts/base/SemaphoreVerifier.sol',
    'poseidon-solidity/PoseidonT3.sol']);
  const members = ['first', 'second', 'third'].map((secret) => new Identity(secret));
  // A proof is blinded by chance: one for both nodes, so that they are given the same bytes.
  let made;
  const proof = () => (made ??= generateProof(
    members[1], new Group(members.map(({ commitment }) => commitment)), 'yes', 'vote 1', depth,
    { wasm: files('wasm'), zkey: files('zkey') }));

  return {
    async 'a member proves membership once, and nobody else does'(w) {
      const { bob, carol } = w;
      const verifier = await w.deploy(built.SemaphoreVerifier);
      const poseidon = await w.deploy(built.PoseidonT3);
      const semaphore = await w.deploy(built.Semaphore, [verifier.address], { libraries: { PoseidonT3: poseidon.address } });
      await w.send(semaphore, 'createGroup');
      await w.reverts(semaphore, 'addMember', [0n, members[0].commitment],
        { error: 'Semaphore__CallerIsNotTheGroupAdmin' }, { from: bob });
      const commitments = members.map(({ commitment }) => commitment);
      const added = await w.send(semaphore, 'addMembers', [0n, commitments]);
      const { root } = new Group(commitments);
      w.events(added, semaphore, [['MembersAdded',
        { groupId: 0n, startIndex: 0n, identityCommitments: commitments, merkleTreeRoot: root }]]);
      assert.equal(await w.read(semaphore, 'getMerkleTreeRoot', [0n]), root);

      const given = await proof();
      assert.equal(await verifyProof(given), true);
      const asked = { merkleTreeDepth: BigInt(depth), merkleTreeRoot: root, nullifier: BigInt(given.nullifier), message: BigInt(given.message),
        scope: BigInt(given.scope), points: given.points.map(BigInt) };
      assert.equal(await w.read(semaphore, 'verifyProof', [0n, asked]), true);
      const changed = { ...asked, message: asked.message + 1n };
      assert.equal(await w.read(semaphore, 'verifyProof', [0n, changed]), false);
      await w.reverts(semaphore, 'validateProof', [0n, changed], { error: 'Semaphore__InvalidProof' }, { from: carol });
      // A point that is not on the curve: the precompile fails, and so does the proof.
      const bent = { ...asked, points: [asked.points[0] + 1n, ...asked.points.slice(1)] };
      assert.equal(await w.read(semaphore, 'verifyProof', [0n, bent]), false);

      const spoken = await w.send(semaphore, 'validateProof', [0n, asked], { from: carol });
      w.events(spoken, semaphore, [['ProofValidated', { groupId: 0n, merkleTreeDepth: asked.merkleTreeDepth, merkleTreeRoot: root,
        nullifier: asked.nullifier, message: asked.message, scope: asked.scope, points: asked.points }]]);
      // Nothing in the transaction or its log says which member it was.
      const input = encodeFunctionData({ abi: semaphore.abi, functionName: 'validateProof', args: [0n, asked] });
      for (const commitment of commitments) assert.ok(!input.includes(commitment.toString(16).padStart(64, '0')));
      await w.reverts(semaphore, 'validateProof', [0n, asked], { error: 'Semaphore__YouAreUsingTheSameNullifierTwice' }, { from: bob });

      // Without the member its proof is of another group.
      const group = new Group(commitments);
      const { siblings } = group.generateMerkleProof(1);
      group.removeMember(1);
      await w.send(semaphore, 'removeMember', [0n, commitments[1], siblings]);
      assert.equal(await w.read(semaphore, 'hasMember', [0n, commitments[1]]), false);
      assert.equal(await w.read(semaphore, 'getMerkleTreeRoot', [0n]), group.root);
    },
  };
}
