// Uniswap V3 as published: factory, position manager, router, QuoterV2. One pool of the whole range at price 1,
// so that the swap formulas of the whitepaper can be written out here.
import assert from 'node:assert/strict';
import { concatHex, encodeAbiParameters, getContractAddress, keccak256, maxUint256, numberToHex, parseEther, zeroAddress } from 'viem';
import { compile } from '../support/compile.mjs';
import { artifact, hardhatArtifact } from '../support/packages.mjs';

export const needs = ['@openzeppelin/contracts', '@uniswap/v3-core', '@uniswap/v3-periphery', '@uniswap/v2-periphery'];
const ether = parseEther;
const forever = 2n ** 48n;
// The first of a second also writes the price oracle.
const byTheClock = { changing: 'gas' };
const [fee, spacing] = [3000, 60];
const [lower, upper] = [-887220, 887220];  // the whole range, in steps of the spacing
const q96 = 2n ** 96n;

/// Square root price after `amount` of token 0 or 1 came in, and what goes out (whitepaper, 6.2.3).
function step(price, liquidity, amount, zeroForOne) {
  const taken = (amount * BigInt(1_000_000 - fee)) / 1_000_000n;
  if (!zeroForOne) {
    const next = price + (taken * q96) / liquidity;
    return { next, out: (((liquidity * q96 * (next - price)) / next) / price) };
  }
  const scaled = liquidity * q96;
  const next = (scaled * price + (scaled + taken * price) - 1n) / (scaled + taken * price);
  return { next, out: (liquidity * (price - next)) / q96 };
}

export async function market(w, coinCode) {
  const core = (name) => hardhatArtifact('@uniswap/v3-core/artifacts/contracts', name);
  const periphery = (name) => hardhatArtifact('@uniswap/v3-periphery/artifacts/contracts', name);
  const weth = await w.deploy(artifact('@uniswap/v2-periphery/build/WETH9.json'));
  const coins = [await w.deploy(coinCode, ['One', 'ONE']), await w.deploy(coinCode, ['Two', 'TWO'])];
  const [token0, token1] = coins.sort((a, b) => (a.address.toLowerCase() < b.address.toLowerCase() ? -1 : 1));
  const factory = await w.deploy(core('UniswapV3Factory'));
  const library = await w.deploy(hardhatArtifact('@uniswap/v3-periphery/artifacts/contracts/libraries', 'NFTDescriptor'));
  const descriptor = await w.deploy(periphery('NonfungibleTokenPositionDescriptor'),
    [weth.address, numberToHex(0x455448, { dir: 'right', size: 32 })], { libraries: { NFTDescriptor: library.address } });
  const positions = await w.deploy(periphery('NonfungiblePositionManager'), [factory.address, weth.address, descriptor.address]);
  const router = await w.deploy(periphery('SwapRouter'), [factory.address, weth.address]);
  const quoter = await w.deploy(hardhatArtifact('@uniswap/v3-periphery/artifacts/contracts/lens', 'QuoterV2'), [factory.address, weth.address]);
  for (const coin of coins) {
    for (const account of [w.alice, w.bob]) {
      await w.send(coin, 'mint', [account.address, ether('1000000')]);
      for (const spender of [positions, router])
        await w.send(coin, 'approve', [spender.address, maxUint256], { from: account });
    }
  }
  const pool = { name: 'pool', abi: core('UniswapV3Pool').abi, address: getContractAddress({
    from: factory.address, opcode: 'CREATE2', bytecodeHash: keccak256(core('UniswapV3Pool').bytecode),
    salt: keccak256(encodeAbiParameters([{ type: 'address' }, { type: 'address' }, { type: 'uint24' }], [token0.address, token1.address, fee])) }) };
  return { weth, token0, token1, factory, positions, router, quoter, pool };
}

