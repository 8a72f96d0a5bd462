import { open, readFile, rename } from 'node:fs/promises';
import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import { type CommittedBatch, verifyChain } from '@clearway/platform-journal';

/** A batch as it is archived: with the time of its commit, which the database keeps beside it. */
export interface ArchivedBatch extends CommittedBatch {
  /** ISO 8601. */
  readonly writtenAt: string;
}

/** A batch on its line: numbers as the journal has them, the payload in base64. */
type BatchLine = Omit<ArchivedBatch, 'payload' | 'shard'> & { readonly payload: string };

const FORMAT = 'clearway-journal-segment-1';
const SEQUENCE_DIGITS = 12;
const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

/** Name of the file of these batches: what a folder sorts by is their order. */
export function segmentName(first: number, last: number): string {
  const digits = (sequence: number): string => String(sequence).padStart(SEQUENCE_DIGITS, '0');
  return `${digits(first)}-${digits(last)}.jsonl.zst`;
}

/**
 * Writes batches of one shard into a file, on disk and read back before it gets its name: JSON lines, a header and one line a batch,
 * compressed with zstd. Throws when what was read back is not what was written.
 */
export async function writeSegment(file: string, batches: readonly ArchivedBatch[]): Promise<void> {
  const [first] = batches;
  if (first === undefined) throw new RangeError('a segment has at least one batch');
  const lines = batches.map(({ shard: _shard, payload, ...rest }) =>
    JSON.stringify({ ...rest, payload: payload.toString('base64') }),
  );
  const text = [
    JSON.stringify({ format: FORMAT, shard: first.shard, batches: batches.length }),
    ...lines,
    '',
  ].join('\n');
  const draft = `${file}.unverified`;
  const handle = await open(draft, 'w', 0o600);
  try {
    await handle.writeFile(await compress(text));
    await handle.sync();
  } finally {
    await handle.close();
  }
  const readBack = await readSegment(draft);
  if (!readBack.every((batch, at) => isSame(batch, batches[at])))
    throw new Error(`${draft} reads back otherwise`);
  await rename(draft, file);
}

/**
 * Reads a segment. Throws an Error that names the file when it is none or is not whole, and ChainBrokenError when a batch is missing,
 * moved or damaged.
 */
export async function readSegment(file: string): Promise<ArchivedBatch[]> {
  const text = (await decompress(await readFile(file))).toString('utf8');
  const [header = '', ...lines] = text.split('\n').filter((line) => line !== '');
  const {
    format,
    shard,
    batches: count,
  } = JSON.parse(header) as { format?: string; shard: string; batches: number };
  if (format !== FORMAT) throw new Error(`${file} is no segment of a journal`);
  if (lines.length !== count) throw new Error(`${file} has ${lines.length} batches and should have ${count}`);
  const batches = lines.map((line) => fromLine(shard, JSON.parse(line) as BatchLine));
  verifyChain(batches);
  return batches;
}

function fromLine(shard: string, { payload, ...rest }: BatchLine): ArchivedBatch {
  return { shard, ...rest, payload: Buffer.from(payload, 'base64') };
}

function isSame(one: ArchivedBatch, other: ArchivedBatch | undefined): boolean {
  if (other === undefined || !one.payload.equals(other.payload)) return false;
  const keys = ['shard', 'sequence', 'epoch', 'firstEvent', 'eventCount', 'crc32c', 'writtenAt'] as const;
  return keys.every((key) => one[key] === other[key]);
}
