import type { SagaCall, StepAnswer } from '@clearway/domain-saga';
import { type Plain, type Reason, reason } from '@clearway/kernel';
import type { PlaceOrder, ReplaceAnswer, ReplaceOrder, TradingCommand, TradingOutcome } from '../commands';
import type { TradingEvent } from '../events';
import type { ListingTerms } from '../instrument';
import type { MarketChange } from '../market-tape';
import type { TradingOutput } from '../outputs';
import type { Report } from '../reports';
import { encodeProtectionPrice, type Reserve, type TradingRequest } from '../requests';
import type { TradingState } from '../state';
import { tradingMachine } from '../trading-machine';

/** What the desk's risk and clearing answer to a request; undefined means that the answer is still to come. */
export type Participant = (
  request: TradingRequest,
  call: SagaCall<TradingRequest>,
) => Reason[] | undefined | 'ok';

/** Trading alone, with participants played by functions: for specs of the domain. Not exported from the package. */
export class TradingDesk {
  machine = tradingMachine;
  state: TradingState = tradingMachine.create();
  nowMicros = 1_000_000_000_000_000;
  readonly events: { event: TradingEvent; atMicros: number }[] = [];
  readonly reports: Report[] = [];
  readonly placed: Extract<TradingOutput, { kind: 'placed' }>[] = [];
  readonly market: MarketChange[] = [];
  readonly replaced: ReplaceAnswer[] = [];
  readonly asked: string[] = [];
  /** Calls that a participant has not answered. */
  pending: SagaCall<TradingRequest>[] = [];
  participant: Participant = () => 'ok';

  constructor() {
    this.list({});
  }

  /** Lists an instrument, AMZN unless said otherwise. */
  list(over: Partial<ListingTerms>): TradingOutcome {
    return this.do({
      kind: 'ListInstrument',
      terms: {
        symbol: 'AMZN',
        baseAsset: 'AMZN',
        quoteAsset: 'USD',
        tickSize: '0.01',
        lotSize: '1',
        baseDecimals: 0,
        quoteDecimals: 2,
        referencePrice: '100.00',
        makerFeeBps: 1,
        takerFeeBps: 2,
        ...over,
      },
    });
  }

  /** Decides a command and lets the participants answer whatever follows from it. */
  do(command: TradingCommand): TradingOutcome {
    const calls: SagaCall<TradingRequest>[] = [];
    const outcome = this.machine.decide(this.state, command, {
      nowMicros: this.nowMicros,
      emit: (event) => {
        refuseUndefined(event, event.kind);
        this.events.push({ event, atMicros: this.nowMicros });
        tradingMachine.evolve(this.state, event, this.nowMicros);
      },
      publish: (output) => {
        if (output.kind === 'report') this.reports.push(output.report);
        else if (output.kind === 'placed') this.placed.push(output);
        else if (output.kind === 'replaced') this.replaced.push(output.answer);
        else if (output.kind === 'market') this.market.push(...output.changes);
        else if (output.kind === 'saga-call') calls.push(output.call);
      },
    });
    this.answer(calls);
    return outcome;
  }

  /** Asks the participants (again) about calls and takes their answers in. */
  answer(calls: readonly SagaCall<TradingRequest>[]): void {
    const answers: StepAnswer[] = [];
    for (const call of calls) {
      this.asked.push(call.request.kind);
      const said = this.participant(call.request, call);
      const { sagaNumber, step, phase } = call;
      if (said === undefined) this.pending.push(call);
      else if (said === 'ok')
        answers.push({ sagaNumber, step, phase, status: 'succeeded', result: resultOf(call.request) });
      else answers.push({ sagaNumber, step, phase, status: 'refused', reasons: said });
    }
    if (answers.length > 0) this.do({ kind: 'SagaAnswers', answers });
  }

  /** Lets the participants answer what they kept back. */
  answerPending(): void {
    const pending = this.pending;
    this.pending = [];
    this.answer(pending);
  }

  place(over: Partial<PlaceOrder> & { clOrdId: string }): TradingOutcome {
    return this.do({
      kind: 'PlaceOrder',
      account: 'alice.main',
      symbol: 'AMZN',
      side: 'BUY',
      ordType: 'LIMIT',
      timeInForce: undefined,
      postOnly: false,
      quantity: '10',
      price: over.ordType === 'MARKET' ? '' : '100.00',
      ...over,
    });
  }

  replace(over: Partial<ReplaceOrder> & { clOrdId: string; of: string; account?: string }): TradingOutcome {
    const { of, account = 'alice.main', ...rest } = over;
    const reference = { account, clOrdId: of };
    return this.do({
      kind: 'ReplaceOrder',
      reference,
      participant: undefined,
      quantity: '',
      price: '',
      ...rest,
    });
  }

  cancel(account: string, clOrdId: string): TradingOutcome {
    return this.do({
      kind: 'CancelOrder',
      reference: { account, clOrdId },
      participant: undefined,
      cause: 'CANCELED_BY_OWNER',
    });
  }

  /** "STATUS leaves/cum/canceled/busted" of an order. */
  shows(clOrdId: string, account = 'alice.main'): string {
    const order = this.state.orders.get(this.state.keys.get(`${account}|${clOrdId}`) ?? 0);
    if (!order) return 'unknown';
    return `${order.status} ${order.leavesLots}/${order.cumLots}/${order.canceledLots}/${order.bustedLots}`;
  }

  /** The state that a replay of the journal gives. */
  replayed(): Plain {
    const state = tradingMachine.create();
    for (const { event, atMicros } of this.events) tradingMachine.evolve(state, event, atMicros);
    return tradingMachine.snapshot(state);
  }
}

/** A journal has no way to write down a field that is there without a value. */
function refuseUndefined(value: unknown, path: string): void {
  if (value === undefined) throw new Error(`${path} is undefined`);
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) refuseUndefined(inner, `${path}.${key}`);
}

/** Risk protects market orders at 105.00 for buys and 95.00 for sells, limit orders at their limit. */
function resultOf(request: TradingRequest): Uint8Array {
  if (request.kind === 'RaiseHold') return encodeProtectionPrice(protectionTicks(request.order));
  return request.kind === 'Reserve' ? encodeProtectionPrice(protectionTicks(request)) : new Uint8Array(0);
}

/** Worst price that risk lets an order trade at: its limit, or five percent from the market. */
export function protectionTicks({ side, priceTicks, marketPriceTicks }: Reserve): number {
  if (priceTicks > 0) return priceTicks;
  return Math.round((marketPriceTicks * (side === 'BUY' ? 105 : 95)) / 100);
}

/** A refusal with one reason. */
export function refused(code: Reason['code']): Reason[] {
  return [reason(code)];
}
