import { common, journal, saga } from '@clearway/contracts';
import {
  mergePages,
  pageTokenOf,
  routesOf,
  type ServiceRoutes,
  type ShardTarget,
  shardIndexIn,
} from '@clearway/platform-sharding';

/** Positions of several shards as one: what is live or parked anywhere is live or parked. */
export function mergedPosition(
  positions: readonly (common.JournalPosition | undefined)[],
): common.JournalPosition | undefined {
  const known = positions.filter((each) => each !== undefined);
  const [first] = known;
  if (first === undefined || known.length === 1) return first;
  const sum = (of: (position: common.JournalPosition) => number): number =>
    known.reduce((total, each) => total + of(each), 0);
  return {
    shard: `${first.shard.slice(0, first.shard.indexOf('/'))}/*`,
    nextEvent: sum(({ nextEvent }) => nextEvent),
    liveSagas: sum(({ liveSagas }) => liveSagas),
    parkedSagas: sum(({ parkedSagas }) => parkedSagas),
  };
}

/** An invariant holds when it holds in every shard; what was found names the shard. */
function mergedResults(answers: readonly common.CheckInvariantsResponse[]): common.InvariantResult[] {
  const byName = new Map<string, common.InvariantResult>();
  for (const { position, results } of answers) {
    for (const { name, holds, detail } of results) {
      const before = byName.get(name);
      const found = detail === '' ? '' : `${position?.shard ?? ''}: ${detail}`;
      const details = [before?.detail ?? '', found].filter((text) => text !== '');
      byName.set(name, { name, holds: holds && (before?.holds ?? true), detail: details.join('; ') });
    }
  }
  return [...byName.values()];
}

/** Invariants of every shard, or of one that the header names. */
export const invariantRoutes: ServiceRoutes = routesOf(common.InvariantServiceService, {
  checkInvariants: {
    target: () => 'every',
    merge: (answers) => ({
      position: mergedPosition(answers.map(({ position }) => position)),
      results: mergedResults(answers),
    }),
  },
});

/** State hashes are of one shard: a caller names it in the header where there are several. */
export const stateRoutes: ServiceRoutes = routesOf(common.StateServiceService, {
  getStateHash: { target: () => 'named' },
});

/** A feed is of the shard that its request names. */
export function feedRoutes(service: string): ServiceRoutes {
  return routesOf(journal.FeedServiceService, {
    subscribe: { target: ({ shard }) => ({ index: shardIndexIn(service, shard) ?? 0 }) },
  });
}

/** Sagas are found by their ids, `SHARD#NUMBER`; lists go through one shard after the other. */
export function sagaRoutes(service: string): ServiceRoutes {
  const target = ({ sagaId }: { readonly sagaId: string }): ShardTarget => ({
    index: shardIndexIn(service, sagaId.split('#', 1)[0] ?? '') ?? 0,
  });
  return routesOf(saga.SagaServiceService, {
    listSagas: {
      target: () => 'every',
      part: (request, index) => {
        const pageToken = pageTokenOf(request.pageToken, index);
        return pageToken === undefined ? undefined : { ...request, pageToken };
      },
      merge: (answers, request, indices) => mergedSagas(answers, request, indices),
    },
    getSaga: { target },
    retrySaga: { target },
    compensateSaga: { target },
  });
}

/** Sagas of a page when the request names no size; as SagaService has it. */
const PAGE_SIZE_DEFAULT = 100;

function mergedSagas(
  answers: readonly saga.ListSagasResponse[],
  { pageSize, pageToken }: saga.ListSagasRequest,
  indices: readonly number[],
): saga.ListSagasResponse {
  const pages = answers.map(({ sagas, nextPageToken }, place) => ({
    index: indices[place] ?? 0,
    items: sagas,
    isLast: nextPageToken === '',
  }));
  const { items, nextPageToken } = mergePages(pages, {
    pageSize: pageSize || PAGE_SIZE_DEFAULT,
    pageToken,
    compare: (a, b) => a.startedAtMicros - b.startedAtMicros,
    tokenAfter: ({ sagaId }) => sagaId.slice(sagaId.indexOf('#') + 1),
  });
  return { sagas: items, nextPageToken, position: mergedPosition(answers.map(({ position }) => position)) };
}
