// The token that the demo and the system tests deploy, as C++: DemoToken.sol compiled with the npm
// packages solc and @openzeppelin/contracts.
//   node compile.mjs OUTPUT.hpp
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compileFile, literal } from '../../../cmake/solidity.mjs';

const { DemoToken } = compileFile(fileURLToPath(new URL('DemoToken.sol', import.meta.url)));
writeFileSync(
  process.argv[2],
  `#pragma once

#include <string_view>

namespace troupe::node::artifacts {

/// DemoToken.sol: init code in hexadecimal.
inline constexpr std::string_view kTokenInitCode =
${literal(DemoToken.evm.bytecode.object)};

}  // namespace troupe::node::artifacts
`,
);
