import type { RiskEvent } from '@clearway/domain-risk';
import type { JournaledEvent } from '@clearway/platform-journal';
import type { ClientBase } from 'pg';
import type { RiskEvents } from './risk-events';

const SET_LIMITS = `INSERT INTO risk_limits (account, symbol, order_qty_max_minor, order_notional_max_minor,
    position_max_minor, orders_per_minute_max, price_deviation_bps_max, fat_finger_multiple_max, set_at, set_by)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, to_timestamp($9::bigint / 1e6), $10)
  ON CONFLICT (account, symbol) DO UPDATE SET order_qty_max_minor = $3, order_notional_max_minor = $4,
    position_max_minor = $5, orders_per_minute_max = $6, price_deviation_bps_max = $7, fat_finger_multiple_max = $8,
    set_at = to_timestamp($9::bigint / 1e6), set_by = $10`;

const BLACKLIST = `INSERT INTO risk_blacklist (participant, note, set_at, set_by)
  VALUES ($1, $2, to_timestamp($3::bigint / 1e6), $4)
  ON CONFLICT (participant) DO UPDATE SET note = $2, set_at = to_timestamp($3::bigint / 1e6), set_by = $4`;

const UNBLACKLIST = 'DELETE FROM risk_blacklist WHERE participant = $1';

/** Follows what operators set, with who and when. Such events are rare, so each is a statement of its own. */
export async function projectLimits(client: ClientBase, events: RiskEvents): Promise<void> {
  for (const each of events)
    if (each.event.kind === 'LimitsSet' || each.event.kind === 'BlacklistSet') await projectOne(client, each);
}

async function projectOne(client: ClientBase, { event, context }: JournaledEvent<RiskEvent>): Promise<void> {
  const { atMicros, actor } = context;
  if (event.kind === 'LimitsSet') {
    const { scope, limits } = event;
    await client.query(SET_LIMITS, [
      scope.account,
      scope.symbol,
      limits.orderQtyMaxMinor,
      limits.orderNotionalMaxMinor,
      limits.positionMaxMinor,
      limits.ordersPerMinuteMax,
      limits.priceDeviationBpsMax,
      limits.fatFingerMultipleMax,
      atMicros,
      actor,
    ]);
  }
  if (event.kind !== 'BlacklistSet') return;
  const { participant, blacklisted, note } = event;
  if (blacklisted) await client.query(BLACKLIST, [participant, note, atMicros, actor]);
  else await client.query(UNBLACKLIST, [participant]);
}
