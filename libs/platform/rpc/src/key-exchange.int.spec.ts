import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, connect as dial } from 'node:net';
import { connect } from 'node:tls';
import { auditService, RpcHarness } from './rpc-harness';
import { groupOfServerHello, TLS_GROUPS } from './server-hello';
import type { TlsFiles } from './tls-files';

const { X25519, X25519MLKEM768 } = TLS_GROUPS;

describe('key exchange', () => {
  let harness: RpcHarness;
  let address: string;

  beforeAll(async () => {
    harness = await RpcHarness.create();
    ({ address } = await harness.serve([auditService()], { tlsPollIntervalMs: 30 }));
  });

  afterAll(() => harness.close());

  it('is X25519MLKEM768 between a client and a server of ours, as the ServerHello on the wire says', async () => {
    const tap = await tapBefore(address);
    const client = await harness.auditClient(tap.address, 'operator/olga');
    await client.call('getCheckpoint', {});
    expect(groupOfServerHello(tap.answered())).toBe(X25519MLKEM768);
    tap.close();
  });

  it('stays so after the certificates were reloaded', async () => {
    await harness.identity('svc/audit');
    const tls = await harness.identity('operator/olga');
    while (!harness.logged.some(({ message }) => message === 'certificates reloaded'))
      await new Promise((resolve) => setTimeout(resolve, 10));
    expect(await negotiate(address, tls, 'X25519MLKEM768:X25519')).toBe(X25519MLKEM768);
  });

  it('is X25519 with a peer that has nothing else', async () => {
    expect(await negotiate(address, await harness.identity('operator/olga'), 'X25519')).toBe(X25519);
  });

  it.each(['P-256', 'P-521', 'X448'])('is not to be had by %s alone', async (group) => {
    expect(await negotiate(address, await harness.identity('operator/olga'), group)).toMatch(
      /handshake failure/,
    );
  });
});

/** Connects with the given groups; the group that the server chose, or the error. */
async function negotiate(address: string, tls: TlsFiles, ecdhCurve: string): Promise<number | string> {
  const tap = await tapBefore(address);
  const outcome = await new Promise<string | undefined>((resolve) => {
    const socket = connect({
      port: Number(tap.address.split(':')[1]),
      host: '127.0.0.1',
      ca: readFileSync(tls.caPath),
      cert: readFileSync(tls.certPath),
      key: readFileSync(tls.keyPath),
      ALPNProtocols: ['h2'],
      ecdhCurve,
    });
    socket.once('secureConnect', () => {
      resolve(undefined);
      socket.destroy();
    });
    socket.once('error', (error) => resolve(error.message));
  });
  tap.close();
  return outcome ?? groupOfServerHello(tap.answered());
}

/** A wire before the server that keeps what it answered first. */
async function tapBefore(address: string): Promise<{ address: string; answered(): Buffer; close(): void }> {
  const answers: Buffer[] = [];
  const tap = createServer((caller) => {
    const callee = dial(Number(address.split(':')[1]), '127.0.0.1');
    callee.on('data', (chunk: Buffer) => answers.push(chunk));
    caller.pipe(callee).pipe(caller);
    for (const socket of [caller, callee]) socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => tap.listen(0, '127.0.0.1', resolve));
  const { port } = tap.address() as AddressInfo;
  return {
    address: `127.0.0.1:${port}`,
    answered: () => Buffer.concat(answers),
    close: () => void tap.close(),
  };
}
