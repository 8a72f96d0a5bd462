import type { audit } from '@clearway/contracts';
import { fields, type UnaryHandler } from '@clearway/platform-rpc';
import type { ProofStore } from '../projections/proof-store';
import { numberOfPage } from './page-token';

/** Lists recorded checkpoints, newest first. A page token is the size that the next page lies below. */
export function listCheckpoints(
  proofs: Pick<ProofStore, 'checkpoints'>,
): UnaryHandler<audit.ListCheckpointsRequest, audit.ListCheckpointsResponse> {
  return async ({ pageSize, pageToken }) => {
    const limit = fields().pageSize(pageSize);
    const before = numberOfPage(pageToken, Number.MAX_SAFE_INTEGER);
    const found = await proofs.checkpoints(before, limit + 1);
    const checkpoints = found.slice(0, limit);
    const nextPageToken = found.length > limit ? (checkpoints.at(-1)?.treeSize.toString() ?? '') : '';
    return { checkpoints, nextPageToken };
  };
}
