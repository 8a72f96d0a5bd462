import { type Projection, runProjection } from '@clearway/platform-projection';
import type { ServiceCore } from './service-core';
import type { ServiceDefinition } from './service-definition';
import { readModelMetrics } from './service-metrics';

/** Starts the service's read models on the shard's own feed, and shows how far each is behind. */
export function runReadModels<State, Command, Event, Outcome, Output>(
  definition: ServiceDefinition<State, Command, Event, Outcome, Output>,
  core: ServiceCore<State, Command, Event, Outcome, Output>,
): readonly Projection<Event>[] {
  const { shard, pool, log } = core;
  return (definition.readModels ?? []).map(({ name, apply, types }) => {
    const projection = runProjection<Event>({
      name,
      shard: shard.id,
      source: () => shard.feed,
      pool,
      codec: definition.codec,
      ...(types === undefined ? {} : { types }),
      apply: (events, client) => apply(events, client, shard.id),
      headEvent: () => shard.durablePosition().nextEvent,
      log,
    });
    core.readModels.set(name, projection);
    readModelMetrics(core.figures, { name, shard: shard.id }, () => projection.stats());
    return projection;
  });
}
