import type { risk } from '@clearway/contracts';
import type { Colours } from '../output/colours';
import { renderPairs } from '../output/table';

/** Of a count of orders: any number. */
const UNLIMITED = 4_294_967_295;

/** Limits as they apply, one a line; a figure whose unit risk does not know yet is left out. */
export function limitsCard(limits: risk.Limits, colours: Colours): string {
  const { ordersPerMinuteMax } = limits;
  return renderPairs(
    [
      ['order quantity', limits.orderQtyMax],
      ['order notional', limits.orderNotionalMax],
      ['position', limits.positionMax],
      ['orders per minute', ordersPerMinuteMax === UNLIMITED ? 'any number' : ordersPerMinuteMax],
      ['price deviation', `${limits.priceDeviationBpsMax} bps`],
      ['fat finger', `${limits.fatFingerMultipleMax} × the usual fill`],
    ],
    colours,
  );
}
