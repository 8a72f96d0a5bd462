import { setTimeout as sleep } from 'node:timers/promises';
import { openReconciliationClients, reconcile } from '@clearway/platform-reconciliation';
import { tlsFilesOf } from '@clearway/platform-rpc';
import {
  doubledOrMissing,
  OrderLoad,
  SERVICES,
  type ServiceName,
  SILENT_LOG,
  until,
  wrongOrders,
} from '@clearway/testing';
import { openMarket, SYMBOLS } from './market';
import { PARTICIPANTS, Production } from './production';
import { rejectedByFaults } from './rejected-by-faults';
import { differingQuotes } from './shared-quotes';
import { countSessions, letsInPlain } from './tls-postgres';
import type { TlsRedis } from './tls-redis';
import type { Moment, TrialResult } from './trial-result';

/** How a trial is run. */
export interface TrialOptions {
  /** The short form restarts and kills one process of each kind; the long one every process. */
  readonly isShort: boolean;
  readonly logFile?: string | undefined;
  readonly redisUrl?: string | undefined;
  say(line: string): void;
  /** Breaks the trial off; what it started is ended all the same. */
  readonly signal: AbortSignal;
}

const SEED = 20_260_101;
const ORDERS_A_TICK = 1;
const CALM_MS = 2_000;
/** An order may have been under way for so long when its owner was killed. */
const UNDER_WAY_MS = 5_000;
const ROTATE_EVERY_MS = 1_000;
const SERVED_AGAIN_TIMEOUT_MS = 30_000;
const LOOK_EVERY_MS = 10;
/** Whose owners are killed; the standby of each must serve. */
const KILLED: readonly ServiceName[] = ['trading', 'risk', 'clearing', 'audit'];

/** Runs the whole trial and tells what was seen. */
export async function runTrial(options: TrialOptions): Promise<TrialResult> {
  const startedAtMs = performance.now();
  options.say('starting Postgres with TLS, the certificates and every process');
  const production = await Production.start(options);
  try {
    await openMarket(production.operator, PARTICIPANTS);
    const startedMs = Math.round(performance.now() - startedAtMs);
    const trial = new Trial(production, options, startedMs);
    try {
      return await Promise.race([trial.run(), aborted(options.signal)]);
    } finally {
      trial.abandon();
    }
  } finally {
    await production.close();
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('the trial was broken off')), { once: true });
  });
}

async function calm(): Promise<string> {
  await sleep(CALM_MS);
  return '';
}

class Trial {
  private readonly moments: Moment[] = [];
  private readonly load: OrderLoad;

  constructor(
    private readonly production: Production,
    private readonly options: TrialOptions,
    private readonly startedMs: number,
  ) {
    this.load = new OrderLoad(production, PARTICIPANTS, SEED, ORDERS_A_TICK, SYMBOLS);
  }

  /** Ends the load, also when the trial broke off. */
  abandon(): void {
    this.load.abandon();
  }

  async run(): Promise<TrialResult> {
    const { production, options, load } = this;
    const running = (folder: string): boolean =>
      production.processes.some((each) => each.instance === folder) || folder.startsWith('participant-');
    production.certificates.startRotation(ROTATE_EVERY_MS, running);
    await until('the first order to be answered', () => load.answered > 0);
    await this.moment('calm', calm);
    const sessions = await countSessions(production.postgres.url);
    const isPlainRefused = !(await letsInPlain(production.postgres.server.url));
    for (const { service, instance } of this.restarted()) {
      options.say(`restarting ${instance}`);
      await this.moment(`restart ${instance}`, () => this.restart(service, instance));
    }
    for (const service of options.isShort ? KILLED.slice(0, 2) : KILLED) {
      options.say(`killing the owner of ${service}/0`);
      await this.kill(service);
    }
    if (production.redis !== undefined) {
      options.say('killing Redis');
      await this.moment('kill -9 redis', () => this.loseRedis(production.redis));
    }
    await this.moment('calm again', calm);
    await production.certificates.stopRotation();
    options.say('waiting for every order, then looking for each of them');
    await load.settle();
    return this.result(sessions, isPlainRefused);
  }

  /** Every process once, or in the short form one owner of trading and of risk, with whom the most depends. */
  private restarted() {
    const { processes } = this.production;
    return this.options.isShort
      ? processes.filter(({ instance }) => instance === 'trading-a' || instance === 'risk-b')
      : processes;
  }

