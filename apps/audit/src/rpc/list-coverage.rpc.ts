import type { audit } from '@clearway/contracts';
import { type AuditState, coverage } from '@clearway/domain-audit';
import type { UnaryHandler } from '@clearway/platform-rpc';
import type { AuditCore } from '../audit-core';

/** Tells how many events of each source are in the tree; a source that is followed but has given none yet stands at 0. */
export function listCoverage(
  core: Pick<AuditCore, 'read'>,
  sourceShards: readonly string[],
): UnaryHandler<audit.ListCoverageRequest, audit.ListCoverageResponse> {
  return async () => core.read((state) => view(state, sourceShards));
}

function view(state: AuditState, sourceShards: readonly string[]): audit.ListCoverageResponse {
  const unseen = sourceShards.filter((shard) => !state.nextEvents.has(shard));
  const seen = coverage(state).map(({ sourceShard, nextEvent }) => ({ shard: sourceShard, nextEvent }));
  const shards = [...seen, ...unseen.map((shard) => ({ shard, nextEvent: 0 }))];
  return { shards: shards.sort((a, b) => (a.shard < b.shard ? -1 : 1)), treeSize: state.tree.size };
}
