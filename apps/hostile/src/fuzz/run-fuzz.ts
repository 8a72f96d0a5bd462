import { tlsFilesOf } from '@clearway/platform-rpc';
import { type Cluster, SERVICES } from '@clearway/testing';
import type { Client } from '@grpc/grpc-js';
import fc from 'fast-check';
import { BASELINES, type Baseline } from '../fields/baselines';
import { faultOf } from '../fields/judge-answer';
import { ACCESS } from '../surface/access';
import { brokenInvariants, honestOrder, reopenMarket } from '../surface/market';
import { memoryBytesOf } from '../surface/memory';
import { methodsOf, type SurfaceMethod } from '../surface/methods';
import { hostileClient, rawCall } from '../surface/raw-call';
import { PREFACE } from '../transport/http2-frames';
import { openTcp, openTls, sendAndWatch } from '../transport/raw-socket';
import { requests } from './arbitrary-messages';

/** How long and from where a fuzz run goes. */
export interface FuzzOptions {
  readonly minutes: number;
  /** The same seed tries the same requests in the same order, as far as the time reaches. */
  readonly seed: number;
}

/** What a run tried and found. */
export interface FuzzReport {
  readonly seed: number;
  readonly requests: number;
  readonly sockets: number;
  readonly statuses: Readonly<Record<string, number>>;
  /** Each with the method, the request in base64 and what was wrong with its answer. */
  readonly faults: readonly string[];
  readonly memoryGrownBytes: number;
}

const REQUESTS_A_ROUND = 24;
const SOCKET_BYTES_MAX = 4_000;
const SOCKET_MS = 150;
const FAULTS_MAX = 20;
/** Operators' random commands halt and kill; after so many rounds the market is opened again, so that orders are tried too. */
const ROUNDS_UNTIL_REOPENED = 3;

/** Who holds a service's own key may move money by design, so random steps would break the books. */
const SPARED = /StepService/;

/** Sends random messages to every method and random bytes to the sockets until the time is over. */
export async function runFuzz(cluster: Cluster, { minutes, seed }: FuzzOptions): Promise<FuzzReport> {
  const run = new FuzzRun(cluster, seed);
  const endMs = performance.now() + minutes * 60_000;
  const memoryBefore = await run.memory();
  for (let round = 0; performance.now() < endMs && run.faults.length < FAULTS_MAX; round += 1)
    await run.round(round);
  run.faults.push(...(await aftermath(cluster)));
  const { requests: sent, sockets, statuses, faults } = run;
  run.close();
  return {
    seed,
    requests: sent,
    sockets,
    statuses,
    faults,
    memoryGrownBytes: (await run.memory()) - memoryBefore,
  };
}

/** What must hold when the noise is over. */
async function aftermath(cluster: Cluster): Promise<string[]> {
  const dead = SERVICES.filter((name) => !cluster.process(name).isRunning).map((name) => `${name} has ended`);
  if (dead.length > 0) return dead;
  await reopenMarket(cluster);
  const outcome = await honestOrder(cluster.as('carol'));
  const bugs = SERVICES.flatMap((name) =>
    cluster.process(name).lines.filter((line) => line.includes('by a bug')),
  );
  const order = outcome === 'ORD_STATUS_CANCELED' ? [] : [`an honest order ended as ${outcome}`];
  return [...order, ...bugs, ...(await brokenInvariants(cluster))];
}

class FuzzRun {
  requests = 0;
  sockets = 0;
  readonly statuses: Record<string, number> = {};
  readonly faults: string[] = [];
  private readonly clients = new Map<string, Client>();

  constructor(
    private readonly cluster: Cluster,
    private readonly seed: number,
  ) {}

  close(): void {
    for (const client of this.clients.values()) client.close();
  }

  async memory(): Promise<number> {
    const sizes = await Promise.all(SERVICES.map((name) => memoryBytesOf(this.cluster.process(name).pid)));
    return sizes.reduce((sum, bytes) => sum + bytes, 0);
  }

  /** Some requests to each method, then some bytes to each socket. */
  async round(round: number): Promise<void> {
    const seed = this.seed + round;
    for (const baseline of BASELINES.filter(({ method }) => !SPARED.test(method))) {
      const method = methodOf(baseline);
      const sample = fc.sample(requests(method.input as NonNullable<SurfaceMethod['input']>), {
        seed,
        numRuns: REQUESTS_A_ROUND,
      });
      await Promise.all(sample.map((bytes) => this.send(baseline, method, bytes)));
    }
    const [noise = Buffer.alloc(0)] = fc.sample(
      fc.uint8Array({ maxLength: SOCKET_BYTES_MAX }).map((bytes) => Buffer.from(bytes)),
      { seed, numRuns: 1 },
    );
    await Promise.all(SERVICES.map((name) => this.disturb(name, noise)));
    if (round % ROUNDS_UNTIL_REOPENED === ROUNDS_UNTIL_REOPENED - 1) await reopenMarket(this.cluster);
  }

  private async send(baseline: Baseline, method: SurfaceMethod, bytes: Buffer): Promise<void> {
    const answer = await rawCall(this.clientOf(baseline), method, [bytes], { openAfterMs: 100 });
    this.requests += 1;
    this.statuses[answer.status] = (this.statuses[answer.status] ?? 0) + 1;
    const fault = faultOf({ field: '', what: 'random', bytes, mustFail: false }, answer);
    if (fault === undefined) return;
    this.faults.push(`${baseline.process} ${baseline.method} ${bytes.toString('base64')}: ${fault}`);
  }

  private async disturb(name: (typeof SERVICES)[number], noise: Buffer): Promise<void> {
    const port = Number(this.cluster.addressOf(name).split(':')[1]);
    const tls = tlsFilesOf(this.cluster.tlsOf({ kind: 'participant', name: 'bob' }));
    await sendAndWatch(await openTcp(port), noise, SOCKET_MS);
    await sendAndWatch(await openTls(port, tls), noise, SOCKET_MS);
    await sendAndWatch(await openTls(port, tls), Buffer.concat([PREFACE, noise]), SOCKET_MS);
    this.sockets += 3;
  }

  private clientOf({ process, caller }: Baseline): Client {
    const key = `${process} ${caller}`;
    const known = this.clients.get(key);
    if (known) return known;
    const [segment, name = ''] = caller.split('/');
    const kind = segment === 'svc' ? 'service' : segment === 'operator' ? 'operator' : 'participant';
    const client = hostileClient(
      this.cluster.addressOf(process),
      tlsFilesOf(this.cluster.tlsOf({ kind, name })),
    );
    this.clients.set(key, client);
    return client;
  }
}

function methodOf({ process, method }: Baseline): SurfaceMethod {
  for (const service of Object.keys(ACCESS[process])) {
    const found = methodsOf(service).find(({ name }) => name === method);
    if (found) return found;
  }
  throw new Error(`${process} has no ${method}`);
}
