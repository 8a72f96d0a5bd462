import { openReconciliationClients, reconcile } from '@clearway/platform-reconciliation';
import { tlsFilesOf } from '@clearway/platform-rpc';
import { type Cluster, type Peer, SERVICES, SILENT_LOG, until } from '@clearway/testing';

const QUIET_TIMEOUT_MS = 60_000;
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
 * @returns the broken ones, with what was found; none means that all hold
 */
export async function brokenInvariants(cluster: Cluster, restTimeoutMs = 20_000): Promise<string[]> {
  const clients = openReconciliationClients({
    addresses: Object.fromEntries(SERVICES.map((name) => [name, cluster.addressOf(name)])) as Record<
      (typeof SERVICES)[number],
      string
    >,
    tls: tlsFilesOf(cluster.tlsOf({ kind: 'operator', name: 'admin' })),
    log: SILENT_LOG,
  });
  try {
    const { results } = await reconcile(clients, { restTimeoutMs });
    if (results.length < SERVICES.length) return [`only ${results.length} invariants were evaluated`];
    return results.filter(({ holds }) => !holds).map(({ name, detail }) => `${name}: ${detail}`);
  } finally {
    clients.close();
  }
}
