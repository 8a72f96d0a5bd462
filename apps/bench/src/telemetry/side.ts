import { setTimeout as sleep } from 'node:timers/promises';
import { trading } from '@clearway/contracts';
import { createRpcClient, type RpcLog } from '@clearway/platform-rpc';
import {
  type OwnStack,
  participantTls,
  readStackFile,
  startOwnStack,
  usageOf,
} from '@clearway/platform-stack';
import { type LoadCounts, newPhase } from '../system/load-lane';
import { LoadStream } from '../system/load-stream';
import { prepareMarket } from '../system/market';
import { OrderFlow } from '../system/order-flow';

/** What one slice of load cost one side. */
export interface Slice {
  readonly orders: number;
  readonly cpuMicros: ReadonlyMap<string, number>;
}

/** What a side trades with; the same for both. */
export interface SideLoad {
  readonly accounts: number;
  readonly instruments: number;
  /** Orders and cancels a second. A fixed rate, because what an order costs depends on how many share a commit. */
  readonly commandsPerSecond: number;
}

const SILENT: RpcLog = { info: () => undefined, warn: () => undefined, error: () => undefined };
/** What follows an order asynchronously (settlement, read models, audit, export of spans) is over by then. */
const SETTLE_MS = 2_500;
const QUIET_CHECK_MS = 200;
const RATE_TICK_MS = 10;

/** One stack with its own load: it is driven in slices, and between them it rests. */
export class Side {
  private constructor(
    private readonly stack: OwnStack,
    private readonly streams: readonly LoadStream[],
    private readonly commandsPerSecond: number,
  ) {}

  /** Starts a fresh stack with the environment variables given, and prepares its market. */
  static async start(
    checkoutDir: string,
    settings: Readonly<Record<string, string>>,
    load: SideLoad,
  ): Promise<Side> {
    const own = await startOwnStack(checkoutDir, undefined, settings);
    const stack = readStackFile(own.stackFile);
    const market = await prepareMarket(stack, { ...load, run: Date.now().toString(36) }, SILENT);
    const streams = [...market.accounts].map(([participant, accounts]) => {
      const tls = participantTls(stack, participant);
      const options = { address: stack.services.trading, tls, expect: 'svc/trading' as const, log: SILENT };
      const client = createRpcClient(trading.TradingServiceClient, options);
      const flow = new OrderFlow(participant, accounts, market.symbols);
      const stream = new LoadStream(client, flow, newPhase(), 0);
      void stream.run().catch(() => undefined);
      return stream;
    });
    return new Side(own, streams, load.commandsPerSecond);
  }

  /** Puts the side under load for some seconds, lets it come to rest, and says what all of that cost. */
  async slice(seconds: number): Promise<Slice> {
    const phase = newPhase();
    const before = this.cpu();
    for (const stream of this.streams) stream.enter(phase, 0);
    await this.sendFor(seconds);
    await quiet(phase.counts);
    await sleep(SETTLE_MS);
    const after = this.cpu();
    const cpuMicros = [...after].map(([name, now]) => [name, now - (before.get(name) ?? 0)] as const);
    return { orders: phase.counts.ordersAnswered, cpuMicros: new Map(cpuMicros) };
  }

  private async sendFor(seconds: number): Promise<void> {
    const startedAtMs = performance.now();
    let sent = 0;
    for (let turn = 0; sent < seconds * this.commandsPerSecond; turn += 1) {
      await sleep(RATE_TICK_MS);
      const due = Math.floor(((performance.now() - startedAtMs) / 1_000) * this.commandsPerSecond) - sent;
      if (due > 0) this.streams[turn % this.streams.length]?.send(due);
      sent += Math.max(0, due);
    }
  }

  /** Ends the stack and removes its state. */
  async stop(): Promise<void> {
    await this.stack.stop();
  }

  private cpu(): Map<string, number> {
    return new Map([...usageOf(this.stack.pid)].map(([name, { cpuMicros }]) => [name, cpuMicros]));
  }
}

async function quiet(counts: LoadCounts): Promise<void> {
  for (let before = -1; before !== counts.ordersAnswered + counts.cancelsAnswered; ) {
    before = counts.ordersAnswered + counts.cancelsAnswered;
    await sleep(QUIET_CHECK_MS);
  }
}
