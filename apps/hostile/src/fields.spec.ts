import { type Cluster, SERVICES } from '@clearway/testing';
import type { Client } from '@grpc/grpc-js';
import { BASELINES, type Baseline } from './fields/baselines';
import { JsonTemplate } from './fields/json-template';
import { faultOf, streamedAnswer } from './fields/judge-answer';
import { emptyOf, mutantsOf } from './fields/mutations';
import { type Caller, makeCallers } from './identity/identities';
import { ACCESS } from './surface/access';
import { brokenInvariants, honestOrder, startTarget } from './surface/market';
import { memoryBytesOf } from './surface/memory';
import { methodsOf, type SurfaceMethod } from './surface/methods';
import { hostileClient, rawCall } from './surface/raw-call';

let cluster: Cluster;
let callers: Caller[];
const clients = new Map<string, Client>();
const template = new JsonTemplate();

beforeAll(async () => {
  cluster = await startTarget();
  callers = await makeCallers(cluster);
});

afterAll(async () => {
  for (const client of clients.values()) client.close();
  await cluster.close();
});

test('there is a good request for every method of ours', () => {
  const served = SERVICES.flatMap((process) =>
    Object.keys(ACCESS[process])
      .filter((service) => service.startsWith('clearway.'))
      .flatMap((service) => methodsOf(service).map(({ name }) => `${process} ${name}`)),
  );
  expect(BASELINES.map(({ process, method }) => `${process} ${method}`).sort()).toEqual(served.sort());
});

let tried = 0;

test.each(BASELINES)('$process $method: every field, spoilt in every way', async (baseline) => {
  const method = methodOf(baseline);
  const { input } = method;
  if (input === undefined) throw new Error('only methods of ours have baselines');
  const client = clientOf(baseline);
  const good = await rawCall(client, method, [emptyOf(input)]);
  expect(good.status).not.toBe('INTERNAL');
  const faults: string[] = [];
  const mutants = [...mutantsOf(input, () => template.fill(baseline.request))];
  tried += mutants.length;
  for (let from = 0; from < mutants.length; from += AT_A_TIME) {
    await Promise.all(
      mutants.slice(from, from + AT_A_TIME).map(async (mutant) => {
        const answer = await rawCall(client, method, [mutant.bytes]);
        const isStreamed = method.kind === 'bidi_streaming';
        const fault = faultOf(mutant, isStreamed ? streamedAnswer(answer) : answer);
        if (fault !== undefined) faults.push(`${mutant.field} ${mutant.what}: ${fault}`);
      }),
    );
  }
  expect(faults).toEqual([]);
});

/** Calls on their way at a time: enough to be quick, too few to fill a limit. */
const AT_A_TIME = 16;

test('a message of four megabytes is refused as too large, one just below by its field', async () => {
  const faults: string[] = [];
  const before = await memory();
  for (const baseline of BASELINES) {
    const method = methodOf(baseline);
    const text = method.input?.fields.find((field) => field.fieldKind === 'scalar' && field.scalar === 9);
    if (text === undefined) continue;
    for (const [size, expected] of [
      [MESSAGE_BYTES_MAX + 1, 'RESOURCE_EXHAUSTED'],
      [MESSAGE_BYTES_MAX, 'INVALID_ARGUMENT'],
    ] as const) {
      const { status, reason } = await rawCall(clientOf(baseline), method, [textOf(text.number, size)], {
        openAfterMs: 10_000,
      });
      if (status !== expected && reason !== 'NOT_YOUR_ACCOUNT')
        faults.push(`${baseline.process} ${baseline.method} ${text.name} of ${size}: ${status}`);
    }
  }
  expect(faults).toEqual([]);
  const grown = (await memory()) - before;
  console.info(`memory of the four services after 4 MB messages: ${Math.round(grown / 2 ** 20)} MiB more`);
  expect(grown).toBeLessThan(400 * 2 ** 20);
});

const MESSAGE_BYTES_MAX = 4 * 1024 * 1024;

test('afterwards all processes live, honest orders work and every invariant holds', async () => {
  console.info(`${tried} spoilt requests at ${BASELINES.length} methods`);
  expect(SERVICES.filter((name) => !cluster.process(name).isRunning)).toEqual([]);
  expect(await honestOrder(cluster.as('carol'))).toBe('ORD_STATUS_CANCELED');
  expect(await brokenInvariants(cluster)).toEqual([]);
  for (const name of SERVICES) {
    const bugs = cluster.process(name).lines.filter((line) => line.includes('by a bug'));
    expect(bugs).toEqual([]);
  }
});

async function memory(): Promise<number> {
  const sizes = await Promise.all(SERVICES.map((name) => memoryBytesOf(cluster.process(name).pid)));
  return sizes.reduce((sum, bytes) => sum + bytes, 0);
}

/** A message that is one text field, of this size as a whole. */
function textOf(fieldNumber: number, messageBytes: number): Buffer {
  const tag = (fieldNumber << 3) | 2;
  const length = messageBytes - 5;
  const varint = [0, 7, 14, 21].map((shift) => ((length >> shift) & 0x7f) | (shift < 21 ? 0x80 : 0));
  return Buffer.concat([Buffer.from([tag, ...varint]), Buffer.alloc(length, 0x61)]);
}

function methodOf({ process, method }: Baseline): SurfaceMethod {
  for (const service of Object.keys(ACCESS[process])) {
    const found = methodsOf(service).find(({ name }) => name === method);
    if (found) return found;
  }
  throw new Error(`${process} has no ${method}`);
}

function clientOf({ process, caller }: Baseline): Client {
  const key = `${process} ${caller}`;
  let client = clients.get(key);
  if (client === undefined) {
    const found = callers.find(({ name }) => name === caller);
    if (found === undefined) throw new Error(`no caller ${caller}`);
    client = hostileClient(cluster.addressOf(process), found.bearer);
    clients.set(key, client);
  }
  return client;
}
