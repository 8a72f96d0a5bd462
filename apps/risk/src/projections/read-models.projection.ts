import { evolveHoldings, type Freeze, type RiskEvent } from '@clearway/domain-risk';
import type { ClientBase } from 'pg';
import { FundChanges } from './fund-changes';
import { projectFreezes, projectFunds } from './funds.projection';
import { HoldChanges } from './hold-changes';
import { projectHolds, takeUpHolds } from './holds.projection';
import { projectLimits } from './limits.projection';
import type { RiskEvents } from './risk-events';

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

/**
 * Brings risk's tables up to date with events that follow what they already show, in one transaction of the caller's. The events are
 * applied by the machine's own rules, to books that know nothing but the holds they touch. What those show afterwards is what the
 * events changed: funds are differences, holds are new values. So none of the rules is written down twice.
 */
export async function projectReadModels(events: RiskEvents, client: ClientBase): Promise<void> {
  const freezes = new Map<string, Freeze>();
  const changes = { holds: new HoldChanges(events), funds: new FundChanges(), freezes };
  await takeUpHolds(client, changes.holds);
  for (const { event } of events) evolveHoldings(changes, event);
  await projectHolds(client, changes.holds);
  await projectFunds(client, changes.funds);
  await projectFreezes(client, freezes);
  await projectLimits(client, events);
}
