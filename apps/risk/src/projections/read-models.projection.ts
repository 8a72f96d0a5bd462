import { createRiskState, type RiskState, riskMachine } from '@clearway/domain-risk';
import type { ClientBase } from 'pg';
import { projectFreezes, projectFunds } from './funds.projection';
import { loadOpenHolds, projectHolds } from './holds.projection';
import { projectLimits } from './limits.projection';
import { ordersIn, type RiskEvents } from './risk-events';

/** Brings risk's tables up to date with events that follow what they already show, in one transaction of the caller's. */
export async function projectReadModels(events: RiskEvents, client: ClientBase): Promise<void> {
  const changes = await changesOf(client, events);
  await projectHolds(client, events, changes);
  await projectFunds(client, changes);
  await projectFreezes(client, changes);
  await projectLimits(client, events);
}

/**
 * Applies the events to a state that knows nothing but the holds they touch. What it shows afterwards is what the events
 * changed: funds are differences, holds are new values. So the read models follow the machine's own rules and none of
 * them is written down twice.
 */
async function changesOf(client: ClientBase, events: RiskEvents): Promise<RiskState> {
  const changes = createRiskState();
  for (const hold of await loadOpenHolds(client, ordersIn(events))) changes.holds.put(hold);
  for (const { event, context } of events) riskMachine.evolve(changes, event, context.atMicros);
  return changes;
}
