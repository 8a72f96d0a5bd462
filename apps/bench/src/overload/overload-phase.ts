import { trading } from '@clearway/contracts';
import { type LoadPhase, newPhase } from '../system/load-lane';

/** What became of the orders of one phase. */
export interface OverloadTally {
  /** Orders that were accepted and answered within the deadline: the goodput. */
  inTime: number;
  /** Orders that were accepted and answered later. */
  late: number;
  /** Orders that were accepted and then rejected because the system did not get to them. */
  expired: number;
  /** Commands refused with RESOURCE_EXHAUSTED and a time to try again. */
  refused: number;
  /** Commands refused with RESOURCE_EXHAUSTED without one: none, or clients cannot know when. */
  refusedWithoutHint: number;
  readonly otherRefusals: Map<string, number>;
  /** Ids of accepted orders, to be looked up afterwards. */
  readonly accepted: string[];
  slowestMs: number;
}

const { ORD_STATUS_REJECTED } = trading.OrdStatus;
/** A cancel of an order that was itself refused. */
const EXPECTED_REFUSALS = new Set(['UNKNOWN_ORDER']);

/** Begins a phase that tells what was answered in time and what was refused how. */
export function overloadPhase(deadlineMs: number): {
  readonly phase: LoadPhase;
  readonly tally: OverloadTally;
} {
  const tally: OverloadTally = {
    inTime: 0,
    late: 0,
    expired: 0,
    refused: 0,
    refusedWithoutHint: 0,
    otherRefusals: new Map(),
    accepted: [],
    slowestMs: 0,
  };
  const phase: LoadPhase = {
    ...newPhase(),
    onPlaced: ({ order }, tookMs) => {
      if (order === undefined) return;
      tally.accepted.push(order.orderId);
      tally.slowestMs = Math.max(tally.slowestMs, Math.round(tookMs));
      if (order.ordStatus === ORD_STATUS_REJECTED) tally.expired += 1;
      else if (tookMs <= deadlineMs) tally.inTime += 1;
      else tally.late += 1;
    },
    onRefused: ({ isOverload, reason, retryAfterMs }) => {
      if (isOverload && retryAfterMs > 0) tally.refused += 1;
      else if (isOverload) tally.refusedWithoutHint += 1;
      else if (!EXPECTED_REFUSALS.has(reason))
        tally.otherRefusals.set(reason, (tally.otherRefusals.get(reason) ?? 0) + 1);
    },
  };
  return { phase, tally };
}
