// Compiles Prediction.sol to C++ constants: of each contract the init code, of each function the
// selector.
//   node compile.mjs OUTPUT.hpp
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const fromRoot = createRequire(join(here, '..', '..', 'package.json'));
const name = 'Prediction.sol';
const input = {
  language: 'Solidity',
  sources: { [name]: { content: readFileSync(join(here, name), 'utf8') } },
  settings: {
    evmVersion: 'cancun',
    optimizer: { enabled: true, runs: 200 },
    metadata: { appendCBOR: false, bytecodeHash: 'none' },
    outputSelection: { '*': { '*': ['evm.bytecode.object', 'evm.methodIdentifiers'] } },
  },
};
const result = JSON.parse(fromRoot('solc').compile(JSON.stringify(input)));
const errors = (result.errors ?? []).filter((problem) => problem.severity === 'error');
for (const error of errors) console.error(error.formattedMessage);
if (errors.length > 0) process.exit(1);

const literal = (hex) => hex.match(/.{1,96}/g).map((line) => `    "${line}"`).join('\n');
const constants = Object.entries(result.contracts[name])
  .filter(([, built]) => built.evm.bytecode.object.length > 0)
  .map(([contract, built]) => {
    const selectors = Object.entries(built.evm.methodIdentifiers).map(
      ([signature, selector]) => `inline constexpr std::uint32_t k${contract}_${signature.split('(')[0]} = 0x${selector};\n`,
    );
    return `inline constexpr const char* k${contract} =\n${literal(built.evm.bytecode.object)};\n${selectors.join('')}`;
  });
writeFileSync(
  process.argv[2],
  `#pragma once\n\n#include <cstdint>\n\nnamespace troupe::bench::artifacts {\n\n${constants.join('\n')}\n}  // namespace troupe::bench::artifacts\n`,
);
