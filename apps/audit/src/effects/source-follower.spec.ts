import { coverage, treeHead } from '@clearway/domain-audit';
import { leafHashesOf } from '../codec/source-batch';
import { AppendLane } from './append-lane';
import { batchOf, MemoryAudit, type Script, ScriptedSource, until } from './memory-audit.fixture';
import { reconnectDelayMs, SourceFollower } from './source-follower';

const log = { info: jest.fn(), warn: jest.fn(), error: jest.fn() };
const lost = new Error('connection lost');
const stay = (...batches: Script['batches']): Script => ({ batches, ending: 'stay' });
const cut = (...batches: Script['batches']): Script => ({ batches, ending: lost });

const [b0, b3, b5] = [batchOf('risk/0', 0, 3), batchOf('risk/0', 3, 2), batchOf('risk/0', 5, 4)];

let follower: SourceFollower;

function follow(audit: MemoryAudit, source: ScriptedSource): SourceFollower {
  const appender = new AppendLane(audit);
  follower = new SourceFollower({
    shard: 'risk/0',
    source,
    appender,
    actor: 'spiffe://clearway/svc/audit',
    log,
  });
  follower.start();
  return follower;
}

afterEach(async () => {
  await follower?.stop();
  jest.clearAllMocks();
});

// One row: what the source's subscriptions do; in each case all nine events are in the tree once and in order.
it.each<[string, Script[]]>([
  ['gives all at once', [stay(b0, b3, b5)]],
  ['is cut in the middle', [cut(b0, b3), stay(b5)]],
  ['is down at first', [cut(), cut(), stay(b0, b3, b5)]],
  ['ends by itself', [{ batches: [b0], ending: 'end' }, stay(b3, b5)]],
  ['repeats after a reconnect', [cut(b0, b3), stay(b0, b3, b5)]],
  ['repeats within one stream', [stay(b0, b0, b3, b3, b0, b5)]],
  ['leaves a gap', [stay(b0, b5), stay(b3, b5)]],
  ['comes in the wrong order', [stay(b0, b5, b3), stay(b3, b5)]],
  ['overlaps the cursor', [cut(b0), stay(batchOf('risk/0', 2, 3), b5)]],
  ['sends a damaged batch', [stay(b0, { ...b3, crc32c: 0 }), stay(b3, b5)]],
  ['answers for another shard', [stay(batchOf('trading/0', 0, 3)), stay(b0, b3, b5)]],
])('a source that %s', async (_, scripts) => {
  const audit = new MemoryAudit();
  follow(audit, new ScriptedSource(scripts));
  await until(() => audit.state.tree.size >= 9);
  await follower.stop();
  expect(coverage(audit.state)).toEqual([{ sourceShard: 'risk/0', nextEvent: 9 }]);
  const { tree } = new MemoryAudit().state;
  for (const { firstEvent, payload } of [b0, b3, b5])
    tree.appendMany(leafHashesOf('risk/0', firstEvent, payload));
  expect(treeHead(audit.state)).toEqual({ size: 9, rootHash: tree.root() });
});

it("continues from the state's cursor", async () => {
  const audit = new MemoryAudit();
  audit.state.nextEvents.set('risk/0', 3);
  const source = new ScriptedSource([cut(b3), stay(b5)]);
  follow(audit, source);
  await until(() => audit.state.tree.size >= 6);
  expect(source.asked).toEqual([3, 5]);
});

it('asks again when the shard did not take a batch, also when later ones were on their way', async () => {
  const audit = new MemoryAudit();
  audit.refusals.push(new Error('OVERLOADED'));
  const source = new ScriptedSource([stay(b0, b3, b5)]);
  follow(audit, source);
  // The tree has grown a moment before the follower hears of it.
  await until(() => follower.stats().events >= 9);
  expect(source.asked).toEqual([0, 0]);
  expect(follower.stats()).toMatchObject({ isConnected: true, batches: 3, events: 9, failures: 1 });
});

it('tells the first failure and then ever fewer', async () => {
  follow(new MemoryAudit(), new ScriptedSource([cut()]));
  await until(() => log.warn.mock.calls.length >= 3);
  await follower.stop();
  expect(log.warn.mock.calls.map(([{ failuresInRow }]) => failuresInRow)).toEqual([1, 2, 4]);
});

it('raises the alarm when the source has fewer events than were audited', async () => {
  const error = Object.assign(new Error('beyond'), { reason: 'EVENT_BEYOND_HEAD' });
  follow(new MemoryAudit(), new ScriptedSource([{ batches: [], ending: error }]));
  await until(() => log.error.mock.calls.length > 0);
  expect(log.error.mock.calls[0][1]).toMatch(/cut or replaced/);
});

it('waits 100 ms, then twice as long each time, at most 2 s', () => {
  expect([1, 2, 3, 4, 5, 6, 60].map(reconnectDelayMs)).toEqual([100, 200, 400, 800, 1600, 2000, 2000]);
});