  /** SIGTERM, the end, a new start, and the wait until shards are shared out again. */
  private async restart(service: ServiceName, instance: string): Promise<string> {
    const child = this.production.process(instance);
    const { code } = await child.stop();
    if (code !== 0) throw new Error(`${instance} ended with ${code}\n${child.lines.slice(-10).join('\n')}`);
    child.start();
    await this.production.settled(service);
    return 'ended with status 0';
  }

  private async kill(service: ServiceName): Promise<void> {
    const { production } = this;
    const [owner = ''] = (await production.owners(service)) ?? [];
    await this.moment(`kill -9 ${owner}`, async () => {
      const killedAtMs = performance.now();
      await production.process(owner).kill();
      const served = async (): Promise<boolean> => {
        const owners = await production.owners(service);
        return owners !== undefined && !owners.includes('') && !owners.includes(owner);
      };
      const wait = { timeoutMs: SERVED_AGAIN_TIMEOUT_MS, intervalMs: LOOK_EVERY_MS };
      await until(`a standby to serve what ${owner} had`, served, wait);
      const servedMs = Math.round(performance.now() - killedAtMs);
      const [heir = ''] = (await production.owners(service)) ?? [];
      production.process(owner).start();
      await production.settled(service);
      return `${heir} served after ${servedMs} ms`;
    });
  }

  /** Orders go on while Redis is gone and when it is back with nothing in it. */
  private async loseRedis(redis: TlsRedis | undefined): Promise<string> {
    await redis?.kill();
    await calm();
    redis?.restart();
    await calm();
    return 'gone for two seconds, then empty';
  }

  /** Runs one part of the trial and notes what orders went through meanwhile. */
  private async moment(name: string, work: () => Promise<string>): Promise<void> {
    const { load } = this;
    const [startedAtMs, answeredBefore, beganAtMs] = [performance.now(), load.answered, Date.now()];
    const note = await work();
    const seconds = (performance.now() - startedAtMs) / 1_000;
    const outages = load.outages.filter((each) => each.startedAtMs + each.lengthMs > startedAtMs);
    const longestPauseMs = Math.round(Math.max(0, ...outages.map(({ lengthMs }) => lengthMs)));
    const orders = load.answered - answeredBefore;
    this.moments.push({ name, beganAtMs, seconds, orders, longestPauseMs, note });
  }

  /** Whether a time lies within moments of that kind, or just before one: what was under way then belongs to it. */
  private isAround(kind: string, atMs: number): boolean {
    return this.moments.some(
      ({ name, beganAtMs, seconds }) =>
        name.startsWith(kind) && atMs > beganAtMs - UNDER_WAY_MS && atMs < beganAtMs + seconds * 1_000,
    );
  }

  private async result(
    sessions: { encrypted: number; plain: number },
    isPlainRefused: boolean,
  ): Promise<TrialResult> {
    const { production, load, moments, startedMs } = this;
    const { operator } = production;
    const clients = openReconciliationClients({
      addresses: Object.fromEntries(
        SERVICES.map((name) => [name, production.of(name).map(({ port }) => `127.0.0.1:${port}`)]),
      ) as Record<ServiceName, string[]>,
      tls: tlsFilesOf(production.certificates.pathsOf('operator-admin')),
      log: SILENT_LOG,
    });
    try {
      const { results } = await reconcile(clients);
      const failed: string[] = [];
      for (const [participant, lane] of load.lanes) {
        failed.push(...lane.errors, ...(await wrongOrders(operator, lane)));
        failed.push(...(await doubledOrMissing(operator, participant, lane)));
      }
      const { redis } = production;
      const differing = redis && (await differingQuotes(operator, redis.settings));
      const rejected = await rejectedByFaults(operator, [...load.lanes.keys()]);
      const broken = results.filter(({ holds }) => !holds).map(({ name, detail }) => `${name}: ${detail}`);
      const { rotated } = production.certificates;
      return {
        startedMs,
        processes: production.processes.length,
        moments,
        answered: load.answered,
        failed,
        rejectedInRestarts: rejected.filter((atMs) => !this.isAround('kill', atMs)).length,
        rejectedInKills: rejected.filter((atMs) => this.isAround('kill', atMs)).length,
        invariants: results.length,
        broken,
        differingQuotes: differing,
        rotated,
        sessions,
        isPlainRefused,
      };
    } finally {
      clients.close();
    }
  }
}
