import { trading } from '@clearway/contracts';
import { status } from '@grpc/grpc-js';
import type { CallContext } from './call-context';
import { RpcError } from './rpc-error';
import { auditService, failure, pause, RpcHarness, tradingService, until } from './rpc-harness';
import type { DuplexStream, ResponseStream } from './service-handlers';

type Watched = ResponseStream<trading.WatchOrdersResponse>;
type Entry = DuplexStream<trading.StreamOrdersRequest, trading.StreamOrdersResponse>;

const WATCH = { account: 'alice.main' };
const message = (requestId: number): trading.StreamOrdersRequest => ({
  cancelOnDisconnect: false,
  acksOnly: false,
  commands: [{ requestId, command: undefined }],
});
const acks = ({ commands }: trading.StreamOrdersRequest): trading.StreamOrdersResponse => ({
  acks: commands.map(({ requestId }) => ({ requestId, result: undefined })),
  reports: [],
});

describe('streams', () => {
  let harness: RpcHarness;

  beforeEach(async () => {
    harness = await RpcHarness.create();
  });

  afterEach(() => harness.close());

  it('sends responses in order and ends with the handler', async () => {
    const watchOrders = async (_: object, __: CallContext, stream: Watched) => {
      for (let n = 0; n < 2_000; n += 1) await stream.send({ reports: [] });
    };
    const { address, server } = await harness.serve([tradingService({ watchOrders })]);
    const client = await harness.tradingClient(address, 'participant/alice');
    let count = 0;
    for await (const _ of client.stream('watchOrders', WATCH)) count += 1;
    expect(count).toBe(2_000);
    expect(server.load.openStreams).toBe(0);
  });

  it('carries the error that ends a stream', async () => {
    const watchOrders = async (_: object, __: CallContext, stream: Watched) => {
      await stream.send({ reports: [] });
      throw new RpcError('SLOW_READER', 'Too slow.', { behind: '12' });
    };
    const { address } = await harness.serve([tradingService({ watchOrders })]);
    const client = await harness.tradingClient(address, 'participant/alice');
    const seen: unknown[] = [];
    const reading = (async () => {
      for await (const response of client.stream('watchOrders', WATCH)) seen.push(response);
    })();
    const error = await failure<RpcError>(reading);
    expect(error).toMatchObject({ reason: 'SLOW_READER', metadata: { behind: '12' } });
    expect(seen).toHaveLength(1);
  });

  it('gives each identity its share of streams and refuses the rest with OVERLOADED', async () => {
    const watchOrders = (_: object, call: CallContext): Promise<void> =>
      new Promise((resolve) => call.signal.addEventListener('abort', () => resolve(), { once: true }));
    const limits = { openStreamsPerPeerMax: 3 };
    const { address, server } = await harness.serve([tradingService({ watchOrders })], { limits });
    const alice = await harness.tradingClient(address, 'participant/alice');
    const held = Array.from({ length: 3 }, () => alice.stream('watchOrders', WATCH));
    await until(() => server.load.openStreams === 3);
    const more = failure<RpcError>(alice.stream('watchOrders', WATCH).receive(() => undefined));
    expect(await more).toMatchObject({ reason: 'OVERLOADED', status: 'RESOURCE_EXHAUSTED' });
    const bob = await harness.tradingClient(address, 'participant/bob');
    held.push(bob.stream('watchOrders', WATCH));
    await until(() => server.load.openStreams === 4);
    const ended = held.map((stream) => failure(stream.receive(() => undefined)));
    for (const stream of held) stream.cancel();
    await Promise.all(ended);
  });

  it('resets a call whose request does not arrive whole, but no stream of requests', async () => {
    const streamOrders = async (_: CallContext, stream: Entry) => {
      for await (const request of stream.requests) stream.write(acks(request));
    };
    const limits = { requestTimeMaxMs: 200 };
    const { address } = await harness.serve([auditService(), tradingService({ streamOrders })], { limits });
    const { current } = (await harness.auditClient(address, 'operator/olga')).channel;
    const same = (bytes: Buffer): Buffer => bytes;
    const dripping = current.makeClientStreamRequest(
      '/clearway.audit.v1.AuditService/GetCheckpoint',
      same,
      same,
      (error) => {
        answers.push(error?.code);
      },
    );
    const answers: (number | undefined)[] = [];
    dripping.write(Buffer.alloc(0));
    const entry = (await harness.tradingClient(address, 'participant/alice')).duplex('streamOrders');
    const seen: number[] = [];
    const read = entry.receive(({ acks: more }) => seen.push(...more.map(({ requestId }) => requestId)));
    entry.write(message(1));
    await until(() => answers.length === 1);
    expect(answers).toEqual([status.RESOURCE_EXHAUSTED]);
    await pause(200);
    entry.write(message(2));
    entry.end();
    await read;
    expect(seen).toEqual([1, 2]);
  });

  it('tells a bug in a stream as INTERNAL', async () => {
    const watchOrders = () => {
      throw new Error('secret');
    };
    const { address } = await harness.serve([tradingService({ watchOrders })]);
    const client = await harness.tradingClient(address, 'participant/alice');
    const error = await failure<RpcError>(client.stream('watchOrders', WATCH).receive(() => undefined));
    expect(error).toMatchObject({ reason: 'INTERNAL', status: 'INTERNAL' });
    expect(error.message).not.toContain('secret');
  });

  it('aborts the handler when the reader leaves its loop or its signal fires', async () => {
    let open = 0;
    const watchOrders = async (_: object, { signal }: CallContext, stream: Watched) => {
      open += 1;
      while (!signal.aborted) {
        await stream.send({ reports: [] });
        await pause(5);
      }
      open -= 1;
    };
    const { address, server } = await harness.serve([tradingService({ watchOrders })]);
    const client = await harness.tradingClient(address, 'participant/alice');
    for await (const _ of client.stream('watchOrders', WATCH)) break;
    await until(() => open === 0 && server.load.openStreams === 0);
    const controller = new AbortController();
    const reading = client
      .stream('watchOrders', WATCH, { signal: controller.signal })
      .receive(() => controller.abort());
    await failure(reading);
    await until(() => open === 0 && server.load.openStreams === 0);
  });

  it('aborts the handler when the connection breaks', async () => {
    let aborted = false;
    const watchOrders = async (_: object, { signal }: CallContext, stream: Watched) => {
      stream.write({ reports: [] });
      await until(() => signal.aborted);
      aborted = true;
    };
    const { address } = await harness.serve([tradingService({ watchOrders })]);
    const client = await harness.tradingClient(address, 'participant/alice');
    for await (const _ of client.stream('watchOrders', WATCH)) {
      client.close();
      break;
    }
    await until(() => aborted);
  });

  it('holds a sender back behind a slow reader', async () => {
    let sent = 0;
    const watchOrders = async (_: object, { signal }: CallContext, stream: Watched) => {
      for (; sent < 1_000 && !signal.aborted; sent += 1) await stream.send(bulky());
    };
    const { address } = await harness.serve([tradingService({ watchOrders })]);
    const client = await harness.tradingClient(address, 'participant/alice');
    let read = 0;
    for await (const _ of client.stream('watchOrders', WATCH)) {
      await pause(20);
      read += 1;
      if (read === 20) break;
    }
    expect(sent).toBeLessThan(200);
  });

  it('resets a stream whose reader does not take what is buffered, soon after its end', async () => {
    const watchOrders = async (_: object, __: CallContext, stream: Watched) => {
      while (stream.bufferedMessages < 1_000) stream.write(bulky());
      throw new RpcError('SLOW_READER');
    };
    const { address } = await harness.serve([tradingService({ watchOrders })]);
    const client = await harness.tradingClient(address, 'participant/alice');
    const reading = (async () => {
      for await (const _ of client.stream('watchOrders', WATCH)) await pause(20);
    })();
    const startedMs = Date.now();
    expect(await failure<RpcError>(reading)).toMatchObject({ status: 'RESOURCE_EXHAUSTED' });
    expect(Date.now() - startedMs).toBeLessThan(8_000);
  });

  it.each(['requests', 'receive'] as const)('serves a stream both ways by %s', async (way) => {
    const streamOrders = async (_: CallContext, stream: Entry) => {
      if (way === 'receive') await stream.receive((request) => void stream.write(acks(request)));
      else for await (const request of stream.requests) await stream.send(acks(request));
    };
    const { address } = await harness.serve([tradingService({ streamOrders })]);
    const client = await harness.tradingClient(address, 'participant/alice');
    const duplex = client.duplex('streamOrders');
    const answered: number[] = [];
    const reading = duplex.receive((response) => {
      answered.push(...response.acks.map(({ requestId }) => requestId));
    });
    const sent = Array.from({ length: 500 }, (_, n) => n);
    for (const n of sent) if (!duplex.write(message(n))) await duplex.drained();
    duplex.end();
    await reading;
    expect(answered).toEqual(sent);
  });

  it('ends the requests when the client goes away', async () => {
    const ends: boolean[] = [];
    const streamOrders = async ({ signal }: CallContext, stream: Entry) => {
      for await (const request of stream.requests) await stream.send(acks(request));
      ends.push(signal.aborted);
    };
    const { address } = await harness.serve([tradingService({ streamOrders })]);
    const client = await harness.tradingClient(address, 'participant/alice');
    const duplex = client.duplex('streamOrders');
    duplex.write(message(1));
    for await (const _ of duplex) break;
    await until(() => ends.length === 1);
    expect(ends).toEqual([true]);
  });

  it('passes on what the listener throws', async () => {
    const streamOrders = async (_: CallContext, stream: Entry) => {
      await stream.receive(() => {
        throw new RpcError('FIELD_INVALID', 'No.');
      });
    };
    const { address } = await harness.serve([tradingService({ streamOrders })]);
    const client = await harness.tradingClient(address, 'participant/alice');
    const duplex = client.duplex('streamOrders');
    duplex.write(message(1));
    duplex.write(message(2));
    const error = await failure<RpcError>(duplex.receive(() => undefined));
    expect(error.reason).toBe('FIELD_INVALID');
  });

  it('refuses more streams than its limit', async () => {
    const watchOrders = (_: object, { signal }: CallContext) => until(() => signal.aborted);
    const { address, server } = await harness.serve([tradingService({ watchOrders }), auditService()], {
      limits: { openStreamsMax: 2 },
    });
    const client = await harness.tradingClient(address, 'participant/alice');
    const open = [1, 2].map(() => client.stream('watchOrders', WATCH));
    await until(() => server.load.openStreams === 2);
    const error = await failure<RpcError>(client.stream('watchOrders', WATCH).receive(() => undefined));
    expect(error.reason).toBe('OVERLOADED');
    for (const stream of open) stream.cancel();
    await until(() => server.load.openStreams === 0);
  });
});

function bulky(): trading.WatchOrdersResponse {
  return { reports: [{ ...trading.ExecutionReport.decode(Buffer.alloc(0)), tradeId: 'x'.repeat(100_000) }] };
}
