// Runs a scenario against a fresh Troupe and a fresh anvil and compares what they did.
//   node run.mjs TROUPE SCENARIO...          scenarios/SCENARIO.mjs
//   node run.mjs TROUPE --only troupe SCENARIO
// A scenario file exports as default a function that gives {title: async (world) => ...}, and as it likes: `needs`,
// npm packages; `together`, both nodes at the same time; `troupe`, options of startTroupe.
// Exit: 0 passed, 1 failed, 77 packages are missing.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { needPackages } from './support/packages.mjs';

needPackages('viem', 'solc', '@foundry-rs/anvil-linux-amd64/bin/anvil');
const { startAnvil, startTroupe } = await import('./support/nodes.mjs');
const { plain, World } = await import('./support/world.mjs');
const { retell } = await import('./support/retell.mjs');

const [given, ...names] = process.argv.slice(2);
const program = resolve(given);
const at = names.indexOf('--only');
const only = at < 0 ? undefined : names.splice(at, 2)[1];

async function runOn(start, scenarios) {
  const node = await start();
  const records = {};
  try {
    for (const [title, scenario] of Object.entries(scenarios)) {
      const world = new World(node);
      const began = performance.now();
      try {
        await scenario(world);
      } catch (error) {
        error.message = `on ${node.name}, ${title}: ${error.message}`;
        throw error;
      }
      const ms = performance.now() - began;
      const record = [...world.record, ...plain(await retell(node.url, world.hashes))];
      records[title] = { record, ms, transactions: world.transactions };
    }
  } catch (error) {
    console.log(`${node.name} said:\n${node.said().split('\n').slice(-20).join('\n')}`);
    throw error;
  } finally {
    await node.stop();
  }
  return records;
}

function compare(title, troupe, anvil) {
  for (const [i, entry] of troupe.entries())
    assert.deepEqual(entry, anvil[i], `${title}: Troupe (left) and anvil (right) differ at step ${i}`);
  assert.equal(troupe.length, anvil.length);
}

let failed = 0;
for (const name of names) {
  try {
    const module = await import(`./scenarios/${name}.mjs`);
    needPackages(...(module.needs ?? []));
    const scenarios = await module.default();
    const starters = { troupe: () => startTroupe(program, module.troupe), anvil: startAnvil };
    const results = {};
    const runs = Object.entries(starters).filter(([node]) => !only || only === node)
      .map(([node, start]) => async () => (results[node] = await runOn(start, scenarios)));
    if (module.together) await Promise.all(runs.map((run) => run()));
    else for (const run of runs) await run();
    for (const title of Object.keys(scenarios)) {
      if (!only) compare(title, results.troupe[title].record, results.anvil[title].record);
      const times = Object.entries(results).map(([node, of]) => `${node} ${of[title].ms.toFixed(0)} ms`);
      const { record, transactions } = Object.values(results)[0][title];
      console.log(`ok ${name}: ${title} (${transactions} transactions, ${record.length} steps compared; ${times.join(', ')})`);
    }
    if (process.env.TROUPE_ECOSYSTEM_RECORD) writeFileSync(process.env.TROUPE_ECOSYSTEM_RECORD, JSON.stringify(results, null, 1));
  } catch (error) {
    ++failed;
    console.log(`FAILED ${name}\n${error.stack ?? error}`);
  }
}
process.exit(failed === 0 ? 0 : 1);
