import type { RiskCommand, RiskEvent, RiskOutcome, RiskState } from '@clearway/domain-risk';
import type { ServiceCore, ServiceDefinition } from '@clearway/platform-service';

/** What risk's handlers and projections work with. */
export type RiskCore = ServiceCore<RiskState, RiskCommand, RiskEvent, RiskOutcome>;

/** Risk as the service runner takes it. */
export type RiskDefinition = ServiceDefinition<RiskState, RiskCommand, RiskEvent, RiskOutcome>;

/** The outcome of one kind. Every command has its own, so another one is a bug. */
export function outcomeOf<Kind extends RiskOutcome['kind']>(
  outcome: RiskOutcome,
  kind: Kind,
): Extract<RiskOutcome, { kind: Kind }> {
  if (outcome.kind !== kind) throw new Error(`risk answered ${outcome.kind} instead of ${kind}`);
  return outcome as Extract<RiskOutcome, { kind: Kind }>;
}
