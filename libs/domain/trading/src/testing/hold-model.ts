import { type Reason, reason } from '@clearway/kernel';
import { isOpen } from '../order';
import type { RiskRequest } from '../requests';
import type { TradingState } from '../state';
import { type Participant, protectionTicks } from './trading-desk';

interface Held {
  readonly lots: number;
  readonly priceTicks: number;
  readonly version: number;
  readonly buys: boolean;
}

/** Risk as far as holds go, for specs: one hold an order, raised and lowered as risk does it. */
export class HoldModel {
  readonly holds = new Map<number, Held>();
  /** What RaiseHold is refused with, when it is. */
  refusal: Reason[] | undefined;
  private readonly raised = new Set<number>();
  private readonly answers = new Map<string, Reason[] | 'ok' | undefined>();

  /** Answers as a participant: a repeated step as it did first, and an action that was compensated with a refusal. */
  readonly participant: Participant = (request, call) => {
    const key = `${call.sagaNumber}/${call.step}`;
    const isLate = call.phase === 'action' && this.answers.has(`${key}/compensation`);
    if (isLate) return [reason('ALREADY_COMPENSATED')];
    const known = this.answers.get(`${key}/${call.phase}`);
    if (known) return known;
    if (
      call.phase === 'action' ||
      request.kind === 'LowerHold' ||
      this.answers.get(`${key}/action`) === 'ok'
    ) {
      this.answers.set(`${key}/${call.phase}`, this.answer(request, call));
    } else this.answers.set(`${key}/${call.phase}`, 'ok');
    return this.answers.get(`${key}/${call.phase}`);
  };

  private readonly answer: Participant = (request, call) => {
    if (request.kind === 'RaiseHold') return this.raise(request, call.sagaNumber);
    if (request.kind === 'LowerHold')
      this.lower(request, call.phase === 'action' || this.raised.has(call.sagaNumber));
    if (request.kind === 'Reserve') {
      const hold = { lots: request.quantityLots, priceTicks: protectionTicks(request), version: 0 };
      this.holds.set(request.orderNumber, { ...hold, buys: request.side === 'BUY' });
    }
    if (request.kind === 'ReleaseHold') this.holds.delete(request.orderNumber);
    if (request.kind === 'ReleaseLots') this.take(request.orderNumber, request.quantityLots);
    if (request.kind === 'ApplyFill') this.fill(request);
    return 'ok';
  };

  /** "LOTS@PRICE" that is held for an order, or "nothing". */
  of(orderNumber: number): string {
    const hold = this.holds.get(orderNumber);
    return hold ? `${hold.lots}@${hold.priceTicks}` : 'nothing';
  }

  /** Orders that hold something else than they need; only when no saga is under way. */
  differences(state: TradingState, priceOf: (orderNumber: number) => number): string[] {
    const found: string[] = [];
    for (const order of state.orders.values()) {
      const needs = isOpen(order) ? `${order.leavesLots}@${priceOf(order.number)}` : 'nothing';
      if (this.of(order.number) !== needs)
        found.push(`order ${order.number} needs ${needs}, ${this.of(order.number)} is held`);
    }
    return found;
  }

  private raise(request: RiskRequest & { kind: 'RaiseHold' }, sagaNumber: number): Reason[] | 'ok' {
    const hold = this.holds.get(request.order.orderNumber);
    if (!hold) return [reason('TOO_LATE_TO_REPLACE')];
    if (this.refusal) return this.refusal;
    this.raised.add(sagaNumber);
    const wanted = protectionTicks(request.order);
    const priceTicks = hold.buys ? Math.max(hold.priceTicks, wanted) : Math.min(hold.priceTicks, wanted);
    const { version, addedLots, order } = request;
    this.holds.set(order.orderNumber, { ...hold, lots: hold.lots + addedLots, priceTicks, version });
    return 'ok';
  }

  private lower(request: RiskRequest & { kind: 'LowerHold' }, isMine: boolean): void {
    const hold = this.holds.get(request.orderNumber);
    if (!isMine || (!hold && request.quantityLots === 0)) return;
    this.take(request.orderNumber, request.quantityLots);
    const left = this.holds.get(request.orderNumber);
    if (left && request.version >= left.version)
      this.holds.set(request.orderNumber, { ...left, priceTicks: request.priceTicks });
  }

  private fill(request: RiskRequest & { kind: 'ApplyFill' }): void {
    const hold = this.holds.get(request.orderNumber);
    const isWorse =
      hold && (hold.buys ? request.priceTicks > hold.priceTicks : request.priceTicks < hold.priceTicks);
    if (isWorse) throw new Error(`a fill at ${request.priceTicks} is worse than the held ${hold.priceTicks}`);
    this.take(request.orderNumber, request.quantityLots);
  }

  private take(orderNumber: number, lots: number): void {
    const hold = this.holds.get(orderNumber);
    if (!hold || hold.lots < lots)
      throw new Error(`order ${orderNumber} holds ${this.of(orderNumber)}, not ${lots}`);
    if (hold.lots === lots) this.holds.delete(orderNumber);
    else this.holds.set(orderNumber, { ...hold, lots: hold.lots - lots });
  }
}
