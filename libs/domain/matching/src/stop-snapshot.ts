import { bug } from './bug';
import { isOrderId, isPriceTicks } from './limits';
import type { Side } from './side';
import type { BookSnapshot } from './snapshot';

/** A stop order that follows the price at a distance; where it stands now is in the ladder. */
export type TrailingStop = {
  readonly orderId: number;
  readonly side: Side;
  readonly trailTicks: number;
};

/** A stop book as plain data: the ladder (sides turned round) and the trailing stops in their order of arrival. */
export type StopBookSnapshot = {
  readonly version: 1;
  readonly ladder: BookSnapshot;
  readonly trailing: readonly TrailingStop[];
};

/** Proves that a value is a stop book's snapshot, but for its ladder, which the order book checks. Throws if it is not. */
export function checkStopSnapshot(value: unknown): { ladder: unknown; trailing: readonly TrailingStop[] } {
  const { version, ladder, trailing } = (value ?? {}) as Record<string, unknown>;
  if (version !== 1) bug(`stop snapshot version ${String(version)} is not known`);
  if (!Array.isArray(trailing) || !trailing.every(isTrailingStop)) bug('stop snapshot has no trailing stops');
  if (new Set(trailing.map(({ orderId }) => orderId)).size !== trailing.length)
    bug('stop snapshot repeats an order');
  return { ladder, trailing };
}

function isTrailingStop(value: unknown): value is TrailingStop {
  const { orderId, side, trailTicks } = (value ?? {}) as Record<string, unknown>;
  const isSide = side === 'BUY' || side === 'SELL';
  return isSide && isOrderId(orderId as number) && isPriceTicks(trailTicks as number);
}
