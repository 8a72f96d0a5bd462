import { trading } from '@clearway/contracts';
import { formatDecimal } from '@clearway/kernel';

/** What replays trade. */
export const BASE_ASSET = 'AMZN';
/** What replays pay with. */
export const QUOTE_ASSET = 'USD';
/** Decimals of a price in the quote asset: the sample's prices are whole cents. */
export const PRICE_DECIMALS = 2;

/** Fee of the resting side in an instrument that a replay lists, in basis points. */
export const MAKER_FEE_BPS = 1;
/** Fee of the incoming side in an instrument that a replay lists, in basis points. */
export const TAKER_FEE_BPS = 2;

/** A price in ticks of 0.01 as a decimal string. */
export function priceText(priceTicks: number): string {
  return formatDecimal(BigInt(priceTicks), PRICE_DECIMALS);
}

/** The listing of an instrument for a replay: ticks of 0.01, lots of one share. */
export function listingOf(symbol: string, referenceTicks: number): trading.Instrument {
  return {
    symbol,
    baseAsset: BASE_ASSET,
    quoteAsset: QUOTE_ASSET,
    tickSize: '0.01',
    lotSize: '1',
    baseDecimals: 0,
    quoteDecimals: PRICE_DECIMALS,
    referencePrice: priceText(referenceTicks),
    makerFeeBps: MAKER_FEE_BPS,
    takerFeeBps: TAKER_FEE_BPS,
    tradingStatus: trading.TradingStatus.TRADING_STATUS_OPEN,
    lastPrice: '',
  };
}

/** The first of AMZN-R1, AMZN-R2 … that is not listed yet: each replay begins on an empty book. */
export function freshSymbol(listed: ReadonlySet<string>): string {
  let number = 1;
  while (listed.has(`${BASE_ASSET}-R${number}`)) number += 1;
  return `${BASE_ASSET}-R${number}`;
}

/** Throws when a listed instrument cannot carry the sample: other assets, or other steps of price and quantity. */
export function requireFitting(listed: trading.Instrument): void {
  const { symbol, baseAsset, quoteAsset, tickSize, lotSize } = listed;
  const fits =
    baseAsset === BASE_ASSET &&
    quoteAsset === QUOTE_ASSET &&
    Number(tickSize) === 0.01 &&
    Number(lotSize) === 1;
  if (fits) return;
  throw new Error(
    `${symbol} is ${baseAsset} for ${quoteAsset} in ticks of ${tickSize} and lots of ${lotSize}; ` +
      `a replay needs ${BASE_ASSET} for ${QUOTE_ASSET} in ticks of 0.01 and lots of 1`,
  );
}
