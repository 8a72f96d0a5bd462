import { readFileSync } from 'node:fs';
import { connect, type TLSSocket } from 'node:tls';
import { createAuthority } from '@clearway/platform-pki';
import { type Client, Metadata } from '@grpc/grpc-js';
import type { CallContext } from './call-context';
import { requireOwnAccount } from './own-account';
import { RpcError } from './rpc-error';
import { ANY_ENTRY, auditService, failure, pause, RpcHarness, tradingService, until } from './rpc-harness';
import type { TlsFiles } from './tls-files';

const REQUEST = {};

describe('rpc server', () => {
  let harness: RpcHarness;

  beforeEach(async () => {
    harness = await RpcHarness.create();
  });

  afterEach(() => harness.close());

  it('admits whom the allow-table names and tells the access log once a connection', async () => {
    const { address } = await harness.serve([auditService()]);
    const client = await harness.auditClient(address, 'operator/olga');
    expect(await client.call('getCheckpoint', REQUEST)).toEqual({ checkpoint: 'c', verifierKey: 'k' });
    await client.call('getCheckpoint', REQUEST);
    expect(harness.sessions).toEqual(['spiffe://clearway/operator/olga']);
  });

  it.each([
    ['operator/olga', 'listCoverage'],
    ['svc/risk', 'listCoverage'],
    ['svc/trading', 'getCheckpoint'],
    ['participant/svc', 'listCoverage'],
  ] as const)('denies %s the method %s', async (subject, method) => {
    const { address } = await harness.serve([auditService()]);
    const client = await harness.auditClient(address, subject);
    const error = await failure<RpcError>(client.call(method, REQUEST));
    expect(error).toMatchObject({
      reason: 'METHOD_NOT_ALLOWED',
      status: 'PERMISSION_DENIED',
      retryable: false,
    });
    expect(harness.refusals).toEqual([
      {
        subject: `spiffe://clearway/${subject}`,
        method: expect.stringContaining('AuditService/'),
        code: 'METHOD_NOT_ALLOWED',
      },
    ]);
  });

  it('denies everybody what no pattern names', async () => {
    const { address } = await harness.serve([auditService()]);
    const client = await harness.auditClient(address, 'operator/olga');
    const error = await failure<RpcError>(client.call('listEntries', ANY_ENTRY));
    expect(error.reason).toBe('METHOD_NOT_ALLOWED');
  });

  it('refuses a client without a certificate, of another CA, or with an expired one', async () => {
    const { address } = await harness.serve([auditService()]);
    const own = await harness.identity('operator/olga');
    const foreign = await harness.identity('operator/olga', { ca: await createAuthority(), file: 'foreign' });
    const expired = await harness.identity('operator/olga', { days: 1e-9, file: 'expired' });
    await pause(1_100);
    expect(await handshake(address, { ...tlsOf(own), cert: undefined, key: undefined })).toMatch(/required/);
    expect(await handshake(address, { ...tlsOf(foreign), ca: tlsOf(own).ca })).toMatch(/closed|ECONNRESET/);
    expect(await handshake(address, tlsOf(expired))).toMatch(/closed|ECONNRESET/);
    expect(await handshake(address, tlsOf(own))).toBe('TLSv1.3');
    await until(() => harness.refusals.length === 3);
    const errors = harness.logged.map(({ fields }) => fields.authorizationError).filter(Boolean);
    expect(errors).toEqual(['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'CERT_HAS_EXPIRED']);
    expect(harness.refusals.map(({ code }) => code)).toEqual(Array(3).fill('TLS_HANDSHAKE'));
  });

  it('refuses TLS 1.2 on the socket', async () => {
    const { address } = await harness.serve([auditService()]);
    const tls = tlsOf(await harness.identity('operator/olga'));
    const ended = await handshake(address, { ...tls, minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' });
    expect(ended).toMatch(/protocol version|alert/i);
  });

  it('is not believed by a client that expects another service', async () => {
    const tls = await harness.identity('svc/risk');
    const { address } = await harness.serve([auditService()], { tls });
    const client = await harness.auditClient(address, 'operator/olga');
    const error = await failure<RpcError>(client.call('getCheckpoint', REQUEST, { timeoutMs: 1_000 }));
    expect(error.status).toBe('UNAVAILABLE');
    expect(error.message).toContain('expected svc/audit to answer, found svc/risk');
  });

  it('keeps a participant off the accounts of others', async () => {
    const getOrderStatus = async ({ account }: { account: string }, { caller }: CallContext) => {
      requireOwnAccount(caller, account);
      return { order: undefined };
    };
    const { address } = await harness.serve([tradingService({ getOrderStatus })]);
    const alice = await harness.tradingClient(address, 'participant/alice');
    const operator = await harness.tradingClient(address, 'operator/alice-two');
    const ask = { orderId: '', account: 'alice.main', clOrdId: '1' };
    await alice.call('getOrderStatus', ask);
    await operator.call('getOrderStatus', ask);
    for (const account of ['bob.main', 'alice', 'alicex.main', '']) {
      const error = await failure<RpcError>(alice.call('getOrderStatus', { ...ask, account }));
      expect(error.reason).toBe('NOT_YOUR_ACCOUNT');
    }
    expect(harness.refusals).toHaveLength(4);
  });

  it('carries an error whole from handler to caller', async () => {
    const getCheckpoint = async (): Promise<never> => {
      throw new RpcError(
        'OVERLOADED',
        'Voll: 100 % \u{1F600}',
        { queue: 'orders', ['__proto__']: 'x' },
        {
          retryAfterMs: 1_250.5,
          fieldViolations: [{ field: 'steps[3].quantity', description: 'is not a decimal number' }],
          cause: new Error('secret'),
        },
      );
    };
    const { address } = await harness.serve([auditService({ getCheckpoint })]);
    const client = await harness.auditClient(address, 'operator/olga');
    const error = await failure<RpcError>(client.call('getCheckpoint', REQUEST));
    expect(error).toBeInstanceOf(RpcError);
    expect(error).toMatchObject({
      reason: 'OVERLOADED',
      status: 'RESOURCE_EXHAUSTED',
      message: 'Voll: 100 % \u{1F600}',
      metadata: { queue: 'orders' },
      retryAfterMs: 1_250.5,
      retryable: true,
      fieldViolations: [{ field: 'steps[3].quantity', description: 'is not a decimal number' }],
    });
    expect(JSON.stringify(error.cause)).not.toContain('secret');
  });

  it('answers a bug with INTERNAL, a fixed text and a trace id, and logs the cause', async () => {
    const getCheckpoint = (): Promise<never> => {
      throw new TypeError('secret of the house');
    };
    const { address } = await harness.serve([auditService({ getCheckpoint })]);
    const client = await harness.auditClient(address, 'operator/olga');
    const traceparent = `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`;
    const error = await failure<RpcError>(client.call('getCheckpoint', REQUEST, { traceparent }));
    expect(error).toMatchObject({ reason: 'INTERNAL', status: 'INTERNAL' });
    expect(error.message).not.toContain('secret');
    expect(error.metadata).toEqual({ traceId: 'ab'.repeat(16) });
    const entry = harness.logged.find(({ message }) => message.includes('bug'));
    expect(entry?.fields).toMatchObject({ traceId: 'ab'.repeat(16), err: expect.any(TypeError) });
  });

  it('answers INVALID_ARGUMENT to bytes that are no message, and INTERNAL to an answer that is none', async () => {
    const getCheckpoint = async () => undefined as never;
    const { address } = await harness.serve([auditService({ getCheckpoint })]);
    const client = await harness.auditClient(address, 'operator/olga');
    const send = (bytes: Buffer): Promise<unknown> =>
      new Promise((resolve, reject) => {
        client.channel.current.makeUnaryRequest(
          '/clearway.audit.v1.AuditService/GetCheckpoint',
          (value: Buffer) => value,
          (value) => value,
          bytes,
          new Metadata(),
          { deadline: Date.now() + 5_000 },
          (error, value) => (error ? reject(error) : resolve(value)),
        );
      });
    expect(await failure(send(Buffer.from([0x0f, 0xff])))).toMatchObject({ code: 3 });
    expect(await failure(send(Buffer.alloc(0)))).toMatchObject({ code: 13 });
    expect(harness.logged.map(({ message }) => message)).toContain('an answer could not be encoded');
  });

  it('passes deadline, trace, address and agent on to the handler', async () => {
    const seen: CallContext[] = [];
    const getCheckpoint = async (_: object, call: CallContext) => {
      seen.push(call);
      return { checkpoint: '', verifierKey: '' };
    };
    const { address } = await harness.serve([auditService({ getCheckpoint })]);
    const client = await harness.auditClient(address, 'operator/olga');
    const deadlineMicros = (Date.now() + 3_000) * 1000;
    const traceparent = `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`;
    await client.call('getCheckpoint', REQUEST, { deadlineMicros, traceparent });
    await client.call('getCheckpoint', REQUEST, { deadlineMicros, timeoutMs: 500, traceparent: 'nonsense' });
    expect(Math.abs((seen[0]?.deadlineMicros ?? 0) - deadlineMicros)).toBeLessThan(100_000);
    expect(seen[1]?.deadlineMicros).toBeLessThan(deadlineMicros - 2_000_000);
    expect(seen[0]?.toCommandContext()).toEqual({
      actor: 'spiffe://clearway/operator/olga',
      address: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      device: expect.stringContaining('grpc-node-js/'),
      traceparent,
      method: '/clearway.audit.v1.AuditService/GetCheckpoint',
    });
    expect(seen[1]?.traceparent).toBe('');
    expect(seen[1]?.traceId).toMatch(/^[0-9a-f]{32}$/);
  });

  it('ends a call at its deadline and at the default one, and aborts the handler', async () => {
    const aborted: string[] = [];
    const getCheckpoint = async (_: object, call: CallContext) => {
      await new Promise((resolve) => call.signal.addEventListener('abort', resolve));
      aborted.push(call.method);
      return { checkpoint: '', verifierKey: '' };
    };
    const { address, server } = await harness.serve([auditService({ getCheckpoint })], {
      limits: { defaultDeadlineMs: 100 },
    });
    const client = await harness.auditClient(address, 'operator/olga');
    const own = await failure<RpcError>(client.call('getCheckpoint', REQUEST, { timeoutMs: 100 }));
    expect(own).toMatchObject({ reason: 'OUTCOME_UNKNOWN', status: 'DEADLINE_EXCEEDED', retryable: true });
    const bare = await failure(withoutDeadline(client.channel.current));
    expect(bare).toMatchObject({ code: 4 });
    await until(() => aborted.length === 2 && server.load.inFlightUnary === 0);
  });

  it('aborts the handler when the caller cancels', async () => {
    let aborted = false;
    let entered = false;
    const getCheckpoint = async (_: object, call: CallContext) => {
      call.signal.addEventListener('abort', () => {
        aborted = true;
      });
      entered = true;
      await until(() => aborted);
      return { checkpoint: '', verifierKey: '' };
    };
    const { address } = await harness.serve([auditService({ getCheckpoint })]);
    const client = await harness.auditClient(address, 'operator/olga');
    const controller = new AbortController();
    const call = failure<RpcError>(client.call('getCheckpoint', REQUEST, { signal: controller.signal }));
    await until(() => entered);
    controller.abort();
    expect((await call).reason).toBe('OUTCOME_UNKNOWN');
    await until(() => aborted);
  });

  it('refuses more calls in flight than its limit with OVERLOADED and RetryInfo, and recovers', async () => {
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const getCheckpoint = async () => {
      await gate;
      return { checkpoint: '', verifierKey: '' };
    };
    const { address, server } = await harness.serve([auditService({ getCheckpoint })], {
      limits: { inFlightUnaryMax: 3 },
    });
    const client = await harness.auditClient(address, 'operator/olga');
    const calls = [1, 2, 3].map(() => client.call('getCheckpoint', REQUEST));
    await until(() => server.load.inFlightUnary === 3);
    const error = await failure<RpcError>(client.call('getCheckpoint', REQUEST));
    expect(error).toMatchObject({ reason: 'OVERLOADED', retryAfterMs: 100, retryable: true });
    release();
    await Promise.all(calls);
    await client.call('getCheckpoint', REQUEST);
  });

  it('retries an idempotent call and no other', async () => {
    let calls = 0;
    const getCheckpoint = async () => {
      calls += 1;
      if (calls % 2 === 1) throw new RpcError('NOT_READY');
      return { checkpoint: `${calls}`, verifierKey: '' };
    };
    const { address } = await harness.serve([auditService({ getCheckpoint })]);
    const client = await harness.auditClient(address, 'operator/olga');
    const answer = await client.call('getCheckpoint', REQUEST, { idempotent: true });
    expect(answer.checkpoint).toBe('2');
    expect((await failure<RpcError>(client.call('getCheckpoint', REQUEST))).reason).toBe('NOT_READY');
  });

  it('refuses a message larger than the limit without calling it retryable', async () => {
    const { address } = await harness.serve([auditService()], { limits: { receiveMessageBytesMax: 1_000 } });
    const client = await harness.auditClient(address, 'operator/olga');
    const request = { ...ANY_ENTRY, account: 'x'.repeat(2_000) };
    const error = await failure<RpcError>(client.call('listEntries', request));
    expect(error).toMatchObject({ status: 'RESOURCE_EXHAUSTED', retryable: false });
  });

  it('observes calls', async () => {
    const ended: [string, number][] = [];
    const observer = { ended: (method: string, code: number) => void ended.push([method, code]) };
    const { address } = await harness.serve([auditService()], { observer });
    const client = await harness.auditClient(address, 'operator/olga');
    await client.call('getCheckpoint', REQUEST);
    await failure(client.call('listCoverage', REQUEST));
    expect(ended.map(([method, code]) => [method.split('/')[2], code])).toEqual([
      ['GetCheckpoint', 0],
      ['ListCoverage', 7],
    ]);
  });
});

interface TlsInput {
  ca: Buffer;
  cert?: Buffer | undefined;
  key?: Buffer | undefined;
  minVersion?: 'TLSv1.2';
  maxVersion?: 'TLSv1.2';
}

function tlsOf(files: TlsFiles): TlsInput {
  return {
    ca: readFileSync(files.caPath),
    cert: readFileSync(files.certPath),
    key: readFileSync(files.keyPath),
  };
}

/** Connects by bare TLS; resolves with the version agreed on, or with the error that ended it. */
function handshake(address: string, { ca, cert, key, ...versions }: TlsInput): Promise<string> {
  const [host = '', port] = address.split(':');
  return new Promise((resolve) => {
    const identity = cert && key ? { cert, key } : {};
    const socket: TLSSocket = connect({
      host,
      port: Number(port),
      ca,
      ...identity,
      ...versions,
      ALPNProtocols: ['h2'],
    });
    // In TLS 1.3 the server judges the client after the client has finished: only what comes next tells.
    socket.once('data', () => {
      resolve(socket.getProtocol() ?? '');
      socket.destroy();
    });
    socket.once('error', (error) => resolve(error.message));
    socket.once('close', () => resolve('closed'));
  });
}

function withoutDeadline(client: Client): Promise<unknown> {
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      '/clearway.audit.v1.AuditService/GetCheckpoint',
      () => Buffer.alloc(0),
      (value) => value,
      {},
      (error, value) => (error ? reject(error) : resolve(value)),
    );
  });
}
