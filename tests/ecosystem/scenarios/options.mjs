// Options: Primitive's RMM-01, a market whose liquidity is a covered call. What it charges follows from Black and
// Scholes, computed here in floating point and there in fixed point, with a normal distribution whose error is
// at most 3.15e-3 as its source says.
import assert from 'node:assert/strict';
import { encodePacked, formatEther, keccak256, maxUint256, parseEther } from 'viem';
import { compile } from '../support/compile.mjs';
import { hardhatArtifact } from '../support/packages.mjs';

export const needs = ['@openzeppelin/contracts', '@primitivefi/rmm-core'];
const folder = '@primitivefi/rmm-core/artifacts/contracts';
const ether = parseEther;
const yearSeconds = 31_556_952;
const [strike, sigma, gamma] = [ether('100'), 1_000, 9_985];  // 100 a piece, 10 % a year, a fee of 0.15 %
const maturity = 4_000_000_000;  // 2096
const byTheClock = { changing: true };

/// The normal distribution, by the series of its integral.
function normal(x) {
  let [term, sum] = [x, x];
  for (let n = 1; n < 200; ++n) sum += (term *= (x * x) / (2 * n + 1));
  return 0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
}

function inverseNormal(p) {
  let [low, high] = [-8, 8];
  for (let i = 0; i < 100; ++i) {
    const middle = (low + high) / 2;
    if (normal(middle) < p) low = middle;
    else high = middle;
  }
  return low;
}

/// What a unit of liquidity with `risky` of the asset holds of the stable token: K * N(N'(1 - risky) - sigma * sqrt(tau)).
function stableFor(risky, timestamp) {
  const tau = (maturity - Number(timestamp)) / yearSeconds;
  return Number(formatEther(strike)) * normal(inverseNormal(1 - risky) - (sigma / 10_000) * Math.sqrt(tau));
}

export default function scenarios() {
  const built = compile(['ours/Tokens.sol']);
  return {
    async 'a covered call is written, traded and bought back'(w) {
      const { alice, bob } = w;
      const factory = await w.deploy(hardhatArtifact(folder, 'PrimitiveFactory'));
      const [risky, stable] = [await w.deploy(built.Coin, ['Risky', 'RSK']), await w.deploy(built.Coin, ['Stable', 'STB'])];
      await w.reverts(factory, 'deploy', [risky.address, risky.address], { error: 'SameTokenError' });
      const deployed = await w.send(factory, 'deploy', [risky.address, stable.address]);
      const engine = { abi: hardhatArtifact(folder, 'PrimitiveEngine').abi, address: w.event(deployed, factory.abi, 'DeployEngine').engine };
      const router = await w.deploy(hardhatArtifact(`${folder}/test`, 'TestRouter'), [engine.address]);
      for (const coin of [risky, stable]) {
        for (const account of [alice, bob]) {
          await w.send(coin, 'mint', [account.address, ether('100000')]);
          await w.send(coin, 'approve', [router.address, maxUint256], { from: account });
        }
      }

      const pool = (riskyPerLp, liquidity) => [strike, sigma, maturity, gamma, riskyPerLp, liquidity, '0x'];
      await w.reverts(router, 'create', [0n, ...pool(1n, 1n).slice(1)], { error: 'StrikeError', args: [0n] }, { errors: engine.abi });
      await w.reverts(router, 'create', [strike, sigma, 1_000_000_000, gamma, ether('0.5'), ether('10'), '0x'],
        { error: 'PoolExpiredError' }, { errors: engine.abi });
      const created = await w.send(router, 'create', pool(ether('0.5'), ether('100')), byTheClock);
      assert.deepEqual(w.event(created, engine.abi, 'Create'), { from: router.address, strike, sigma, maturity, gamma });
      const poolId = keccak256(encodePacked(['address', 'uint128', 'uint32', 'uint32', 'uint32'], [engine.address, strike, sigma, maturity, gamma]));
      const { timestamp } = await w.client.getBlock({ blockNumber: created.blockNumber });
      const [reserveRisky, reserveStable, liquidity] = await w.read(engine, 'reserves', [poolId], byTheClock);
      assert.deepEqual([reserveRisky, liquidity], [ether('50'), ether('100')]);
      // 100 units of a strike of 100.
      const expected = 100 * stableFor(0.5, timestamp);
      assert.ok(Math.abs(Number(formatEther(reserveStable)) - expected) < 100 * 100 * 3.15e-3, `${formatEther(reserveStable)} for ${expected}`);
      await w.reverts(router, 'create', pool(ether('0.5'), ether('100')), { error: 'PoolDuplicateError' }, { errors: engine.abi });

      // Bob sells 2 of the asset. The reserves must stay on the curve, with the fee taken from what he gives.
      const fair = Number(formatEther(
        await w.read(router, 'getStableOutGivenRiskyIn', [poolId, ether('2')], byTheClock)));
      const curve = 100 * (stableFor(0.5, timestamp) - stableFor(0.52, timestamp));
      assert.ok(Math.abs(fair / curve - 1) < 0.02, `${fair} for ${curve}`);
      const trade = (share) => [bob.address, poolId, true, ether('2'), ether((fair * share).toFixed(12)), false, false, '0x'];
      await w.reverts(router, 'swap', trade(1.001), { error: 'InvariantError' }, { from: bob, errors: engine.abi, changing: true });
      const swapped = await w.send(router, 'swap', trade(0.9999), { from: bob, ...byTheClock });
      const { deltaIn, deltaOut, riskyForStable } = w.event(swapped, engine.abi, 'Swap');
      assert.deepEqual([riskyForStable, deltaIn, deltaOut], [true, ether('2'), trade(0.9999)[4]]);
      assert.equal(await w.read(stable, 'balanceOf', [bob.address], byTheClock), ether('100000') + deltaOut);
      assert.equal(await w.read(risky, 'balanceOf', [engine.address]), ether('52'));

      // The writer takes the liquidity back, with the fee; a thousandth part of a billionth stays for ever.
      const mine = await w.read(engine, 'liquidity', [router.address, poolId]);
      assert.equal(mine, ether('100') - (await w.read(engine, 'MIN_LIQUIDITY')));
      await w.reverts(router, 'remove', [poolId, mine + 1n, '0x'], { panic: 0x11n }, { changing: 'gas' });
      const removed = await w.send(router, 'remove', [poolId, mine, '0x'], byTheClock);
      const { delRisky, delStable } = w.event(removed, engine.abi, 'Remove');
      assert.equal(delRisky, (ether('52') * mine) / ether('100'));
      assert.equal(delStable, ((reserveStable - deltaOut) * mine) / ether('100'));
      assert.deepEqual(await w.read(engine, 'margins', [router.address], byTheClock), [delRisky, delStable]);
      await w.send(router, 'withdraw', [delRisky, delStable], byTheClock);
      assert.equal(await w.read(risky, 'balanceOf', [alice.address]), ether('99950') + delRisky);
    },
  };
}
