import type { CommittedBatch } from '@clearway/platform-journal';

/** Hook for metrics and tracing of commits. It must not throw; what throws stops the shard. */
export interface BatchObserver {
  /** A batch is durable. Runs for each batch, so it must be cheap. */
  committed?(batch: CommittedBatch, commitMs: number): void;
  /**
   * A batch goes to the journal that holds events of commands which came with a traceparent, given once for each command in
   * order. What it returns is called once the batch is durable.
   */
  sent?(traceparents: readonly string[]): ((batch: CommittedBatch) => void) | undefined;
}
