/** Where an instrument is in its day. */
export type PublicPhase =
  | 'PRE_OPEN'
  | 'OPENING_AUCTION'
  | 'CONTINUOUS'
  | 'HALTED'
  | 'REOPENING_AUCTION'
  | 'CLOSING_AUCTION'
  | 'CLOSED';

/** What an auction would come to if it ended now; both 0 when nothing would trade. */
export interface PublicAuction {
  readonly priceTicks: number;
  readonly quantityLots: number;
}

/** One change of what everybody may see of a market, once it is durable. Quantities are those that are shown. */
export type PublicChange =
  | {
      readonly kind: 'added';
      readonly symbol: string;
      readonly orderNumber: number;
      readonly side: 'BUY' | 'SELL';
      readonly priceTicks: number;
      readonly quantityLots: number;
    }
  | {
      readonly kind: 'reduced';
      readonly symbol: string;
      readonly orderNumber: number;
      readonly leavesLots: number;
    }
  | { readonly kind: 'removed'; readonly symbol: string; readonly orderNumber: number }
  | {
      readonly kind: 'traded';
      readonly symbol: string;
      readonly tradeNumber: number;
      readonly side: 'BUY' | 'SELL';
      readonly priceTicks: number;
      readonly quantityLots: number;
    }
  | { readonly kind: 'busted'; readonly symbol: string; readonly tradeNumber: number }
  | {
      readonly kind: 'status-changed';
      readonly symbol: string;
      readonly status: 'OPEN' | 'HALTED';
      readonly phase: PublicPhase;
    }
  | ({ readonly kind: 'auction-moved'; readonly symbol: string } & PublicAuction);

/** The kinds that change the book. */
export type PublicBookChange = Extract<PublicChange, { kind: 'added' | 'reduced' | 'removed' }>;
