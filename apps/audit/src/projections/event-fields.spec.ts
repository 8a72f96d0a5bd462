import { clearing, common, risk, saga, trading } from '@clearway/contracts';
import { describeEvent } from './describe-event';
import { CLEARING_EVENTS, RISK_EVENTS, SAGA_EVENTS, TRADING_EVENTS } from './event-fields';

const key: saga.StepKey = {
  originShard: 'trading/0',
  sagaNumber: 5,
  step: 1,
  phase: saga.StepPhase.STEP_PHASE_ACTION,
};
const house = posting('house', clearing.PostingSide.POSTING_SIDE_DEBIT);
const alice = posting('alice.main', clearing.PostingSide.POSTING_SIDE_CREDIT);
const funds = { account: 'alice.main', asset: 'USD', amountMinor: 250n };
const reasons: common.Reason[] = [];

interface Case {
  readonly $case: string;
  readonly value: object;
}

interface Codec<Message> {
  decode(bytes: Uint8Array): Message;
}

/** A message with the given fields and defaults elsewhere: what no bytes decode to. */
function made<Message extends object>(codec: Codec<Message>, fields: Partial<Message>): Message {
  return { ...codec.decode(new Uint8Array(0)), ...fields };
}

/** An event of a package by its case: `orderAccepted` is the message OrderAccepted. */
function eventOf(contracts: object, $case: string, fields: object): Case {
  const name = `${$case[0]?.toUpperCase()}${$case.slice(1)}`;
  return { $case, value: made((contracts as Record<string, Codec<object>>)[name] as Codec<object>, fields) };
}

function posting(owner: string, side: clearing.PostingSide): clearing.LedgerPosting {
  return { owner, asset: 'USD', purpose: 1, side, amountMinor: 250n };
}

// One row: event, its fields, then resource, account and result that an auditor finds it by.
type Row = [$case: string, value: object, resource: string, account: string, result: string];

const TRADING_ROWS: Row[] = [
  ['instrumentListed', { symbol: 'AMZN' }, 'instrument/AMZN', '', 'ACCEPTED'],
  ['tradingStatusChanged', { symbol: 'AMZN', tradingStatus: 2 }, 'instrument/AMZN', '', 'ACCEPTED'],
  ['phaseChanged', { symbol: 'AMZN', phase: 4, cause: 'OPERATOR' }, 'instrument/AMZN', '', 'ACCEPTED'],
  ['uncrossingBegan', { symbol: 'AMZN', phase: 3, cause: 'CALENDAR' }, 'instrument/AMZN', '', 'RECORDED'],
  ['phaseChanged', { symbol: 'AMZN', phase: 3, cause: 'CALENDAR' }, 'instrument/AMZN', '', 'RECORDED'],
  ['orderOpenedAtMarket', { orderNumber: 17 }, 'order/trading/0:17', '', 'RECORDED'],
  [
    'orderAccepted',
    { orderNumber: 17, account: 'alice.main' },
    'order/trading/0:17',
    'alice.main',
    'ACCEPTED',
  ],
  ['orderOpened', { orderNumber: 17, leavesLots: 3 }, 'order/trading/0:17', '', 'RECORDED'],
  ['tradeExecuted', { tradeNumber: 4 }, 'trade/trading/0:4', '', 'RECORDED'],
  ['orderRejected', { orderNumber: 17, reasons }, 'order/trading/0:17', '', 'REFUSED'],
  ['cancelRequested', { orderNumber: 17 }, 'order/trading/0:17', '', 'ACCEPTED'],
  ['orderCanceled', { orderNumber: 17 }, 'order/trading/0:17', '', 'RECORDED'],
  ['orderReduced', { orderNumber: 17 }, 'order/trading/0:17', '', 'RECORDED'],
  ['replaceRequested', { orderNumber: 17 }, 'order/trading/0:17', '', 'ACCEPTED'],
  ['orderReplaced', { orderNumber: 17 }, 'order/trading/0:17', '', 'RECORDED'],
  ['replaceRefused', { orderNumber: 17, reasons }, 'order/trading/0:17', '', 'REFUSED'],
  ['holdLowering', { orderNumber: 17 }, 'order/trading/0:17', '', 'RECORDED'],
  ['stopWaiting', { orderNumber: 17 }, 'order/trading/0:17', '', 'RECORDED'],
  ['stopTriggered', { orderNumber: 17 }, 'order/trading/0:17', '', 'RECORDED'],
  ['orderExpired', { orderNumber: 17 }, 'order/trading/0:17', '', 'RECORDED'],
  ['tradeBusted', { tradeNumber: 4, reasons }, 'trade/trading/0:4', '', 'REFUSED'],
  ['killSwitchEngaged', { scope: 'all' }, 'kill-switch/all', '', 'ACCEPTED'],
  ['killSwitchProven', { scope: 'all' }, 'kill-switch/all', '', 'RECORDED'],
  ['killSwitchReleaseRequested', { scope: 'all' }, 'kill-switch/all', '', 'ACCEPTED'],
  ['killSwitchReleased', { scope: 'all' }, 'kill-switch/all', '', 'ACCEPTED'],
];

