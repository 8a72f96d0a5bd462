import { z } from '@clearway/platform-config';

/** What the first line of an export names as its format. Another layout takes another number. */
export const EXPORT_FORMAT = 'clearway-audit-export/1';

/** After so many entries at most stands a line with their hashes. */
export const HASHES_LINE_ENTRIES = 256;

const base64 = z.string().regex(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/);
const count = z.number().int().nonnegative();

const node = z.object({ level: count.max(63), index: count, hash: base64 });

/** First line: the signed checkpoint that all is checked against, and the nodes outside the exported range. */
const head = z.object({
  type: z.literal('head'),
  format: z.literal(EXPORT_FORMAT),
  checkpoint: z.string(),
  verifierKey: z.string(),
  fromLeaf: count,
  toLeaf: count,
  nodes: z.array(node),
});

/** One leaf: its index, and the canonical bytes whose SHA-256 behind a zero byte is its hash. */
const entry = z.object({ type: z.literal('entry'), leaf: count, bytes: base64 });

/** The hashes of the `count` entries before it and of the nodes that they complete, 32 bytes each, as the log states them. */
const hashes = z.object({ type: z.literal('hashes'), leaf: count, count, nodes: base64 });

/** A proof that a leaf is in the checkpoint's tree. */
const inclusion = z.object({
  type: z.literal('inclusion'),
  leaf: count,
  hash: base64,
  proof: z.array(base64),
});

/** A proof that the checkpoint's tree only appended to that of an older checkpoint. */
const consistency = z.object({
  type: z.literal('consistency'),
  checkpoint: z.string(),
  proof: z.array(base64),
});

/** Last line: a file without it was cut off. */
const end = z.object({ type: z.literal('end'), entries: count });

const line = z.discriminatedUnion('type', [head, entry, hashes, inclusion, consistency, end]);

/** One line of an export file. */
export type ExportLine = z.infer<typeof line>;
/** The first line of an export file. */
export type ExportHead = z.infer<typeof head>;

/** What reading a line gives. */
export type ParsedLine =
  | { readonly kind: 'line'; readonly line: ExportLine }
  | { readonly kind: 'malformed'; readonly problem: string };

/** Writes a line, with its line break. */
export function formatExportLine(value: ExportLine): string {
  return `${JSON.stringify(value)}\n`;
}

/** Reads a line strictly. */
export function parseExportLine(text: string): ParsedLine {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: 'malformed', problem: 'it is not JSON' };
  }
  const parsed = line.safeParse(value);
  if (parsed.success) return { kind: 'line', line: parsed.data };
  const [issue] = parsed.error.issues;
  return { kind: 'malformed', problem: `${issue?.path.join('.') || 'line'}: ${issue?.message ?? 'invalid'}` };
}

/** Bytes as they stand in a line. */
export function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/** Bytes of a line that was read. */
export function fromBase64(text: string): Buffer {
  return Buffer.from(text, 'base64');
}
