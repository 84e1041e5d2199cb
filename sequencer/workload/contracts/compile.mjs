// The token that the demo and the system tests deploy, as C++: DemoToken.sol compiled with the npm
// packages solc and @openzeppelin/contracts.
//   node compile.mjs OUTPUT.hpp
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..', '..');
const output = process.argv[2];
const fromRoot = createRequire(join(root, 'package.json'));

function compileToken() {
  const input = {
    language: 'Solidity',
    sources: { 'DemoToken.sol': { content: readFileSync(join(here, 'DemoToken.sol'), 'utf8') } },
    settings: {
      evmVersion: 'cancun',
      optimizer: { enabled: true, runs: 200 },
      metadata: { appendCBOR: false, bytecodeHash: 'none' },
      outputSelection: { '*': { '*': ['evm.bytecode.object'] } },
    },
  };
  const findImport = (path) => ({ contents: readFileSync(join(root, 'node_modules', path), 'utf8') });
  const result = JSON.parse(fromRoot('solc').compile(JSON.stringify(input), { import: findImport }));
  const errors = (result.errors ?? []).filter((problem) => problem.severity === 'error');
  if (errors.length > 0) {
    for (const error of errors) console.error(error.formattedMessage);
    process.exit(1);
  }
  return result.contracts['DemoToken.sol'].DemoToken.evm.bytecode.object;
}

// Lines of source have a length that compilers and editors bear.
const literal = (hex) => hex.match(/.{1,96}/g).map((line) => `    "${line}"`).join('\n');
writeFileSync(
  output,
  `#pragma once

#include <string_view>

namespace troupe::node::artifacts {

/// DemoToken.sol: init code in hexadecimal.
inline constexpr std::string_view kTokenInitCode =
${literal(compileToken())};

}  // namespace troupe::node::artifacts
`,
);