const SAGA_ROWS: Row[] = [
  ['sagaAdvanced', { sagaNumber: 5, steps: [], completed: true }, 'saga/SHARD:5', '', 'RECORDED'],
  ['stepRefused', { sagaNumber: 5, reasons }, 'saga/SHARD:5', '', 'REFUSED'],
  ['stepFailed', { sagaNumber: 5 }, 'saga/SHARD:5', '', 'RECORDED'],
  ['compensationStarted', { sagaNumber: 5, reasons }, 'saga/SHARD:5', '', 'RECORDED'],
  ['stepsCompensated', { sagaNumber: 5, steps: [1] }, 'saga/SHARD:5', '', 'RECORDED'],
  ['stepParked', { sagaNumber: 5 }, 'saga/SHARD:5', '', 'RECORDED'],
  ['sagaResumed', { sagaNumber: 5 }, 'saga/SHARD:5', '', 'ACCEPTED'],
];

const RISK_ROWS: Row[] = [
  [
    'holdPlaced',
    { reserve: made(risk.Reserve, { orderNumber: 17, account: 'alice.main' }) },
    'order/trading/0:17',
    'alice.main',
    'ACCEPTED',
  ],
  ['holdReleased', { orderNumber: 17 }, 'order/trading/0:17', '', 'RECORDED'],
  [
    'holdRaised',
    { order: made(risk.Reserve, { orderNumber: 17, account: 'alice.main' }) },
    'order/trading/0:17',
    'alice.main',
    'ACCEPTED',
  ],
  ['holdLowered', { orderNumber: 17 }, 'order/trading/0:17', '', 'RECORDED'],
  ['lotsReleased', { orderNumber: 17 }, 'order/trading/0:17', '', 'RECORDED'],
  [
    'fillApplied',
    { fill: made(risk.ApplyFill, { orderNumber: 17, tradeNumber: 4 }) },
    'order/trading/0:17',
    '',
    'RECORDED',
  ],
  ['fundsCredited', { funds }, 'account/alice.main', 'alice.main', 'RECORDED'],
  ['fundsHeld', { funds }, 'account/alice.main', 'alice.main', 'ACCEPTED'],
  ['fundsReleased', { funds }, 'account/alice.main', 'alice.main', 'RECORDED'],
  ['fundsDebited', { funds }, 'account/alice.main', 'alice.main', 'RECORDED'],
  [
    'accountFrozenSet',
    { frozen: made(risk.SetAccountFrozen, { account: 'alice.main', frozen: true }) },
    'account/alice.main',
    'alice.main',
    'RECORDED',
  ],
  ['stepRefused', { reasons, account: 'alice.main' }, 'saga/trading/0:5', 'alice.main', 'REFUSED'],
  ['limitsSet', { account: 'alice.main' }, 'limits/alice.main/*', 'alice.main', 'ACCEPTED'],
  ['blacklistSet', { participant: 'mallory' }, 'participant/mallory', '', 'ACCEPTED'],
  ['sagasFinished', { originShard: 'clearing/0' }, 'shard/clearing/0', '', 'RECORDED'],
  ['compensationNoted', {}, 'saga/trading/0:5', '', 'RECORDED'],
];

const CLEARING_ROWS: Row[] = [
  [
    'legSettled',
    { leg: made(clearing.SettleLeg, { tradeNumber: 4, account: 'alice.main' }), postings: [house, alice] },
    'trade/trading/0:4',
    'alice.main',
    'RECORDED',
  ],
  [
    'legReversed',
    { reversedEntryNumber: 8, postings: [house, alice] },
    'entry/clearing/0:8',
    'alice.main',
    'RECORDED',
  ],
  ['stepRefused', { reasons }, 'saga/trading/0:5', '', 'REFUSED'],
  [
    'transferRequested',
    { transferNumber: 3, account: 'alice.main' },
    'transfer/clearing/0:3',
    'alice.main',
    'ACCEPTED',
  ],
  [
    'transferPosted',
    { transferNumber: 3, postings: [house, alice] },
    'transfer/clearing/0:3',
    'alice.main',
    'RECORDED',
  ],
  ['transferRefused', { transferNumber: 3, reasons }, 'transfer/clearing/0:3', '', 'REFUSED'],
  ['accountFreezeSet', { account: 'alice.main' }, 'account/alice.main', 'alice.main', 'ACCEPTED'],
  ['sagasFinished', { originShard: 'trading/0' }, 'shard/trading/0', '', 'RECORDED'],
  ['compensationNoted', {}, 'saga/trading/0:5', '', 'RECORDED'],
];

const TRADING = (event: Case) =>
  Buffer.from(trading.TradingEvent.encode({ event } as trading.TradingEvent).finish());
const RISK = (event: Case) => Buffer.from(risk.RiskEvent.encode({ key, event } as risk.RiskEvent).finish());
const CLEARING = (event: Case) =>
  Buffer.from(clearing.ClearingEvent.encode({ key, event } as clearing.ClearingEvent).finish());

