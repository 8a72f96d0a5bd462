import { trading } from '@clearway/contracts';
import { build, type Histogram } from 'hdr-histogram-js';

/** What a phase counts. */
export interface LoadCounts {
  ordersAnswered: number;
  cancelsAnswered: number;
  trades: number;
  rejected: Map<string, number>;
  errors: Map<string, number>;
}

/** Where answers are counted now. */
export interface LoadPhase {
  readonly counts: LoadCounts;
  /** Microseconds from sending to the answer. */
  readonly answers: Histogram;
  /** Told of each order that was answered, with the milliseconds that it took; a phase that looks closer sets it. */
  readonly onPlaced?: (placed: trading.PlaceOrderResponse, tookMs: number) => void;
  /** Told of each command that was refused. */
  readonly onRefused?: (refusal: Refusal) => void;
}

/** Why a command was refused, and when to try again: 0 for no hint. */
export interface Refusal {
  readonly isOverload: boolean;
  readonly reason: string;
  readonly retryAfterMs: number;
}

/** One participant's way to send orders: keeps a window of commands unanswered, or sends when it is told to. */
export interface LoadLane {
  /** A taker order whose settlement nobody has looked for yet. */
  lastTaker: { readonly orderId: string; readonly sentAtMs: number } | undefined;
  /** Resolves when the lane has ended; rejects when it broke. */
  run(): Promise<void>;
  /** Counts from now on in another phase; a window of 0 sends only by `send`. */
  enter(phase: LoadPhase, windowMax: number): void;
  /** Sends commands now, whatever is unanswered: an open loop, so that a slow answer delays no other order. */
  send(commands: number): void;
  /** Stops sending and resolves when everything is answered. */
  finish(): Promise<void>;
}

const MICROS_PER_MS = 1_000;
const ANSWER_MICROS_MAX = 600_000_000;

/** Begins a phase in which nothing is counted yet. */
export function newPhase(): LoadPhase {
  const counts = { ordersAnswered: 0, cancelsAnswered: 0, trades: 0, rejected: new Map(), errors: new Map() };
  return { counts, answers: newHistogram() };
}

/** A histogram of microseconds, up to ten minutes. */
export function newHistogram(): Histogram {
  return build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: ANSWER_MICROS_MAX,
    numberOfSignificantValueDigits: 3,
  });
}

/** Counts an order that was answered, accepted or rejected. */
export function countPlaced(
  { counts, answers, onPlaced }: LoadPhase,
  sentAtMs: number,
  placed: trading.PlaceOrderResponse,
): void {
  const { order, fills } = placed;
  counts.ordersAnswered += 1;
  counts.trades += fills.length;
  const tookMs = performance.now() - sentAtMs;
  onPlaced?.(placed, tookMs);
  const micros = Math.round(tookMs * MICROS_PER_MS);
  answers.recordValue(Math.min(ANSWER_MICROS_MAX, Math.max(1, micros)));
  if (order?.ordStatus === trading.OrdStatus.ORD_STATUS_REJECTED)
    addOne(counts.rejected, order.reasons[0]?.code ?? 'UNKNOWN');
}

/** Counts a command that was refused. */
export function countRefused({ counts, onRefused }: LoadPhase, refusal: Refusal): void {
  addOne(counts.errors, refusal.reason);
  onRefused?.(refusal);
}

/** Adds one to a named count. */
export function addOne(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
