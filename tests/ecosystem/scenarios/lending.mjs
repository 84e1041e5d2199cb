// Aave V3 as published: supply, borrow, liquidate, repay. Interest grows by the second, so logs are asserted by
// name and only the answers that do not depend on it are compared between the nodes.
import assert from 'node:assert/strict';
import { maxUint256, parseUnits, zeroAddress } from 'viem';
import { compile } from '../support/compile.mjs';
import { hardhatArtifact } from '../support/packages.mjs';

export const needs = ['@openzeppelin/contracts', '@aave/core-v3'];
const folder = '@aave/core-v3/artifacts/contracts';
const ray = 10n ** 27n;
const variable = 2n;
const byTheClock = { changing: true };
const usd = (amount) => parseUnits(amount, 18);
const price = (amount) => parseUnits(amount, 8);

/// The whole protocol with two reserves: COL may secure loans, USD may be borrowed.
async function market(w, coinCode) {
  const { alice } = w;
  const published = (path) => hardhatArtifact(`${folder}/${path.split('/').slice(0, -1).join('/')}`, path.split('/').pop());
  const provider = await w.deploy(published('protocol/configuration/PoolAddressesProvider'), ['Troupe', alice.address]);
  await w.send(provider, 'setACLAdmin', [alice.address]);
  const acl = await w.deploy(published('protocol/configuration/ACLManager'), [provider.address]);
  await w.send(provider, 'setACLManager', [acl.address]);
  await w.send(acl, 'addPoolAdmin', [alice.address]);

  const libraries = {};
  for (const name of ['SupplyLogic', 'BorrowLogic', 'LiquidationLogic', 'BridgeLogic', 'EModeLogic', 'PoolLogic', 'ConfiguratorLogic', 'FlashLoanLogic'])
    libraries[name] = (await w.deploy(published(`protocol/libraries/logic/${name}`), [], { libraries })).address;
  const poolCode = await w.deploy(published('protocol/pool/Pool'), [provider.address], { libraries });
  const configuratorCode = await w.deploy(published('protocol/pool/PoolConfigurator'), [], { libraries });
  await w.send(provider, 'setPoolImpl', [poolCode.address]);
  await w.send(provider, 'setPoolConfiguratorImpl', [configuratorCode.address]);
  const pool = { ...poolCode, address: await w.read(provider, 'getPool') };
  const configurator = { ...configuratorCode, address: await w.read(provider, 'getPoolConfigurator') };

  const coins = {};
  const feeds = {};
  for (const [name, worth] of [['COL', '2000'], ['USD', '1']]) {
    coins[name] = await w.deploy(coinCode, [name, name]);
    feeds[name] = await w.deploy(published('mocks/oracle/CLAggregators/MockAggregator'), [price(worth)], byTheClock);
  }
  const assets = Object.values(coins).map(({ address }) => address);
  const oracle = await w.deploy(published('misc/AaveOracle'),
    [provider.address, assets, Object.values(feeds).map(({ address }) => address), zeroAddress, zeroAddress, price('1')]);
  await w.send(provider, 'setPriceOracle', [oracle.address]);
  const data = await w.deploy(published('misc/AaveProtocolDataProvider'), [provider.address]);
  await w.send(provider, 'setPoolDataProvider', [data.address]);
  const percent = (whole) => (ray * BigInt(whole)) / 100n;
  const rates = await w.deploy(published('protocol/pool/DefaultReserveInterestRateStrategy'), [provider.address, percent(80), 0n,
    percent(4), percent(75), percent(1), percent(75), percent(1), percent(8), percent(20)]);
  const tokens = {};
  for (const name of ['AToken', 'StableDebtToken', 'VariableDebtToken'])
    tokens[name] = await w.deploy(published(`protocol/tokenization/${name}`), [pool.address]);
  await w.send(configurator, 'initReserves', [Object.entries(coins).map(([name, { address }]) => ({
    aTokenImpl: tokens.AToken.address, stableDebtTokenImpl: tokens.StableDebtToken.address, variableDebtTokenImpl: tokens.VariableDebtToken.address,
    underlyingAssetDecimals: 18, interestRateStrategyAddress: rates.address, underlyingAsset: address, treasury: alice.address,
    incentivesController: zeroAddress, aTokenName: `a${name}`, aTokenSymbol: `a${name}`, variableDebtTokenName: `debt${name}`,
    variableDebtTokenSymbol: `debt${name}`, stableDebtTokenName: `stable${name}`, stableDebtTokenSymbol: `stable${name}`, params: '0x' }))]);
  await w.send(configurator, 'setReserveBorrowing', [coins.USD.address, true]);
  await w.send(configurator, 'configureReserveAsCollateral', [coins.COL.address, 7500n, 8000n, 10500n]);
  const of = async (coin) => {
    const [aToken, , debt] = await w.read(data, 'getReserveTokensAddresses', [coin.address]);
    return { aToken: { ...tokens.AToken, address: aToken }, debt: { ...tokens.VariableDebtToken, address: debt } };
  };
  return { pool, oracle, coins, col: await of(coins.COL), usd: await of(coins.USD),
    feed: (worth) => w.deploy(published('mocks/oracle/CLAggregators/MockAggregator'), [price(worth)], byTheClock) };
}