export default function scenarios() {
  const built = compile(['ours/Tokens.sol']);
  return {
    async 'a position is opened, traded against and closed'(w) {
      const { alice, bob } = w;
      const { token0, token1, factory, positions, router, quoter, pool } = await market(w, built.Coin);

      const created = await w.send(positions, 'createAndInitializePoolIfNecessary', [token0.address, token1.address, fee, q96]);
      w.events(created, factory, [['PoolCreated',
        { token0: token0.address, token1: token1.address, fee, tickSpacing: spacing, pool: pool.address }]]);
      w.events(created, pool, [['Initialize', { sqrtPriceX96: q96, tick: 0 }]]);
      const mint = { token0: token0.address, token1: token1.address, fee, tickLower: lower, tickUpper: upper,
        amount0Desired: ether('1000'), amount1Desired: ether('1000'), amount0Min: ether('999'), amount1Min: ether('999'),
        recipient: alice.address, deadline: forever };
      // It fails after the pool has looked at its newest price, which costs more in a later second than that one.
      await w.reverts(positions, 'mint', [{ ...mint, tickLower: -887221 }], { data: '0x' }, { gas: 6_000_000n, ...byTheClock });
      await w.reverts(positions, 'mint', [{ ...mint, deadline: 1n }], { reason: 'Transaction too old' });
      const minted = await w.send(positions, 'mint', [mint], byTheClock);
      const { tokenId, liquidity, amount0, amount1 } = w.event(minted, positions.abi, 'IncreaseLiquidity');
      assert.equal(tokenId, 1n);
      // Over the whole range at price 1, liquidity and both amounts are the same but for the last digits.
      assert.deepEqual([amount0, amount1], [ether('1000'), ether('1000')]);
      assert.ok(liquidity > ether('1000') && liquidity < ether('1000.0000000000001'), `${liquidity}`);
      assert.equal(await w.read(pool, 'liquidity'), liquidity);
      assert.equal(await w.read(positions, 'ownerOf', [1n]), alice.address);

      const paid = ether('25');
      const { next, out } = step(q96, liquidity, paid, true);
      const quote = { tokenIn: token0.address, tokenOut: token1.address, fee, amountIn: paid, sqrtPriceLimitX96: 0n };
      const { result: [quoted, after] } = await w.client.simulateContract(
        { address: quoter.address, abi: quoter.abi, functionName: 'quoteExactInputSingle', args: [quote] });
      assert.deepEqual([quoted, after], [out, next]);
      const swap = { tokenIn: token0.address, tokenOut: token1.address, fee, recipient: bob.address, deadline: forever,
        amountIn: paid, amountOutMinimum: out, sqrtPriceLimitX96: 0n };
      await w.reverts(router, 'exactInputSingle', [{ ...swap, amountOutMinimum: out + 1n }],
        { reason: 'Too little received' }, { from: bob, changing: 'gas' });
      const swapped = await w.send(router, 'exactInputSingle', [swap], { from: bob, ...byTheClock });
      const tick = Number(w.event(swapped, pool.abi, 'Swap').tick);
      w.events(swapped, pool, [['Swap', { sender: router.address, recipient: bob.address, amount0: paid, amount1: -out,
        sqrtPriceX96: next, liquidity, tick }]]);
      // price = 1.0001^tick, and the tick is the whole one below.
      const price = Number((next * next * 10n ** 12n) / q96 / q96) / 1e12;
      assert.equal(tick, Math.floor(Math.log(price) / Math.log(1.0001)));
      assert.equal(await w.read(token1, 'balanceOf', [bob.address]), ether('1000000') + out);

      // The other way, for an exact output: the quoter says what it will cost.
      const wanted = ether('10');
      const { result: [cost] } = await w.client.simulateContract({ address: quoter.address, abi: quoter.abi,
        functionName: 'quoteExactOutputSingle',
        args: [{ tokenIn: token1.address, tokenOut: token0.address, fee, amount: wanted, sqrtPriceLimitX96: 0n }] });
      await w.send(router, 'exactOutputSingle', [{ tokenIn: token1.address, tokenOut: token0.address, fee, recipient: bob.address,
        deadline: forever, amountOut: wanted, amountInMaximum: cost, sqrtPriceLimitX96: 0n }], { from: bob, ...byTheClock });
      assert.equal(await w.read(token1, 'balanceOf', [bob.address]), ether('1000000') + out - cost);
      assert.equal(await w.read(token0, 'balanceOf', [bob.address]), ether('1000000') - paid + wanted);

      // Closing gives the principal and the fees: 0.3 % of what came in, rounded against the owner.
      await w.reverts(positions, 'decreaseLiquidity', [{ tokenId, liquidity, amount0Min: 0n, amount1Min: 0n, deadline: forever }],
        { reason: 'Not approved' }, { from: bob });
      const decreased = await w.send(positions, 'decreaseLiquidity', [{ tokenId, liquidity, amount0Min: 0n, amount1Min: 0n, deadline: forever }],
        byTheClock);
      const principal = w.event(decreased, positions.abi, 'DecreaseLiquidity');
      const collected = await w.send(positions, 'collect',
        [{ tokenId, recipient: alice.address, amount0Max: 2n ** 128n - 1n, amount1Max: 2n ** 128n - 1n }], byTheClock);
      const all = w.event(collected, positions.abi, 'Collect');
      const fee0 = (paid * 3n) / 1000n;
      assert.ok(all.amount0 - principal.amount0 <= fee0 && all.amount0 - principal.amount0 >= fee0 - 2n, 'fees of token 0');
      assert.ok(all.amount1 - principal.amount1 >= (cost * 3n) / 1000n - 2n, 'fees of token 1');
      assert.equal(await w.read(pool, 'liquidity'), 0n);
      const dust = await w.read(token0, 'balanceOf', [pool.address]);
      assert.ok(dust <= 3n, `${dust} wei stay`);
      await w.send(positions, 'burn', [tokenId]);
      await w.refuses({ to: positions.address, data: '0x6352211e' + numberToHex(tokenId, { size: 32 }).slice(2) },
        { reason: 'ERC721: owner query for nonexistent token' }, positions.abi, 'ownerOf a burnt position');
    },

    async 'a path of two pools, and a picture of the position'(w) {
      const { alice, bob } = w;
      const { weth, token0, token1, positions, router, quoter, factory } = await market(w, built.Coin);
      await w.send(weth, 'approve', [positions.address, maxUint256]);
      await w.send(weth, 'deposit', [], { value: ether('500') });
      for (const coin of [token0, token1]) {
        const [a, b] = [coin.address, weth.address].sort((x, y) => (x.toLowerCase() < y.toLowerCase() ? -1 : 1));
        await w.send(positions, 'createAndInitializePoolIfNecessary', [a, b, fee, q96]);
        await w.send(positions, 'mint', [{ token0: a, token1: b, fee, tickLower: lower, tickUpper: upper, amount0Desired: ether('100'),
          amount1Desired: ether('100'), amount0Min: 0n, amount1Min: 0n, recipient: alice.address, deadline: forever }], byTheClock);
      }
      const path = concatHex([token0.address, numberToHex(fee, { size: 3 }), weth.address, numberToHex(fee, { size: 3 }), token1.address]);
      const { result: [quoted, , crossed] } = await w.client.simulateContract(
        { address: quoter.address, abi: quoter.abi, functionName: 'quoteExactInput', args: [path, ether('3')] });
      assert.deepEqual(crossed, [0, 0]);
      await w.send(router, 'exactInput',
        [{ path, recipient: bob.address, deadline: forever, amountIn: ether('3'), amountOutMinimum: quoted }], { from: bob, ...byTheClock });
      assert.equal(await w.read(token1, 'balanceOf', [bob.address]), ether('1000000') + quoted);
      assert.notEqual(await w.read(factory, 'getPool', [token0.address, weth.address, fee]), zeroAddress);

      // Drawn on chain: a long computation in one eth_call, with strings and base64.
      const uri = await w.read(positions, 'tokenURI', [1n]);
      const json = JSON.parse(Buffer.from(uri.split(',')[1], 'base64'));
      assert.match(json.name, /^Uniswap - 0.3% - /);
      assert.match(Buffer.from(json.image.split(',')[1], 'base64').toString(), /^<svg .*<\/svg>$/s);
    },
  };
}
