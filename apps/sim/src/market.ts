import type { ListingTerms } from '@clearway/domain-trading';

/** A price of 100 ticks, lots of 1,000 quote minor units a tick, fees that do not divide evenly. */
const SHARES: ListingTerms = {
  symbol: 'AMZN-USD',
  baseAsset: 'AMZN',
  quoteAsset: 'USD',
  tickSize: '0.01',
  lotSize: '1',
  baseDecimals: 0,
  quoteDecimals: 5,
  referencePrice: '1.00',
  makerFeeBps: 7,
  takerFeeBps: 33,
};

/** Small ticks and lots, so that fees round down to nothing; the maker pays more than the taker. */
const COINS: ListingTerms = {
  symbol: 'BTC-USD',
  baseAsset: 'BTC',
  quoteAsset: 'USD',
  tickSize: '0.01',
  lotSize: '0.001',
  baseDecimals: 3,
  quoteDecimals: 5,
  referencePrice: '1.00',
  makerFeeBps: 30,
  takerFeeBps: 5,
};

/** What is traded; a seed's plan adds sessions and bands. */
export const LISTINGS = [SHARES, COINS] as const;
/** Assets that clients bring and take away. */
export const ASSETS = ['USD', 'AMZN', 'BTC'] as const;
/** Accounts, of which one client may have two. */
export const ACCOUNTS = ['alice.main', 'alice.alt', 'bob.main', 'carol.main'] as const;
/** The market of every instrument here, in ticks. */
export const REFERENCE_TICKS = 100;
