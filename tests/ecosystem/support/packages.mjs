// Finds what npm installed. Everything foreign is read from there when a test runs; nothing is copied.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repository = join(dirname(fileURLToPath(import.meta.url)), '../../..');

/// Says which packages are missing and ends the program as CTest's "skipped" when there are any.
export function needPackages(...names) {
  const missing = names.filter((name) => !existsSync(packagePath(name)));
  if (missing.length === 0) return;
  console.log(`skipped: ${missing.join(', ')} not installed (./dev setup does it)`);
  process.exit(77);
}

export const packagePath = (path) => join(repository, 'node_modules', path);
export const packageJson = (path) => JSON.parse(readFileSync(packagePath(path), 'utf8'));

/// A published contract: {abi, bytecode, linkReferences}, whichever of the usual forms it has.
export function artifact(path) {
  const json = packageJson(path);
  const code = json.bytecode ?? json.evm.bytecode;
  return {
    name: json.contractName ?? path.split('/').pop().replace('.json', ''),
    abi: json.abi,
    bytecode: hex(typeof code === 'string' ? code : code.object),
    linkReferences: json.linkReferences ?? json.evm?.bytecode?.linkReferences ?? {},
  };
}

const hex = (text) => (text.startsWith('0x') ? text : `0x${text}`);

/// Hardhat's layout: <folder>/Name.sol/Name.json
export const hardhatArtifact = (folder, name) => artifact(`${folder}/${name}.sol/${name}.json`);
