// Compiles StablecoinLike.sol to C++ constants.
//   node compile.mjs OUTPUT.hpp
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compileFile, literal } from '../../cmake/solidity.mjs';

const contracts = compileFile(fileURLToPath(new URL('StablecoinLike.sol', import.meta.url)));
const constants = Object.entries(contracts).map(
  ([contract, built]) => `inline constexpr const char* k${contract} =\n${literal(built.evm.bytecode.object)};\n`,
);
writeFileSync(process.argv[2], `#pragma once\n\n${constants.join('\n')}`);
