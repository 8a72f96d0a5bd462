import type { Side } from '@clearway/platform-feeds';
import { PlannedBook, type PlannedOrder } from './planned-book';
import type { CancelPurpose, PlacePurpose, PlanFigures, PlannedFill, ReplayCommand } from './replay-command';

/** Participants that only take: one from each side. */
const TAKERS = 2;

/** The fewest participants that a replay can do with: two takers and someone to trade with. */
export const PARTICIPANTS_MIN = TAKERS + 1;

/** A resting order to enter. */
export interface OrderToRest {
  readonly purpose: Exclude<PlacePurpose, 'take'>;
  readonly row: number;
  readonly orderId: number;
  readonly side: Side;
  readonly priceTicks: number;
  readonly lots: number;
  readonly forReduction?: boolean;
}

/** An aggressor to enter: against which side, down to which price, and what the data says it traded with. */
export interface OrderToTake {
  readonly row: number;
  /** Side of the resting orders. */
  readonly makerSide: Side;
  readonly limitTicks: number;
  readonly fills: readonly { readonly order: PlannedOrder; readonly lots: number }[];
}

/** Writes commands and keeps the planned book in step with them, so that the two cannot drift apart. */
export class PlanWriter {
  readonly commands: ReplayCommand[] = [];
  readonly book = new PlannedBook();
  readonly figures: PlanFigures = {
    rowsSeed: 0,
    rowsAdded: 0,
    rowsReduced: 0,
    rowsDeleted: 0,
    rowsExecuted: 0,
    rowsHiddenSkipped: 0,
    rowsCrossSkipped: 0,
    rowsStatus: 0,
    rowsUnknownSkipped: 0,
    ordersSeeded: 0,
    ordersAdopted: 0,
    ordersForgotten: 0,
    ordersMovedBack: 0,
    takers: 0,
    bookRowsDiffering: 0,
    bookRowsCompared: 0,
  };

  constructor(private readonly participantCount: number) {}

  /** Enters a resting order. All orders of one price and side belong to one participant, so that its stream keeps their order. */
  rest({ purpose, row, orderId, side, priceTicks, lots, forReduction = false }: OrderToRest): PlannedOrder {
    const participant = this.restingParticipant(side, priceTicks);
    const command = this.commands.length;
    this.commands.push({ kind: 'place', purpose, row, side, priceTicks, lots, participant, fills: [] });
    const order = { command, orderId, side, priceTicks, participant, forReduction, lots };
    this.book.rest(order);
    if (purpose === 'seed') this.figures.ordersSeeded += 1;
    if (purpose === 'adopt') this.figures.ordersAdopted += 1;
    return order;
  }

  /** Enters an order for each partial cancel that will come, behind one for the rest: the first keeps the order's place. */
  restInParts(order: OrderToRest, reductionsLots: readonly number[]): void {
    let leftLots = order.lots;
    const parts: number[] = [];
    for (const lots of reductionsLots) {
      const partLots = Math.min(lots, leftLots);
      if (partLots > 0) parts.push(partLots);
      leftLots -= partLots;
    }
    if (leftLots > 0) this.rest({ ...order, lots: leftLots });
    for (const lots of parts) this.rest({ ...order, lots, forReduction: true });
  }

  /** Cancels an order whole. */
  cancel(order: PlannedOrder, purpose: CancelPurpose, row: number): void {
    this.commands.push({ kind: 'cancel', purpose, row, order: order.command });
    this.book.reduce(order, order.lots);
    if (purpose === 'forget') this.figures.ordersForgotten += 1;
  }

  /** Enters an aggressor for what the rows say was executed at one moment. */
  take({ row, makerSide, limitTicks, fills }: OrderToTake): void {
    const planned = new Map<number, number>();
    for (const { order, lots } of fills) planned.set(order.command, (planned.get(order.command) ?? 0) + lots);
    this.commands.push({
      kind: 'place',
      purpose: 'take',
      row,
      side: makerSide === 'BUY' ? 'SELL' : 'BUY',
      priceTicks: limitTicks,
      lots: fills.reduce((sum, fill) => sum + fill.lots, 0),
      participant: this.takingParticipant(makerSide),
      fills: [...planned].map(([maker, lots]): PlannedFill => ({ maker, lots })),
    });
    for (const { order, lots } of fills) this.book.reduce(order, lots);
    this.figures.takers += 1;
  }

  /** Halts or resumes. */
  status(row: number, halted: boolean): void {
    this.commands.push({ kind: 'status', row, halted });
  }

  /** Prices are dealt out among the makers. The last two participants only take, so nobody ever trades with itself. */
  private restingParticipant(side: Side, priceTicks: number): number {
    const makers = this.participantCount - TAKERS;
    const offset = side === 'BUY' ? 0 : Math.floor(makers / 2);
    return (priceTicks + offset) % makers;
  }

  /** One participant takes from each side, so that its stream keeps its orders in turn. */
  private takingParticipant(makerSide: Side): number {
    return this.participantCount - (makerSide === 'BUY' ? 1 : 2);
  }
}
