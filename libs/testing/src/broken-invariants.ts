import type { InvariantResult } from '@clearway/kernel';
import { openReconciliationClients, reconcile } from '@clearway/platform-reconciliation';
import { tlsFilesOf } from '@clearway/platform-rpc';
import type { Cluster } from './cluster';
import { type Peer, SERVICES, SILENT_LOG } from './peer';
import { until } from './until';

const QUIET_TIMEOUT_MS = 60_000;
const REST_TIMEOUT_MS = 20_000;
const PAGE = { parkedOnly: false, pageSize: 1, pageToken: '' };

/** Waits until no saga lives at trading or clearing. */
export async function whenQuiet(operator: Peer, timeoutMs: number = QUIET_TIMEOUT_MS): Promise<void> {
  const areAllOver = async (): Promise<boolean> => {
    const answers = await Promise.all([
      operator.tradingSagas.call('listSagas', PAGE),
      operator.clearingSagas.call('listSagas', PAGE),
    ]);
    return answers.every(({ position }) => position?.liveSagas === 0);
  };
  await until('all sagas to end', areAllOver, { timeoutMs });
}

/**
 * Lets the system come to rest and evaluates every invariant of it: what the services say about themselves, and what they
 * must agree upon, audit's coverage of every journal among it.
 */
export async function evaluatedInvariants(
  cluster: Cluster,
  restTimeoutMs: number = REST_TIMEOUT_MS,
): Promise<readonly InvariantResult[]> {
  const clients = openReconciliationClients({
    addresses: {
      trading: cluster.addressesOf('trading'),
      risk: cluster.addressesOf('risk'),
      clearing: cluster.addressesOf('clearing'),
      audit: cluster.addressesOf('audit'),
    },
    tls: tlsFilesOf(cluster.tlsOf({ kind: 'operator', name: 'admin' })),
    log: SILENT_LOG,
  });
  try {
    return (await reconcile(clients, { restTimeoutMs })).results;
  } finally {
    clients.close();
  }
}

/** The invariants that do not hold at rest, with what was found; none means that all hold. */
export async function brokenInvariants(cluster: Cluster, restTimeoutMs?: number): Promise<string[]> {
  const results = await evaluatedInvariants(cluster, restTimeoutMs);
  if (results.length < SERVICES.length) return [`only ${results.length} invariants were evaluated`];
  return results.filter(({ holds }) => !holds).map(({ name, detail }) => `${name}: ${detail}`);
}
