import { generateKeyPairSync } from 'node:crypto';
import { type Append, noteSigner, noteVerifier, openCheckpoint, treeHead } from '@clearway/domain-audit';
import { AppendLane } from './append-lane';
import { CheckpointSealer, ForeignCheckpointError } from './checkpoint-sealer';
import { batchOf, MemoryAudit, until } from './memory-audit.fixture';
import { appendOf } from './source-append';

const ORIGIN = 'clearway.example/audit/0';
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const verifiers = [noteVerifier(ORIGIN, publicKey)];
const log = { info: jest.fn(), warn: jest.fn(), error: jest.fn() };
const context = { actor: '', address: '', device: '', traceparent: '', method: '' };

let sealer: CheckpointSealer;

function setUp(
  audit = new MemoryAudit(),
  origin = ORIGIN,
  pair = { privateKey, publicKey },
  publish?: (note: string) => Promise<void>,
): { audit: MemoryAudit; lane: AppendLane } {
  const lane = new AppendLane(audit);
  sealer = new CheckpointSealer({
    shard: audit,
    lane,
    origin,
    signers: [noteSigner(origin, pair.privateKey)],
    verifiers: [noteVerifier(origin, pair.publicKey)],
    actor: 'spiffe://clearway/svc/audit',
    clock: () => audit.nowMicros,
    log,
    ...(publish === undefined ? {} : { files: { publish } }),
  });
  return { audit, lane };
}

function append(firstEvent: number): Append {
  return appendOf('risk/0', batchOf('risk/0', firstEvent, 2), firstEvent) as Append;
}

function opened(note: string): number {
  const result = openCheckpoint(note, ORIGIN, verifiers);
  return result.kind === 'opened' ? result.checkpoint.size : -1;
}

afterEach(async () => sealer.stop());

it('seals on demand: the empty tree too, and again only when the tree has grown', async () => {
  const { audit, lane } = setUp();
  expect(opened(await sealer.newest())).toBe(0);
  await lane.append(append(0), context);
  const note = await sealer.newest();
  expect(opened(note)).toBe(2);
  expect(await sealer.newest()).toBe(note);
  expect(audit.events.map(({ kind }) => kind)).toEqual([
    'CheckpointRecorded',
    'LeavesAppended',
    'CheckpointRecorded',
  ]);
});

it('gives a checkpoint of everything appended before it was asked for, under steady load', async () => {
  const { audit, lane } = setUp();
  const appends = Array.from({ length: 50 }, (_, i) => lane.append(append(2 * i), context));
  const notes = await Promise.all([sealer.newest(), sealer.newest(), sealer.newest()]);
  expect(notes.map(opened)).toEqual([100, 100, 100]);
  const outcomes = await Promise.all(appends);
  expect(outcomes.map(({ kind }) => kind)).toEqual(outcomes.map(() => 'appended'));
  expect(treeHead(audit.state).size).toBe(100);
});

it('keeps appends in order around a seal', async () => {
  const { lane } = setUp();
  const work: Promise<{ kind: string }>[] = [];
  for (let i = 0; i < 200; i++) {
    work.push(lane.append(append(2 * i), context));
    if (i % 20 === 0) void sealer.newest();
    await (i % 7 === 0 ? new Promise(setImmediate) : Promise.resolve());
  }
  expect(new Set((await Promise.all(work)).map(({ kind }) => kind))).toEqual(new Set(['appended']));
});

it('seals by itself, at most once an interval', async () => {
  const { audit, lane } = setUp();
  await sealer.start();
  const sealed = (): number => audit.events.filter(({ kind }) => kind === 'CheckpointRecorded').length;
  await lane.append(append(0), context);
  await until(() => sealed() === 1);
  await lane.append(append(2), context);
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(sealed()).toBe(1);
  audit.nowMicros += 1_000_000;
  await until(() => sealed() === 2);
});

it('goes on when the shard did not take one', async () => {
  const { audit } = setUp();
  audit.refusals.push(new Error('DRAINING'));
  await expect(sealer.newest()).rejects.toThrow('DRAINING');
  expect(opened(await sealer.newest())).toBe(0);
});

it('refuses to go on under another name or with another key', async () => {
  const { audit } = setUp();
  await sealer.newest();
  setUp(audit, 'other.example');
  await expect(sealer.start()).rejects.toThrow(ForeignCheckpointError);
  setUp(audit, ORIGIN, generateKeyPairSync('ed25519'));
  await expect(sealer.start()).rejects.toThrow(ForeignCheckpointError);
  setUp(audit);
  await sealer.start();
});

it('hands out no checkpoint that is not published, and publishes later what could not be', async () => {
  const published: string[] = [];
  let isFull = true;
  const { audit, lane } = setUp(undefined, undefined, undefined, async (note) => {
    if (isFull) throw new Error('no space left');
    published.push(note);
  });
  await lane.append(append(0), context);
  await expect(sealer.newest()).rejects.toThrow('no space left');
  expect(audit.state.lastCheckpoint?.size).toBe(2);
  isFull = false;
  expect(await sealer.newest()).toBe(audit.state.lastCheckpoint?.note);
  expect(published).toEqual([audit.state.lastCheckpoint?.note]);
});

describe('a new key', () => {
  const former = generateKeyPairSync('ed25519');
  const present = { privateKey, publicKey };
  /** Signs with both while it is introduced, with itself alone afterwards. */
  function setUpKeys(audit: MemoryAudit, pairs: readonly (typeof present)[]): AppendLane {
    const lane = new AppendLane(audit);
    sealer = new CheckpointSealer({
      shard: audit,
      lane,
      origin: ORIGIN,
      signers: pairs.map((pair) => noteSigner(ORIGIN, pair.privateKey)),
      verifiers: pairs.map((pair) => noteVerifier(ORIGIN, pair.publicKey)),
      actor: 'spiffe://clearway/svc/audit',
      clock: () => audit.nowMicros,
      log,
    });
    return lane;
  }

  it('takes over from the former one, whose holders can verify as long as both sign', async () => {
    const audit = new MemoryAudit();
    setUpKeys(audit, [former]);
    await sealer.newest();
    const lane = setUpKeys(audit, [present, former]);
    await sealer.start();
    await lane.append(append(0), context);
    const note = await sealer.newest();
    for (const { publicKey: known } of [former, present])
      expect(openCheckpoint(note, ORIGIN, [noteVerifier(ORIGIN, known)])).toMatchObject({ kind: 'opened' });
    await sealer.stop();
    setUpKeys(audit, [present]);
    await expect(sealer.start()).resolves.toBeUndefined();
  });

  it('does not take over before both have signed', async () => {
    const audit = new MemoryAudit();
    setUpKeys(audit, [former]);
    await sealer.newest();
    setUpKeys(audit, [present]);
    await expect(sealer.start()).rejects.toThrow(ForeignCheckpointError);
  });
});
