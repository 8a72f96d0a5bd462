import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { trading } from '@clearway/contracts';
import { createRpcClient } from './rpc-client';
import type { RpcError } from './rpc-error';
import { auditService, failure, RpcHarness, tradingService, until } from './rpc-harness';
import type { TlsFiles } from './tls-files';

const certificateOf = ({ certPath }: TlsFiles): X509Certificate =>
  new X509Certificate(readFileSync(certPath));

const MARKS: readonly (readonly [string, (tls: TlsFiles) => string])[] = [
  ['identity', () => 'spiffe://clearway/operator/olga'],
  ['serial', (tls) => `serial:${certificateOf(tls).serialNumber}`],
  ['fingerprint', (tls) => `sha256:${certificateOf(tls).fingerprint256}`],
];

describe('revocation', () => {
  let harness: RpcHarness;
  let revokedPath: string;

  beforeEach(async () => {
    harness = await RpcHarness.create();
    revokedPath = path.join(harness.dir, 'revoked.txt');
    await writeFile(revokedPath, '# nobody yet\n');
  });

  afterEach(() => harness.close());

  it.each(MARKS)('by %s refuses at once on a connection that stands and on a new one', async (_, markOf) => {
    const { address } = await serve();
    const tls = await harness.identity('operator/olga');
    const client = await harness.auditClient(address, 'operator/olga', tls);
    await client.call('getCheckpoint', {});
    await writeFile(revokedPath, `${markOf(tls)}\n`);
    await until(async () => (await outcomeOf(client.call('getCheckpoint', {}))) === 'NO_IDENTITY');
    const again = await harness.auditClient(address, 'operator/olga', tls);
    expect(await failure<RpcError>(again.call('getCheckpoint', {}))).toMatchObject({
      status: 'UNAUTHENTICATED',
      message: 'The client certificate has been revoked.',
    });
    expect(harness.refusals.at(-1)).toEqual({
      subject: 'spiffe://clearway/operator/olga',
      method: '/clearway.audit.v1.AuditService/GetCheckpoint',
      code: 'NO_IDENTITY',
    });
    const other = await harness.auditClient(address, 'operator/otto');
    await other.call('getCheckpoint', {});
    await writeFile(revokedPath, '');
    await until(async () => (await outcomeOf(again.call('getCheckpoint', {}))) === 'OK');
  });

  it('ends open streams', async () => {
    const { address } = await serve();
    const client = await harness.tradingClient(address, 'participant/alice');
    const stream = client.stream('watchOrders', { account: 'alice.main' }, {});
    const ended = failure<RpcError>(
      (async () => {
        for await (const _ of stream);
      })(),
    );
    await until(() => harness.sessions.length > 0);
    await writeFile(revokedPath, 'spiffe://clearway/participant/alice');
    expect((await ended).reason).toBe('NO_IDENTITY');
  });

  it('keeps the former list while the new one is wrong or gone', async () => {
    const { address } = await serve();
    await writeFile(revokedPath, 'spiffe://clearway/operator/olga');
    const client = await harness.auditClient(address, 'operator/olga');
    await until(async () => (await outcomeOf(client.call('getCheckpoint', {}))) === 'NO_IDENTITY');
    await writeFile(revokedPath, 'operator/otto');
    await until(() => harness.logged.some(({ message }) => message.includes('list unusable')));
    expect(await outcomeOf(client.call('getCheckpoint', {}))).toBe('NO_IDENTITY');
  });

  it('refuses to start on a wrong list', async () => {
    await writeFile(revokedPath, 'olga');
    await expect(serve()).rejects.toThrow('line 1 of the revocation list is no entry');
  });

  it('holds for servers too: a client does not talk to a revoked one', async () => {
    const { address } = await serve();
    await writeFile(revokedPath, 'spiffe://clearway/svc/audit');
    const tls = { ...(await harness.identity('participant/alice')), revokedPath };
    const client = createRpcClient(trading.TradingServiceClient, {
      address,
      tls,
      expect: 'svc/audit',
      log: harness.log,
    });
    expect(await outcomeOf(client.call('listInstruments', {}, { timeoutMs: 2_000 }))).not.toBe('OK');
    expect(harness.sessions).toEqual([]);
    client.close();
  });

  async function serve(): Promise<{ address: string }> {
    const tls = { ...(await harness.identity('svc/audit')), revokedPath };
    const watching = tradingService({
      listInstruments: async () => ({ instruments: [] }),
      watchOrders: (_, call) =>
        new Promise((resolve) => call.signal.addEventListener('abort', () => resolve(), { once: true })),
    });
    return harness.serve([auditService(), watching], { tls, tlsPollIntervalMs: 30 });
  }
});

async function outcomeOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'OK',
    (error: RpcError) => error.reason,
  );
}
