import { clearing, common, trading } from '@clearway/contracts';
import type { Peer } from './peer';
import { until } from './until';

/** The instrument of the tests. */
export const SYMBOL = 'AMZN';
export const { SIDE_BUY, SIDE_SELL } = common.Side;
export const { ORD_TYPE_LIMIT, ORD_TYPE_MARKET } = trading.OrdType;
export const { TIME_IN_FORCE_UNSPECIFIED, TIME_IN_FORCE_GTC, TIME_IN_FORCE_IOC, TIME_IN_FORCE_FOK } =
  trading.TimeInForce;
export const { TRADING_STATUS_OPEN, TRADING_STATUS_HALTED } = trading.TradingStatus;

/** The most that risk lets anybody have. */
const ORDERS_PER_MINUTE_MAX = 10_000;
const { TRANSFER_STATUS_COMPLETED } = clearing.TransferStatus;

/** The account that a participant trades on. */
export function accountOf(participant: string): string {
  return `${participant}.main`;
}

/** Lists AMZN, lifts the limits and gives every participant 1,000,000 USD and 10,000 AMZN. */
export async function openMarket(operator: Peer, participants: readonly string[]): Promise<void> {
  await operator.tradingAdmin.call('listInstrument', { instrument: sharesListing(SYMBOL) });
  const limits = {
    orderQtyMax: '',
    orderNotionalMax: '',
    positionMax: '',
    ordersPerMinuteMax: ORDERS_PER_MINUTE_MAX,
    priceDeviationBpsMax: 0,
    fatFingerMultipleMax: 0,
  };
  const everywhere = { account: '', symbol: '', baseAsset: '', quoteAsset: '' };
  await operator.riskAdmin.call('setLimits', { ...everywhere, limits });
  await Promise.all(
    participants.flatMap((name) => [
      deposit(operator, accountOf(name), 'USD', '1000000.00'),
      deposit(operator, accountOf(name), SYMBOL, '10000'),
    ]),
  );
}

/** Shares at about 100 USD, one cent a tick, fees of 1 and 2 basis points. */
export function sharesListing(symbol: string): trading.Instrument {
  return {
    symbol,
    baseAsset: symbol,
    quoteAsset: 'USD',
    tickSize: '0.01',
    lotSize: '1',
    baseDecimals: 0,
    quoteDecimals: 2,
    referencePrice: '100.00',
    makerFeeBps: 1,
    takerFeeBps: 2,
    tradingStatus: TRADING_STATUS_OPEN,
    lastPrice: '',
  };
}

/** Deposits as an operator and waits until the saga has ended. */
export async function deposit(operator: Peer, account: string, asset: string, amount: string): Promise<void> {
  const request = { account, requestId: `seed-${asset}`, asset, amount, bankReference: 'end-to-end test' };
  await until(`the deposit of ${asset} to ${account}`, async () => {
    const { transfer } = await operator.clearing.call('deposit', request);
    return transfer?.status === TRANSFER_STATUS_COMPLETED;
  });
}

let ordersMade = 0;

/** A limit order, buy 10 AMZN at 100.00 by DAY, with what differs. Each has a client order id of its own. */
export function order(
  participant: string,
  differing: Partial<trading.PlaceOrderRequest> = {},
): trading.PlaceOrderRequest {
  ordersMade += 1;
  return {
    account: accountOf(participant),
    clOrdId: `test-${process.pid}-${ordersMade}`,
    symbol: SYMBOL,
    side: SIDE_BUY,
    ordType: ORD_TYPE_LIMIT,
    orderQty: '10',
    price: '100.00',
    timeInForce: TIME_IN_FORCE_UNSPECIFIED,
    postOnly: false,
    ...trading.ORDINARY_ORDER,
    ...differing,
  };
}

/** Looks an order up by its key. */
export async function lookUp(
  peer: Peer,
  { account, clOrdId }: trading.PlaceOrderRequest,
): Promise<trading.Order> {
  const { order: found } = await peer.trading.call('getOrderStatus', { account, clOrdId, orderId: '' });
  if (found === undefined) throw new Error(`order ${clOrdId} came without its state`);
  return found;
}
