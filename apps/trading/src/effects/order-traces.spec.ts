import type { SagaCall } from '@clearway/domain-saga';
import type { TradingOutput, TradingRequest } from '@clearway/domain-trading';
import { Tracing } from '@clearway/platform-telemetry';
import { OrderTraces } from './order-traces';

const SAMPLED = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;

const asked = (sagaKind: string, subject: number) => ({ sagaKind, subject }) as SagaCall<TradingRequest>;
const ended = (sagaKind: string, subject: number): TradingOutput => ({
  kind: 'saga-ended',
  sagaNumber: 1,
  sagaKind,
  subject,
  completed: true,
});
const traded = (orderNumber: number, tradeNumber: number, maker: boolean) =>
  ({
    kind: 'report',
    report: { order: { number: orderNumber }, trade: { number: tradeNumber, maker } },
  }) as TradingOutput;

let traces: OrderTraces;
beforeEach(() => {
  traces = new OrderTraces(new Tracing({ isRecording: true, samplingRatio: 0 }));
});

it('traces the steps of a sampled order until its saga ends', () => {
  traces.begin(1, SAMPLED);
  expect([traces.of(asked('PlaceOrder', 1)), traces.of(asked('PlaceOrder', 2))]).toEqual([
    SAMPLED,
    undefined,
  ]);
  traces.take([ended('PlaceOrder', 1)]);
  expect(traces.of(asked('PlaceOrder', 1))).toBeUndefined();
});

it('settles a trade in the trace of its taker, though the taker’s own saga has ended', () => {
  traces.begin(2, SAMPLED);
  traces.take([traded(1, 7, true), traded(2, 7, false), ended('PlaceOrder', 2)]);
  expect(traces.of(asked('SettleTrade', 7))).toBe(SAMPLED);
  traces.take([ended('SettleTrade', 7)]);
  expect(traces.of(asked('SettleTrade', 7))).toBeUndefined();
});

it('does not settle a trade in the trace of its maker, nor mix orders with trades of the same number', () => {
  traces.begin(7, SAMPLED);
  traces.take([traded(7, 8, true)]);
  expect([traces.of(asked('SettleTrade', 8)), traces.of(asked('SettleTrade', 7))]).toEqual([
    undefined,
    undefined,
  ]);
});

it('forgets what is not sampled, and takes no more than it can hold', () => {
  traces.begin(1, SAMPLED.replace(/01$/, '00'));
  expect(traces.of(asked('PlaceOrder', 1))).toBeUndefined();
  for (let number = 1; number <= 10_001; number += 1) traces.begin(number, SAMPLED);
  expect([traces.of(asked('PlaceOrder', 10_000)), traces.of(asked('PlaceOrder', 10_001))]).toEqual([
    SAMPLED,
    undefined,
  ]);
});
