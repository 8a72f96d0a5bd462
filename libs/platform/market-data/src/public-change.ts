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
  | { readonly kind: 'status-changed'; readonly symbol: string; readonly status: 'OPEN' | 'HALTED' };

/** The kinds that change the book. */
export type PublicBookChange = Extract<PublicChange, { kind: 'added' | 'reduced' | 'removed' }>;
