// Compiles Prediction.sol to C++ constants: of each contract the init code, of each function the
// selector.
//   node compile.mjs OUTPUT.hpp
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compileFile, literal } from '../../cmake/solidity.mjs';

const contracts = compileFile(
  fileURLToPath(new URL('Prediction.sol', import.meta.url)), ['evm.bytecode.object', 'evm.methodIdentifiers']);
const constants = Object.entries(contracts)
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
