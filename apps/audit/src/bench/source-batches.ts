import { clearing, journal, risk, trading } from '@clearway/contracts';
import { type CommittedBatch, crc32c } from '@clearway/platform-journal';

/** Events of one journal batch, as a busy source commits them. */
const BATCH_EVENTS = 100;
/** Events that one command causes, so that contexts and events stand as they do in real journals. */
const COMMAND_EVENTS = 50;
/** Batches of each service in turn, so that all of them come as far as the same order. */
const SHARDS = [
  ...['trading/0', 'trading/0', 'trading/0', 'trading/0'],
  ...['risk/0', 'risk/0', 'clearing/0'],
] as const;
const TRADING_EVENTS_AN_ORDER = 4;
const RISK_EVENTS_AN_ORDER = 2;

const STEP = { step: 1, phase: 1 } as const;

/**
 * Batches of three services in turn, with the events of orders that are accepted and held, opened, traded with each other or
 * canceled, filled and settled: seven an order, as the whole system has.
 */
export function sourceBatches(eventCount: number): CommittedBatch[] {
  const batches: CommittedBatch[] = [];
  const next = new Map<string, { firstEvent: number; sequence: number }>();
  for (let made = 0; made < eventCount; made += BATCH_EVENTS) {
    const shard = SHARDS[(made / BATCH_EVENTS) % SHARDS.length]!;
    const { firstEvent, sequence } = next.get(shard) ?? { firstEvent: 0, sequence: 1 };
    next.set(shard, { firstEvent: firstEvent + BATCH_EVENTS, sequence: sequence + 1 });
    const payload = payloadOf(shard, firstEvent);
    const eventPlace = { firstEvent, eventCount: BATCH_EVENTS };
    batches.push({ shard, sequence, epoch: 1, ...eventPlace, payload, crc32c: crc32c(payload) });
  }
  return batches;
}

function payloadOf(shard: string, firstEvent: number): Buffer {
  const contexts: journal.CommandContext[] = [];
  const events: journal.EventRecord[] = [];
  for (let i = 0; i < BATCH_EVENTS; i++) {
    const number = firstEvent + i;
    if (i % COMMAND_EVENTS === 0) contexts.push(contextOf(number));
    const [type, data] = eventOf(shard, number);
    events.push({ context: contexts.length - 1, type, data: Buffer.from(data) });
  }
  return Buffer.from(journal.Batch.encode({ contexts, events }).finish());
}

function contextOf(number: number): journal.CommandContext {
  return {
    atMicros: 1_790_000_000_000_000 + number * 10,
    actor: `spiffe://clearway/participant/p${number % 500}`,
    address: '10.0.0.1:50000',
    device: 'grpc-node-js/1.14.7',
    traceparent: '',
    method: '/clearway.trading.v1.TradingService/StreamOrders',
  };
}

function eventOf(shard: string, number: number): readonly [string, Uint8Array] {
  if (shard === 'risk/0') return riskEvent(number);
  return shard === 'clearing/0' ? legSettled(number) : tradingEvent(number);
}

const accountOf = (order: number): string => `p${order % 500}.main`;
const stepOf = (order: number) => ({ originShard: 'trading/0', sagaNumber: order, ...STEP });

function tradingEvent(number: number): readonly [string, Uint8Array] {
  const orderNumber = Math.floor(number / TRADING_EVENTS_AN_ORDER) + 1;
  const at = number % TRADING_EVENTS_AN_ORDER;
  if (at === 0) return orderAccepted(orderNumber);
  if (at === 1) return inTrading('OrderOpened', 'orderOpened', { orderNumber, leavesLots: 5 });
  if (at === 2) {
    const event = { $case: 'sagaAdvanced', value: { sagaNumber: orderNumber, steps: [], completed: true } };
    return inTrading('SagaAdvanced', 'saga', { event });
  }
  if (orderNumber % 2 === 0) {
    const sides = { makerOrderNumber: orderNumber - 1, takerOrderNumber: orderNumber };
    const trade = { tradeNumber: orderNumber, sagaNumber: 1_000_000_000 + orderNumber, ...sides };
    return inTrading('TradeExecuted', 'tradeExecuted', {
      ...trading.TradeExecuted.decode(NO_BYTES),
      ...trade,
    });
  }
  const cause = 'CANCELED_BY_OWNER';
  return inTrading('OrderCanceled', 'orderCanceled', { orderNumber, sagaNumber: 0, canceledLots: 5, cause });
}

function orderAccepted(orderNumber: number): readonly [string, Uint8Array] {
  return inTrading('OrderAccepted', 'orderAccepted', {
    ...trading.OrderAccepted.decode(NO_BYTES),
    orderNumber,
    sagaNumber: orderNumber,
    account: accountOf(orderNumber),
    clOrdId: `order-${orderNumber}`,
    symbol: 'AMZN',
    quantityLots: 5,
    priceTicks: 4_521,
  });
}

function inTrading(type: string, $case: string, value: object): readonly [string, Uint8Array] {
  return [type, trading.TradingEvent.encode({ event: { $case, value } as never }).finish()];
}

function riskEvent(number: number): readonly [string, Uint8Array] {
  const orderNumber = Math.floor(number / RISK_EVENTS_AN_ORDER) + 1;
  const key = stepOf(orderNumber);
  if (number % RISK_EVENTS_AN_ORDER === 1) {
    const fill = { orderNumber, tradeNumber: orderNumber, quantityLots: 5, priceTicks: 4_521, feeMinor: 12n };
    return ['FillApplied', encodeRisk({ key, event: { $case: 'fillApplied', value: { fill } } })];
  }
  const reserve = { ...risk.Reserve.decode(NO_BYTES), orderNumber, account: accountOf(orderNumber) };
  const value = { reserve, protectionPriceTicks: 4_600 };
  return ['HoldPlaced', encodeRisk({ key, event: { $case: 'holdPlaced', value } })];
}

/** Of the trade with the order's neighbour. */
function legSettled(number: number): readonly [string, Uint8Array] {
  const order = number + 1;
  const account = accountOf(order);
  const tradeNumber = order + (order % 2);
  const leg = { ...clearing.SettleLeg.decode(NO_BYTES), tradeNumber, account, quoteMinor: 22_605n };
  const value = { entryNumber: number, leg, postings: postingsOf(account) };
  const event = { $case: 'legSettled', value } as const;
  return ['LegSettled', clearing.ClearingEvent.encode({ key: stepOf(order), event }).finish()];
}

const NO_BYTES = new Uint8Array(0);

function encodeRisk(event: risk.RiskEvent): Uint8Array {
  return risk.RiskEvent.encode(event).finish();
}

function postingsOf(account: string): clearing.LedgerPosting[] {
  return [account, 'house'].flatMap((owner) =>
    ['USD', 'AMZN'].map((asset) => ({ owner, asset, purpose: 1, side: 1, amountMinor: 22_605n })),
  );
}
