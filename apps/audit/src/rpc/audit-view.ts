import { type AuditState, coverage, type SourceCoverage, treeHead } from '@clearway/domain-audit';

/** The tree at one journal position. */
export interface AuditView {
  readonly coverage: readonly SourceCoverage[];
  readonly treeSize: number;
  readonly rootHash: Uint8Array;
  /** The newest recorded checkpoint's note. */
  readonly checkpoint: string | undefined;
}

/** Copies out of the state what the invariants compare. */
export function viewOf(state: AuditState): AuditView {
  const { size, rootHash } = treeHead(state);
  return { coverage: coverage(state), treeSize: size, rootHash, checkpoint: state.lastCheckpoint?.note };
}
