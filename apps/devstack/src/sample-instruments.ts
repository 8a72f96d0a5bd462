import { trading } from '@clearway/contracts';

/** One instrument of the sample market. */
export interface SampleInstrument {
  readonly symbol: string;
  readonly baseDecimals: number;
  /** Decimals of the tick: the tick size is 10 to the minus this. */
  readonly priceDecimals: number;
  /** Decimals of the lot, likewise. */
  readonly quantityDecimals: number;
  readonly referencePrice: string;
  /** Whether the simulator trades it. */
  readonly simulated: boolean;
  /** Lots that every trader is given at the first start, in units of the base asset. */
  readonly endowment: string;
}

/** Everything is quoted in it. */
export const QUOTE_ASSET = 'USD';
const QUOTE_DECIMALS = 2;
const MAKER_FEE_BPS = 1;
const TAKER_FEE_BPS = 2;

/**
 * What the sample market lists. Tick times lot must be a whole number of cents, which is why a bitcoin moves in dollars
 * and is traded in hundredths. AMZN is left alone by the simulator: it is what recorded order flow is replayed on.
 */
export const SAMPLE_INSTRUMENTS: readonly SampleInstrument[] = [
  share('AAPL', '230.00', true),
  share('MSFT', '430.00', true),
  share('AMZN', '220.00', false),
  {
    symbol: 'BTC',
    baseDecimals: 8,
    priceDecimals: 0,
    quantityDecimals: 2,
    referencePrice: '60000',
    simulated: true,
    endowment: '50',
  },
];

function share(symbol: string, referencePrice: string, simulated: boolean): SampleInstrument {
  const decimals = { baseDecimals: 0, priceDecimals: 2, quantityDecimals: 0 };
  return { symbol, ...decimals, referencePrice, simulated, endowment: '10000' };
}

/** The listing as the trading service takes it. */
export function listingOf(sample: SampleInstrument): trading.Instrument {
  return {
    symbol: sample.symbol,
    baseAsset: sample.symbol,
    quoteAsset: QUOTE_ASSET,
    tickSize: stepOf(sample.priceDecimals),
    lotSize: stepOf(sample.quantityDecimals),
    baseDecimals: sample.baseDecimals,
    quoteDecimals: QUOTE_DECIMALS,
    referencePrice: sample.referencePrice,
    makerFeeBps: MAKER_FEE_BPS,
    takerFeeBps: TAKER_FEE_BPS,
    tradingStatus: trading.TradingStatus.TRADING_STATUS_OPEN,
    lastPrice: '',
  };
}

function stepOf(decimals: number): string {
  return decimals === 0 ? '1' : `0.${'0'.repeat(decimals - 1)}1`;
}
