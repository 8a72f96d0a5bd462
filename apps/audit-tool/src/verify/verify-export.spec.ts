import { decodeEntry, encodeEntry, leafHash } from '@clearway/domain-audit';
import { fromBase64, toBase64 } from '../file/export-lines';
import { linesOfText } from '../file/line-reader';
import { SampleLog } from './sample-log.fixture';
import { type VerifyOptions, verifyExport } from './verify-export';

const SIZE = 700;
const log = new SampleLog().fill(SIZE);
const whole = log.export(0, SIZE, [1, 256, 699]);
const part = log.export(100, 650, [50]);

interface Line {
  type: string;
  leaf: number;
  bytes: string;
  nodes: string;
  count: number;
  [key: string]: unknown;
}

const verify = async (lines: readonly string[], options: VerifyOptions = { verifierKey: log.verifierKey }) =>
  verifyExport(linesOfText(lines.join('\n')), options);

/** Where the entry of a leaf stands in the lines. */
const at = (lines: readonly string[], leaf: number): number =>
  lines.findIndex((text) => text.startsWith(`{"type":"entry","leaf":${leaf},`));

function edit(lines: readonly string[], index: number, change: (line: Line) => void): string[] {
  const line = JSON.parse(lines[index]!) as Line;
  change(line);
  return lines.with(index, JSON.stringify(line));
}

/** Writes other bytes that are a well-formed entry of the same event. */
function forged(line: Line): void {
  const decoded = decodeEntry(fromBase64(line.bytes));
  if (decoded.kind !== 'entry') throw new Error(decoded.defect);
  line.bytes = toBase64(encodeEntry({ ...decoded.entry, eventBytes: Buffer.from('forged') }));
}

/** Numbers entries and events anew, as a careful forger would. */
function relabelled(lines: readonly string[]): string[] {
  const next = new Map<string, number>();
  let leaf = (JSON.parse(lines[0]!) as { fromLeaf: number }).fromLeaf;
  return lines.map((text) => {
    const line = JSON.parse(text) as Line;
    if (line.type === 'end') return JSON.stringify({ ...line, entries: leaf });
    if (line.type !== 'entry') return text;
    const decoded = decodeEntry(fromBase64(line.bytes));
    if (decoded.kind !== 'entry') throw new Error(decoded.defect);
    const { sourceShard } = decoded.entry;
    const eventNumber = next.get(sourceShard) ?? decoded.entry.eventNumber;
    next.set(sourceShard, eventNumber + 1);
    const bytes = toBase64(encodeEntry({ ...decoded.entry, eventNumber }));
    return JSON.stringify({ ...line, leaf: leaf++, bytes });
  });
}

/** States other hashes for some leaves, so that the file no longer says which of them was forged. */
function withOtherHash(lines: readonly string[], leaf: number): string[] {
  const index = lines.findIndex((text) => {
    const line = JSON.parse(text) as Line;
    return line.type === 'hashes' && line.leaf <= leaf && leaf < line.leaf + line.count;
  });
  return edit(lines, index, (line) => {
    const nodes = fromBase64(line.nodes);
    const genuine = leafHashAt(lines, leaf);
    nodes.fill(7, nodes.indexOf(genuine), nodes.indexOf(genuine) + 32);
    line.nodes = toBase64(nodes);
  });
}

function leafHashAt(lines: readonly string[], leaf: number): Buffer {
  const { bytes } = JSON.parse(lines[at(lines, leaf)]!) as Line;
  return Buffer.from(leafHash(fromBase64(bytes)));
}

