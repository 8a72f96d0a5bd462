import { generateKeyPairSync } from 'node:crypto';
import type { Plain } from '@clearway/kernel';
import fc from 'fast-check';
import {
  APPEND_LEAVES_MAX,
  APPEND_PAYLOAD_BYTES_MAX,
  type AuditCommand,
  type AuditEvent,
  type AuditOutcome,
  auditMachine,
  SOURCE_SHARDS_MAX,
} from './audit-machine';
import { checkpointDue, coverage, expectedEvent, treeHead } from './audit-state';
import { createCheckpoint } from './checkpoint';
import { CompactRange } from './compact-range';
import { HASH_BYTES, leafHash } from './merkle-hash';
import { noteSigner } from './note-key';

const ORIGIN = 'clearway.example/audit/0';
const signer = noteSigner(ORIGIN, generateKeyPairSync('ed25519').privateKey);

/** The machine with a journal in memory and a clock that the test sets. */
class Bench {
  state = auditMachine.create();
  readonly journal: { event: AuditEvent; timeMicros: number }[] = [];
  nowMicros = 1000;

  send(command: AuditCommand): AuditOutcome {
    const { nowMicros } = this;
    const emit = (event: AuditEvent): void => {
      this.journal.push({ event, timeMicros: nowMicros });
      auditMachine.evolve(this.state, event, nowMicros);
    };
    return auditMachine.decide(this.state, command, { nowMicros, emit, publish: () => {} });
  }

  append(sourceShard: string, firstEvent: number, count: number): AuditOutcome {
    return this.send(appendOf(sourceShard, firstEvent, count));
  }

  sign(change: { origin?: string; size?: number; rootHash?: Uint8Array } = {}): string {
    return createCheckpoint({ origin: ORIGIN, extensions: [], ...treeHead(this.state), ...change }, [signer]);
  }
}

function leavesOf(sourceShard: string, firstEvent: number, count: number): Uint8Array {
  const hashes = Array.from({ length: count }, (_, i) =>
    leafHash(Buffer.from(`${sourceShard}#${firstEvent + i}`)),
  );
  return new Uint8Array(Buffer.concat(hashes));
}

function appendOf(sourceShard: string, firstEvent: number, count: number): AuditCommand {
  const leafHashes = leavesOf(sourceShard, firstEvent, count);
  return { kind: 'Append', sourceShard, firstEvent, leafHashes, payload: Buffer.from(`batch ${firstEvent}`) };
}

describe('Append', () => {
  // One row, one call, its answer: source shard, first event, count, outcome.
  const rows: [string, number, number, AuditOutcome][] = [
    ['trading/0', 1, 1, { kind: 'gap', expectedEvent: 0 }],
    ['trading/0', 0, 3, { kind: 'appended', firstLeaf: 0, leafCount: 3, expectedEvent: 3 }],
    ['risk/0', 0, 2, { kind: 'appended', firstLeaf: 3, leafCount: 2, expectedEvent: 2 }],
    ['trading/0', 0, 3, { kind: 'duplicate', expectedEvent: 3 }],
    ['trading/0', 1, 2, { kind: 'duplicate', expectedEvent: 3 }],
    ['trading/0', 1, 3, { kind: 'overlap', expectedEvent: 3 }],
    ['trading/0', 4, 1, { kind: 'gap', expectedEvent: 3 }],
    ['trading/0', 3, 1, { kind: 'appended', firstLeaf: 5, leafCount: 1, expectedEvent: 4 }],
  ];

  it('takes each event of each source once and in order', () => {
    const bench = new Bench();
    for (const [shard, firstEvent, count, outcome] of rows) {
      const journaled = bench.journal.length;
      expect(bench.append(shard, firstEvent, count)).toEqual(outcome);
      expect(bench.journal.length - journaled).toBe(outcome.kind === 'appended' ? 1 : 0);
    }
    expect(coverage(bench.state)).toEqual([
      { sourceShard: 'risk/0', nextEvent: 2 },
      { sourceShard: 'trading/0', nextEvent: 4 },
    ]);
    expect(expectedEvent(bench.state, 'clearing/0')).toBe(0);
  });

  it('builds the tree over the leaves in the order of its journal', () => {
    const bench = new Bench();
    bench.append('trading/0', 0, 3);
    bench.append('risk/0', 0, 2);
    const tree = new CompactRange();
    tree.appendMany(leavesOf('trading/0', 0, 3));
    tree.appendMany(leavesOf('risk/0', 0, 2));
    expect(treeHead(bench.state)).toEqual({ size: 5, rootHash: tree.root() });
    expect(bench.journal[1]?.event).toMatchObject({
      kind: 'LeavesAppended',
      sourceShard: 'risk/0',
      firstEvent: 0,
      payload: Buffer.from('batch 0'),
    });
  });

  const good = {
    kind: 'Append' as const,
    sourceShard: 'trading/0',
    firstEvent: 0,
    leafHashes: new Uint8Array(32),
    payload: new Uint8Array(0),
  };
  it.each([
    ['BAD_SOURCE_SHARD', { sourceShard: 'trading' }],
    ['BAD_EVENT_NUMBER', { firstEvent: -1 }],
    ['BAD_EVENT_NUMBER', { firstEvent: 1.5 }],
    ['BAD_EVENT_NUMBER', { firstEvent: Number.MAX_SAFE_INTEGER }],
    ['NO_LEAVES', { leafHashes: new Uint8Array(0) }],
    ['PARTIAL_LEAF_HASH', { leafHashes: new Uint8Array(33) }],
    ['TOO_MANY_LEAVES', { leafHashes: new Uint8Array((APPEND_LEAVES_MAX + 1) * HASH_BYTES) }],
    ['PAYLOAD_TOO_LONG', { payload: new Uint8Array(APPEND_PAYLOAD_BYTES_MAX + 1) }],
  ])('%s', (defect, change) => {
    const bench = new Bench();
    expect(bench.send({ ...good, ...change })).toEqual({ kind: 'invalid', defect });
    expect(bench.journal).toEqual([]);
  });

  it('TOO_MANY_SOURCE_SHARDS, but known ones go on', () => {
    const bench = new Bench();
    for (let shard = 0; shard < SOURCE_SHARDS_MAX; shard++) bench.state.nextEvents.set(`trading/${shard}`, 1);
    expect(bench.append('risk/0', 0, 1)).toEqual({ kind: 'invalid', defect: 'TOO_MANY_SOURCE_SHARDS' });
    expect(bench.append('trading/7', 1, 1).kind).toBe('appended');
  });
});

