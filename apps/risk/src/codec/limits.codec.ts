import type { risk } from '@clearway/contracts';
import {
  INHERITED_LIMITS,
  ORDERS_PER_MINUTE_CEILING,
  ORDERS_PER_MINUTE_UNLIMITED,
  type OrderLimits,
  PRICE_DEVIATION_BPS_CEILING,
  type SymbolAssets,
} from '@clearway/domain-risk';
import { type AssetCatalogue, formatDecimal } from '@clearway/kernel';
import type { FieldCheck } from '@clearway/platform-rpc';

/** Assets that amounts of limits are in; empty where unknown. */
export const NO_ASSETS: SymbolAssets = { baseAsset: '', quoteAsset: '' };

/**
 * Limits in decimal strings of their assets. An amount whose asset is not known stays empty: a figure without its unit would
 * be a lie, and an asset is known as soon as the symbol's first order was held.
 */
export function limitsToWire(
  limits: OrderLimits,
  assets: SymbolAssets,
  catalogue: AssetCatalogue,
): risk.Limits {
  return {
    orderQtyMax: decimalOf(limits.orderQtyMaxMinor, catalogue.get(assets.baseAsset)),
    orderNotionalMax: decimalOf(limits.orderNotionalMaxMinor, catalogue.get(assets.quoteAsset)),
    positionMax: decimalOf(limits.positionMaxMinor, catalogue.get(assets.baseAsset)),
    ordersPerMinuteMax: limits.ordersPerMinuteMax,
    priceDeviationBpsMax: limits.priceDeviationBpsMax,
    fatFingerMultipleMax: limits.fatFingerMultipleMax,
  };
}

/** Limits of a request in minor units; unset figures are 0. Violations go to `check`. */
export function limitsFromWire(
  request: risk.SetLimitsRequest,
  catalogue: AssetCatalogue,
  check: FieldCheck,
): OrderLimits {
  const { limits, baseAsset, quoteAsset } = request;
  if (!limits) return INHERITED_LIMITS;
  const amount = (field: string, text: string, assetField: string, asset: string): bigint => {
    if (text === '') return 0n;
    const decimals = catalogue.get(asset);
    if (decimals !== undefined) return check.decimal(field, text, { decimals, sign: 'not-negative' });
    check.violation(assetField, `must be an asset of the catalogue, because ${field} is set`);
    return 0n;
  };
  const { ordersPerMinuteMax, priceDeviationBpsMax, fatFingerMultipleMax } = limits;
  if (ordersPerMinuteMax !== ORDERS_PER_MINUTE_UNLIMITED) {
    check.integer('limits.orders_per_minute_max', ordersPerMinuteMax, 0, ORDERS_PER_MINUTE_CEILING);
  }
  check.integer('limits.price_deviation_bps_max', priceDeviationBpsMax, 0, PRICE_DEVIATION_BPS_CEILING);
  return {
    orderQtyMaxMinor: amount('limits.order_qty_max', limits.orderQtyMax, 'base_asset', baseAsset),
    orderNotionalMaxMinor: amount(
      'limits.order_notional_max',
      limits.orderNotionalMax,
      'quote_asset',
      quoteAsset,
    ),
    positionMaxMinor: amount('limits.position_max', limits.positionMax, 'base_asset', baseAsset),
    ordersPerMinuteMax,
    priceDeviationBpsMax,
    fatFingerMultipleMax,
  };
}

function decimalOf(amountMinor: bigint, decimals: number | undefined): string {
  return decimals === undefined ? '' : formatDecimal(amountMinor, decimals);
}
