import type { ClientBase } from 'pg';
import { KeySet } from './key-group';

/** Leaves of one block: large enough that a key shared by many leaves is kept once, small enough to be read for one of them. */
export const BLOCK_LEAVES = 1_024;

/** Consecutive events of a source. */
interface Run {
  readonly first: number;
  last: number;
}

/** What one transaction adds to a block: one row of audit_blocks. */
export class BlockPart extends KeySet {
  readonly #runs = new Map<string, Run[]>();
  #lastRun: Run | undefined;
  #lastShard = '';
  entries = 0;
  lastLeaf: number;
  fromMicros = Number.MAX_SAFE_INTEGER;
  toMicros = 0;

  constructor(readonly firstLeaf: number) {
    super();
    this.lastLeaf = firstLeaf;
  }

  /** Counts a leaf. Leaves come in order. */
  count(leaf: number, atMicros: number, shard: string, eventNumber: number): void {
    this.entries++;
    this.lastLeaf = leaf;
    if (atMicros < this.fromMicros) this.fromMicros = atMicros;
    if (atMicros > this.toMicros) this.toMicros = atMicros;
    const run = this.#lastRun;
    if (run !== undefined && shard === this.#lastShard && eventNumber === run.last + 1)
      run.last = eventNumber;
    else this.#begin(shard, eventNumber);
  }

  /** What it holds of each source. */
  sources(): SourceCount[] {
    return [...this.#runs].map(([shard, runs]) => {
      const counts = runs.map(({ first, last }) => last - first + 1);
      const sums = runs.map(({ first, last }) => (BigInt(first + last) * BigInt(last - first + 1)) / 2n);
      return {
        shard,
        count: counts.reduce((sum, count) => sum + count, 0),
        firstEvent: runs.reduce((least, { first }) => Math.min(least, first), Number.MAX_SAFE_INTEGER),
        lastEvent: runs.reduce((most, { last }) => Math.max(most, last), 0),
        eventSum: sums.reduce((sum, each) => sum + each, 0n),
      };
    });
  }

  #begin(shard: string, eventNumber: number): void {
    const run = { first: eventNumber, last: eventNumber };
    const runs = this.#runs.get(shard);
    if (runs === undefined) this.#runs.set(shard, [run]);
    else runs.push(run);
    this.#lastRun = run;
    this.#lastShard = shard;
  }
}

/** How many events of a source a row counts, and which, so that a missing or doubled one shows. */
export interface SourceCount {
  readonly shard: string;
  readonly count: number;
  readonly firstEvent: number;
  readonly lastEvent: number;
  readonly eventSum: bigint;
}

/** Sorts leaves into the blocks and months that they belong to. */
export class BlockParts {
  readonly #parts: BlockPart[] = [];
  /** By first microsecond of a month: the part of the present block. */
  #ofBlock = new Map<number, BlockPart>();
  #blockEnd = -1;
  #month = { from: 0, to: 0 };
  #last: BlockPart | undefined;

  /** The part that a leaf belongs to. Leaves come in order. */
  of(leaf: number, atMicros: number): BlockPart {
    const isSameMonth = atMicros >= this.#month.from && atMicros < this.#month.to;
    if (isSameMonth && leaf < this.#blockEnd && this.#last !== undefined) return this.#last;
    if (leaf >= this.#blockEnd) {
      this.#blockEnd = (Math.floor(leaf / BLOCK_LEAVES) + 1) * BLOCK_LEAVES;
      this.#ofBlock = new Map();
    }
    if (!isSameMonth) this.#month = monthOf(atMicros);
    this.#last = this.#ofBlock.get(this.#month.from) ?? this.#begin(leaf);
    return this.#last;
  }

  #begin(leaf: number): BlockPart {
    const part = new BlockPart(leaf);
    this.#ofBlock.set(this.#month.from, part);
    this.#parts.push(part);
    return part;
  }

  /** All parts in the order of their first leaves. */
  all(): readonly BlockPart[] {
    return this.#parts;
  }
}

/** The month of a time in UTC, in microseconds: from its first to the next one's. */
export function monthOf(micros: number): { readonly from: number; readonly to: number } {
  const time = new Date(Math.floor(micros / 1_000));
  const [year, month] = [time.getUTCFullYear(), time.getUTCMonth()];
  return { from: Date.UTC(year, month, 1) * 1_000, to: Date.UTC(year, month + 1, 1) * 1_000 };
}