describe('RecordCheckpoint', () => {
  function seeded(): Bench {
    const bench = new Bench();
    bench.append('trading/0', 0, 3);
    return bench;
  }

  it('records what the tree is now, once', () => {
    const bench = seeded();
    const note = bench.sign();
    expect(bench.send({ kind: 'RecordCheckpoint', note })).toEqual({ kind: 'checkpointRecorded', size: 3 });
    const { size, rootHash } = treeHead(bench.state);
    expect(bench.state.lastCheckpoint).toEqual({
      note,
      origin: ORIGIN,
      size,
      rootHash,
      recordedAtMicros: 1000,
    });
    expect(bench.send({ kind: 'RecordCheckpoint', note })).toEqual({ kind: 'checkpointUnchanged', size: 3 });
    expect(bench.journal).toHaveLength(2);
  });

  it('accepts a checkpoint of the empty tree', () => {
    const bench = new Bench();
    expect(bench.send({ kind: 'RecordCheckpoint', note: bench.sign() }).kind).toBe('checkpointRecorded');
  });

  it('refuses what the tree is not', () => {
    const bench = seeded();
    const overtaken = bench.sign();
    bench.append('risk/0', 0, 1);
    const refusals = [
      ['MALFORMED', 'hello\n'],
      ['SIZE_MISMATCH', overtaken],
      ['SIZE_MISMATCH', bench.sign({ size: 5 })],
      ['ROOT_MISMATCH', bench.sign({ rootHash: new Uint8Array(32) })],
    ] as const;
    for (const [reason, note] of refusals) {
      expect(bench.send({ kind: 'RecordCheckpoint', note })).toEqual({ kind: 'checkpointRefused', reason });
    }
    expect(bench.state.lastCheckpoint).toBeNull();
  });

  it('a log never changes its origin', () => {
    const bench = seeded();
    bench.send({ kind: 'RecordCheckpoint', note: bench.sign() });
    const outcome = bench.send({ kind: 'RecordCheckpoint', note: bench.sign({ origin: 'other.example' }) });
    expect(outcome).toEqual({ kind: 'checkpointRefused', reason: 'ORIGIN_CHANGED' });
  });

  it('is due at intervals, and only when the tree has grown', () => {
    const bench = new Bench();
    expect(checkpointDue(bench.state, 1000, 500)).toBe(false);
    bench.append('trading/0', 0, 1);
    expect(checkpointDue(bench.state, 1000, 500)).toBe(true);
    bench.send({ kind: 'RecordCheckpoint', note: bench.sign() });
    expect(checkpointDue(bench.state, 9000, 500)).toBe(false);
    bench.append('trading/0', 1, 1);
    expect(checkpointDue(bench.state, 1499, 500)).toBe(false);
    expect(checkpointDue(bench.state, 1500, 500)).toBe(true);
  });
});

