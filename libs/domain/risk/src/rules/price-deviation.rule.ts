import { reason } from '@clearway/kernel';
import type { OrderRule } from './order-rule';

/** Refuses limit prices too far from the market in either direction, by |price − market| × 10,000 > market × limit. */
export const priceDeviationRule: OrderRule = {
  code: 'PRICE_DEVIATION',
  check: ({ order, limits }) => {
    if (order.priceTicks === 0) return undefined;
    const distanceTicks = Math.abs(order.priceTicks - order.marketPriceTicks);
    const allowed = BigInt(order.marketPriceTicks) * BigInt(limits.priceDeviationBpsMax);
    if (BigInt(distanceTicks) * 10_000n <= allowed) return undefined;
    return reason(
      'PRICE_DEVIATION',
      `Price ${order.priceTicks} ticks is ${distanceTicks} from the market at ${order.marketPriceTicks}; ${limits.priceDeviationBpsMax} basis points are allowed.`,
      {
        price_ticks: `${order.priceTicks}`,
        market_price_ticks: `${order.marketPriceTicks}`,
        price_deviation_bps_max: `${limits.priceDeviationBpsMax}`,
      },
    );
  },
};
