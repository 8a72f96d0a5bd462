import { service as healthDefinition } from 'grpc-health-check';
import type { CallContext } from './call-context';
import type { RpcError } from './rpc-error';
import { auditService, failure, pause, RpcHarness, tradingService, until } from './rpc-harness';

const REQUEST = {};

describe('drain', () => {
  let harness: RpcHarness;

  beforeEach(async () => {
    harness = await RpcHarness.create();
  });

  afterEach(() => harness.close());

  it('lets calls in flight finish, ends streams with DRAINING and refuses new calls', async () => {
    const getCheckpoint = async () => {
      await pause(300);
      return { checkpoint: 'late', verifierKey: '' };
    };
    const watchOrders = (_: object, { signal }: CallContext) => until(() => signal.aborted);
    const services = [auditService({ getCheckpoint }), tradingService({ watchOrders })];
    const { address, server } = await harness.serve(services);
    const client = await harness.auditClient(address, 'operator/olga');
    const watcher = await harness.tradingClient(address, 'participant/alice');
    const late = client.call('getCheckpoint', REQUEST);
    const watching = failure<RpcError>(
      watcher.stream('watchOrders', { account: '' }).receive(() => undefined),
    );
    await until(() => server.load.inFlightUnary === 1 && server.load.openStreams === 1);
    const drained = server.drain(5_000);
    expect(await watching).toMatchObject({ reason: 'DRAINING', status: 'UNAVAILABLE', retryable: true });
    const refused = await failure<RpcError>(client.call('getCheckpoint', REQUEST, { timeoutMs: 1_000 }));
    expect(refused.status).toBe('UNAVAILABLE');
    expect((await late).checkpoint).toBe('late');
    expect(await drained).toBe(true);
  });

  it('cuts what does not finish in time', async () => {
    const getCheckpoint = () => new Promise<never>(() => undefined);
    const { address, server } = await harness.serve([auditService({ getCheckpoint })]);
    const client = await harness.auditClient(address, 'operator/olga');
    const call = failure<RpcError>(client.call('getCheckpoint', REQUEST));
    await until(() => server.load.inFlightUnary === 1);
    const startedMs = Date.now();
    expect(await server.drain(200)).toBe(false);
    expect(Date.now() - startedMs).toBeLessThan(1_000);
    expect(await call).toMatchObject({ status: 'UNAVAILABLE', retryable: true });
    expect(Date.now() - startedMs).toBeLessThan(1_000);
  });

  it('loses no answer of calls that keep coming: each is answered or refused as UNAVAILABLE', async () => {
    let handled = 0;
    const getCheckpoint = async () => {
      handled += 1;
      await pause(2);
      return { checkpoint: '', verifierKey: '' };
    };
    const { address, server } = await harness.serve([auditService({ getCheckpoint })]);
    const client = await harness.auditClient(address, 'operator/olga');
    let answered = 0;
    const statuses = new Set<string>();
    let stop = false;
    const caller = async (): Promise<void> => {
      while (!stop) {
        try {
          await client.call('getCheckpoint', REQUEST, { timeoutMs: 2_000 });
          answered += 1;
        } catch (error) {
          statuses.add((error as RpcError).status);
          await pause(5);
        }
      }
    };
    const callers = Array.from({ length: 20 }, caller);
    await until(() => answered > 200);
    expect(await server.drain(5_000)).toBe(true);
    stop = true;
    await Promise.all(callers);
    expect(handled).toBe(answered);
    expect([...statuses]).toEqual(['UNAVAILABLE']);
  });

  it('finds a restarted peer within a second', async () => {
    const first = await harness.serve([auditService()]);
    const client = await harness.auditClient(first.address, 'operator/olga');
    await client.call('getCheckpoint', REQUEST);
    first.server.close();
    await pause(3_000);
    await harness.serve([auditService()], { address: first.address });
    await pause(1_300);
    await client.call('getCheckpoint', REQUEST, { timeoutMs: 500 });
  });
});

describe('health', () => {
  let harness: RpcHarness;

  beforeEach(async () => {
    harness = await RpcHarness.create();
  });

  afterEach(() => harness.close());

  it('tells every identity what serves, per service and over all, also while it changes', async () => {
    const { address, server } = await harness.serve([auditService()], { serving: false });
    const client = await healthClient(address);
    expect(await client.check('')).toEqual({ status: 'NOT_SERVING' });
    server.setServing(true);
    expect(await client.check('')).toEqual({ status: 'SERVING' });
    expect(await client.check('clearway.audit.v1.AuditService')).toEqual({ status: 'SERVING' });
    server.setServing(false, 'clearway.audit.v1.AuditService');
    expect(await client.check('clearway.audit.v1.AuditService')).toEqual({ status: 'NOT_SERVING' });
    expect(await failure(client.check('nobody'))).toMatchObject({ code: 5 });
    const watched: string[] = [];
    client.watch('', watched);
    await until(() => watched.length === 1);
    await server.drain(2_000);
    await until(() => watched.length === 2);
    expect(watched).toEqual(['SERVING', 'NOT_SERVING']);
  });

  it('is not admitted without a place on the list, yet health is', async () => {
    const { address } = await harness.serve([auditService()]);
    const client = await healthClient(address, 'participant/bob');
    expect(await client.check('')).toEqual({ status: 'SERVING' });
  });

  async function healthClient(address: string, subject = 'participant/alice') {
    const { channel } = await harness.auditClient(address, subject);
    const grpc = channel.current;
    const { Check, Watch } = healthDefinition;
    return {
      check: (service: string) =>
        new Promise((resolve, reject) => {
          grpc.makeUnaryRequest(
            Check?.path ?? '',
            Check?.requestSerialize as never,
            Check?.responseDeserialize as never,
            { service },
            (error, value) => (error ? reject(error) : resolve(value)),
          );
        }),
      watch: (service: string, into: string[]) => {
        const stream = grpc.makeServerStreamRequest<unknown, { status: string }>(
          Watch?.path ?? '',
          Watch?.requestSerialize as never,
          Watch?.responseDeserialize as never,
          { service },
        );
        stream.on('data', ({ status }) => into.push(status));
        stream.on('error', () => undefined);
      },
    };
  }
});
