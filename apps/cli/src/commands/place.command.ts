import { common, trading } from '@clearway/contracts';
import { EXIT } from '../exit-status';
import type { Command } from '../line/command';
import type { CommandCall } from '../line/command-call';
import { KEY_OPTION, requestKeyOf } from '../line/request-key';
import { UsageError } from '../line/usage-error';
import { answer, sections } from '../output/answer';
import { parseDurationMs } from '../output/moments';
import { reasonsText } from '../output/reason-text';
import { wireJson } from '../output/wire-json';
import { repeatableWith } from '../stack/call-failed';
import { fillsTable, orderCard } from '../views/order.view';

const SIDES: Readonly<Record<string, common.Side>> = {
  buy: common.Side.SIDE_BUY,
  sell: common.Side.SIDE_SELL,
};

const TIMES_IN_FORCE: Readonly<Record<string, trading.TimeInForce>> = {
  day: trading.TimeInForce.TIME_IN_FORCE_DAY,
  gtc: trading.TimeInForce.TIME_IN_FORCE_GTC,
  ioc: trading.TimeInForce.TIME_IN_FORCE_IOC,
  fok: trading.TimeInForce.TIME_IN_FORCE_FOK,
  gtd: trading.TimeInForce.TIME_IN_FORCE_GTD,
  auction: trading.TimeInForce.TIME_IN_FORCE_AT_AUCTION,
};

const SELF_TRADE: Readonly<Record<string, trading.SelfTradePrevention>> = {
  newest: trading.SelfTradePrevention.SELF_TRADE_PREVENTION_CANCEL_NEWEST,
  oldest: trading.SelfTradePrevention.SELF_TRADE_PREVENTION_CANCEL_OLDEST,
  both: trading.SelfTradePrevention.SELF_TRADE_PREVENTION_CANCEL_BOTH,
  decrement: trading.SelfTradePrevention.SELF_TRADE_PREVENTION_DECREMENT,
  allow: trading.SelfTradePrevention.SELF_TRADE_PREVENTION_ALLOW,
};

/** `clearway place alice.main buy 10 AAPL 231.50` */
export const placeCommand: Command = {
  path: ['place'],
  summary: 'Place an order',
  positionals: [
    { name: 'ACCOUNT', suggests: 'account' },
    { name: 'SIDE', choices: Object.keys(SIDES) },
    { name: 'QTY' },
    { name: 'SYMBOL' },
    { name: 'PRICE', optional: true },
  ],
  options: {
    market: { summary: 'instead of PRICE: at the market, within the collar' },
    tif: { value: 'TIF', summary: 'time in force', choices: Object.keys(TIMES_IN_FORCE) },
    'post-only': { summary: 'refuse it when it would trade at once' },
    stop: {
      value: 'PRICE',
      summary: 'wait for a trade at this price, then PRICE is the limit (--market: none)',
    },
    trail: { value: 'OFFSET', summary: 'with --market: wait at this distance from the best price' },
    until: {
      value: 'TIME',
      summary: 'good until then, for example 2027-01-31T17:00:00Z, or in 30s, 5m, 2h, 7d',
    },
    display: { value: 'QTY', summary: 'an iceberg: show no more than this at a time' },
    stp: {
      value: 'MODE',
      summary: 'when it would trade with your own resting order',
      choices: Object.keys(SELF_TRADE),
    },
    id: KEY_OPTION,
  },
  details: [
    'For example: clearway place alice.main buy 10 AAPL 231.50 --tif gtc',
    '             clearway place alice.main sell 10 AAPL 231.50 --until 2h',
    '             clearway place alice.main buy 10 AAPL --market --tif auction',
    'An order --tif auction takes part in the auction that collects now and in no other.',
  ].join('\n'),
  async run(call) {
    const request = requestOf(call);
    const place = () => call.stack.trading.call('placeOrder', request);
    const placed = await repeatableWith(repeatWith(request), place);
    const { order, fills, duplicate } = placed;
    const isRejected = order?.ordStatus === trading.OrdStatus.ORD_STATUS_REJECTED;
    return answer(
      () => wireJson(trading.TradingServiceService.placeOrder, placed),
      (colours) =>
        sections(
          duplicate ? 'This key was used before: the order as it stands now.' : '',
          order ? orderCard(order, colours) : '',
          fillsTable(fills, colours),
          reasonsText(order?.reasons ?? [], colours),
        ),
      isRejected ? EXIT.REFUSED : EXIT.OK,
    );
  },
};

