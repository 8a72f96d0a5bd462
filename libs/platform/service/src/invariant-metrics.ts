import type { InvariantResult } from '@clearway/kernel';
import type { Figures } from '@clearway/platform-telemetry';

/** Invariants look at the whole state, so however often somebody asks, they are evaluated once a minute at most. */
export const EVALUATED_EVERY_MS = 60_000;

/**
 * Shows whether each invariant holds, as 1 or 0 by its name. Only a scrape evaluates them; while they cannot be evaluated
 * (the service is not ready) nothing is shown, so that an alert on a missing figure can tell.
 */
export function invariantMetrics(
  figures: Figures,
  shard: string,
  evaluate: () => Promise<readonly InvariantResult[]>,
): void {
  let evaluatedMs = Number.NEGATIVE_INFINITY;
  let results: readonly InvariantResult[] = [];
  const refresh = async (): Promise<void> => {
    if (performance.now() - evaluatedMs < EVALUATED_EVERY_MS) return;
    results = [];
    results = await evaluate();
    evaluatedMs = performance.now();
  };
  const description =
    '1 while the invariant holds, 0 when it is broken, by its name; evaluated once a minute';
  figures.gauge('clearway_invariant_holds', description, async (observe) => {
    await refresh().catch(() => undefined);
    for (const { name, holds } of results) observe(holds ? 1 : 0, { invariant: name, shard });
  });
}
