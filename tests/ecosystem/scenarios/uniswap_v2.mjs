// Uniswap V2 as published: factory, router, WETH. Prices follow from x * y = k with a fee of 0.3 %.
import assert from 'node:assert/strict';
import { getContractAddress, encodePacked, keccak256, maxUint256, parseEther, zeroAddress } from 'viem';
import { compile } from '../support/compile.mjs';
import { artifact } from '../support/packages.mjs';

export const needs = ['@openzeppelin/contracts', '@uniswap/v2-core', '@uniswap/v2-periphery'];
const ether = parseEther;
const forever = 2n ** 48n;
// The first of a second also sums up prices for oracles.
const byTheClock = { changing: 'gas' };

/// What the pair gives for `amount`: UniswapV2Library.getAmountOut.
const amountOut = (amount, reserveIn, reserveOut) =>
  (amount * 997n * reserveOut) / (reserveIn * 1000n + amount * 997n);

export default function scenarios() {
  const built = compile(['ours/Tokens.sol']);
  const factoryCode = artifact('@uniswap/v2-core/build/UniswapV2Factory.json');
  const pairCode = artifact('@uniswap/v2-core/build/UniswapV2Pair.json');
  const routerCode = artifact('@uniswap/v2-periphery/build/UniswapV2Router02.json');
  const wethCode = artifact('@uniswap/v2-periphery/build/WETH9.json');
  return {
    async 'a pool is filled, swapped in and emptied'(w) {
      const { alice, bob, carol } = w;
      const weth = await w.deploy(wethCode);
      const coins = [await w.deploy(built.Coin, ['One', 'ONE']), await w.deploy(built.Coin, ['Two', 'TWO'])];
      const [token0, token1] = coins.sort((a, b) => (a.address.toLowerCase() < b.address.toLowerCase() ? -1 : 1));
      const factory = await w.deploy(factoryCode, [alice.address]);
      const router = await w.deploy(routerCode, [factory.address, weth.address]);
      for (const coin of coins) {
        await w.send(coin, 'mint', [alice.address, ether('1000000')]);
        await w.send(coin, 'mint', [bob.address, ether('1000')]);
        for (const from of [alice, bob]) await w.send(coin, 'approve', [router.address, maxUint256], { from });
      }

      const pair = { abi: pairCode.abi, address: getContractAddress({
        from: factory.address, opcode: 'CREATE2', bytecodeHash: keccak256(pairCode.bytecode),
        salt: keccak256(encodePacked(['address', 'address'], [token0.address, token1.address])) }) };
      const [gave0, gave1] = [ether('1000'), ether('4000')];
      const added = await w.send(router, 'addLiquidity',
        [token0.address, token1.address, gave0, gave1, 0n, 0n, alice.address, forever], byTheClock);
      // sqrt(1000 * 4000) shares, of which 1,000 wei stay locked for ever.
      const shares = ether('2000') - 1000n;
      w.events(added, factory, [['PairCreated', [token0.address, token1.address, pair.address, 1n]]]);
      w.events(added, pair, [
        ['Transfer', { from: zeroAddress, to: zeroAddress, value: 1000n }],
        ['Transfer', { from: zeroAddress, to: alice.address, value: shares }],
        ['Sync', { reserve0: gave0, reserve1: gave1 }],
        ['Mint', { sender: router.address, amount0: gave0, amount1: gave1 }],
      ]);
      await w.reverts(factory, 'createPair', [token1.address, token0.address], { reason: 'UniswapV2: PAIR_EXISTS' });

      const paid = ether('10');
      const got = amountOut(paid, gave0, gave1);
      assert.deepEqual(await w.read(router, 'getAmountsOut', [paid, [token0.address, token1.address]]), [paid, got]);
      await w.reverts(router, 'swapExactTokensForTokens',
        [paid, got + 1n, [token0.address, token1.address], bob.address, forever],
        { reason: 'UniswapV2Router: INSUFFICIENT_OUTPUT_AMOUNT' }, { from: bob, changing: 'gas' });
      await w.reverts(router, 'swapExactTokensForTokens', [paid, 0n, [token0.address, token1.address], bob.address, 1n],
        { reason: 'UniswapV2Router: EXPIRED' }, { from: bob });
      const swapped = await w.send(router, 'swapExactTokensForTokens',
        [paid, got, [token0.address, token1.address], bob.address, forever],
        { from: bob, ...byTheClock });
      w.events(swapped, pair, [
        ['Sync', { reserve0: gave0 + paid, reserve1: gave1 - got }],
        ['Swap', { sender: router.address, amount0In: paid, amount1In: 0n, amount0Out: 0n, amount1Out: got, to: bob.address }],
      ]);
      assert.equal(await w.read(token1, 'balanceOf', [bob.address]), ether('1000') + got);
      const [reserve0, reserve1] = await w.read(pair, 'getReserves', [], { changing: true });
      assert.deepEqual([reserve0, reserve1], [gave0 + paid, gave1 - got]);

      // Someone who takes without paying is stopped by k.
      await w.reverts(pair, 'swap', [0n, ether('1'), carol.address, '0x'],
        { reason: 'UniswapV2: INSUFFICIENT_INPUT_AMOUNT' }, { from: carol });

      await w.send(pair, 'approve', [router.address, maxUint256]);
      const removed = await w.send(router, 'removeLiquidity',
        [token0.address, token1.address, shares, 0n, 0n, alice.address, forever], byTheClock);
      const [out0, out1] = [reserve0, reserve1].map((reserve) => (shares * reserve) / (shares + 1000n));
      assert.deepEqual(w.event(removed, pair.abi, 'Burn'),
        { sender: router.address, amount0: out0, amount1: out1, to: alice.address });
      assert.equal(await w.read(pair, 'totalSupply'), 1000n);
      assert.equal(await w.read(token0, 'balanceOf', [pair.address]), reserve0 - out0);
    },

    async 'ether is swapped by way of WETH'(w) {
      const { alice, bob } = w;
      const weth = await w.deploy(wethCode);
      const coin = await w.deploy(built.Coin, ['Coin', 'COIN']);
      const factory = await w.deploy(factoryCode, [alice.address]);
      const router = await w.deploy(routerCode, [factory.address, weth.address]);
      await w.send(coin, 'mint', [alice.address, ether('5000')]);
      await w.send(coin, 'approve', [router.address, maxUint256]);
      await w.send(router, 'addLiquidityETH',
        [coin.address, ether('5000'), 0n, 0n, alice.address, forever], { value: ether('50') });
      const got = amountOut(ether('1'), ether('50'), ether('5000'));
      await w.send(router, 'swapExactETHForTokens', [got, [weth.address, coin.address], bob.address, forever],
        { from: bob, value: ether('1'), ...byTheClock });
      assert.equal(await w.read(coin, 'balanceOf', [bob.address]), got);
      assert.equal(await w.balance(weth.address), ether('51'));
      await w.send(coin, 'approve', [router.address, maxUint256], { from: bob });
      const back = amountOut(got, ether('5000') - got, ether('51'));
      const sold = await w.send(router, 'swapExactTokensForETH', [got, back, [coin.address, weth.address], bob.address, forever],
        { from: bob, ...byTheClock });
      w.events(sold, weth, [
        ['Transfer', { src: await w.read(factory, 'getPair', [coin.address, weth.address]), dst: router.address, wad: back }],
        ['Withdrawal', { src: router.address, wad: back }],
      ]);
      assert.equal(await w.balance(weth.address), ether('51') - back);
    },
  };
}
