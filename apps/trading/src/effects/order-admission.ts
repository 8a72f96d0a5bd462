import { RpcError } from '@clearway/platform-rpc';

/** How long an order may wait for its answer when it is let in: well below the deadline of its saga and of most callers. */
export const ANSWER_TARGET_MS = 500;
/** So many may always be unanswered: what comes at once after a quiet time, and what makes full batches of a slow machine. */
export const UNANSWERED_MIN = 2_000;
/** How often the rate of answers is measured. */
export const RATE_WINDOW_MS = 250;
/** Weight of the newest window in the rate. */
const RATE_WEIGHT = 0.3;
const RETRY_AFTER_MS = 200;
/** One for all: a refusal must cost next to nothing, and where it was made is known. */
const OVERLOADED = new RpcError('OVERLOADED', undefined, {}, { retryAfterMs: RETRY_AFTER_MS });

/**
 * Lets in as many new orders as can be answered in time. What waits longer than callers wait is work for nothing, and the more there
 * is of it, the less is done for those who still wait. By Little's law so many may be unanswered as are answered within the
 * target at the rate seen; the rest is refused at once, which costs next to nothing. Cancels are never refused.
 */
export class OrderAdmission {
  private unanswered = 0;
  private answered = 0;
  private perMs = 0;
  private windowStartedAtMs: number;

  constructor(private readonly nowMs: () => number = () => performance.now()) {
    this.windowStartedAtMs = nowMs();
  }

  /** Orders that may be unanswered now. */
  get unansweredMax(): number {
    return Math.max(UNANSWERED_MIN, Math.round(this.perMs * ANSWER_TARGET_MS));
  }

  /** Takes an order in, or throws OVERLOADED with a time to try again. Whoever was let in calls `left` once. */
  enter(): void {
    this.measure();
    if (this.unanswered >= this.unansweredMax) throw OVERLOADED;
    this.unanswered += 1;
  }

  /** Notes that an order which was let in is answered, or was refused after all. */
  left(): void {
    this.unanswered -= 1;
    this.answered += 1;
    this.measure();
  }

  private measure(): void {
    const elapsedMs = this.nowMs() - this.windowStartedAtMs;
    if (elapsedMs < RATE_WINDOW_MS) return;
    this.perMs += RATE_WEIGHT * (this.answered / elapsedMs - this.perMs);
    this.answered = 0;
    this.windowStartedAtMs += elapsedMs;
  }
}
