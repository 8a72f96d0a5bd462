import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { journal, trading } from '@clearway/contracts';
import { type CommittedBatch, crc32c } from '@clearway/platform-journal';
import type { TlsPaths } from '@clearway/platform-pki';
import { createRpcServer, RpcError, type RpcServer, rpcService, tlsFilesOf } from '@clearway/platform-rpc';

/** A log that nobody reads. */
export const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** The trace that every order of a fake source is part of. */
export const TRACE = 'c'.repeat(32);

/** A source's journal in memory, served by FeedService as its owner would, and cut whenever the test says so. */
export class FakeSource {
  readonly batches: CommittedBatch[] = [];
  readonly asked: number[] = [];
  /** Batches that the next subscriptions give before they are cut; then they stay. */
  readonly cutsAfter: number[] = [];
  #server: RpcServer | undefined;
  readonly #sleepers = new Set<() => void>();

  constructor(
    readonly shard: string,
    private readonly tls: TlsPaths,
    private readonly address: string,
  ) {}

  get nextEvent(): number {
    const last = this.batches.at(-1);
    return last === undefined ? 0 : last.firstEvent + last.eventCount;
  }

  /** Commits one batch with these orders accepted. */
  commit(...accounts: string[]): void {
    const firstEvent = this.nextEvent;
    const payload = batchPayload(firstEvent, accounts);
    const sequence = this.batches.length + 1;
    const eventCount = accounts.length;
    this.batches.push({
      shard: this.shard,
      sequence,
      epoch: 1,
      firstEvent,
      eventCount,
      payload,
      crc32c: crc32c(payload),
    });
    for (const wake of this.#sleepers) wake();
    this.#sleepers.clear();
  }

  async start(): Promise<void> {
    this.#server = createRpcServer({
      address: this.address,
      tls: tlsFilesOf(this.tls),
      log: SILENT,
      access: { sessionOpened: () => {}, refused: () => {} },
      services: [
        rpcService({
          definition: journal.FeedServiceService,
          allow: { Subscribe: ['svc/audit'] },
          handlers: {
            subscribe: async ({ shard, fromEvent }, { signal }, stream) => {
              if (shard !== this.shard) throw new RpcError('UNKNOWN_SHARD');
              this.asked.push(fromEvent);
              const cutAfter = this.cutsAfter.shift() ?? Number.POSITIVE_INFINITY;
              let given = 0;
              for (let i = this.#indexOf(fromEvent); !signal.aborted; ) {
                if (given >= cutAfter) throw new RpcError('DRAINING');
                const batch = this.batches[i];
                if (batch === undefined) await this.#sleep(signal);
                else await stream.send(batch);
                if (batch !== undefined) [i, given] = [i + 1, given + 1];
              }
            },
          },
        }),
      ],
    });
    await this.#server.start();
  }

  async stop(): Promise<void> {
    await this.#server?.drain(500);
    this.#server = undefined;
  }

  async #sleep(signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#sleepers.add(resolve);
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  /** As the real feed: the batch that holds the event, and one more before it, which a source may repeat. */
  #indexOf(event: number): number {
    const index = this.batches.findIndex(({ firstEvent, eventCount }) => firstEvent + eventCount > event);
    return Math.max(0, (index < 0 ? this.batches.length : index) - 1);
  }
}

function batchPayload(firstEvent: number, accounts: readonly string[]): Buffer {
  const events = accounts.map((account, i) => {
    const value = {
      ...trading.OrderAccepted.decode(new Uint8Array(0)),
      orderNumber: firstEvent + i,
      account,
    };
    const event = { $case: 'orderAccepted' as const, value };
    return {
      context: i,
      type: 'OrderAccepted',
      data: Buffer.from(trading.TradingEvent.encode({ event }).finish()),
    };
  });
  const contexts = accounts.map((account) => ({
    atMicros: Date.now() * 1_000,
    actor: `spiffe://clearway/participant/${account.split('.')[0]}`,
    address: '10.0.0.1:5',
    device: 'grpcurl',
    traceparent: `00-${TRACE}-${'d'.repeat(16)}-01`,
    method: '/clearway.trading.v1.TradingService/PlaceOrder',
  }));
  return Buffer.from(journal.Batch.encode({ contexts, events }).finish());
}

/** A port that is free on the loopback address now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
