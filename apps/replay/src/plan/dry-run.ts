import { FillBuffer, OrderBook } from '@clearway/domain-matching';
import type { PlaceCommand, ReplayPlan } from './replay-command';

/** What a plan did on a real order book, without services around it. */
export interface DryRun {
  /** Planned fills that came about, and those that did not. */
  fillsAsPlanned: number;
  fillsElsewhere: number;
  /** Lots that an aggressor left, and lots that resting orders traded on entry: both should be 0. */
  takersLeftLots: number;
  addsTraded: number;
  cancelsTooLate: number;
  selfTrades: number;
  readonly book: OrderBook;
}

/** Runs the plan in its order, or in the sequence of command indices given, on the matching engine that trading uses. Order ids are command indices plus one. */
export function dryRun(plan: ReplayPlan, sequence: Iterable<number> = plan.commands.keys()): DryRun {
  const run: DryRun = {
    fillsAsPlanned: 0,
    fillsElsewhere: 0,
    takersLeftLots: 0,
    addsTraded: 0,
    cancelsTooLate: 0,
    selfTrades: 0,
    book: new OrderBook(4096),
  };
  const fills = new FillBuffer();
  for (const index of sequence) {
    const command = plan.commands[index]!;
    if (command.kind === 'place') place(run, command, index + 1, fills);
    else if (command.kind === 'cancel') cancel(run, command.order + 1);
  }
  return run;
}

function place(run: DryRun, command: PlaceCommand, orderId: number, fills: FillBuffer): void {
  const { side, priceTicks, lots, participant, purpose } = command;
  const policy = purpose === 'take' ? 'IOC' : 'GTC';
  run.book.submit(orderId, side, priceTicks, lots, participant + 1, policy, fills);
  if (fills.selfFillFirst >= 0) run.selfTrades += 1;
  if (purpose !== 'take') {
    run.addsTraded += fills.count;
    return;
  }
  run.takersLeftLots += fills.leavesLots;
  const planned = new Map(command.fills.map(({ maker, lots: wanted }) => [maker + 1, wanted]));
  for (let i = 0; i < fills.count; i++) {
    const isAsPlanned = planned.get(fills.makerOrderIds[i]!) === fills.quantitiesLots[i];
    if (isAsPlanned) run.fillsAsPlanned += 1;
    else run.fillsElsewhere += 1;
  }
}

function cancel(run: DryRun, orderId: number): void {
  if (run.book.has(orderId)) run.book.remove(orderId);
  else run.cancelsTooLate += 1;
}
