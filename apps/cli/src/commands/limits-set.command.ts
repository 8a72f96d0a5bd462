import { risk } from '@clearway/contracts';
import type { Command } from '../line/command';
import type { CommandCall } from '../line/command-call';
import { UsageError } from '../line/usage-error';
import { answer } from '../output/answer';
import { wireJson } from '../output/wire-json';
import { limitsCard } from '../views/limits.view';

const UINT32_MAX = 4_294_967_295;

/** `clearway limits set --account alice.main --symbol AAPL --order-qty 500` */
export const limitsSetCommand: Command = {
  path: ['limits', 'set'],
  summary: 'Replace the limits of an account, an instrument, both, or by default (neither)',
  options: {
    account: { value: 'ACCOUNT', summary: 'for this account', suggests: 'account' },
    symbol: { value: 'SYMBOL', summary: 'in this instrument' },
    'order-qty': { value: 'QTY', summary: 'largest quantity of one order, in the base asset' },
    'order-notional': { value: 'AMOUNT', summary: 'largest notional of one order, in the quote asset' },
    position: { value: 'QTY', summary: 'largest position with open buys, in the base asset' },
    'orders-per-minute': { value: 'N', summary: 'orders in one instrument within 60 s, or “any”' },
    'price-deviation-bps': { value: 'BPS', summary: 'how far a price may be from the market' },
    'fat-finger-multiple': { value: 'N', summary: 'how many times the usual fill an order may be' },
    'base-asset': { value: 'ASSET', summary: 'unit of quantities (default: that of --symbol)' },
    'quote-asset': { value: 'ASSET', summary: 'unit of the notional (default: that of --symbol)' },
  },
  details: 'What is not given is inherited: the whole override is replaced, so repeat what shall stay.',
  async run(call) {
    const limits = limitsOf(call);
    const request = {
      account: call.text('account'),
      symbol: call.text('symbol'),
      limits,
      ...(await assetsOf(call)),
    };
    const done = await call.stack.riskAdmin.call('setLimits', request);
    return answer(
      () => wireJson(risk.RiskAdminServiceService.setLimits, done),
      (colours) => (done.limits ? limitsCard(done.limits, colours) : 'The limits are set.'),
    );
  },
};

function limitsOf(call: CommandCall): risk.Limits {
  const figure = (name: string): number => call.wholeNumber(name, 0, { min: 0, max: UINT32_MAX });
  const isAnyRate = call.text('orders-per-minute') === 'any';
  return {
    orderQtyMax: call.text('order-qty'),
    orderNotionalMax: call.text('order-notional'),
    positionMax: call.text('position'),
    ordersPerMinuteMax: isAnyRate ? UINT32_MAX : figure('orders-per-minute'),
    priceDeviationBpsMax: figure('price-deviation-bps'),
    fatFingerMultipleMax: figure('fat-finger-multiple'),
  };
}

/** The assets that amounts are in: those of the command line, else those of the instrument. */
async function assetsOf(call: CommandCall): Promise<{ baseAsset: string; quoteAsset: string }> {
  const given = { baseAsset: call.text('base-asset'), quoteAsset: call.text('quote-asset') };
  const symbol = call.text('symbol');
  if (symbol === '' || (given.baseAsset !== '' && given.quoteAsset !== '')) return given;
  const { instruments } = await call.stack.trading.call('listInstruments', {});
  const instrument = instruments.find((each) => each.symbol === symbol);
  if (!instrument)
    throw new UsageError(`No instrument ${symbol} is listed.`, '“clearway instruments” lists them.');
  return {
    baseAsset: given.baseAsset || instrument.baseAsset,
    quoteAsset: given.quoteAsset || instrument.quoteAsset,
  };
}
