// Compiles BenchToken.sol with the npm packages solc and @openzeppelin/contracts:
//   node compile.mjs OUTPUT.hpp
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..');
const output = process.argv[2];

const solc = createRequire(join(root, 'package.json'))('solc');
const input = {
  language: 'Solidity',
  sources: { 'BenchToken.sol': { content: readFileSync(join(here, 'BenchToken.sol'), 'utf8') } },
  settings: {
    evmVersion: 'cancun',
    optimizer: { enabled: true, runs: 200 },
    metadata: { appendCBOR: false, bytecodeHash: 'none' },
    outputSelection: { '*': { '*': ['evm.bytecode.object'] } },
  },
};
const findImport = (path) => ({ contents: readFileSync(join(root, 'node_modules', path), 'utf8') });
const result = JSON.parse(solc.compile(JSON.stringify(input), { import: findImport }));
const errors = (result.errors ?? []).filter((problem) => problem.severity === 'error');
if (errors.length > 0) {
  for (const error of errors) console.error(error.formattedMessage);
  process.exit(1);
}
const hex = result.contracts['BenchToken.sol'].BenchToken.evm.bytecode.object;
// Lines of source have a length that compilers and editors bear.
const lines = hex.match(/.{1,96}/g).map((line) => `    "${line}"`);
writeFileSync(
  output,
  `#pragma once

#include <string_view>

namespace troupe::bench {

/// bench/contracts/BenchToken.sol, compiled: its init code in hexadecimal.
inline constexpr std::string_view kBenchTokenInitCode =
${lines.join('\n')};

}  // namespace troupe::bench
`,
);
