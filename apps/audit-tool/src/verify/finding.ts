/**
 * What is wrong with an export, in the order in which it is looked for:
 * - `MALFORMED`: a line is not one of the format, or the file was cut off.
 * - `BAD_SIGNATURE`: the checkpoint was not signed by the log's key.
 * - `CHANGED`, `MISSING`, `ADDED`, `REORDERED`: the entry at a leaf is not the one that was signed.
 * - `GAP`: the log itself, as signed, lacks or repeats an event of a source.
 * - `BAD_PROOF`: hashes or proofs in the file do not fit its entries and checkpoint.
 * - `REWRITTEN`: the signed tree does not lead to an older checkpoint: the log was changed and signed anew.
 * - `CUT`: an older checkpoint states more leaves than the log has now.
 * - `UNPROVEN`: an older checkpoint can not be compared with what the file holds.
 */
export type FindingKind =
  | 'MALFORMED'
  | 'BAD_SIGNATURE'
  | 'CHANGED'
  | 'MISSING'
  | 'ADDED'
  | 'REORDERED'
  | 'GAP'
  | 'BAD_PROOF'
  | 'REWRITTEN'
  | 'CUT'
  | 'UNPROVEN';

/** One thing that is wrong, and where. */
export interface Finding {
  readonly kind: FindingKind;
  /** First leaf that it concerns; undefined when it is about the file as a whole. */
  readonly leaf?: number;
  /** End of the interval that the leaf lies in, when the file's own hashes were changed too; else leaf + 1. */
  readonly leafEnd?: number;
  /** Line of the file, from 1. */
  readonly line?: number;
  /** The source's event, for example `trading/0#17`, when it is known. */
  readonly event?: string;
  /** One sentence for people. */
  readonly message: string;
}

/** What a source contributes to a file. */
export interface SourceSpan {
  readonly shard: string;
  readonly entries: number;
  readonly firstEvent: number;
  readonly lastEvent: number;
}

/** The outcome of a verification. */
export interface Verification {
  /** Empty when everything is as it was signed. */
  readonly findings: readonly Finding[];
  readonly origin: string;
  readonly treeSize: number;
  readonly fromLeaf: number;
  readonly toLeaf: number;
  readonly entries: number;
  readonly sources: readonly SourceSpan[];
  readonly inclusionProofs: number;
  readonly consistencyProofs: number;
  /** Older checkpoints, given from outside, that the tree leads to. */
  readonly olderCheckpoints: number;
  /** True when the key came from the file itself and not from outside. */
  readonly keyFromFile: boolean;
}
