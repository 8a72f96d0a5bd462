import { trading } from '@clearway/contracts';
import { parseDecimal } from '@clearway/kernel';
import type { OrderMessages } from '../entry/order-messages';
import { PRICE_DECIMALS } from '../market/replay-terms';
import type { ReplayPlan } from '../plan/replay-command';

/** How the fills compare with those that the data names. */
export interface FillComparison {
  /** Planned fills that came about: the named maker, the named size. */
  readonly asPlanned: number;
  /** Planned fills that did not, or not with that maker and size. */
  readonly missing: number;
  /** Fills of other makers or sizes. */
  readonly elsewhere: number;
  /** Fills of which one side was never told, because a stream broke: they can not be compared. */
  readonly halfTold: number;
}

interface Trade {
  taker: number | undefined;
  maker: number | undefined;
  readonly lots: number;
  readonly priceTicks: number;
}

const { ORD_STATUS_REJECTED } = trading.OrdStatus;
const { CANCEL_OUTCOME_TOO_LATE } = trading.CancelOutcome;

/** Counts what the services answered, and joins both sides of each trade. */
export class ReplayTally {
  ordersAnswered = 0;
  cancelsAnswered = 0;
  cancelsTooLate = 0;
  /** Rejected orders and refused commands by their first reason. */
  readonly rejects = new Map<string, number>();
  private readonly trades = new Map<string, Trade>();

  constructor(
    private readonly plan: ReplayPlan,
    private readonly messages: OrderMessages,
  ) {}

  /** Takes in the answer to a command. */
  acknowledged({ requestId, result }: trading.OrderEntryAck): void {
    if (this.plan.commands[requestId]?.kind === 'place') this.ordersAnswered += 1;
    else this.cancelsAnswered += 1;
    if (result?.$case === 'placed') this.placed(result.value);
    else if (result?.$case === 'error') this.reject(result.value.reason?.code);
    else if (result?.value.outcome === CANCEL_OUTCOME_TOO_LATE) this.cancelsTooLate += 1;
  }

  /** Takes in an execution report; those of trades count. */
  reported(report: trading.ExecutionReport): void {
    if (report.execType === trading.ExecType.EXEC_TYPE_TRADE) this.traded(report);
  }

  /** Trades of which at least one side was told. */
  get fills(): number {
    return this.trades.size;
  }

  /** Trades of which one side is still to be told. */
  get fillsHalfTold(): number {
    return [...this.trades.values()].filter(({ taker, maker }) => taker === undefined || maker === undefined)
      .length;
  }

  /** Value of all trades in cents. */
  get valueMinor(): bigint {
    return [...this.trades.values()].reduce(
      (sum, { lots, priceTicks }) => sum + BigInt(lots) * BigInt(priceTicks),
      0n,
    );
  }

  /** Compares the fills with the plan, maker by maker of each taker. */
  compare(): FillComparison {
    const actual = new Map<string, number>();
    for (const { taker, maker, lots } of this.trades.values()) {
      if (taker === undefined || maker === undefined) continue;
      const key = `${taker} ${maker}`;
      actual.set(key, (actual.get(key) ?? 0) + lots);
    }
    let asPlanned = 0;
    let missing = 0;
    for (const [taker, maker, lots] of this.plannedFills()) {
      const key = `${taker} ${maker}`;
      if (actual.get(key) === lots) {
        asPlanned += 1;
        actual.delete(key);
      } else missing += 1;
    }
    return { asPlanned, missing, elsewhere: actual.size, halfTold: this.fillsHalfTold };
  }

  private *plannedFills(): Generator<readonly [taker: number, maker: number, lots: number]> {
    for (const [index, command] of this.plan.commands.entries()) {
      if (command.kind !== 'place') continue;
      for (const { maker, lots } of command.fills) yield [index, maker, lots];
    }
  }

  private placed({ order, fills }: trading.PlaceOrderResponse): void {
    for (const fill of fills) this.traded(fill);
    if (order?.ordStatus === ORD_STATUS_REJECTED) this.reject(order.reasons[0]?.code);
  }

  private traded({ tradeId, maker, order, lastQty, lastPx }: trading.ExecutionReport): void {
    const index = this.messages.indexOf(order?.clOrdId ?? '');
    const known = this.trades.get(tradeId) ?? {
      taker: undefined,
      maker: undefined,
      lots: Number(lastQty),
      priceTicks: ticksOf(lastPx),
    };
    if (maker) known.maker = index;
    else known.taker = index;
    this.trades.set(tradeId, known);
  }

  private reject(code = 'UNSPECIFIED'): void {
    this.rejects.set(code, (this.rejects.get(code) ?? 0) + 1);
  }
}

function ticksOf(price: string): number {
  const parsed = parseDecimal(price, PRICE_DECIMALS);
  if (!parsed.ok) throw new Error(`"${price}" is no price in ticks of 0.01`);
  return Number(parsed.minor);
}
