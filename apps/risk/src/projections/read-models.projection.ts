import {
  createRiskState,
  evolveHoldings,
  type Hold,
  type RiskEvent,
  type RiskState,
} from '@clearway/domain-risk';
import type { ClientBase } from 'pg';
import { projectFreezes, projectFunds } from './funds.projection';
import { loadOpenHolds, projectHolds } from './holds.projection';
import { projectLimits } from './limits.projection';
import { ordersIn, type RiskEvents } from './risk-events';

/** Which events change a row; a new one does not compile until somebody has said so. */
const CHANGES_ROWS: Readonly<Record<RiskEvent['kind'], boolean>> = {
  HoldPlaced: true,
  HoldReleased: true,
  HoldRaised: true,
  HoldLowered: true,
  LotsReleased: true,
  FillApplied: true,
  FundsCredited: true,
  FundsHeld: true,
  FundsReleased: true,
  FundsDebited: true,
  AccountFrozenSet: true,
  LimitsSet: true,
  BlacklistSet: true,
  SagasFinished: false,
  StepRefused: false,
  CompensationNoted: false,
};

/** The types of the events that risk's tables are made of; others are not even decoded. */
export const RISK_EVENT_TYPES: ReadonlySet<string> = new Set(
  Object.entries(CHANGES_ROWS).flatMap(([type, changesRows]) => (changesRows ? [type] : [])),
);

/** Brings risk's tables up to date with events that follow what they already show, in one transaction of the caller's. */
export async function projectReadModels(events: RiskEvents, client: ClientBase): Promise<void> {
  const known = await loadOpenHolds(client, ordersIn(events));
  const changes = changesOf(events, known);
  await projectHolds(client, events, known, changes);
  await projectFunds(client, changes);
  await projectFreezes(client, changes);
  await projectLimits(client, events);
}

/**
 * Applies the events to a state that knows nothing but the holds they touch. What it shows afterwards is what the events
 * changed: funds are differences, holds are new values. So the read models follow the machine's own rules and none of
 * them is written down twice.
 */
function changesOf(events: RiskEvents, known: readonly Hold[]): RiskState {
  const changes = createRiskState();
  for (const hold of known) changes.holds.put(hold);
  for (const { event, context } of events) evolveHoldings(changes, event, context.atMicros);
  return changes;
}
