import { setTimeout as sleep } from 'node:timers/promises';
import type { InvariantResult } from '@clearway/kernel';
import { evaluateInvariants } from './evaluate-invariants';
import { type Dumps, read, readDumps } from './read-dumps';
import type { ReconciliationClients } from './reconciliation-clients';
import { unrestBetween } from './rest-between';
import type { Read, ServiceName, SystemState } from './system-state';

/** How long reconciliation waits for the system to come to rest. */
export interface ReconcileOptions {
  /** Default: 30 s. When it has passed, `system-at-rest` fails and the rest is evaluated on the last reading. */
  readonly restTimeoutMs?: number;
  /** Time between the two readings that must agree. Default: 100 ms. */
  readonly readingIntervalMs?: number;
  /** How long read models may take to catch up once the system is at rest. Default: 20 s. */
  readonly catchUpTimeoutMs?: number;
}

const REST_TIMEOUT_MS = 30_000;
const READING_INTERVAL_MS = 100;
const CATCH_UP_TIMEOUT_MS = 20_000;
/** A service may replay its journal for this. */
const OWN_INVARIANTS_TIMEOUT_MS = 120_000;

/** Reads the whole system once it is at rest. Never throws for a service that does not answer: its part says why. */
export async function collectSystemState(
  clients: ReconciliationClients,
  options: ReconcileOptions = {},
): Promise<SystemState> {
  const { dumps, unrest } = await readAtRest(clients, options);
  const [trading, risk, clearing, audit] = await Promise.all([
    ownInvariants(clients, 'trading'),
    ownInvariants(clients, 'risk'),
    ownInvariants(clients, 'clearing'),
    ownInvariants(clients, 'audit'),
  ]);
  return { ...dumps, own: { trading, risk, clearing, audit }, unrest };
}

/**
 * Reads the system at rest and evaluates every invariant on it. At rest only read models still move, towards what is in the
 * journals: so what does not hold is read again for a while, and what is really broken stays so.
 */
export async function reconcile(
  clients: ReconciliationClients,
  options: ReconcileOptions = {},
): Promise<{ readonly state: SystemState; readonly results: readonly InvariantResult[] }> {
  const { catchUpTimeoutMs = CATCH_UP_TIMEOUT_MS, readingIntervalMs = READING_INTERVAL_MS } = options;
  let deadlineMs: number | undefined;
  for (;;) {
    const state = await collectSystemState(clients, options);
    const results = evaluateInvariants(state);
    deadlineMs ??= Date.now() + catchUpTimeoutMs;
    if (results.every(({ holds }) => holds) || Date.now() >= deadlineMs) return { state, results };
    await sleep(readingIntervalMs);
  }
}

async function readAtRest(
  clients: ReconciliationClients,
  { restTimeoutMs = REST_TIMEOUT_MS, readingIntervalMs = READING_INTERVAL_MS }: ReconcileOptions,
): Promise<{ readonly dumps: Dumps; readonly unrest: readonly string[] }> {
  const deadlineMs = Date.now() + restTimeoutMs;
  let earlier = await readDumps(clients);
  for (;;) {
    await sleep(readingIntervalMs);
    const dumps = await readDumps(clients);
    const unrest = unrestBetween(earlier, dumps);
    if (unrest.length === 0 || Date.now() >= deadlineMs) return { dumps, unrest };
    earlier = dumps;
  }
}

function ownInvariants(
  { invariants }: ReconciliationClients,
  service: ServiceName,
): Promise<Read<readonly InvariantResult[]>> {
  return read(async () => {
    const { results } = await invariants[service].call(
      'checkInvariants',
      {},
      { idempotent: true, timeoutMs: OWN_INVARIANTS_TIMEOUT_MS },
    );
    return results;
  });
}
