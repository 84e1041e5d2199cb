// Compiles Solidity with a solc that package-lock.json pins. What has been compiled is kept under the
// hash of everything that went in, so a second run does not compile.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { runSolc } from '../../../cmake/solidity.mjs';
import { packageJson, packagePath, repository } from './packages.mjs';

const cacheFolder = process.env.TROUPE_ECOSYSTEM_CACHE ?? join(repository, 'build/ecosystem-cache');
const ours = join(repository, 'tests/ecosystem/contracts');

const locate = (unit) => (unit.startsWith('ours/') ? join(ours, unit.slice(5)) : packagePath(unit));

/// The units named, and all they import: {path: {content}}.
function withImports(units, remap) {
  const sources = {};
  const waiting = [...units];
  while (waiting.length > 0) {
    const unit = waiting.pop();
    if (sources[unit]) continue;
    const content = readFileSync(locate(unit), 'utf8');
    sources[unit] = { content };
    for (const [, path] of content.matchAll(/^\s*(?:import|\}\s*from)[^;"']*["']([^"']+)["']/gm))
      waiting.push(remap(path.startsWith('.') ? posix.join(posix.dirname(unit), path) : path));
  }
  return sources;
}

/// Compiles `units` (paths below node_modules, or ours/Name.sol) and gives {Name: artifact}.
/// settings: solc's; remappings: `prefix=target` as solc knows them. compiler: the npm package.
export function compile(units, settings = {}, compiler = 'solc') {
  const remappings = settings.remappings ?? [];
  const remap = (path) => {
    const rule = remappings.map((line) => line.split('=')).find(([from]) => path.startsWith(from));
    return rule ? rule[1] + path.slice(rule[0].length) : path;
  };
  const sources = withImports(units, remap);
  const input = {
    language: 'Solidity',
    sources,
    settings: {
      optimizer: { enabled: true, runs: 200 }, evmVersion: 'prague', ...settings,
      outputSelection: Object.fromEntries(units.map((unit) => [unit, { '*': ['abi', 'evm.bytecode.object', 'evm.bytecode.linkReferences'] }])),
    },
  };
  const text = JSON.stringify(input);
  const version = packageJson(`${compiler}/package.json`).version;
  const kept = join(cacheFolder, `${createHash('sha256').update(version + text).digest('hex')}.json`);
  if (existsSync(kept)) return JSON.parse(readFileSync(kept, 'utf8'));

  const output = runSolc(input, { compiler });
  const artifacts = {};
  for (const contracts of Object.values(output.contracts)) {
    for (const [name, { abi, evm }] of Object.entries(contracts))
      artifacts[name] = { name, abi, bytecode: `0x${evm.bytecode.object}`, linkReferences: evm.bytecode.linkReferences };
  }
  mkdirSync(dirname(kept), { recursive: true });
  const written = `${kept}.${process.pid}`;
  writeFileSync(written, JSON.stringify(artifacts));
  renameSync(written, kept);
  return artifacts;
}
