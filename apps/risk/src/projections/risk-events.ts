import type { RiskEvent } from '@clearway/domain-risk';
import type { JournaledEvent } from '@clearway/platform-journal';

/** Journaled events of risk, in journal order, as projections get them. */
export type RiskEvents = readonly JournaledEvent<RiskEvent>[];

/** An order in the host that numbered it. */
export interface OrderRef {
  readonly originShard: string;
  readonly orderNumber: number;
}

/** An order whose hold some events change, and when the last of them did. */
export interface ChangedOrder extends OrderRef {
  readonly changedAtMicros: number;
}

/** Orders whose holds the events place or change, each once. */
export function ordersIn(events: RiskEvents): ChangedOrder[] {
  const orders = new Map<string, ChangedOrder>();
  for (const { event, context } of events) {
    const orderNumber = orderNumberOf(event);
    if (orderNumber === undefined || !('key' in event)) continue;
    const { originShard } = event.key;
    orders.set(`${originShard}#${orderNumber}`, {
      originShard,
      orderNumber,
      changedAtMicros: context.atMicros,
    });
  }
  return [...orders.values()];
}

function orderNumberOf(event: RiskEvent): number | undefined {
  if (event.kind === 'HoldPlaced') return event.reserve.orderNumber;
  if (event.kind === 'FillApplied') return event.fill.orderNumber;
  if (event.kind === 'HoldRaised') return event.order.orderNumber;
  if (event.kind === 'HoldLowered') return event.orderNumber;
  return event.kind === 'HoldReleased' || event.kind === 'LotsReleased' ? event.orderNumber : undefined;
}
