import { unlessAborted } from '@clearway/platform-command';
import {
  type Cluster,
  evaluatedInvariants,
  listVerdict,
  OrderLoad,
  openMarket,
  SERVICES,
  type ServiceName,
  startCluster,
  until,
  whenQuiet,
} from '@clearway/testing';
import { type FailOver, FailOverDrill, type Loss } from './fail-over';
import { LeaseWatch } from './lease-watch';

/** What the fail-overs showed. */
export interface FailOverResult {
  readonly failOvers: readonly FailOver[];
  readonly ordersAcknowledged: number;
  readonly cancelsAcknowledged: number;
  /** Acknowledged and not there, or not as they were acknowledged. */
  readonly lost: readonly string[];
  /** Batches that an owner appended after it had been replaced. */
  readonly unfencedBatches: number;
  readonly invariants: Readonly<Record<string, boolean>>;
}

const PARTICIPANTS = ['alice', 'bob', 'carol'];
const WARM_UP_ORDERS = 300;
const REST_TIMEOUT_MS = 60_000;
const LOSSES: readonly Loss[] = ['killed', 'stopped'];

/** Starts every service with a standby, loses owners one after the other under load, and looks for what was acknowledged. */
export async function runFailOvers(
  times: number,
  services: readonly ServiceName[],
  say: (line: string) => void,
  logFile?: string,
  signal?: AbortSignal,
): Promise<FailOverResult> {
  const cluster = await startCluster({
    participants: PARTICIPANTS,
    standbys: services,
    logLevel: 'info',
    ...(logFile === undefined ? {} : { logFile }),
  });
  const leases = new LeaseWatch(cluster.postgresUrl);
  let load: OrderLoad | undefined;
  try {
    await openMarket(cluster.operator, PARTICIPANTS);
    const orders = new OrderLoad(cluster, PARTICIPANTS, times);
    load = orders;
    await until('the load to run', () => orders.answered > WARM_UP_ORDERS, { timeoutMs: REST_TIMEOUT_MS });
    const failOvers = await unlessAborted(signal, drill(cluster, orders, leases, times, services, say));
    await orders.settle();
    await whenQuiet(cluster.operator, REST_TIMEOUT_MS);
    return { failOvers, ...(await judge(cluster, orders, leases)) };
  } finally {
    load?.abandon();
    await leases.close();
    await cluster.close();
  }
}

async function drill(
  cluster: Cluster,
  load: OrderLoad,
  leases: LeaseWatch,
  times: number,
  services: readonly ServiceName[],
  say: (line: string) => void,
): Promise<FailOver[]> {
  const exercise = new FailOverDrill(cluster, load, leases);
  const failOvers: FailOver[] = [];
  try {
    for (let turn = 0; turn < times; turn += 1) {
      const service = services[turn % services.length] as ServiceName;
      const loss = LOSSES[Math.floor(turn / services.length) % LOSSES.length] as Loss;
      const done = await exercise.run(service, loss);
      failOvers.push(done);
      const fenced = done.fencedMs === undefined ? '' : `, the old owner fenced after ${done.fencedMs} ms`;
      say(
        `${done.from} ${loss}: ${done.to} had the lease after ${done.detectedMs} ms, served after ${done.servingMs} ms, ` +
          `no order answered for ${done.outageMs} ms${fenced}`,
      );
    }
  } finally {
    exercise.close();
  }
  return failOvers;
}

async function judge(cluster: Cluster, load: OrderLoad, leases: LeaseWatch) {
  const lost: string[] = [];
  for (const [participant, lane] of load.lanes) {
    const verdict = await listVerdict(cluster.operator, participant, lane);
    lost.push(
      ...verdict.lost,
      ...verdict.doubled.map((clOrdId) => `${clOrdId}: is there twice`),
      ...lane.errors,
    );
  }
  let unfencedBatches = 0;
  for (const service of SERVICES) unfencedBatches += await leases.unfencedBatches(service);
  const results = await evaluatedInvariants(cluster, REST_TIMEOUT_MS);
  return {
    ordersAcknowledged: load.answered,
    cancelsAcknowledged: [...load.lanes.values()].reduce((sum, lane) => sum + lane.cancelsAcknowledged, 0),
    lost,
    unfencedBatches,
    invariants: Object.fromEntries(results.map(({ name, holds }) => [name, holds])),
  };
}
