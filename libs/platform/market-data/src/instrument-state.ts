import type { marketdata } from '@clearway/contracts';
import { BookImage, TradeHistory } from '@clearway/domain-market-data';
import type { PublicAuction } from './public-change';

/** Who an instrument is on the wire. */
export interface InstrumentUnits {
  readonly symbol: string;
  /** Decimal size of a tick and of a lot. */
  readonly tickSize: string;
  readonly lotSize: string;
}

/** No auction, or nothing that would trade in it. */
export const NO_AUCTION: PublicAuction = { priceTicks: 0, quantityLots: 0 };

/** What is durable of one market; every channel is a view of it. */
export class InstrumentState {
  readonly book = new BookImage();
  readonly history = new TradeHistory();
  /** Journaled time of what came last; 0 before anything did. */
  atMicros = 0;
  /** What the auction that collects would come to. */
  auction: PublicAuction = NO_AUCTION;

  constructor(
    readonly units: InstrumentUnits,
    public status: marketdata.MarketStatus,
    public phase: marketdata.MarketPhase,
  ) {}
}