function requestOf(call: CommandCall): trading.PlaceOrderRequest {
  const price = call.word('PRICE');
  const isMarket = call.isOn('market');
  if (isMarket === (price !== ''))
    throw new UsageError(
      'An order has a PRICE, or --market.',
      'Without a price nothing is placed by accident.',
    );
  const [stopPrice, trailingOffset] = [call.text('stop'), call.text('trail')];
  return {
    account: call.word('ACCOUNT'),
    clOrdId: requestKeyOf(call),
    symbol: call.word('SYMBOL'),
    side: SIDES[call.word('SIDE')] ?? common.Side.SIDE_UNSPECIFIED,
    ordType: typeOf(isMarket, stopPrice, trailingOffset),
    orderQty: call.word('QTY'),
    price,
    timeInForce: timeInForceOf(call.text('tif'), call.text('until')),
    postOnly: call.isOn('post-only'),
    stopPrice,
    trailingOffset,
    expireAtMicros: expiryOf(call.text('until')),
    displayQty: call.text('display'),
    selfTradePrevention: SELF_TRADE[call.text('stp')] ?? 0,
  };
}

/** What asks for the very same order again: a length of time would mean another one by then. */
function repeatWith({ clOrdId, expireAtMicros }: trading.PlaceOrderRequest): string {
  const until = expireAtMicros === 0 ? '' : ` --until ${new Date(expireAtMicros / 1_000).toISOString()}`;
  return `--id ${clOrdId}${until}`;
}

function typeOf(isMarket: boolean, stopPrice: string, trailingOffset: string): trading.OrdType {
  if (trailingOffset !== '') return trading.OrdType.ORD_TYPE_TRAILING_STOP;
  if (stopPrice !== '')
    return isMarket ? trading.OrdType.ORD_TYPE_STOP_LOSS : trading.OrdType.ORD_TYPE_STOP_LIMIT;
  return isMarket ? trading.OrdType.ORD_TYPE_MARKET : trading.OrdType.ORD_TYPE_LIMIT;
}

function expiryOf(text: string): number {
  if (text === '') return 0;
  const lengthMs = parseDurationMs(text);
  if (lengthMs !== undefined) return (Date.now() + lengthMs) * 1_000;
  const micros = Date.parse(text) * 1_000;
  if (Number.isSafeInteger(micros)) return micros;
  throw new UsageError(`${text} is no time.`, 'For example: --until 2027-01-31T17:00:00Z, or --until 2h');
}

/** A time until which an order is good says what it is; what an operator most likely forgot is told before anything is asked. */
function timeInForceOf(tif: string, until: string): trading.TimeInForce {
  if (until !== '' && tif !== '' && tif !== 'gtd')
    throw new UsageError(`An order --tif ${tif} has no --until.`, 'Leave one of them out.');
  if (until === '' && tif === 'gtd')
    throw new UsageError(
      'An order --tif gtd is good until a time.',
      'Say --until TIME, for example --until 2h.',
    );
  const { TIME_IN_FORCE_GTD, TIME_IN_FORCE_UNSPECIFIED } = trading.TimeInForce;
  return until === '' ? (TIMES_IN_FORCE[tif] ?? TIME_IN_FORCE_UNSPECIFIED) : TIME_IN_FORCE_GTD;
}
