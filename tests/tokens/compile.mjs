// Compiles StablecoinLike.sol to C++ constants.
//   node compile.mjs OUTPUT.hpp
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const fromRoot = createRequire(join(here, '..', '..', 'package.json'));
const name = 'StablecoinLike.sol';
const input = {
  language: 'Solidity',
  sources: { [name]: { content: readFileSync(join(here, name), 'utf8') } },
  settings: {
    evmVersion: 'cancun',
    optimizer: { enabled: true, runs: 200 },
    metadata: { appendCBOR: false, bytecodeHash: 'none' },
    outputSelection: { '*': { '*': ['evm.bytecode.object'] } },
  },
};
const result = JSON.parse(fromRoot('solc').compile(JSON.stringify(input)));
const errors = (result.errors ?? []).filter((problem) => problem.severity === 'error');
for (const error of errors) console.error(error.formattedMessage);
if (errors.length > 0) process.exit(1);

const literal = (hex) => hex.match(/.{1,96}/g).map((line) => `    "${line}"`).join('\n');
const constants = Object.entries(result.contracts[name]).map(
  ([contract, built]) => `inline constexpr const char* k${contract} =\n${literal(built.evm.bytecode.object)};\n`,
);
writeFileSync(process.argv[2], `#pragma once\n\n${constants.join('\n')}`);
