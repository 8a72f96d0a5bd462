import { setTimeout as sleep } from 'node:timers/promises';
import { RpcChannel, tlsFilesOf } from '@clearway/platform-rpc';
import {
  type Cluster,
  isServing,
  type OrderLoad,
  type ProcessName,
  type ServiceName,
  SILENT_LOG,
  until,
} from '@clearway/testing';
import type { LeaseWatch } from './lease-watch';

/** How an owner is lost: it dies, or it is stopped and goes on later, as after a long pause of its machine. */
export type Loss = 'killed' | 'stopped';

/** How one fail-over went; times from the moment of the loss. */
export interface FailOver {
  readonly service: ServiceName;
  readonly loss: Loss;
  readonly from: ProcessName;
  readonly to: ProcessName;
  /** Until the standby had the lease. */
  readonly detectedMs: number;
  /** Until the standby said that it serves. */
  readonly servingMs: number;
  /** The longest time around it in which no order was answered. */
  readonly outageMs: number;
  /** A stopped owner, from when it went on until it ended because it was fenced; undefined for a killed one. */
  readonly fencedMs: number | undefined;
}

const LOOK_INTERVAL_MS = 10;
const FAIL_OVER_TIMEOUT_MS = 30_000;
const FENCED_TIMEOUT_MS = 15_000;
/** Orders go on for so long before the next owner is lost. */
const CALM_MS = 1_500;

/** Takes owners away from their services and measures how their standbys take over. */
export class FailOverDrill {
  private readonly channels = new Map<ProcessName, RpcChannel>();

  constructor(
    private readonly cluster: Cluster,
    private readonly load: OrderLoad,
    private readonly leases: LeaseWatch,
  ) {}

  /** Loses the service's owner, waits until its standby serves, and starts the lost process again as the new standby. */
  async run(service: ServiceName, loss: Loss): Promise<FailOver> {
    const { owner, epoch } = await this.leases.holder(service);
    const from: ProcessName = owner === `${service}-b-test` ? `${service}-b` : service;
    const to: ProcessName = from === service ? `${service}-b` : service;
    await until(`${to} to stand by`, () => this.answers(to), { timeoutMs: FAIL_OVER_TIMEOUT_MS });
    const lostAtMs = performance.now();
    const lost = this.cluster.process(from);
    if (loss === 'killed') await lost.kill();
    else lost.signal('SIGSTOP');
    const since = (): number => Math.round(performance.now() - lostAtMs);
    const look = { timeoutMs: FAIL_OVER_TIMEOUT_MS, intervalMs: LOOK_INTERVAL_MS };
    await until(
      `${to} to take the lease`,
      async () => (await this.leases.holder(service)).epoch > epoch,
      look,
    );
    const detectedMs = since();
    await until(`${to} to serve`, () => isServing(this.channel(to)), look);
    const servingMs = since();
    const answeredBefore = this.load.answered;
    await until('an order to be answered', () => this.load.answered > answeredBefore, look);
    const fencedMs = loss === 'stopped' ? await this.fenced(from) : undefined;
    lost.start();
    await sleep(CALM_MS);
    return { service, loss, from, to, detectedMs, servingMs, outageMs: this.outageSince(lostAtMs), fencedMs };
  }

  close(): void {
    for (const channel of this.channels.values()) channel.close();
  }

  /** Lets a stopped owner go on, which must find out by itself that it is not the owner any more. */
  private async fenced(from: ProcessName): Promise<number> {
    const process = this.cluster.process(from);
    const continuedAtMs = performance.now();
    process.signal('SIGCONT');
    const late = sleep(FENCED_TIMEOUT_MS, undefined, { ref: false });
    const exit = await Promise.race([process.exited, late]);
    if (exit === undefined)
      throw new Error(`${from} went on for ${FENCED_TIMEOUT_MS} ms after it was fenced`);
    if (exit.code !== 1) throw new Error(`${from} ended with ${exit.code ?? exit.signal}, not as fenced`);
    return Math.round(performance.now() - continuedAtMs);
  }

  private outageSince(lostAtMs: number): number {
    const around = this.load.outages.filter(({ startedAtMs, lengthMs }) => startedAtMs + lengthMs > lostAtMs);
    return Math.round(Math.max(0, ...around.map(({ lengthMs }) => lengthMs)));
  }

  /** A standby answers health, with NOT_SERVING; one that is not there yet does not. */
  private async answers(name: ProcessName): Promise<boolean> {
    await this.channel(name).ready(LOOK_INTERVAL_MS * 50);
    return true;
  }

  private channel(name: ProcessName): RpcChannel {
    const known = this.channels.get(name);
    if (known !== undefined) return known;
    const { cluster } = this;
    const service = name.replace(/-b$/, '') as ServiceName;
    const addresses = cluster.addressesOf(service);
    const address = addresses[name === service ? 0 : 1] as string;
    const tls = tlsFilesOf(cluster.tlsOf({ kind: 'operator', name: 'admin' }));
    const channel = new RpcChannel({ address, tls, expect: `svc/${service}`, log: SILENT_LOG });
    this.channels.set(name, channel);
    return channel;
  }
}
