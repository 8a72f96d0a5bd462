import type { common } from '@clearway/contracts';
import { type NoteVerifier, openCheckpoint } from '@clearway/domain-audit';
import { type InvariantResult, invariant } from '@clearway/kernel';
import type { UnaryHandler } from '@clearway/platform-rpc';
import { invariantMetrics } from '@clearway/platform-service';
import type { Figures } from '@clearway/platform-telemetry';
import type { ReadModelTotals } from '../projections/read-model-totals';
import type { AuditView } from './audit-view';

/** Where the invariants get their facts. */
export interface AuditFacts {
  readonly origin: string;
  readonly verifiers: readonly NoteVerifier[];
  /** Reads the durable state. */
  view(): Promise<{ readonly position: common.JournalPosition; readonly value: AuditView }>;
  /** Reads the read model once it shows the journal up to this event, or as it is when that takes too long. */
  totals(nextEvent: number): Promise<ReadModelTotals>;
  /** The newest checkpoint that was published apart, and the root that the stored hashes give for its size. */
  published(): Promise<PublishedCheckpoint | undefined>;
}

/** A published checkpoint beside what the tree says now. */
export interface PublishedCheckpoint {
  readonly size: number;
  readonly rootHash: Uint8Array;
  /** No bytes when the tree has fewer leaves. */
  readonly computed: Uint8Array;
}

/** Checks the tree, its newest checkpoint and the read model against each other. */
export function checkInvariants(
  figures: Figures,
  facts: AuditFacts,
): UnaryHandler<common.CheckInvariantsRequest, common.CheckInvariantsResponse> {
  invariantMetrics(figures, 'audit/0', async () => {
    const { value } = await facts.view();
    return stateInvariants(value, facts, await facts.published());
  });
  return async () => {
    const { position, value } = await facts.view();
    const totals = await facts.totals(position.nextEvent);
    const published = await facts.published();
    return { position, results: auditInvariants(value, totals, facts, published) };
  };
}

/** Every invariant of audit, by name. */
export function auditInvariants(
  view: AuditView,
  totals: ReadModelTotals,
  log: Pick<AuditFacts, 'origin' | 'verifiers'>,
  published?: PublishedCheckpoint,
): InvariantResult[] {
  return [
    invariant('coverage-contiguous', coverageGaps(view, totals)),
    invariant('read-model-complete', readModelBreaks(view, totals)),
    ...stateInvariants(view, log, published),
  ];
}

/** Those that need no look through the whole read model, and so may be evaluated for the metrics. */
function stateInvariants(
  view: AuditView,
  log: Pick<AuditFacts, 'origin' | 'verifiers'>,
  published: PublishedCheckpoint | undefined,
): InvariantResult[] {
  return [
    invariant('tree-size-equals-leaves', treeSizeBreaks(view)),
    invariant('newest-checkpoint-verifies', checkpointBreaks(view, log)),
    invariant('published-checkpoint-consistent', publishedBreaks(published)),
  ];
}

/** A source's rows are its events from 0 on, each once; the read model may be ahead of the view, never behind its own rows. */
function coverageGaps({ coverage }: AuditView, { sources }: ReadModelTotals): string[] {
  const known = new Map(coverage.map(({ sourceShard, nextEvent }) => [sourceShard, nextEvent]));
  const gaps: string[] = [];
  for (const { shard, rows, firstEvent, lastEvent, eventSum } of sources) {
    const plainSum = (BigInt(rows) * BigInt(rows - 1)) / 2n;
    if (firstEvent !== 0 || lastEvent !== rows - 1 || eventSum !== plainSum)
      gaps.push(`${shard}: ${rows} rows from event ${firstEvent} to ${lastEvent}`);
    known.delete(shard);
  }
  for (const [shard, nextEvent] of known)
    if (nextEvent > 0) gaps.push(`${shard}: no rows of its ${nextEvent} events`);
  return gaps;
}

function treeSizeBreaks({ coverage, treeSize }: AuditView): string[] {
  const events = coverage.reduce((sum, { nextEvent }) => sum + nextEvent, 0);
  return events === treeSize ? [] : [`${treeSize} leaves for ${events} events`];
}

function readModelBreaks({ treeSize }: AuditView, { nextLeaf, sources }: ReadModelTotals): string[] {
  const rows = sources.reduce((sum, source) => sum + source.rows, 0);
  const breaks: string[] = [];
  if (rows !== nextLeaf) breaks.push(`${rows} rows for ${nextLeaf} leaves`);
  if (nextLeaf < treeSize) breaks.push(`${treeSize - nextLeaf} leaves behind the tree`);
  return breaks;
}

function checkpointBreaks(
  { checkpoint, treeSize, rootHash }: AuditView,
  { origin, verifiers }: Pick<AuditFacts, 'origin' | 'verifiers'>,
): string[] {
  if (checkpoint === undefined) return [];
  const opened = openCheckpoint(checkpoint, origin, verifiers);
  if (opened.kind !== 'opened') return [`it does not open: ${opened.kind}`];
  const { size, rootHash: signedHash } = opened.checkpoint;
  if (size > treeSize) return [`it states ${size} leaves, the tree has ${treeSize}`];
  if (size === treeSize && Buffer.compare(signedHash, rootHash) !== 0)
    return ['it states another root of this size'];
  return [];
}

/** A tree that was rewritten after a checkpoint left the house no longer gives that checkpoint's root. */
function publishedBreaks(published: PublishedCheckpoint | undefined): string[] {
  if (published === undefined || Buffer.compare(published.rootHash, published.computed) === 0) return [];
  return [`the first ${published.size} leaves are not those of the checkpoint that was published`];
}
