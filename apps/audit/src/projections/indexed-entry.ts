import type { BlockPart } from './block-parts';
import type { KeyGroup } from './key-group';

/** What the entries of one command share. */
export interface ContextKeys {
  readonly atMicros: number;
  readonly participant: string | undefined;
  /** Its actor, and its trace if it has one. */
  readonly groups: readonly KeyGroup[];
}

/** An entry before it is known what it is about. */
export interface IndexedEntry {
  readonly leaf: number;
  readonly part: BlockPart;
  readonly context: ContextKeys;
  readonly shard: KeyGroup;
  readonly action: KeyGroup;
}
