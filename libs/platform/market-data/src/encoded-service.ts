import { marketdata } from '@clearway/contracts';

const passThrough = (message: Buffer): Buffer => message;

/**
 * The contract, but for Subscribe, whose answers are handed over as bytes: they were encoded once for everybody who is sent
 * them. Whoever forwards such a stream takes and gives bytes, too.
 */
export const ENCODED_MARKET_DATA_SERVICE = {
  ...marketdata.MarketDataServiceService,
  subscribe: {
    ...marketdata.MarketDataServiceService.subscribe,
    responseSerialize: passThrough,
    responseDeserialize: passThrough,
  },
} as const;
