// Compares our EVM with @ethereumjs/vm on random cases:
//   node compare.mjs PROGRAM --seconds N [--seed S] [--keep FOLDER]
// Prints its seed. The first difference is made small, saved in FOLDER as a state test and ends the
// run with exit status 1. 77: Node.js is too old, or the npm packages are not there.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const kBatch = 200; // cases per start of our program
const kSkipped = 77;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string' },
    keep: { type: 'string', default: 'build/evm_differential' },
    cases: { type: 'string', default: '1000000000' },
  },
});
const [program] = positionals;
const seed = options.seed ?? String(Date.now() % 1_000_000_000);
const deadline = Date.now() + Number(options.seconds) * 1000;

let execute;
try {
  ({ execute } = await import('./ethereumjs.mjs'));
} catch (error) {
  console.log(`skipped: ${error.message.split('\n')[0]} (Node.js ${process.version})`);
  process.exit(kSkipped);
}

function generate(first, count, without = []) {
  const text = execFileSync(program, [seed, String(first), String(count), without.join(',')], {
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

// The first field in which two values differ, as "path: ours, theirs"; empty where none does.
function difference(ours, theirs, path = '') {
  if (typeof ours !== 'object' || ours === null || typeof theirs !== 'object') {
    return ours === theirs ? '' : `${path}: ours ${JSON.stringify(ours)}, theirs ${JSON.stringify(theirs)}`;
  }
  for (const key of new Set([...Object.keys(ours), ...Object.keys(theirs)])) {
    const found = difference(ours[key], theirs[key], `${path}.${key}`);
    if (found) return found;
  }
  return '';
}

async function judge({ ours, test }) {
  const theirs = await execute(test);
  // Each side has words of its own for why it refuses.
  const comparable = (result) => ({ ...result, refused: result.refused !== undefined });
  const found = difference(comparable(ours), comparable(theirs));
  return found && `${found}${theirs.refused ? ` (theirs refuses: ${theirs.refused})` : ''}${
    ours.refused ? ` (ours refuses: ${ours.refused})` : ''}`;
}

// Leaves out every piece without which the difference stays.
async function minimised(index, pieces) {
  const without = [];
  for (let piece = pieces - 1; piece >= 0; --piece) {
    const [smaller] = generate(index, 1, [...without, piece]);
    if (await judge(smaller)) without.push(piece);
  }
  return generate(index, 1, without)[0];
}

function save(test, found, index) {
  const name = `seed_${seed}_case_${index}`;
  mkdirSync(options.keep, { recursive: true });
  const file = join(options.keep, `${name}.json`);
  const comment = `${found}; hash and logs are ours until the difference is understood`;
  writeFileSync(file, `${JSON.stringify({ [name]: { ...test, _info: { comment } } }, null, 1)}\n`);
  return file;
}

console.log(`seed ${seed}`);
const counts = { cases: 0, refused: 0, failed: 0, created: 0 };
for (let first = 0; Date.now() < deadline && counts.cases < Number(options.cases); first += kBatch) {
  for (const line of generate(first, kBatch)) {
    if (Date.now() >= deadline || counts.cases >= Number(options.cases)) break;
    const found = await judge(line);
    counts.cases += 1;
    if (line.ours.refused) counts.refused += 1;
    else if (!line.ours.success) counts.failed += 1;
    if (!found) continue;
    console.log(`DIFFERENT: seed ${seed} case ${line.index}: ${found}`);
    // One machine runs a batch: what earlier cases left in it must not matter.
    if (!(await judge(generate(line.index, 1)[0]))) {
      console.log(`alone it is equal: it depends on the cases from ${first} on`);
      console.log(`saved: ${save(line.test, found, line.index)}`);
      process.exit(1);
    }
    const small = await minimised(line.index, line.pieces);
    const file = save(small.test, await judge(small), line.index);
    console.log(`made small: ${await judge(small)}\nsaved: ${file}`);
    process.exit(1);
  }
}
console.log(`${counts.cases} cases equal (${counts.refused} refused, ${counts.failed} failed)`);
