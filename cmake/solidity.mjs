// solc as package-lock.json pins it: what every script that compiles contracts shares. Needs nothing but
// the npm package solc itself.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const fromRoot = createRequire(join(root, 'package.json'));

/// @param compiler  the npm package
/// @throws Error that says how to get it
export function loadCompiler(compiler = 'solc') {
  try {
    return fromRoot(compiler);
  } catch (missing) {
    throw new Error(`the npm package ${compiler} is missing: run ./dev setup, or npm ci in the project root`, { cause: missing });
  }
}

/// Runs solc on its standard JSON input. Imports that are not among the sources are looked for in node_modules.
/// @param options.warnings  they count as errors, too
/// @throws Error with what solc says
export function runSolc(input, { compiler, warnings = false } = {}) {
  const findImport = (path) => ({ contents: readFileSync(join(root, 'node_modules', path), 'utf8') });
  const output = JSON.parse(loadCompiler(compiler).compile(JSON.stringify(input), { import: findImport }));
  const problems = (output.errors ?? []).filter(({ severity }) => warnings || severity === 'error');
  if (problems.length > 0) throw new Error(problems.map(({ formattedMessage }) => formattedMessage).join('\n'));
  return output;
}

/// Compiles one file without metadata, so that the same source gives the same bytes everywhere.
/// @param outputs  of each contract, as solc names them
/// @return {Name: what solc makes of the contract}
export function compileFile(path, outputs = ['evm.bytecode.object'], evmVersion = 'cancun') {
  const name = basename(path);
  return runSolc({
    language: 'Solidity',
    sources: { [name]: { content: readFileSync(path, 'utf8') } },
    settings: {
      evmVersion,
      optimizer: { enabled: true, runs: 200 },
      metadata: { appendCBOR: false, bytecodeHash: 'none' },
      outputSelection: { '*': { '*': outputs } },
    },
  }).contracts[name];
}

/// A C++ string literal, in lines of a length that compilers and editors bear.
export const literal = (hex) => hex.match(/.{1,96}/g).map((line) => `    "${line}"`).join('\n');
