import { open, rename, rm } from 'node:fs/promises';
import type { audit } from '@clearway/contracts';
import { HASH_BYTES, type LeafRange, readCheckpointUnverified } from '@clearway/domain-audit';
import { EXPORT_FORMAT, type ExportHead, formatExportLine, toBase64 } from '../file/export-lines';
import { ExportWriter } from '../file/export-writer';
import type { AuditClient } from '../stack';
import type { OlderCheckpoint } from '../verify/older-checkpoints';

/** Which part of the log, and what it is to be proven against. */
export interface ExportWishes {
  /** Leaves [fromLeaf, toLeaf); toLeaf 0 for all. */
  readonly fromLeaf: number;
  readonly toLeaf: number;
  /** Leaves from the first to the last one recorded within [fromMicros, toMicros); 0 for no bound. */
  readonly fromMicros: number;
  readonly toMicros: number;
  /** Checkpoints kept elsewhere: those whose tree ends outside the part get a consistency proof. */
  readonly older: readonly OlderCheckpoint[];
}

/** What was written. */
export interface ExportSummary {
  readonly fromLeaf: number;
  readonly toLeaf: number;
  readonly treeSize: number;
  readonly bytes: number;
}

/** How many checkpoints of the log itself are joined by proofs, so that a file always shows how it grew. */
const OWN_CHECKPOINTS_MAX = 3;
const OWNER_ONLY_MODE = 0o600;
const WRITE_CHARS_MAX = 1_048_576;

/**
 * Exports a part of the log into one file that can be verified offline. The file appears whole or not at all, readable by its
 * owner: it holds the context of every command.
 */
export async function writeExport(
  client: AuditClient,
  file: string,
  wishes: ExportWishes,
): Promise<ExportSummary> {
  const unfinished = `${file}.${process.pid}.part`;
  const output = await open(unfinished, 'w', OWNER_ONLY_MODE);
  try {
    let bytes = 0;
    let buffered = '';
    const flush = async (): Promise<void> => {
      const chunk = Buffer.from(buffered);
      buffered = '';
      bytes += chunk.length;
      await output.writeFile(chunk);
    };
    const range = await exportLines(client, wishes, async (text) => {
      buffered += text;
      if (buffered.length > WRITE_CHARS_MAX) await flush();
    });
    await flush();
    await output.sync();
    await output.close();
    await rename(unfinished, file);
    return { fromLeaf: range.from, toLeaf: range.to, treeSize: range.size, bytes };
  } catch (error) {
    await output.close().catch(() => undefined);
    await rm(unfinished, { force: true });
    throw error;
  }
}

async function exportLines(
  client: AuditClient,
  { older, ...asked }: ExportWishes,
  write: (text: string) => Promise<void>,
): Promise<LeafRange> {
  let writer: ExportWriter | undefined;
  let range: LeafRange = { from: 0, to: 0, size: 0 };
  for await (const { head, entries, leafHashes } of client.stream('exportEntries', asked)) {
    if (head !== undefined) {
      writer = new ExportWriter(headOf(head));
      range = { from: head.fromLeaf, to: head.toLeaf, size: sizeOf(head.checkpoint) };
      await write(writer.begin());
    }
    for (const [i, bytes] of entries.entries())
      if (writer !== undefined)
        await write(writer.entry(bytes, leafHashes.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES)));
  }
  if (writer === undefined) throw new Error('audit sent nothing');
  await write(
    writer.end([...(await inclusions(client, range)), ...(await consistencies(client, range, older))]),
  );
  return range;
}

function headOf({ checkpoint, verifierKey, fromLeaf, toLeaf, nodes }: audit.ExportHead): ExportHead {
  return {
    type: 'head',
    format: EXPORT_FORMAT,
    checkpoint,
    verifierKey,
    fromLeaf,
    toLeaf,
    nodes: nodes.map(({ level, index, hash }) => ({ level, index, hash: toBase64(hash) })),
  };
}

/** Proofs of the first and the last entry: what a person would ask for one entry alone. */
async function inclusions(client: AuditClient, { from, to, size }: LeafRange): Promise<string[]> {
  if (from === to) return [];
  const leaves = [...new Set([from, to - 1])];
  return Promise.all(
    leaves.map(async (leafIndex) => {
      const asked = { leafIndex, shard: '', eventNumber: 0, treeSize: size };
      const { leafHash, proof } = await client.call('getInclusionProof', asked);
      const stated = { leaf: leafIndex, hash: toBase64(leafHash), proof: proof.map(toBase64) };
      return formatExportLine({ type: 'inclusion', ...stated });
    }),
  );
}

async function consistencies(
  client: AuditClient,
  range: LeafRange,
  older: readonly OlderCheckpoint[],
): Promise<string[]> {
  const page = { pageSize: OWN_CHECKPOINTS_MAX + 1, pageToken: `${range.size}` };
  const { checkpoints } = await client.call('listCheckpoints', page);
  const outside = older
    .map(({ note }) => note)
    .filter((note) => sizeOf(note) < range.from || sizeOf(note) > range.to);
  const own = checkpoints.slice(0, OWN_CHECKPOINTS_MAX).map(({ checkpoint }) => checkpoint);
  const notes = [...new Set([...own, ...outside])].filter((note) => sizeOf(note) <= range.size);
  const lines: string[] = [];
  for (const checkpoint of notes) {
    const asked = { firstSize: sizeOf(checkpoint), secondSize: range.size };
    const { proof } = await client.call('getConsistencyProof', asked);
    lines.push(formatExportLine({ type: 'consistency', checkpoint, proof: proof.map(toBase64) }));
  }
  return lines;
}

function sizeOf(note: string): number {
  const parsed = readCheckpointUnverified(note);
  if (parsed.kind === 'malformed') throw new Error(`this is no checkpoint: ${parsed.defect}`);
  return parsed.checkpoint.size;
}
