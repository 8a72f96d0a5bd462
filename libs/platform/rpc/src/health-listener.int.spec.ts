import { Client, credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { LIVE } from './health-listener';
import { auditService, failure, pause, RpcHarness } from './rpc-harness';

const SERVING = 1;
const NOT_SERVING = 2;

/** HealthCheckRequest{service} and the status of its answer, by hand: field 1 of each. */
function ask(client: Client, method: string, service: string): Promise<number> {
  const request = Buffer.concat([Buffer.from([0x0a, service.length]), Buffer.from(service)]);
  const same = (bytes: Buffer): Buffer => bytes;
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(method, same, same, request, new Metadata(), (error, answer) =>
      error ? reject(error) : resolve(answer?.[1] ?? 0),
    );
  });
}

describe('health without TLS', () => {
  let harness: RpcHarness;
  let probe: Client;

  beforeEach(async () => {
    harness = await RpcHarness.create();
  });

  afterEach(async () => {
    probe?.close();
    await harness.close();
  });

  const check = (service: string) => ask(probe, '/grpc.health.v1.Health/Check', service);

  async function serve(getCheckpoint: () => Promise<never> = () => new Promise(() => undefined)) {
    const options = { healthAddress: '127.0.0.1:0', serving: false };
    const { server, address } = await harness.serve([auditService({ getCheckpoint })], options);
    probe = new Client(`127.0.0.1:${server.healthPort}`, credentials.createInsecure());
    return { server, address };
  }

  it('tells a standby, an owner and a process that drains apart, and lives through all three', async () => {
    const { server, address } = await serve();
    expect([await check(''), await check(LIVE)]).toEqual([NOT_SERVING, SERVING]);
    server.setServing(true);
    expect([await check(''), await check('clearway.audit.v1.AuditService')]).toEqual([SERVING, SERVING]);
    const client = await harness.auditClient(address, 'operator/olga');
    const cut = failure(client.call('getCheckpoint', {}));
    while (server.load.inFlightUnary === 0) await pause(5);
    const drained = server.drain(500);
    expect([await check(''), await check(LIVE)]).toEqual([NOT_SERVING, SERVING]);
    await Promise.all([cut, drained]);
    expect(await failure<ServiceError>(check(LIVE))).toMatchObject({ code: status.UNAVAILABLE });
  });

  it('tells nothing else', async () => {
    await serve();
    expect(await failure<ServiceError>(check('other'))).toMatchObject({ code: status.NOT_FOUND });
    for (const method of ['/grpc.health.v1.Health/Watch', '/clearway.audit.v1.AuditService/GetCheckpoint'])
      expect(await failure<ServiceError>(ask(probe, method, ''))).toMatchObject({
        code: status.UNIMPLEMENTED,
      });
  });

  it('listens nowhere when its address is taken', async () => {
    const { server } = await serve();
    const taken = { healthAddress: `127.0.0.1:${server.healthPort}`, address: '127.0.0.1:0' };
    await expect(harness.serve([auditService()], taken)).rejects.toThrow();
  });
});
