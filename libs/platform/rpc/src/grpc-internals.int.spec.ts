import { constants, type Http2Session } from 'node:http2';
import type { CallContext } from './call-context';
import * as internals from './grpc-internals';
import { auditService, RpcHarness } from './rpc-harness';

describe('what is reached behind grpc-js', () => {
  it('still stands where it did', async () => {
    const harness = await RpcHarness.create();
    const sessions: unknown[] = [];
    const getCheckpoint = async (_: object, call: CallContext) => {
      sessions.push(internals.sessionOf((call as unknown as { call: object }).call));
      return { checkpoint: '', verifierKey: '' };
    };
    const { address, server } = await harness.serve([auditService({ getCheckpoint })]);
    const client = await harness.auditClient(address, 'operator/olga');
    await client.call('getCheckpoint', {});
    await client.call('getCheckpoint', {});
    expect(sessions[0]).toBeDefined();
    expect(sessions[1]).toBe(sessions[0]);
    const { grpc } = server as unknown as { grpc: Parameters<typeof internals.http2ServersOf>[0] };
    expect(internals.http2ServersOf(grpc)).toHaveLength(1);
    await harness.close();
  });

  it('makes a broken connection of a session that ends with an error before any status', async () => {
    const harness = await RpcHarness.create();
    const getCheckpoint = async (_: object, call: CallContext) => {
      const session = internals.sessionOf((call as unknown as { call: object }).call) as Http2Session;
      session.goaway(constants.NGHTTP2_INTERNAL_ERROR);
      return new Promise<never>(() => undefined);
    };
    const { address } = await harness.serve([auditService({ getCheckpoint })]);
    const client = await harness.auditClient(address, 'operator/olga');
    const failed = await client
      .call('getCheckpoint', {}, { timeoutMs: 5_000 })
      .catch((error: Error) => error);
    expect(failed).toMatchObject({ reason: 'NOT_READY', status: 'UNAVAILABLE', retryable: true });
    expect((failed as Error).message).toContain('Received RST_STREAM');
    await harness.close();
  });
});
