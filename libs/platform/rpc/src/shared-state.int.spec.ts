import { SharedMarks } from './revocation-list';
import type { RpcError } from './rpc-error';
import { auditService, failure, RpcHarness } from './rpc-harness';

describe('what a server is told from outside', () => {
  let harness: RpcHarness;

  beforeEach(async () => {
    harness = await RpcHarness.create();
  });

  afterEach(() => harness.close());

  it('refuses who calls too often, with the time to wait', async () => {
    let left = 2;
    const callers: string[] = [];
    const { address } = await harness.serve([auditService()], {
      rateLimit: ({ name }) => {
        callers.push(name);
        left -= 1;
        return left >= 0 ? undefined : 700;
      },
    });
    const client = await harness.auditClient(address, 'participant/alice');
    await client.call('getCheckpoint', {});
    await client.call('getCheckpoint', {});
    expect(await failure<RpcError>(client.call('getCheckpoint', {}))).toMatchObject({
      reason: 'OVERLOADED',
      status: 'RESOURCE_EXHAUSTED',
      retryAfterMs: 700,
      retryable: true,
    });
    expect(callers).toEqual(['alice', 'alice', 'alice']);
  });

  it('refuses on a connection that stands whom another process has revoked', async () => {
    const sharedRevocations = new SharedMarks();
    const tls = { ...(await harness.identity('svc/audit')), sharedRevocations };
    const { address } = await harness.serve([auditService()], { tls });
    const client = await harness.auditClient(address, 'operator/olga');
    await client.call('getCheckpoint', {});
    sharedRevocations.add(['nonsense', 'spiffe://clearway/operator/olga']);
    const refused = await failure<RpcError>(client.call('getCheckpoint', {}));
    expect(refused).toMatchObject({
      reason: 'NO_IDENTITY',
      message: 'The client certificate has been revoked.',
    });
    const other = await harness.auditClient(address, 'operator/otto');
    await other.call('getCheckpoint', {});
  });
});
