import type { TradingHost } from './host';
import type { Market } from './state';

/** Interrupts continuous trading by an auction of this length, because a trade would have left the dynamic band. */
export function interrupt(host: TradingHost, { instrument }: Market, auctionMs: number): void {
  const atMicros = host.nowMicros;
  const times = { atMicros, endsAtMicros: atMicros + auctionMs * 1_000 };
  const change = { symbol: instrument.symbol, phase: 'REOPENING_AUCTION', cause: 'VOLATILITY' } as const;
  host.turn.emit({ kind: 'PhaseChanged', ...change, ...times, auctionPriceTicks: 0, auctionLots: 0 });
}
