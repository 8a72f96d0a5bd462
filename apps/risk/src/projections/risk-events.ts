import type { RiskEvent } from '@clearway/domain-risk';
import type { JournaledEvent } from '@clearway/platform-journal';

/** Journaled events of risk, in journal order, as projections get them. */
export type RiskEvents = readonly JournaledEvent<RiskEvent>[];

/** The order whose hold an event places or changes, in the host that numbered it; undefined when it is about no hold. */
export function orderNumberOf(event: RiskEvent): number | undefined {
  switch (event.kind) {
    case 'HoldPlaced':
      return event.reserve.orderNumber;
    case 'FillApplied':
      return event.fill.orderNumber;
    case 'HoldRaised':
      return event.order.orderNumber;
    case 'HoldReleased':
    case 'LotsReleased':
    case 'HoldLowered':
      return event.orderNumber;
    default:
      return undefined;
  }
}
