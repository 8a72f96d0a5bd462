import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { connect, type TLSSocket } from 'node:tls';
import type { audit } from '@clearway/contracts';
import { createAuthority } from '@clearway/platform-pki';
import type { RpcClient } from './rpc-client';
import type { RpcError } from './rpc-error';
import { auditService, failure, pause, RpcHarness, until } from './rpc-harness';
import type { TlsFiles } from './tls-files';

const REQUEST = {};

describe('certificate reload', () => {
  let harness: RpcHarness;

  beforeEach(async () => {
    harness = await RpcHarness.create();
  });

  afterEach(() => harness.close());

  it('serves new connections with the new certificate, still only by TLS 1.3 and only with a certificate', async () => {
    const { address } = await harness.serve([auditService()], { tlsPollIntervalMs: 30 });
    const tls = await harness.identity('operator/olga');
    const before = await serialOf(address, tls);
    await harness.identity('svc/audit');
    await until(async () => (await serialOf(address, tls)) !== before);
    expect(await serialOf(address, tls, 'TLSv1.2')).toMatch(/alert|protocol/);
    const client = await harness.auditClient(address, 'operator/olga');
    await client.call('getCheckpoint', REQUEST);
    const stranger = await harness.identity('operator/olga', {
      ca: await createAuthority(),
      file: 'stranger',
    });
    const foreign = { ...stranger, caPath: tls.caPath };
    const refused = await harness.auditClient(address, 'operator/olga', foreign);
    expect((await failure<RpcError>(refused.call('getCheckpoint', REQUEST))).status).toBe('UNAVAILABLE');
  });

  it('keeps the old set while a new one is half written, then takes it', async () => {
    const { address } = await harness.serve([auditService()], { tlsPollIntervalMs: 30 });
    const tls = await harness.identity('operator/olga');
    const before = await serialOf(address, tls);
    const next = await harness.identity('svc/audit', { file: 'next' });
    const current = `${harness.dir}/svc-audit`;
    await writeFile(`${current}.crt`, readFileSync(next.certPath));
    await until(() => harness.logged.some(({ message }) => message.includes('do not fit')));
    expect(await serialOf(address, tls)).toBe(before);
    await writeFile(`${current}.key`, readFileSync(next.keyPath));
    await until(async () => (await serialOf(address, tls)) !== before);
    expect(harness.logged.filter(({ message }) => message.includes('do not fit'))).toHaveLength(1);
  });

  it('loses no call while client and server change certificates and authority under load', async () => {
    const tls = await harness.identity('svc/audit');
    const { address } = await harness.serve([auditService()], { tls, tlsPollIntervalMs: 30 });
    const client = await harness.auditClient(address, 'operator/olga');
    const load = startLoad(client);
    await until(() => load.answered > 50);
    for (let n = 0; n < 3; n += 1) {
      const first = client.channel.current;
      await harness.identity('operator/olga');
      await harness.identity('svc/audit');
      await until(() => client.channel.current !== first);
      await pause(150);
    }
    await load.stop();
    expect(load.failures).toEqual([]);
    expect(harness.sessions.length).toBeGreaterThanOrEqual(4);
  });

  it('refuses calls on a connection whose certificate has expired, and takes the client back with a new one', async () => {
    const { address } = await harness.serve([auditService()]);
    const short = await harness.identity('operator/olga', { days: 2 / 86_400 });
    const client = await harness.auditClient(address, 'operator/olga', short);
    await client.call('getCheckpoint', REQUEST);
    await until(async () => {
      const outcome = await client.call('getCheckpoint', REQUEST).catch((error: RpcError) => error);
      return 'reason' in outcome && outcome.reason === 'NO_IDENTITY';
    });
    expect(harness.refusals.at(-1)?.code).toBe('NO_IDENTITY');
    await harness.identity('operator/olga');
    await until(() => client.call('getCheckpoint', REQUEST).then(Boolean, () => false));
  });

  function startLoad(client: RpcClient<typeof audit.AuditServiceService>): {
    answered: number;
    failures: unknown[];
    stop(): Promise<void>;
  } {
    const state = { answered: 0, failures: [] as unknown[], stop: () => Promise.resolve() };
    let running = true;
    const caller = async (): Promise<void> => {
      while (running) {
        try {
          await client.call('getCheckpoint', REQUEST);
          state.answered += 1;
        } catch (error) {
          state.failures.push(error);
        }
      }
    };
    const callers = Array.from({ length: 8 }, caller);
    state.stop = async () => {
      running = false;
      await Promise.all(callers);
    };
    return state;
  }
});

/** Serial number of the certificate that the server shows on a new connection, or the error. */
function serialOf(
  address: string,
  tls: TlsFiles,
  version: 'TLSv1.2' | 'TLSv1.3' = 'TLSv1.3',
): Promise<string> {
  const [host = '', port] = address.split(':');
  return new Promise((resolve) => {
    const socket: TLSSocket = connect({
      host,
      port: Number(port),
      ca: readFileSync(tls.caPath),
      cert: readFileSync(tls.certPath),
      key: readFileSync(tls.keyPath),
      minVersion: version,
      maxVersion: version,
      ALPNProtocols: ['h2'],
    });
    socket.once('secureConnect', () => {
      resolve(socket.getPeerCertificate().serialNumber);
      socket.destroy();
    });
    socket.once('error', (error) => resolve(error.message));
  });
}