describe('an export as it was signed', () => {
  it('verifies whole, and counts what was checked', async () => {
    const older = [1, 256, 699, 700].map((size) => ({ note: log.checkpoint(size), place: `${size}` }));
    expect(await verify(whole, { verifierKey: log.verifierKey, older })).toEqual({
      findings: [],
      origin: 'clearway.example/audit/0',
      treeSize: SIZE,
      fromLeaf: 0,
      toLeaf: SIZE,
      entries: SIZE,
      sources: [
        { shard: 'risk/0', entries: 233, firstEvent: 0, lastEvent: 232 },
        { shard: 'trading/0', entries: 467, firstEvent: 0, lastEvent: 466 },
      ],
      inclusionProofs: 2,
      consistencyProofs: 3,
      olderCheckpoints: 4,
      keyFromFile: false,
    });
  });

  it('verifies in part, against older checkpoints before, within and behind the part', async () => {
    const older = [50, 100, 400, 650].map((size) => ({ note: log.checkpoint(size), place: `${size}` }));
    expect(await verify(part, { older })).toMatchObject({
      findings: [],
      olderCheckpoints: 4,
      keyFromFile: true,
    });
    const [from, to] = [300, 300];
    expect((await verify(log.export(from, to))).findings).toEqual([]);
    expect((await verify(log.export(699, 700))).findings).toEqual([]);
    const unproven = [{ note: log.checkpoint(60), place: 'x' }];
    expect((await verify(part, { older: unproven })).findings).toMatchObject([{ kind: 'UNPROVEN' }]);
  });
});

describe.each([
  ['whole', whole, 0],
  ['in part', part, 100],
])('tampering with an export %s', (_, lines, from) => {
  const LEAVES = [from, from + 1, from + 255, from + 256, from + 300, from + 549];

  it.each(LEAVES)('names leaf %d when it was changed', async (leaf) => {
    const { findings } = await verify(edit(lines, at(lines, leaf), forged));
    expect(findings).toMatchObject([{ kind: 'CHANGED', leaf, leafEnd: leaf + 1 }]);
  });

  it.each(LEAVES)('names leaf %d when it was taken out, its traces removed or not', async (leaf) => {
    const without = lines.toSpliced(at(lines, leaf), 1);
    expect((await verify(without)).findings[0]).toMatchObject({ kind: 'MISSING', leaf });
    const [finding] = (await verify(relabelled(without))).findings;
    expect(finding).toMatchObject({ leaf });
    expect(['MISSING', 'CHANGED']).toContain(finding?.kind);
  });

  it.each(LEAVES)('names leaf %d when something was put in before it', async (leaf) => {
    const index = at(lines, leaf);
    const added = edit(lines, index, forged)[index]!;
    const more = lines.toSpliced(index, 0, added);
    expect((await verify(more)).findings[0]).toMatchObject({ kind: 'ADDED', leaf });
    expect((await verify(relabelled(more))).findings[0]).toMatchObject({ leaf });
    const again = lines.toSpliced(index + 1, 0, lines[index]!);
    expect((await verify(again)).findings[0]).toMatchObject({ kind: 'ADDED', leaf: leaf + 1 });
  });

  it.each(LEAVES.slice(0, 5))('names leaf %d when it changed places with a later one', async (leaf) => {
    const [a, b] = [at(lines, leaf), at(lines, leaf + 200)];
    const swapped = lines.with(a, lines[b]!).with(b, lines[a]!);
    expect((await verify(swapped)).findings[0]).toMatchObject({ kind: 'REORDERED', leaf });
  });

  it.each(LEAVES)('names the pair of leaf %d when the stated hash was changed with it', async (leaf) => {
    const hidden = edit(withOtherHash(lines, leaf), at(lines, leaf), forged);
    const [finding] = (await verify(hidden)).findings;
    expect(finding).toMatchObject({ kind: 'CHANGED' });
    expect(finding!.leaf!).toBeLessThanOrEqual(leaf);
    expect(finding!.leafEnd!).toBeGreaterThan(leaf);
    expect(finding!.leafEnd! - finding!.leaf!).toBeLessThanOrEqual(4);
  });

  it('sees that the end was cut off, with and without an end put back', async () => {
    const cut = lines.slice(0, at(lines, from + 400));
    expect((await verify(cut)).findings[0]).toMatchObject({ kind: 'MISSING', leaf: from + 400 });
    const ended = [...cut, JSON.stringify({ type: 'end', entries: 400 })];
    expect((await verify(ended)).findings[0]).toMatchObject({ kind: 'MISSING', leaf: from + 400 });
    expect((await verify(lines.slice(0, -1))).findings).toMatchObject([{ kind: 'MALFORMED' }]);
  });

  it('sees entries behind the last one', async () => {
    const last = at(lines, from + 549);
    const more = lines.toSpliced(lines.length - 1, 0, lines[last]!);
    const to = (JSON.parse(lines[0]!) as { toLeaf: number }).toLeaf;
    expect((await verify(more)).findings[0]).toMatchObject({ kind: 'ADDED', leaf: to });
  });

  it('sees labels, hashes and proofs that are not those of the entries', async () => {
    const label = edit(lines, at(lines, from + 9), (line) => {
      line.leaf = 5_000;
    });
    expect((await verify(label)).findings).toMatchObject([{ kind: 'REORDERED', leaf: from + 9 }]);
    expect((await verify(withOtherHash(lines, from + 9))).findings).toMatchObject([{ kind: 'BAD_PROOF' }]);
    const index = lines.findIndex((text) => text.startsWith('{"type":"inclusion"'));
    const proof = edit(lines, index, (line) => {
      line.leaf += 1;
    });
    expect((await verify(proof)).findings).toMatchObject([{ kind: 'BAD_PROOF' }]);
    expect((await verify(lines.with(5, 'x'))).findings[0]).toMatchObject({ leaf: from + 4 });
  });
});

