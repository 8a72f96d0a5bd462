import type { audit } from '@clearway/contracts';
import { isSourceShard } from '@clearway/domain-audit';
import { type FieldCheck, fields, type UnaryHandler } from '@clearway/platform-rpc';
import { bufferOf } from '../codec/buffer-of';
import type { ProofStore } from '../projections/proof-store';

/** Where proofs come from. */
export interface ProofSource {
  readonly proofs: Pick<ProofStore, 'size' | 'inclusion' | 'consistency' | 'leafOf'>;
  /** Size of the newest recorded checkpoint, 0 before the first. */
  checkpointSize(): Promise<number>;
  /** Resolves once everything durable can be proven. */
  caughtUp(): Promise<void>;
}

/** Proves that an entry is in the tree, named by its leaf or by its place in its source's journal. */
export function getInclusionProof(
  source: ProofSource,
): UnaryHandler<audit.GetInclusionProofRequest, audit.GetInclusionProofResponse> {
  return async (request) => {
    const check = fields();
    const { shard, eventNumber } = request;
    const treeSize = await treeSizeOf(source, check, 'tree_size', request.treeSize);
    if (shard !== '') {
      check.require(isSourceShard(shard), 'shard', 'is not a source shard such as "trading/0"');
      check.integer('event_number', eventNumber, 0, Number.MAX_SAFE_INTEGER);
      check.done();
    }
    const leafIndex =
      shard === '' ? request.leafIndex : ((await source.proofs.leafOf(shard, eventNumber)) ?? treeSize);
    const isInside = Number.isSafeInteger(leafIndex) && leafIndex >= 0 && leafIndex < treeSize;
    check.require(
      isInside,
      shard === '' ? 'leaf_index' : 'event_number',
      `is not in the tree of ${treeSize} leaves`,
    );
    check.done();
    const { leafHash, proof, rootHash } = await source.proofs.inclusion(leafIndex, treeSize);
    return {
      leafIndex,
      treeSize,
      leafHash: bufferOf(leafHash),
      proof: proof.map(bufferOf),
      rootHash: bufferOf(rootHash),
    };
  };
}

/** Proves that one tree only appended to another. */
export function getConsistencyProof(
  source: ProofSource,
): UnaryHandler<audit.GetConsistencyProofRequest, audit.GetConsistencyProofResponse> {
  return async (request) => {
    const check = fields();
    const secondSize = await treeSizeOf(source, check, 'second_size', request.secondSize);
    const firstSize = check.integer('first_size', request.firstSize, 0, secondSize);
    check.done();
    const { proof, firstRootHash, rootHash } = await source.proofs.consistency(firstSize, secondSize);
    return {
      firstSize,
      secondSize,
      proof: proof.map(bufferOf),
      firstRootHash: bufferOf(firstRootHash),
      secondRootHash: bufferOf(rootHash),
    };
  };
}

/** A tree that is asked for by its size, which must be one that was reached; 0 is the newest checkpoint's. */
async function treeSizeOf(
  source: ProofSource,
  check: FieldCheck,
  field: string,
  asked: number,
): Promise<number> {
  const size = asked === 0 ? await source.checkpointSize() : asked;
  if ((await source.proofs.size()) < size) await source.caughtUp();
  check.integer(field, size, 0, await source.proofs.size());
  check.done();
  return size;
}
