import { type Peer, SERVICES, type ServiceName, until } from '@clearway/testing';

const QUIET_TIMEOUT_MS = 60_000;

/** Waits until no saga lives at trading or clearing. */
export async function whenQuiet(operator: Peer, timeoutMs: number = QUIET_TIMEOUT_MS): Promise<void> {
  const page = { parkedOnly: false, pageSize: 1, pageToken: '' };
  await until(
    'all sagas to end',
    async () => {
      const answers = await Promise.all([
        operator.tradingSagas.call('listSagas', page),
        operator.clearingSagas.call('listSagas', page),
      ]);
      return answers.every(({ position }) => position?.liveSagas === 0);
    },
    { timeoutMs },
  );
}

/** Waits until every event of the three journals is in the audit tree. */
export async function whenAudited(operator: Peer): Promise<void> {
  await until('audit to have every event', async () => {
    const heads = new Map<string, number>();
    for (const service of ['trading', 'risk', 'clearing'] as const) {
      const { position } = await operator.invariants[service].call('checkInvariants', {});
      if (position !== undefined) heads.set(position.shard, position.nextEvent);
    }
    const { shards } = await operator.audit.call('listCoverage', {});
    const covered = new Map(shards.map(({ shard, nextEvent }) => [shard, nextEvent]));
    return [...heads].every(([shard, head]) => (covered.get(shard) ?? 0) >= head);
  });
}

/** Names of invariants that do not hold, with what was found; runs each service's own. */
export async function brokenInvariants(operator: Peer): Promise<string[]> {
  const results = await Promise.all(SERVICES.map((service) => brokenOf(operator, service)));
  return results.flat();
}

async function brokenOf(operator: Peer, service: ServiceName): Promise<string[]> {
  const { results } = await operator.invariants[service].call('checkInvariants', {}, { timeoutMs: 30_000 });
  if (results.length === 0) return [`${service} checked nothing`];
  return results.filter(({ holds }) => !holds).map(({ name, detail }) => `${service} ${name}: ${detail}`);
}