describe('a log that was changed and signed anew', () => {
  const rewritten = new SampleLog(log.keys).fill(SIZE + 20, (leaf) => (leaf === 300 ? 'rewritten' : ''));

  it('verifies by itself, and is caught by checkpoints that were kept elsewhere', async () => {
    const lines = rewritten.export();
    expect((await verify(lines)).findings).toEqual([]);
    const older = [100, 299, 320, 700].map((size) => ({ note: log.checkpoint(size), place: `at ${size}` }));
    expect(await verify(lines, { older })).toMatchObject({
      findings: [{ kind: 'REWRITTEN', leaf: 299, leafEnd: 320 }],
      olderCheckpoints: 2,
    });
  });

  it('is caught when it was cut, too', async () => {
    const cut = new SampleLog(log.keys).fill(500).export();
    const older = [{ note: log.checkpoint(700), place: 'kept' }];
    expect((await verify(cut, { older })).findings).toMatchObject([{ kind: 'CUT', leaf: 500 }]);
  });

  it("is caught when it never had a source's event", async () => {
    const gap = new SampleLog(log.keys)
      .append('risk/0', 0)
      .append('risk/0', 1)
      .append('risk/0', 3)
      .append('risk/0', 4);
    expect((await verify(gap.export())).findings).toMatchObject([
      { kind: 'GAP', leaf: 2, event: 'risk/0#3' },
    ]);
    const late = new SampleLog(log.keys).append('risk/0', 1);
    expect((await verify(late.export())).findings).toMatchObject([{ kind: 'GAP', leaf: 0 }]);
    expect((await verify(gap.export(0, 2))).findings).toEqual([]);
  });

  it('is not trusted under another key', async () => {
    const other = new SampleLog().fill(10);
    expect((await verify(other.export())).findings).toMatchObject([{ kind: 'BAD_SIGNATURE' }]);
    expect((await verify(other.export(), {})).findings).toEqual([]);
    expect((await verify(other.export(), { verifierKey: 'nonsense' })).findings).toMatchObject([
      { kind: 'BAD_SIGNATURE' },
    ]);
    const older = [{ note: other.checkpoint(5), place: 'other' }];
    expect((await verify(whole, { older })).findings).toMatchObject([{ kind: 'BAD_SIGNATURE' }]);
  });
});

it.each([
  ['nothing', ''],
  ['no JSON', 'hello'],
  ['another head', '{"type":"end","entries":0}'],
  ['another format', '{"type":"head","format":"clearway-audit-export/2"}'],
])('refuses %s', async (_, text) => {
  expect((await verify([text])).findings).toMatchObject([{ kind: 'MALFORMED', line: 1 }]);
});