const SERVICES: [string, object, (event: Case) => Buffer, Row[], object][] = [
  ['trading/0', trading, TRADING, TRADING_ROWS, TRADING_EVENTS],
  ['risk/0', risk, RISK, RISK_ROWS, RISK_EVENTS],
  ['clearing/0', clearing, CLEARING, CLEARING_ROWS, CLEARING_EVENTS],
];

describe.each(SERVICES)('%s', (shard, contracts, encode, rows, table) => {
  it.each(rows)('%s', ($case, value, resource, account, result) => {
    const described = describeEvent(shard, $case, encode(eventOf(contracts, $case, value)));
    expect(described).toMatchObject({ resource, account, result });
    expect(JSON.parse(described.detailJson)).not.toHaveProperty('undecoded');
  });

  it('has a row above for every event', () => {
    const cases = new Set(rows.map(([$case]) => $case).filter((name) => name !== 'saga'));
    expect([...cases].sort()).toEqual(
      Object.keys(table)
        .filter((name) => name !== 'saga')
        .sort(),
    );
  });
});

describe.each(['trading/0', 'clearing/0'])('sagas of %s', (shard) => {
  it.each(SAGA_ROWS)('%s', ($case, value, resource, account, result) => {
    const encode = shard === 'trading/0' ? TRADING : CLEARING;
    const described = describeEvent(
      shard,
      $case,
      encode({ $case: 'saga', value: { event: eventOf(saga, $case, value) } }),
    );
    expect(described).toMatchObject({ resource: resource.replace('SHARD', shard), account, result });
    expect(JSON.parse(described.detailJson)).toMatchObject({ sagaNumber: 5 });
  });

  it('has a row above for every event', () => {
    expect(SAGA_ROWS.map(([$case]) => $case).sort()).toEqual(Object.keys(SAGA_EVENTS).sort());
  });
});

describe('detail', () => {
  it('writes money as text, enums by name, leaves empty fields out and masks bank references', () => {
    const data = CLEARING(
      eventOf(clearing, 'transferPosted', { transferNumber: 3, postings: [house], entryNumber: 9 }),
    );
    expect(JSON.parse(describeEvent('clearing/0', 'TransferPosted', data).detailJson)).toEqual({
      entryNumber: 9,
      transferNumber: 3,
      key: { originShard: 'trading/0', sagaNumber: 5, step: 1, phase: 'STEP_PHASE_ACTION' },
      postings: [
        {
          owner: 'house',
          asset: 'USD',
          purpose: 'ACCOUNT_PURPOSE_CUSTOMER',
          side: 'POSTING_SIDE_DEBIT',
          amountMinor: '250',
        },
      ],
    });
    const transfer = { transferNumber: 3, account: 'alice.main', bankReference: 'DE89370400440532013000' };
    const requested = CLEARING(eventOf(clearing, 'transferRequested', transfer));
    const { detailJson } = describeEvent('clearing/0', 'TransferRequested', requested);
    expect(JSON.parse(detailJson)).toMatchObject({ bankReference: '****3000' });
    expect(detailJson).not.toContain('DE89');
  });

  it.each([
    ['trading/0', 'Newer', TRADING({ $case: 'nothing known', value: {} }), '{}'],
    ['vault/0', 'Opened', Buffer.from([1, 2]), '{}'],
    ['trading/0', 'Broken', Buffer.from([0x1a, 9, 1]), expect.stringContaining('undecoded')],
    ['risk/0', 'platform.AccessRefused', Buffer.from([0x0a, 9]), expect.stringContaining('undecoded')],
  ])('only records what it cannot read: %s %s', (shard, type, data, detailJson) => {
    expect(describeEvent(shard, type, data)).toEqual({
      resource: '',
      account: '',
      result: 'RECORDED',
      detailJson,
    });
  });

  it('tells a detail that is too long by its length', () => {
    const note = 'x'.repeat(20_000);
    const data = RISK(eventOf(risk, 'blacklistSet', { participant: 'mallory', note }));
    expect(JSON.parse(describeEvent('risk/0', 'BlacklistSet', data).detailJson)).toEqual({
      omittedChars: expect.any(Number),
    });
  });
});

const refusal = common.Reason.encode({ code: 'METHOD_NOT_ALLOWED', message: '', metadata: {} }).finish();

it.each([
  ['platform.SessionOpened', Buffer.alloc(0), 'ACCEPTED', {}],
  ['platform.AccessRefused', Buffer.from(refusal), 'REFUSED', { code: 'METHOD_NOT_ALLOWED', metadata: {} }],
  ['platform.Elected', Buffer.from([1]), 'RECORDED', {}],
])('%s', (type, data, result, detail) => {
  const { detailJson, ...fields } = describeEvent('risk/0', type, data);
  expect(fields).toEqual({ resource: 'service/risk', account: '', result });
  expect(JSON.parse(detailJson)).toEqual(detail);
});
