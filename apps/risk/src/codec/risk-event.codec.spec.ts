import { risk } from '@clearway/contracts';
import type { RiskEvent } from '@clearway/domain-risk';
import { reason } from '@clearway/kernel';
import { riskEventCodec } from './risk-event.codec';

const key = { originShard: 'trading/0', sagaNumber: 7, step: 2, phase: 'action' } as const;
const funds = { account: 'alice.main', asset: 'USD', amountMinor: 9_007_199_254_740_993n };
const limits = {
  orderQtyMaxMinor: 1n,
  orderNotionalMaxMinor: 2n,
  positionMaxMinor: 3n,
  ordersPerMinuteMax: 4,
  priceDeviationBpsMax: 5,
  fatFingerMultipleMax: 6,
};
const reserve = {
  orderNumber: 1,
  account: 'alice.main',
  symbol: 'AMZN',
  side: 'sell',
  quantityLots: 10,
  priceTicks: 0,
  marketPriceTicks: 1_000,
  baseAsset: 'AMZN',
  quoteAsset: 'USD',
  lotSizeMinor: 1n,
  tickValueMinor: 2n,
  feeBps: 10,
} as const;

/** One of each kind; the mapped type makes a new event fail to compile until it has a row here. */
const EVENTS: { readonly [Kind in RiskEvent['kind']]: Extract<RiskEvent, { kind: Kind }> } = {
  HoldPlaced: { kind: 'HoldPlaced', key, reserve, protectionPriceTicks: 950 },
  HoldReleased: { kind: 'HoldReleased', key: { ...key, phase: 'compensation' }, orderNumber: 1 },
  LotsReleased: { kind: 'LotsReleased', key, orderNumber: 1, quantityLots: 2 },
  HoldRaised: {
    kind: 'HoldRaised',
    key,
    order: reserve,
    addedLots: 3,
    protectionPriceTicks: 950,
    orderPriceTicks: 960,
    version: 2,
  },
  HoldLowered: { kind: 'HoldLowered', key, orderNumber: 1, quantityLots: 2, protectionPriceTicks: 960 },
  FillApplied: {
    kind: 'FillApplied',
    key,
    fill: { orderNumber: 1, tradeNumber: 2, quantityLots: 3, priceTicks: 4, feeMinor: 5n },
  },
  FundsCredited: { kind: 'FundsCredited', key, funds },
  FundsHeld: { kind: 'FundsHeld', key, funds },
  FundsReleased: { kind: 'FundsReleased', key, funds },
  FundsDebited: { kind: 'FundsDebited', key, funds },
  AccountFrozenSet: { kind: 'AccountFrozenSet', key, freeze: { account: 'a.b', frozen: true, version: 3 } },
  StepRefused: {
    kind: 'StepRefused',
    key,
    reasons: [reason('ORDER_RATE', 'Too many.', { orders: '100' })],
    account: 'alice.main',
    symbol: 'AMZN',
  },
  LimitsSet: { kind: 'LimitsSet', scope: { account: '', symbol: 'AMZN' }, limits },
  BlacklistSet: { kind: 'BlacklistSet', participant: 'mallory', blacklisted: true, note: 'sanctions' },
  SagasFinished: { kind: 'SagasFinished', originShard: 'trading/0', finishedBelow: 512 },
  CompensationNoted: { kind: 'CompensationNoted', key },
};

describe('riskEventCodec', () => {
  it.each(Object.values(EVENTS).map((event) => [event.kind, event] as const))(
    'keeps %s whole',
    (kind, event) => {
      expect(riskEventCodec.type(event)).toBe(kind);
      expect(riskEventCodec.decode(kind, riskEventCodec.encode(event))).toEqual(event);
    },
  );

  it('refuses bytes that are no event of risk', () => {
    expect(() => riskEventCodec.decode('HoldPlaced', new Uint8Array(0))).toThrow('empty');
    const keyless = risk.RiskEvent.encode({
      key: undefined,
      event: { $case: 'holdReleased', value: { orderNumber: 1 } },
    }).finish();
    expect(() => riskEventCodec.decode('HoldReleased', keyless)).toThrow('no valid key');
  });
});
