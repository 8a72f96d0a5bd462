import { audit } from '@clearway/contracts';
import { FIND_INTERVAL_MS } from './owner-finder';
import { createRpcClient } from './rpc-client';
import type { RpcError } from './rpc-error';
import { auditService, failure, pause, RpcHarness, until } from './rpc-harness';

let harness: RpcHarness;

beforeAll(async () => {
  harness = await RpcHarness.create();
});

afterAll(async () => harness.close());

it('follows a service to the process that took over, and ends what waits for the old one', async () => {
  let isSilent = false;
  const serve = (name: string, serving: boolean) =>
    harness.serve(
      [
        auditService({
          getCheckpoint: () =>
            isSilent && name === 'b'
              ? new Promise(() => undefined)
              : Promise.resolve({ checkpoint: name, verifierKey: '' }),
        }),
      ],
      { serving },
    );
  const [a, b] = [await serve('a', false), await serve('b', true)];
  const client = createRpcClient(audit.AuditServiceClient, {
    address: [a.address, b.address],
    tls: await harness.identity('operator/olga'),
    expect: 'svc/audit',
    log: harness.log,
  });
  const asked = async (): Promise<string> => (await client.call('getCheckpoint', {})).checkpoint;
  try {
    await until(async () => (await asked()) === 'b');

    isSilent = true;
    const waiting = failure<RpcError>(client.call('getCheckpoint', {}, { timeoutMs: 30_000 }));
    b.server.setServing(false);
    a.server.setServing(true);
    expect(await waiting).toMatchObject({ status: 'UNAVAILABLE', retryable: true });
    expect(await asked()).toBe('a');

    // One that comes back and still believes that it serves moves nobody.
    b.server.setServing(true);
    await pause(3 * FIND_INTERVAL_MS);
    expect(await asked()).toBe('a');
  } finally {
    client.close();
  }
});
