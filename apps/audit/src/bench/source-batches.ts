import { clearing, journal, risk, trading } from '@clearway/contracts';
import { type CommittedBatch, crc32c } from '@clearway/platform-journal';

/** Events of one journal batch, as a busy source commits them. */
const BATCH_EVENTS = 100;
/** Events that one command causes, so that contexts and events stand as they do in real journals. */
const COMMAND_EVENTS = 2;

const STEP = { step: 1, phase: 1 } as const;

/** Batches of three services in turn, with the events of orders that are accepted, held, opened, filled and settled. */
export function sourceBatches(eventCount: number): CommittedBatch[] {
  const batches: CommittedBatch[] = [];
  const next = new Map<string, { firstEvent: number; sequence: number }>();
  const shards = ['trading/0', 'trading/0', 'risk/0', 'clearing/0'] as const;
  for (let made = 0; made < eventCount; made += BATCH_EVENTS) {
    const shard = shards[(made / BATCH_EVENTS) % shards.length]!;
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
  const account = `p${number % 500}.main`;
  const order = Math.floor(number / COMMAND_EVENTS) + 1;
  if (shard === 'risk/0') {
    const fill = {
      orderNumber: order,
      tradeNumber: order,
      quantityLots: 5,
      priceTicks: 4_521,
      feeMinor: 12n,
    };
    const key = { originShard: 'trading/0', sagaNumber: order, ...STEP };
    return ['FillApplied', encodeRisk({ key, event: { $case: 'fillApplied', value: { fill } } })];
  }
  if (shard === 'clearing/0') {
    const leg = { ...clearing.SettleLeg.decode(NO_BYTES), tradeNumber: order, account, quoteMinor: 22_605n };
    const key = { originShard: 'trading/0', sagaNumber: order, ...STEP };
    const value = { entryNumber: number, leg, postings: postingsOf(account) };
    return [
      'LegSettled',
      clearing.ClearingEvent.encode({ key, event: { $case: 'legSettled', value } }).finish(),
    ];
  }
  if (number % COMMAND_EVENTS === 1) {
    const value = { orderNumber: order, leavesLots: 5 };
    return ['OrderOpened', trading.TradingEvent.encode({ event: { $case: 'orderOpened', value } }).finish()];
  }
  const value = {
    ...trading.OrderAccepted.decode(NO_BYTES),
    orderNumber: order,
    sagaNumber: order,
    account,
    clOrdId: `order-${order}`,
    symbol: 'AMZN',
    quantityLots: 5,
    priceTicks: 4_521,
  };
  return [
    'OrderAccepted',
    trading.TradingEvent.encode({ event: { $case: 'orderAccepted', value } }).finish(),
  ];
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
