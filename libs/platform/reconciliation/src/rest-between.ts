import { coverageOf } from './coverage-of';
import type { AuditDump, Position, Read } from './system-state';

/** What rest is judged by: one dump per service that has a position, and audit's. */
export interface Moment {
  readonly trading: Read<{ readonly position: Position }>;
  readonly risk: Read<{ readonly position: Position }>;
  readonly clearing: Read<{ readonly position: Position }>;
  readonly audit: Read<Pick<AuditDump, 'coverage'>>;
}

/**
 * Says why two readings, one after the other, do not show a system at rest: a journal that moved on, a saga under way that
 * is not parked, or events that audit has yet to take in. When nothing speaks against it, the second reading is one state.
 * A service that was not read is no unrest: its absence fails the invariants that need it.
 */
export function unrestBetween(earlier: Moment, later: Moment): string[] {
  return (['trading', 'risk', 'clearing'] as const).flatMap((service) => {
    const [first, second] = [earlier[service], later[service]];
    if (!first.ok || !second.ok) return [];
    return [
      ...moved(first.value.position, second.value.position),
      ...busy(second.value.position),
      ...unaudited(second.value.position, later.audit),
    ];
  });
}

function moved(from: Position, to: Position): string[] {
  return from.nextEvent === to.nextEvent
    ? []
    : [`${to.shard} moved from event ${from.nextEvent} to ${to.nextEvent}`];
}

function busy({ shard, liveSagas, parkedSagas }: Position): string[] {
  return liveSagas <= parkedSagas ? [] : [`${shard} has ${liveSagas - parkedSagas} sagas under way`];
}

function unaudited({ shard, nextEvent }: Position, audit: Moment['audit']): string[] {
  if (!audit.ok) return [];
  const covered = coverageOf(shard, audit.value.coverage) ?? 0;
  return covered >= nextEvent ? [] : [`audit has ${covered} of ${nextEvent} events of ${shard}`];
}