describe('replay and snapshots', () => {
  const commands = fc.array(
    fc.oneof(
      {
        weight: 4,
        arbitrary: fc.tuple(
          fc.constantFrom('trading/0', 'trading/1', 'risk/0'),
          fc.integer({ min: -2, max: 2 }),
          fc.integer({ min: 1, max: 5 }),
        ),
      },
      { weight: 1, arbitrary: fc.constant('checkpoint' as const) },
    ),
    { maxLength: 30 },
  );

  it('a replay and a restored snapshot give the same state, and never-twice holds throughout', () => {
    fc.assert(
      fc.property(commands, (steps) => {
        const bench = new Bench();
        for (const step of steps) {
          bench.nowMicros += 10;
          if (step === 'checkpoint') bench.send({ kind: 'RecordCheckpoint', note: bench.sign() });
          else bench.append(step[0], Math.max(0, expectedEvent(bench.state, step[0]) + step[1]), step[2]);
          bench.state = auditMachine.restore(auditMachine.snapshot(bench.state));
        }
        const replayed = auditMachine.create();
        for (const { event, timeMicros } of bench.journal) auditMachine.evolve(replayed, event, timeMicros);
        expect(auditMachine.snapshot(replayed)).toEqual(auditMachine.snapshot(bench.state));
        const covered = coverage(replayed).reduce((sum, { nextEvent }) => sum + nextEvent, 0);
        expect(covered).toBe(treeHead(replayed).size);
      }),
    );
  });

  it('the snapshot does not depend on the order in which sources came', () => {
    const one = new Bench();
    one.state.nextEvents.set('trading/0', 2).set('risk/0', 3);
    const two = new Bench();
    two.state.nextEvents.set('risk/0', 3).set('trading/0', 2);
    expect(JSON.stringify(auditMachine.snapshot(one.state))).toBe(
      JSON.stringify(auditMachine.snapshot(two.state)),
    );
  });

  const empty = {
    version: 1,
    nextEvents: [],
    tree: { size: 0, peaks: new Uint8Array(0) },
    lastCheckpoint: null,
  };
  it.each<[string, Plain]>([
    ['nothing', null],
    ['a list', []],
    ['another version', { ...empty, version: 2 }],
    ['no tree', { ...empty, tree: null }],
    ['a cut tree', { ...empty, tree: { size: 1, peaks: new Uint8Array(0) } }],
    [
      'a cursor twice',
      {
        ...empty,
        nextEvents: [
          ['risk/0', 1],
          ['risk/0', 2],
        ],
      },
    ],
    ['a bad cursor', { ...empty, nextEvents: [['risk/0', 1.5]] }],
    ['a bad checkpoint', { ...empty, lastCheckpoint: { note: 'x', recordedAtMicros: 1 } }],
  ])('does not restore %s', (_, plain) => {
    expect(() => auditMachine.restore(plain)).toThrow();
    expect(treeHead(auditMachine.restore(empty)).size).toBe(0);
  });

  it('stops when a journal does not fit its own state', () => {
    const bench = new Bench();
    bench.append('trading/0', 0, 1);
    const [first] = bench.journal;
    expect(() => auditMachine.evolve(bench.state, (first as { event: AuditEvent }).event, 2000)).toThrow(
      /broken/,
    );
  });

  it('stops when a replayed journal does not give the tree that was signed', () => {
    const bench = new Bench();
    bench.append('trading/0', 0, 2);
    bench.send({ kind: 'RecordCheckpoint', note: bench.sign() });
    const [leaves, checkpoint] = bench.journal.map(({ event }) => event) as [AuditEvent, AuditEvent];
    const forged = { ...leaves, leafHashes: leavesOf('trading/0', 7, 2) } as AuditEvent;
    for (const [replayed, fits] of [
      [leaves, true],
      [forged, false],
    ] as const) {
      const state = auditMachine.create();
      auditMachine.evolve(state, replayed, 1000);
      const signed = () => auditMachine.evolve(state, checkpoint, 1000);
      if (fits) signed();
      else expect(signed).toThrow(/not what was signed/);
    }
  });

  it('nothing rides along', () => {
    const bench = new Bench();
    bench.append('trading/0', 0, 1);
    bench.send({ kind: 'RecordCheckpoint', note: bench.sign() });
    expect(bench.journal.map(({ event }) => auditMachine.rides(event))).toEqual([false, false]);
  });
});
