// Compiles the contracts of this folder and writes them as a C++ header and source:
//   node compile.mjs OUTPUT_DIRECTORY
// One pinned compiler and fixed settings: the same sources give the same bytes everywhere.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadCompiler, runSolc } from '../../cmake/solidity.mjs';

const kCompilerVersion = '0.8.37';
const kContracts = ['SystemConfig', 'BatchInbox', 'OutputRegistry'];
const kSettings = {
  evmVersion: 'cancun',
  optimizer: { enabled: true, runs: 10_000 },
  metadata: { appendCBOR: false, bytecodeHash: 'none' },
  outputSelection: {
    '*': { '*': ['evm.bytecode.object', 'evm.methodIdentifiers'], '': ['ast'] },
  },
};

const here = dirname(fileURLToPath(import.meta.url));
const output = process.argv[2];
if (!output) fail('usage: node compile.mjs OUTPUT_DIRECTORY');

function fail(message) {
  console.error(`compile.mjs: ${message}`);
  process.exit(1);
}

function compile() {
  const version = loadCompiler().version();
  if (!version.startsWith(`${kCompilerVersion}+`)) fail(`solc ${kCompilerVersion} is needed, found ${version}: run npm ci`);
  const sources = {};
  for (const name of kContracts) {
    sources[`${name}.sol`] = { content: readFileSync(join(here, `${name}.sol`), 'utf8') };
  }
  return runSolc({ language: 'Solidity', sources, settings: kSettings }, { warnings: true });
}

const snake = (name) => name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
const pascal = (name) =>
  name === name.toUpperCase()
    ? name.toLowerCase().replace(/(^|_)([a-z])/g, (_, __, letter) => letter.toUpperCase())
    : name[0].toUpperCase() + name.slice(1);

function byteList(hex) {
  const bytes = hex.match(/../g).map((pair) => `0x${pair}`);
  const lines = [];
  for (let i = 0; i < bytes.length; i += 16) lines.push(`    ${bytes.slice(i, i + 16).join(', ')},`);
  return lines.join('\n');
}

/// What the C++ side needs of one contract: names with their selectors, topics and error selectors.
function describe(result, name) {
  const file = `${name}.sol`;
  const contract = result.contracts[file][name];
  const definition = result.sources[file].ast.nodes.find(
    (node) => node.nodeType === 'ContractDefinition' && node.name === name);
  const functions = Object.entries(contract.evm.methodIdentifiers).map(
    ([signature, selector]) => ({ name: signature.slice(0, signature.indexOf('(')), signature, selector }));
  const ofType = (type, field) => definition.nodes
    .filter((node) => node.nodeType === type)
    .map((node) => ({
      name: node.name,
      selector: node[field],
      parameters: node.parameters.parameters.map((p) => p.typeDescriptions.typeString).join(','),
    }));
  return {
    name,
    code: contract.evm.bytecode.object,
    functions,
    events: ofType('EventDefinition', 'eventSelector'),
    errors: ofType('ErrorDefinition', 'errorSelector'),
  };
}

function headerOf(contracts) {
  const parts = contracts.map((contract) => {
    const lines = [
      `/// l1-client/contracts/${contract.name}.sol`,
      `namespace ${snake(contract.name)} {`,
      'extern const chain::ByteView kCreationCode;  ///< constructor arguments follow it',
    ];
    for (const f of contract.functions) {
      lines.push(`inline constexpr std::uint32_t k${pascal(f.name)}Selector = 0x${f.selector};  ///< ${f.signature}`);
    }
    for (const e of contract.events) {
      lines.push(`/// ${e.name}(${e.parameters})`,
        `inline constexpr chain::Hash32 k${e.name}Topic{{`, byteList(e.selector), '}};');
    }
    lines.push(`}  // namespace ${snake(contract.name)}`);
    return lines.join('\n');
  });
  return `// Written by l1-client/contracts/compile.mjs; do not edit.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "chain/base/bytes.hpp"

namespace troupe::l1::artifacts {

${parts.join('\n\n')}

/// Custom errors of all contracts, to name a revert's reason.
struct NamedError {
    std::uint32_t selector;
    std::string_view signature;  ///< "NotBatcher(address,address)"
};
extern const std::span<const NamedError> kErrors;

}  // namespace troupe::l1::artifacts
`;
}

function sourceOf(contracts) {
  const codes = contracts.map((contract) => `namespace ${snake(contract.name)} {
static constexpr std::uint8_t kCreationCodeBytes[] = {
${byteList(contract.code)}
};
const chain::ByteView kCreationCode{kCreationCodeBytes};
}  // namespace ${snake(contract.name)}`);
  const errors = new Map();
  for (const contract of contracts) {
    for (const e of contract.errors) errors.set(e.selector, `${e.name}(${e.parameters})`);
  }
  const rows = [...errors].map(([selector, signature]) => `    {0x${selector}, "${signature}"},`);
  return `// Written by l1-client/contracts/compile.mjs; do not edit.
#include "contract_artifacts.hpp"

namespace troupe::l1::artifacts {

${codes.join('\n\n')}

static constexpr NamedError kErrorTable[] = {
${rows.join('\n')}
};
const std::span<const NamedError> kErrors{kErrorTable};

}  // namespace troupe::l1::artifacts
`;
}

const result = compile();
const contracts = kContracts.map((name) => describe(result, name));
const inbox = contracts.find((contract) => contract.name === 'BatchInbox');
for (const f of inbox.functions) {
  if (f.selector.startsWith('00')) fail(`BatchInbox.${f.signature}: its selector looks like data`);
}
mkdirSync(output, { recursive: true });
writeFileSync(join(output, 'contract_artifacts.hpp'), headerOf(contracts));
writeFileSync(join(output, 'contract_artifacts.cpp'), sourceOf(contracts));
