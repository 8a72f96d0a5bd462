import type { ClearingEvent, SettleLeg } from '@clearway/domain-clearing';
import { reason } from '@clearway/kernel';
import { clearingEventCodec } from './clearing-event.codec';

const key = { originShard: 'trading/0', sagaNumber: 7, step: 1, phase: 'action' } as const;
const leg: SettleLeg = {
  tradeNumber: 9,
  account: 'alice.main',
  side: 'sell',
  baseAsset: 'BTC',
  baseMinor: 2n ** 55n,
  quoteAsset: 'USD',
  quoteMinor: 5_000n,
  feeMinor: 0n,
};
const postings = [
  { owner: 'alice.main', asset: 'BTC', purpose: 'CUSTOMER', side: 'debit', amountMinor: 2n ** 55n },
  { owner: 'house', asset: 'BTC', purpose: 'CCP', side: 'credit', amountMinor: 2n ** 55n },
  { owner: 'house', asset: 'USD', purpose: 'FEES', side: 'credit', amountMinor: 1n },
  { owner: 'house', asset: 'USD', purpose: 'NOSTRO', side: 'debit', amountMinor: 1n },
] as const;
const reasons = [reason('INSUFFICIENT_FUNDS', 'short', { neededMinor: '5' })];

const events: readonly ClearingEvent[] = [
  { kind: 'LegSettled', key, entryNumber: 1, leg, postings },
  { kind: 'LegSettled', key, entryNumber: 1, leg: { ...leg, side: 'buy' }, postings },
  {
    kind: 'LegReversed',
    key: { ...key, phase: 'compensation' },
    entryNumber: 2,
    reversedEntryNumber: 1,
    postings,
  },
  { kind: 'StepRefused', key, reasons },
  { kind: 'CompensationNoted', key },
  { kind: 'SagasFinished', originShard: 'trading/0', finishedBelow: 1_024 },
  {
    kind: 'TransferRequested',
    transferNumber: 3,
    sagaNumber: 4,
    deposit: true,
    account: 'bob.main',
    requestId: 'd-1',
    asset: 'USD',
    amountMinor: 10_000n,
    bankReference: 'ref 1',
  },
  { kind: 'TransferPosted', entryNumber: 5, transferNumber: 3, postings },
  { kind: 'TransferRefused', transferNumber: 3, reasons },
  {
    kind: 'AccountFreezeSet',
    account: 'bob.main',
    frozen: true,
    version: 2,
    sagaNumber: 5,
    note: 'case 12',
  },
  {
    kind: 'Saga',
    saga: {
      kind: 'SagaAdvanced',
      sagaNumber: 4,
      steps: [{ step: 0, result: Buffer.from([1]) }],
      completed: true,
    },
  },
  { kind: 'Saga', saga: { kind: 'StepRefused', sagaNumber: 4, step: 1, reasons } },
];

describe('clearingEventCodec', () => {
  it.each(events.map((event) => [clearingEventCodec.type(event), event]))('round-trips %s', (type, event) => {
    const bytes = Buffer.from(clearingEventCodec.encode(event));
    expect(clearingEventCodec.decode(type, bytes)).toEqual(event);
  });

  it("tells a saga's refused step from one that clearing refused", () => {
    const types = events.map((event) => clearingEventCodec.type(event));
    expect(types).toEqual(expect.arrayContaining(['StepRefused', 'SagaStepRefused', 'SagaAdvanced']));
  });

  it('refuses an event without content', () => {
    expect(() => clearingEventCodec.decode('LegSettled', Buffer.alloc(0))).toThrow('empty event');
  });
});
