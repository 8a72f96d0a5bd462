import { firstMismatch, type LeafRange, type Mismatch } from '@clearway/domain-audit';
import { parseExportLine } from '../file/export-lines';
import type { HashList } from '../file/hash-list';
import type { LineSource } from '../file/line-reader';
import type { Finding } from './finding';
import { nodesOf } from './read-export';

type Outside = (level: number, index: number) => Uint8Array | undefined;

/** What is known of a file whose entries do not lead to its checkpoint. */
export interface Suspect {
  readonly lines: LineSource;
  readonly range: LeafRange;
  readonly rootHash: Uint8Array;
  readonly computed: HashList;
  readonly outside: Outside;
  /** The first stated hash that the entries do not give. */
  readonly badHashes: Finding | undefined;
  /** The first break of a source's order, which names an event that is missing. */
  readonly orderBreak: Finding | undefined;
}

/**
 * Finds the first entry that is not as it was signed, and says what happened to it. The signed root vouches for the hashes
 * that the file states, from the top down; those vouch for each leaf. Where somebody changed these hashes too, the
 * answer is the smallest interval that is still certain.
 */
export async function locate(suspect: Suspect): Promise<Finding> {
  const { lines, range, rootHash, computed, outside } = suspect;
  const stated = await statedNodes(lines, range.from);
  const leafHashAt = (leaf: number): Uint8Array => computed.at(leaf - range.from);
  const recorded = (level: number, index: number): Uint8Array | undefined => stated.get(`${level}/${index}`);
  const mismatch = firstMismatch({ range, rootHash, leafHashAt, recorded, outside });
  if (mismatch === null || mismatch.begin >= mismatch.end) return surplus(suspect);
  const { begin, end } = mismatch;
  const next = range.from + computed.length;
  if (end - begin > 1 && next < range.to && suspect.badHashes === undefined) return cutOff(next, range.to);
  if (end - begin > 1) return uncertain(mismatch);
  return describe(suspect, begin, stated);
}

function describe(
  { range, computed, orderBreak }: Suspect,
  leaf: number,
  stated: ReadonlyMap<string, Uint8Array>,
): Finding {
  const keyOf = (hash: Uint8Array): string => Buffer.from(hash).toString('latin1');
  const present = new Map<string, number>();
  for (let i = computed.length - 1; i >= 0; i--) present.set(keyOf(computed.at(i)), range.from + i);
  const signed = new Map<string, number>();
  for (let i = range.to - 1; i >= range.from; i--) {
    const hash = stated.get(`0/${i}`);
    if (hash !== undefined) signed.set(keyOf(hash), i);
  }
  const genuine = stated.get(`0/${leaf}`);
  const standsAt = genuine === undefined ? undefined : present.get(keyOf(genuine));
  const isThere = leaf - range.from < computed.length;
  const belongsAt = isThere ? signed.get(keyOf(computed.at(leaf - range.from))) : undefined;
  const place = { leaf, leafEnd: leaf + 1 };
  const named = orderBreak === undefined ? '' : `; ${orderBreak.message}`;
  if (!isThere) return { kind: 'MISSING', ...place, message: `leaf ${leaf} and all after it are missing` };
  if (belongsAt !== undefined && standsAt !== undefined)
    return belongsAt < leaf
      ? { kind: 'ADDED', ...place, message: `leaf ${belongsAt} was put in again as leaf ${leaf}${named}` }
      : reordered(leaf, standsAt);
  if (belongsAt !== undefined)
    return { kind: 'MISSING', ...place, message: `leaf ${leaf} is missing${named}` };
  if (standsAt !== undefined)
    return {
      kind: 'ADDED',
      ...place,
      message: `what stands as leaf ${leaf} was added: the signed one stands behind it, as leaf ${standsAt}${named}`,
    };
  return {
    kind: 'CHANGED',
    ...place,
    message: `leaf ${leaf} was changed: it is not the entry that was signed`,
  };
}

function reordered(leaf: number, standsAt: number): Finding {
  const message = `the entries were reordered: leaf ${leaf} stands as leaf ${standsAt}`;
  return { kind: 'REORDERED', leaf, leafEnd: leaf + 1, message };
}

function uncertain({ begin, end }: Mismatch): Finding {
  const message = `an entry from leaf ${begin} to ${end - 1} is not as it was signed; the hashes that would tell which one were changed too`;
  return { kind: 'CHANGED', leaf: begin, leafEnd: end, message };
}

/** The stated hashes end where the entries do: nothing that is there contradicts them, and nothing vouches for it either. */
function cutOff(leaf: number, to: number): Finding {
  const message = `the file ends before leaf ${leaf}: leaves ${leaf} to ${to - 1} are missing, and none before them can be proven without`;
  return { kind: 'MISSING', leaf, leafEnd: leaf + 1, message };
}

/** All that was signed is there; so something stands behind it. */
function surplus({ range, computed }: Suspect): Finding {
  const more = computed.length - (range.to - range.from);
  return {
    kind: 'ADDED',
    leaf: range.to,
    leafEnd: range.to + 1,
    message: `${more} entries stand behind the last one, from leaf ${range.to} on`,
  };
}

async function statedNodes(lines: LineSource, fromLeaf: number): Promise<Map<string, Uint8Array>> {
  const nodes = new Map<string, Uint8Array>();
  for await (const text of lines()) {
    const parsed = parseExportLine(text);
    if (parsed.kind !== 'line' || parsed.line.type !== 'hashes') continue;
    for (const { level, index, hash } of nodesOf(parsed.line, fromLeaf)) nodes.set(`${level}/${index}`, hash);
  }
  return nodes;
}