export default function scenarios() {
  const built = compile(['ours/Tokens.sol']);
  return {
    async 'a loan is secured, goes under, is liquidated and repaid'(w) {
      const { alice, bob, carol } = w;
      const { pool, oracle, coins: { COL, USD }, col, usd: dollars, feed } = await market(w, built.Coin);
      for (const [coin, account, amount] of [[USD, alice, '1000000'], [COL, bob, '10'], [USD, carol, '20000'], [USD, bob, '100']]) {
        await w.send(coin, 'mint', [account.address, usd(amount)]);
        await w.send(coin, 'approve', [pool.address, maxUint256], { from: account });
      }
      await w.send(COL, 'approve', [pool.address, maxUint256], { from: carol });

      const supplied = await w.send(pool, 'supply', [USD.address, usd('1000000'), alice.address, 0], byTheClock);
      const { amount } = w.event(supplied, pool.abi, 'Supply');
      assert.equal(amount, usd('1000000'));
      await w.send(pool, 'supply', [COL.address, usd('10'), bob.address, 0], { from: bob, ...byTheClock });
      assert.equal(await w.read(col.aToken, 'balanceOf', [bob.address]), usd('10'));

      // 10 COL of 2,000 each secure three quarters of 20,000. Errors are Aave's numbers.
      await w.reverts(pool, 'borrow', [USD.address, usd('15001'), variable, 0, bob.address], { reason: '36' }, { from: bob, changing: 'gas' });
      await w.reverts(pool, 'borrow', [COL.address, usd('1'), variable, 0, bob.address], { reason: '30' }, { from: bob, changing: 'gas' });
      const borrowed = await w.send(pool, 'borrow', [USD.address, usd('14000'), variable, 0, bob.address], { from: bob, ...byTheClock });
      const loan = w.event(borrowed, pool.abi, 'Borrow');
      assert.deepEqual([loan.user, loan.amount, loan.interestRateMode], [bob.address, usd('14000'), 2]);
      assert.equal(await w.read(USD, 'balanceOf', [bob.address]), usd('14100'));
      const account = await w.read(pool, 'getUserAccountData', [bob.address], byTheClock);
      assert.equal(account[0], price('20000'));
      assert.ok(account[1] >= price('14000') && account[1] < price('14000.1'), 'debt and some seconds of interest');
      // 20,000 * 0.8 / 14,000
      assert.ok(account[5] <= 1_142857142857142857n && account[5] > 1_142800000000000000n, `${account[5]}`);
      await w.reverts(pool, 'withdraw', [COL.address, usd('5'), bob.address], { reason: '35' }, { from: bob, changing: 'gas' });
      await w.reverts(pool, 'liquidationCall', [COL.address, USD.address, bob.address, usd('5000'), false],
        { reason: '45' }, { from: carol, changing: 'gas' });

      // At 1,700 the loan is worth more than 80 % of what secures it.
      await w.reverts(oracle, 'setAssetSources', [[COL.address], [bob.address]], { reason: '5' }, { from: bob });
      await w.send(oracle, 'setAssetSources', [[COL.address], [(await feed('1700')).address]]);
      const under = await w.read(pool, 'getUserAccountData', [bob.address], byTheClock);
      assert.ok(under[5] < 10n ** 18n);
      const liquidated = await w.send(pool, 'liquidationCall', [COL.address, USD.address, bob.address, usd('5000'), false],
        { from: carol, ...byTheClock });
      const seized = (((price('1') * usd('5000') * 10n ** 18n) / (price('1700') * 10n ** 18n)) * 10500n + 5000n) / 10000n;
      const call = w.event(liquidated, pool.abi, 'LiquidationCall');
      assert.deepEqual([call.debtToCover, call.liquidatedCollateralAmount, call.liquidator], [usd('5000'), seized, carol.address]);
      assert.equal(await w.read(COL, 'balanceOf', [carol.address]), seized);
      assert.equal(await w.read(USD, 'balanceOf', [carol.address]), usd('15000'));
      assert.equal(await w.read(col.aToken, 'balanceOf', [bob.address]), usd('10') - seized);

      // All is paid back, interest too, and the rest of the security leaves.
      await w.send(pool, 'repay', [USD.address, maxUint256, variable, bob.address], { from: bob, ...byTheClock });
      assert.equal(await w.read(dollars.debt, 'balanceOf', [bob.address]), 0n);
      const left = await w.read(USD, 'balanceOf', [bob.address], byTheClock);
      assert.ok(left > usd('5099') && left <= usd('5100'), `${left}`);
      await w.send(pool, 'withdraw', [COL.address, maxUint256, bob.address], { from: bob, ...byTheClock });
      assert.equal(await w.read(COL, 'balanceOf', [bob.address]), usd('10') - seized);
      const lender = await w.read(dollars.aToken, 'balanceOf', [alice.address], byTheClock);
      assert.ok(lender >= usd('1000000') && lender <= usd('1000000') + usd('5100') - left, 'the lender has the interest');
    },
  };
}