/** Keys of one leaf that became known after its row was written. */
export interface LateKeys {
  readonly leaf: number;
  readonly atMicros: number;
  readonly keys: ReadonlySet<number>;
}

/** Writes the rows. */
export async function storeParts(
  client: Pick<ClientBase, 'query'>,
  parts: readonly BlockPart[],
  late: readonly LateKeys[],
): Promise<void> {
  if (parts.length + late.length === 0) return;
  const rows = [...parts.map(rowOfPart), ...lateRows(late)];
  await client.query({ name: 'store-audit-blocks', text: STORE, values: [JSON.stringify(rows)] });
}

/** Makes the partitions that leaves of these months need. */
export async function ensurePartitions(
  client: Pick<ClientBase, 'query'>,
  months: readonly number[],
): Promise<void> {
  if (months.length === 0) return;
  await client.query({ name: 'ensure-audit-partition', text: ENSURE, values: [months] });
}

/** The months of parts and of late keys: the first microsecond of each. */
export function monthsOf(parts: readonly BlockPart[], late: readonly LateKeys[]): ReadonlySet<number> {
  const months = new Set<number>();
  for (const { fromMicros } of parts) months.add(monthOf(fromMicros).from);
  for (const { atMicros } of late) months.add(monthOf(atMicros).from);
  return months;
}

function rowOfPart(part: BlockPart) {
  const { firstLeaf, lastLeaf, entries, fromMicros, toMicros } = part;
  const sources = part.sources();
  return {
    firstLeaf,
    lastLeaf,
    entries,
    fromMicros,
    toMicros,
    keys: literal(part.keys),
    sources: sources.map(({ shard }) => shard),
    counts: literal(sources.map(({ count }) => count)),
    firsts: literal(sources.map(({ firstEvent }) => firstEvent)),
    lasts: literal(sources.map(({ lastEvent }) => lastEvent)),
    sums: literal(sources.map(({ eventSum }) => eventSum)),
  };
}

/** One row for the late keys of a block's leaves of one month: a row for each leaf would be most of all rows. */
function lateRows(late: readonly LateKeys[]): ReturnType<typeof rowOfPart>[] {
  const groups = new Map<string, LateKeys[]>();
  for (const each of late) {
    const group = `${Math.floor(each.leaf / BLOCK_LEAVES)} ${monthOf(each.atMicros).from}`;
    const known = groups.get(group);
    if (known === undefined) groups.set(group, [each]);
    else known.push(each);
  }
  return [...groups.values()].map(rowOfLate);
}

function rowOfLate(late: readonly LateKeys[]): ReturnType<typeof rowOfPart> {
  const [leaves, times] = [late.map(({ leaf }) => leaf), late.map(({ atMicros }) => atMicros)];
  const place = {
    firstLeaf: Math.min(...leaves),
    lastLeaf: Math.max(...leaves),
    entries: 0,
    fromMicros: Math.min(...times),
    toMicros: Math.max(...times),
  };
  const keys = literal(new Set(late.flatMap((each) => [...each.keys])));
  return { ...place, keys, sources: [], counts: '{}', firsts: '{}', lasts: '{}', sums: '{}' };
}

/** An array literal: arrays of arrays do not pass through unnest, so each row's arrays come as text. */
function literal(numbers: Iterable<number | bigint>): string {
  return `{${[...numbers].join(',')}}`;
}

const ENSURE = 'SELECT ensure_audit_partition(month) FROM unnest($1::bigint[]) AS month';

const STORE = `
  INSERT INTO audit_blocks (first_leaf, last_leaf, entries, from_micros, to_micros, keys, sources, event_counts,
    first_events, last_events, event_sums)
  SELECT "firstLeaf", "lastLeaf", entries, "fromMicros", "toMicros", keys::bigint[],
    ARRAY(SELECT json_array_elements_text(sources)), counts::bigint[], firsts::bigint[], lasts::bigint[], sums::numeric[]
  FROM json_to_recordset($1) AS part ("firstLeaf" bigint, "lastLeaf" bigint, entries integer, "fromMicros" bigint,
    "toMicros" bigint, keys text, sources json, counts text, firsts text, lasts text, sums text)`;
